"""A signed report on its way: number, kind and link to the bodies of its place, by the channels of alerts.

Bodies of the place alone: the mechanism and the people's government, never a restricted one. Each attempt is
kept; a failed one is asked again later by the outbox; the key lets a receiver know a repetition.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.notices import ask_paper_subscribers
from analytics.report.channels import Address, OfficialChannel, Push, SendFailed
from analytics.report.delivery import MAXIMUM_ATTEMPTS, delay_seconds, demonstration_is_present, is_loopback
from models.papers import Paper, PaperDelivery
from models.places import Mechanism
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_alerting import BodyKind
from models.vocabulary_papers import PaperState
from models.vocabulary_surveillance import DeliveryChannel, DeliveryState


def send_paper(unit: UnitOfWork, paper: Paper) -> None:
    """A delivery for each way to each addressee, and the work to send them, in this transaction."""
    bodies = unit.session.scalars(
        select(Mechanism)
        .where(
            Mechanism.place_code == paper.place_code,
            Mechanism.active.is_(True),
            Mechanism.kind.in_((BodyKind.MECHANISM, BodyKind.GOVERNMENT)),
        )
        .order_by(Mechanism.id)
    ).all()
    for body in bodies:
        for channel in _ways_to(body):
            delivery = PaperDelivery(
                paper_id=paper.id, mechanism_id=body.id, channel=channel, key=secrets.token_hex(16)
            )
            unit.session.add(delivery)
            unit.session.flush()
            if channel is DeliveryChannel.INBOX:
                delivery.state, delivery.sent_at = DeliveryState.SENT, unit.now
            elif channel is not DeliveryChannel.FEED:
                # A feed is fetched by its reader; nothing is sent.
                _ask(unit, delivery)
    ask_paper_subscribers(unit, paper)


def _ways_to(body: Mechanism) -> list[DeliveryChannel]:
    ways = (
        (DeliveryChannel.INBOX, True),
        (DeliveryChannel.EMAIL, bool(body.email)),
        (DeliveryChannel.WEBHOOK, bool(body.webhook_url)),
        (DeliveryChannel.FILE, body.file_drop),
        (DeliveryChannel.FEED, body.feed_token_hash is not None),
    )
    return [channel for channel, open_ in ways if open_]


def _ask(unit: UnitOfWork, delivery: PaperDelivery) -> None:
    wait = timedelta(seconds=delay_seconds(delivery.attempts)) if delivery.attempts else timedelta()
    unit.ask(
        "deliver_paper",
        "work",
        f"deliver_paper:{delivery.id}:{delivery.attempts}",
        {"delivery_id": delivery.id, "attempts": delivery.attempts},
        due_at=unit.now + wait,
    )


@dataclass(frozen=True, slots=True)
class _Ready:
    channel: DeliveryChannel
    push: Push
    address: Address


class PaperDeliverer:
    """The job `deliver_paper {delivery_id, attempts}`: idempotent, at least once."""

    def __init__(
        self,
        work: Work,
        channels: Mapping[DeliveryChannel, OfficialChannel],
        link_to_paper: Callable[[int], str],
        *,
        loopback_webhook_allowed: bool = False,
    ) -> None:
        self._work = work
        self._channels = channels
        self._link_to_paper = link_to_paper
        self._loopback_webhook_allowed = loopback_webhook_allowed

    def __call__(self, payload: dict[str, Any]) -> None:
        delivery_id = int(payload["delivery_id"])
        ready = self._prepare(delivery_id, int(payload["attempts"]))
        if ready is None:
            return
        try:
            detail, ok = self._channels[ready.channel].send(ready.push, ready.address), True
        except SendFailed as failure:
            detail, ok = failure.detail, False
        with self._work() as unit:
            delivery = unit.session.get_one(PaperDelivery, delivery_id, with_for_update=True)
            _note(unit, delivery, ok, detail)

    def _prepare(self, delivery_id: int, attempts: int) -> _Ready | None:
        with self._work() as unit:
            delivery = unit.session.get(PaperDelivery, delivery_id, with_for_update=True)
            if delivery is None or delivery.state is not DeliveryState.DUE or delivery.attempts != attempts:
                return None
            channel = self._channels.get(delivery.channel)
            if channel is None:
                _note(unit, delivery, False, "no such channel here")
                delivery.state = DeliveryState.FAILED
                return None
            body, paper = delivery.mechanism, delivery.paper
            if self._must_be_held(unit.session, paper, delivery.channel, channel, body.webhook_url or ""):
                delivery.state = DeliveryState.HELD
                return None
            to = {
                DeliveryChannel.WEBHOOK: Address(body.webhook_url or "", body.webhook_secret),
                DeliveryChannel.FILE: Address(body.place_code),
            }.get(delivery.channel, Address(body.email or ""))
            return _Ready(delivery.channel, push_of(paper, delivery.key, self._link_to_paper), to)

    def _must_be_held(
        self,
        session: Session,
        paper: Paper,
        kind: DeliveryChannel,
        channel: OfficialChannel,
        url: str,
    ) -> bool:
        """While the hotline is a demonstration nothing leaves the machine."""
        if not channel.leaves_machine:
            return False
        if not paper.is_demonstration and not demonstration_is_present(session):
            return False
        allowed = self._loopback_webhook_allowed and kind is DeliveryChannel.WEBHOOK
        return not (allowed and is_loopback(url))


def push_of(paper: Paper, key: str, link_to_paper: Callable[[int], str]) -> Push:
    """All that leaves by itself: what kind of report, its number, where it can be read."""
    return Push(
        key=key,
        number=paper.number or "",
        level=paper.kind.zh,
        link=link_to_paper(paper.id),
        alert_id=paper.id,
        subject="report",
    )


def _note(unit: UnitOfWork, delivery: PaperDelivery, ok: bool, detail: str) -> None:
    if delivery.state is not DeliveryState.DUE:
        return
    delivery.attempts += 1
    delivery.tries = [*delivery.tries, {"at": unit.now.isoformat(), "ok": ok, "detail": detail[:120]}]
    if ok:
        delivery.state, delivery.sent_at = DeliveryState.SENT, unit.now
    elif delivery.attempts >= MAXIMUM_ATTEMPTS:
        delivery.state = DeliveryState.FAILED
    else:
        _ask(unit, delivery)


def note_opened(session: Session, paper: Paper, place_code: str, at: Any) -> None:
    """An official of that place opened a signed report for the first time: its receipt."""
    if paper.state is not PaperState.SIGNED:
        return
    for delivery in paper.deliveries:
        if delivery.mechanism.place_code == place_code and delivery.read_at is None:
            delivery.read_at = at
            if delivery.state in (DeliveryState.DUE, DeliveryState.SENT, DeliveryState.FAILED):
                delivery.state = DeliveryState.RECEIVED
    session.flush()
