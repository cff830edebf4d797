"""The feed of one body (Atom, RFC 4287): number, level and link of its alerts and reports, for a system that
asks itself.

Authenticated by the body's own token (HTTP Bearer, or as the password of HTTP Basic); only its hash is kept.
Fetching an entry marks its delivery as sent, never as received: a receipt is a person's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, request
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.permissions import public
from agent_console.sessions import parts
from models.alerting import AlertMessage
from models.papers import PaperDelivery
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
        papers = unit.session.scalars(
            select(PaperDelivery)
            .where(PaperDelivery.mechanism_id == body.id, PaperDelivery.channel == DeliveryChannel.FEED)
            .order_by(PaperDelivery.id.desc())
            .limit(ENTRIES)
        ).all()
        for paper in papers:
            if paper.state is DeliveryState.DUE:
                paper.state, paper.sent_at = DeliveryState.SENT, unit.now
                paper.attempts += 1
                paper.tries = [*paper.tries, {"at": unit.now.isoformat(), "ok": True, "detail": "fetched"}]
        document = _atom(unit.session, body, rows, papers, unit.now)
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


def _atom(
    session: Session,
    body: Mechanism,
    rows: Sequence[Delivery],
    papers: Sequence[PaperDelivery],
    now: datetime,
) -> bytes:
    base = parts().settings.public_url
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})

    def put(parent: etree._Element, name: str, text: str) -> None:
        etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text

    put(feed, "id", f"urn:hotline:alerts:{body.id}")
    put(feed, "title", "心理援助热线提示")
    put(feed, "updated", (rows[0].alert.issued_at or now).isoformat() if rows else now.isoformat())
    author = etree.SubElement(feed, f"{{{ATOM}}}author")
    put(author, "name", "心理援助热线")
    for delivery in rows:
        message = session.scalars(
            select(AlertMessage).where(
                AlertMessage.alert_id == delivery.alert_id, AlertMessage.version == delivery.alert_version
            )
        ).first()
        entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
        # The key of the delivery: a reader that fetched the entry before knows it again.
        put(entry, "id", f"urn:hotline:delivery:{delivery.key}")
        kind = message.kind.zh if message else ""
        level = (message.level if message else delivery.alert.level).zh
        put(entry, "title", f"提示 {delivery.alert.number or ''}（{level}）{kind}")
        at = message.signed_at if message and message.signed_at else now
        put(entry, "updated", at.isoformat())
        etree.SubElement(entry, f"{{{ATOM}}}link", href=f"{base}/alerts/{delivery.alert_id}")
    for sent in papers:
        entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
        put(entry, "id", f"urn:hotline:delivery:{sent.key}")
        put(entry, "title", f"{sent.paper.kind.zh} {sent.paper.number or ''}")
        put(entry, "updated", (sent.paper.signed_at or now).isoformat())
        etree.SubElement(entry, f"{{{ATOM}}}link", href=f"{base}/papers/{sent.paper_id}")
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8"))
