"""The feed of one body (Atom, RFC 4287): number, level and link of its alerts and reports, for a system that
asks itself.

Authenticated by the body's own token (HTTP Bearer, or as the password of HTTP Basic); only its hash is kept.
Fetching an entry marks its delivery as sent, never as received: a receipt is a person's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, Response, request
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.permissions import public
from agent_console.sessions import parts
from models.alerting import AlertMessage
from models.places import Mechanism
from models.surveillance import Delivery, DeliveryAttempt
from models.vocabulary_surveillance import DeliveryChannel, DeliveryState

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 50
LEAST_TOKEN = 24


@blueprint.get("/alerts.atom")
@public
def alerts() -> Response:
    token = _token()
    with parts().work() as unit:
        body = _body_of(unit.session, token) if token else None
        if body is None:
            return Response(status=401, headers={"WWW-Authenticate": 'Bearer realm="alerts"'})
        rows = unit.session.scalars(
            select(Delivery)
            .where(Delivery.mechanism_id == body.id, Delivery.channel == DeliveryChannel.FEED)
            .order_by(Delivery.id.desc())
            .limit(ENTRIES)
        ).all()
        for delivery in rows:
            if delivery.state is DeliveryState.DUE:
                delivery.state, delivery.sent_at = DeliveryState.SENT, unit.now
                delivery.attempts += 1
                delivery.tries.append(DeliveryAttempt(at=unit.now, ok=True, detail="fetched"))
        document = _atom(unit.session, body, rows, unit.now)
    return Response(document, mimetype="application/atom+xml", headers={"Cache-Control": "no-store"})


def _token() -> str:
    """Never from the address: it would stand in logs."""
    authorization = request.authorization
    if authorization is None:
        return ""
    if authorization.type == "bearer":
        return authorization.token or ""
    return authorization.password or "" if authorization.type == "basic" else ""


def _body_of(session: Session, token: str) -> Mechanism | None:
    if len(token) < LEAST_TOKEN:
        return None
    # Looked up by its hash, so that no comparison of secrets tells by its time how far it went.
    digest = hashlib.sha256(token.encode()).hexdigest()
    return session.scalars(
        select(Mechanism).where(Mechanism.feed_token_hash == digest, Mechanism.active.is_(True))
    ).first()


def _atom(session: Session, body: Mechanism, rows: Sequence[Delivery], now: datetime) -> bytes:
    base = parts().settings.public_url
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})

    def put(parent: etree._Element, name: str, text: str) -> None:
        etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text

    put(feed, "id", f"urn:hotline:alerts:{body.id}")
    put(feed, "title", "心理援助热线提示")
    told = [_entry_of(session, delivery, now) for delivery in rows]
    put(feed, "updated", max((one.at for one in told), default=now).isoformat())
    author = etree.SubElement(feed, f"{{{ATOM}}}author")
    put(author, "name", "心理援助热线")
    for delivery, one in zip(rows, told, strict=True):
        entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
        # The key of the delivery: a reader that fetched the entry before knows it again.
        put(entry, "id", f"urn:hotline:delivery:{delivery.key}")
        put(entry, "title", one.title)
        put(entry, "updated", one.at.isoformat())
        etree.SubElement(entry, f"{{{ATOM}}}link", href=base + one.path)
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8"))


class _Entry(NamedTuple):
    title: str
    at: datetime
    path: str


def _entry_of(session: Session, delivery: Delivery, now: datetime) -> _Entry:
    alert, paper = delivery.alert, delivery.paper
    if paper is not None:
        title = f"{paper.kind.zh} {paper.number or ''}"
        return _Entry(title, paper.signed_at or now, f"/papers/{paper.id}")
    assert alert is not None, "one of the two is set"
    message = session.scalars(
        select(AlertMessage).where(
            AlertMessage.alert_id == alert.id, AlertMessage.version == delivery.alert_version
        )
    ).first()
    kind, level = (message.kind.zh, message.level.zh) if message else ("", alert.level.zh)
    at = message.signed_at if message and message.signed_at else now
    return _Entry(f"提示 {alert.number or ''}（{level}）{kind}", at, f"/alerts/{alert.id}")
