"""What is known about one trained model: a row of the manifest, or of a folder that brings its own."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["speech", "text"]


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A name is a folder's: no path, nothing hidden."""


class BadModelCard(ValueError):
    """A manifest row that lacks what the product must know before it loads a model."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Facts of one model.

    `languages` are the only ones it is used for; `test` marks a fixture that the product refuses outside
    tests; `sha256` is that of the official archive, None where nobody could check it yet (then the digest of
    the first install is kept and shown). `root` is the folder inside the archive.
    `package` is a Python package that carries the weights in its folder `model`: where it can be imported the
    model counts as installed.
    """

    name: str
    version: str
    kind: Kind
    languages: tuple[str, ...]
    licence: str
    engine: str
    size_bytes: int | None = None
    sha256: str | None = None
    address: str | None = None
    root: str | None = None
    quality: str = ""
    test: bool = False
    dimension: int | None = None
    package: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def covers(self, language: str) -> bool:
        """True when the manifest names this language (zh-CN counts as zh)."""
        short = language.replace("_", "-").split("-")[0].lower()
        return language in self.languages or short in self.languages

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelCard:
        """Reads a manifest row; raises `BadModelCard` with what is missing or wrong."""
        if not isinstance(data, dict):
            raise BadModelCard("a model's card is a JSON object")
        missing = [
            key for key in ("name", "version", "kind", "languages", "licence", "engine") if not data.get(key)
        ]
        if missing:
            raise BadModelCard("missing in the model's card: " + ", ".join(missing))
        if data["kind"] not in ("speech", "text"):
            raise BadModelCard("kind is speech or text")
        if not _NAME.fullmatch(str(data["name"])):
            raise BadModelCard("a model's name is letters, digits, dots and hyphens")
        languages = data["languages"]
        if not isinstance(languages, list | tuple) or not all(isinstance(code, str) for code in languages):
            raise BadModelCard('languages is a list, as ["zh"]')
        known = set(cls.__dataclass_fields__)
        values = {key: value for key, value in data.items() if key in known}
        values["languages"] = tuple(data["languages"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """The manifest row."""
        data = asdict(self)
        data["languages"] = list(self.languages)
        return data
