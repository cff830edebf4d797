"""An issued message as Common Alerting Protocol 1.2: a machine's copy; the 专报 is what an official reads.

Valid against the OASIS schema that lies beside. Scope is never Public: Private with the addressees named, or
Restricted where there is none. Mapping: docs/alert-exchange.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from analytics.alerts.cap_identifier import cap_time, sender_of
from analytics.alerts.clocks import receipt_within
from analytics.days import HOTLINE_ZONE
from models.alerting import AlertMessage
from models.surveillance import Alert
from models.vocabulary_alerting import MessageKind
from models.vocabulary_surveillance import AlertLevel, SignalKind

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SCHEMA_FILE = Path(__file__).with_name("CAP-v1.2.xsd")
EXPIRES_AFTER = timedelta(days=7)

SEVERITY = {
    AlertLevel.RED: "Extreme",
    AlertLevel.ORANGE: "Severe",
    AlertLevel.YELLOW: "Moderate",
    AlertLevel.BLUE: "Minor",
}
RESTRICTION = "仅限收件机构内部办理，不得公开"


class NotSent(ValueError):
    """A draft has no identifier yet, and no CAP form."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A body, by its place and number in the address book: CAP addresses have no spaces of their own."""

    place_code: str
    mechanism_id: int

    @property
    def address(self) -> str:
        return f"{self.place_code}-{self.mechanism_id}@officials"


def cap_of(
    alert: Alert,
    message: AlertMessage,
    addressees: Sequence[Addressee],
    *,
    sender_name: str,
    link: str,
    zone: tzinfo = HOTLINE_ZONE,
) -> bytes:
    """UTF-8 XML. Raises NotSent."""
    if message.identifier is None or message.signed_at is None:
        raise NotSent
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})

    def put(parent: etree._Element, name: str, text: object) -> etree._Element:
        found = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        found.text = str(text)
        return found

    put(root, "identifier", message.identifier)
    put(root, "sender", sender_of(message.identifier))
    put(root, "sent", cap_time(message.signed_at, zone))
    put(root, "status", _status(alert))
    put(root, "msgType", message.kind.value)
    put(root, "source", sender_name)
    put(root, "scope", "Private" if addressees else "Restricted")
    if addressees:
        put(root, "addresses", " ".join(a.address for a in addressees))
    else:
        put(root, "restriction", RESTRICTION)
    put(root, "code", "profile:GB/T35965.1-unverified")
    if message.reason and message.kind is MessageKind.CANCEL:
        put(root, "note", "提示已撤销")
    if message.references:
        put(root, "references", " ".join(message.references))
    put(root, "incidents", f"SIG-{alert.signal_id:04d}")
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    _info(info, put, alert, message, sender_name, link, zone)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _status(alert: Alert) -> str:
    if alert.is_exercise:
        return "Exercise"
    return "Test" if alert.is_demonstration else "Actual"


def _info(
    info: Any, put: Any, alert: Alert, message: AlertMessage, sender_name: str, link: str, zone: tzinfo
) -> None:
    assert message.signed_at is not None
    stress = alert.kind is SignalKind.STRESS_EVENT
    content = message.content
    put(info, "language", "zh-CN")
    for category in ("Health", "Safety") if stress else ("Health",):
        put(info, "category", category)
    put(info, "event", f"心理热线{alert.kind.zh}")
    put(info, "responseType", "AllClear" if message.kind is MessageKind.CANCEL else "Assess")
    put(info, "urgency", "Immediate" if stress else "Expected")
    put(info, "severity", SEVERITY[message.level])
    put(info, "certainty", "Likely")
    put(info, "audience", "收件机构")
    put(info, "effective", cap_time(message.signed_at, zone))
    put(info, "expires", cap_time(message.signed_at + EXPIRES_AFTER, zone))
    put(info, "senderName", sender_name)
    put(info, "headline", message.title)
    put(info, "description", _description(content))
    put(info, "instruction", _instruction(content))
    put(info, "web", link)
    for name, value in _parameters(alert, message):
        parameter = etree.SubElement(info, f"{{{NAMESPACE}}}parameter")
        put(parameter, "valueName", name)
        put(parameter, "value", value)
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    put(area, "areaDesc", content.get("place", {}).get("name", alert.place_code))
    geocode = etree.SubElement(area, f"{{{NAMESPACE}}}geocode")
    put(geocode, "valueName", "GB/T2260")
    put(geocode, "value", alert.place_code)


def _description(content: dict[str, Any]) -> str:
    return "\n".join(
        "\n".join((section["heading"], *section["paragraphs"]))
        for section in content.get("sections", [])
        if section["key"] != "advice"
    )


def _instruction(content: dict[str, Any]) -> str:
    lines = [
        f"{item['unit']}：{item['advice']}"
        for section in content.get("sections", [])
        for item in section.get("items", [])
    ]
    return "\n".join(lines) or "请签收并反馈处置情况。"


def _parameters(alert: Alert, message: AlertMessage) -> list[tuple[str, str]]:
    """What may leave of the method: windows and counts as the content has them, hidden where it hides."""
    content = message.content
    method, figures, period = content.get("method", {}), content.get("figures", {}), content.get("period", {})
    rows = (
        ("number", alert.number),
        ("level", message.level.zh),
        ("version", message.version),
        ("signalId", f"SIG-{alert.signal_id:04d}"),
        ("method", method.get("name")),
        ("methodVersion", method.get("version")),
        ("window", f"{period.get('from')}/{period.get('to')}"),
        ("observed", figures.get("persons")),
        ("expected", figures.get("expected")),
        ("receiptWithinMinutes", int(receipt_within(message.level, alert.kind).total_seconds() // 60)),
        ("singleSignature", "true" if _stands_alone(alert) else "false"),
    )
    return [(name, str(value)) for name, value in rows if value is not None]


def _stands_alone(alert: Alert) -> bool:
    return alert.single_signed_at is not None and alert.countersigned_at is None


@cache
def schema() -> etree.XMLSchema:
    """The OASIS schema; it refers to no other document, and the parser may fetch none."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(SCHEMA_FILE), parser))


def faults_of(document: bytes) -> tuple[str, ...]:
    """What the OASIS schema says against a document; empty: it is valid."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    try:
        tree = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        return (error.msg,)
    checker = schema()
    checker.validate(tree)
    return tuple(entry.message for entry in checker.error_log)
