"""TwiML documents: parsed into small frozen trees, faults named by the carrier's codes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

CODE_PARSE = 12100
CODE_CONTENT_TYPE = 12300

XML_TYPES = ("text/xml", "application/xml", "text/html", "application/xhtml+xml")
VERBS = frozenset(
    [
        "Say",
        "Play",
        "Pause",
        "Gather",
        "Redirect",
        "Enqueue",
        "Leave",
        "Dial",
        "Record",
        "Hangup",
        "Reject",
        "Start",
        "Stop",
        "Connect",
    ]
)


class BadDocument(Exception):
    """The answer is no TwiML; `code` is the carrier's error code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """A verb or noun: its name, attributes, text, and what is nested in it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Verb, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def number(self, name: str, default: float, low: float = 0, high: float = float("inf")) -> float:
        """An attribute as a number; what cannot be read or is out of bounds falls back or is clamped."""
        try:
            value = float(self.attributes[name])
        except (KeyError, ValueError):
            return default
        return min(max(value, low), high)

    def flag(self, name: str, default: bool) -> bool:
        text = self.attributes.get(name, "").strip().lower()
        return default if text not in ("true", "false") else text == "true"

    def method(self, name: str = "method", default: str = "POST") -> str:
        value = self.attributes.get(name, default).upper()
        return value if value in ("GET", "POST") else default


@dataclass(frozen=True)
class Document:
    verbs: tuple[Verb, ...]


def parse(text: str | bytes) -> Document:
    """A TwiML text as a Document. Empty means: nothing to do. Raises BadDocument (12100)."""
    data = text.encode() if isinstance(text, str) else text
    if not data.strip():
        return Document(())
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        # Entities can grow without bound; no TwiML needs them.
        raise BadDocument(CODE_PARSE, "document types are not allowed")
    try:
        root = ET.fromstring(data.strip())  # noqa: S314 - entity declarations are refused above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadDocument(CODE_PARSE, "not well-formed XML") from error
    if root.tag != "Response":
        raise BadDocument(CODE_PARSE, "the root element is not Response")
    return Document(tuple(_verb(element) for element in root if isinstance(element.tag, str)))


def read_answer(content_type: str, body: bytes) -> Document:
    """What an application answered, by its content type: XML, sound to play, or text to speak."""
    kind = content_type.split(";")[0].strip().lower()
    if not body.strip():
        return Document(())
    if kind.startswith("audio/"):
        raise BadDocument(CODE_CONTENT_TYPE, "audio has to be asked for by its own reader")
    if kind == "text/plain" and not body.lstrip().startswith(b"<"):
        return Document((Verb("Say", {}, body.decode("utf-8", "replace")),))
    if kind in XML_TYPES or kind in ("", "text/plain", "application/octet-stream"):
        return parse(body)
    raise BadDocument(CODE_CONTENT_TYPE, "a content type that is neither TwiML nor sound")


def _verb(element: ET.Element) -> Verb:
    children = tuple(_verb(child) for child in element if isinstance(child.tag, str))
    return Verb(element.tag, dict(element.attrib), _text(element).strip(), children)


def _text(element: ET.Element) -> str:
    """The words inside an element. Of the speech mark-up only the words remain, pauses become commas."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(", " if child.tag == "break" else _text(child))
        parts.append(child.tail or "")
    return "".join(parts)
