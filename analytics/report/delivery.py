"""An alert or a signed report on its way: a delivery for each channel of a body, sent at least once until it
arrives.

Each attempt is a row. A failed one is asked again by the outbox, later each time. While demonstration data
is present nothing leaves the machine: what would is HELD for good, since what it tells of is not real.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE
from analytics.report.addressees import addressing_of
from analytics.report.channels import Address, OfficialChannel, Push, SendFailed
from analytics.report.errors import NobodyToTell
from models.papers import Paper
from models.places import Mechanism, Organisation
from models.surveillance import Alert, Delivery, DeliveryAttempt
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_alerting import DeliveryRole
from models.vocabulary_surveillance import AlertLevel, DeliveryChannel, DeliveryState

FIRST_DELAY_SECONDS = 30.0
LONGEST_DELAY_SECONDS = 3600.0
MAXIMUM_ATTEMPTS = 30
"""About a day of trying."""


def delay_seconds(attempts: int) -> float:
    """Seconds to the next attempt after `attempts` failed ones: 30, doubled each time, 3,600 at most."""
    return float(min(FIRST_DELAY_SECONDS * 2 ** (attempts - 1), LONGEST_DELAY_SECONDS))


def write_deliveries(unit: UnitOfWork, alert: Alert, copies: Collection[int] = ()) -> None:
    """A delivery for each way to each body that is told, and the work to send them, in this transaction.

    An update or a cancel goes to everybody who has the alert already. `copies`: bodies the signer added.
    """
    session = unit.session
    addressing = addressing_of(session, alert.place_code, alert.level)
    if addressing is None:
        raise NobodyToTell(place_code=alert.place_code)
    roles = {body.mechanism_id: DeliveryRole.COPY for body in addressing.copies}
    roles |= dict.fromkeys(copies, DeliveryRole.COPY)
    for told in session.scalars(select(Delivery).where(Delivery.alert_id == alert.id).order_by(Delivery.id)):
        if told.mechanism.active:
            roles[told.mechanism_id] = told.role
    roles[addressing.main.mechanism_id] = DeliveryRole.MAIN
    for mechanism_id, role in roles.items():
        deliver_to(unit, alert, session.get_one(Mechanism, mechanism_id), role)


def deliver_to(unit: UnitOfWork, alert: Alert, body: Mechanism, role: DeliveryRole) -> None:
    """Where a body has this version already, only its role changes: no second copy goes to anybody."""
    known = unit.session.scalars(
        select(Delivery).where(
            Delivery.alert_id == alert.id,
            Delivery.alert_version == alert.version,
            Delivery.mechanism_id == body.id,
        )
    ).all()
    for delivery in known:
        delivery.role = role
    if known:
        return
    put_on_its_ways(unit, body, alert, role)


def put_on_its_ways(unit: UnitOfWork, body: Mechanism, thing: Alert | Paper, role: DeliveryRole) -> None:
    """A delivery for each way to the body, and the work to send them, in this transaction."""
    of = (
        {"alert_id": thing.id, "alert_version": thing.version}
        if isinstance(thing, Alert)
        else {"paper_id": thing.id}
    )
    for channel in ways_to(body, thing.level if isinstance(thing, Alert) else None):
        delivery = Delivery(
            mechanism_id=body.id, channel=channel, role=role, key=secrets.token_hex(16), attempts=0, **of
        )
        unit.session.add(delivery)
        unit.session.flush()
        if channel is not DeliveryChannel.FEED:
            # A feed is fetched by its reader; nothing is sent.
            _ask(unit, delivery)


def ways_to(body: Mechanism, level: AlertLevel | None) -> list[DeliveryChannel]:
    """`level` None: a report, which is never a text message."""
    phones = (body.main_phone, body.duty_phone)
    ways = (
        (DeliveryChannel.INBOX, True),
        (DeliveryChannel.EMAIL, bool(body.email)),
        (DeliveryChannel.WEBHOOK, bool(body.webhook_url)),
        (DeliveryChannel.SMS, level is AlertLevel.RED and any(phones)),
        (DeliveryChannel.FILE, body.file_drop),
        (DeliveryChannel.FEED, body.feed_token_hash is not None),
    )
    return [channel for channel, open_ in ways if open_]


def _ask(unit: UnitOfWork, delivery: Delivery) -> None:
    attempts = delivery.attempts
    unit.ask(
        "deliver",
        "urgent" if delivery.alert_id is not None else "work",
        f"deliver:{delivery.id}:{attempts}",
        {"delivery_id": delivery.id, "attempts": attempts},
        due_at=unit.now + timedelta(seconds=delay_seconds(attempts)) if attempts else None,
    )


@dataclass(frozen=True, slots=True)
class _Ready:
    channel: DeliveryChannel
    push: Push
    address: Address


class Deliverer:
    """The job `deliver {delivery_id}`. `channels` lacks INBOX, which is the platform itself.

    `links`: alert | report -> its page by id. `loopback_webhook_allowed` lets a test's receiver on this
    machine hear demonstration alerts."""

    def __init__(
        self,
        work: Work,
        channels: Mapping[DeliveryChannel, OfficialChannel],
        links: Mapping[str, Callable[[int], str]],
        *,
        loopback_webhook_allowed: bool = False,
    ) -> None:
        self._work = work
        self._channels = channels
        self._links = links
        self._loopback_webhook_allowed = loopback_webhook_allowed

    def with_work(self, work: Work) -> Deliverer:
        """The same channels on other units of work."""
        return Deliverer(
            work,
            self._channels,
            self._links,
            loopback_webhook_allowed=self._loopback_webhook_allowed,
        )

    def deliver(self, payload: dict[str, Any]) -> None:
        """Idempotent: what is sent, received, held or failed, or was tried meanwhile, stays as it is."""
        delivery_id = int(payload["delivery_id"])
        ready = self._prepare(delivery_id, payload.get("attempts"))
        if ready is None:
            return
        try:
            detail, ok = self._channels[ready.channel].send(ready.push, ready.address), True
        except SendFailed as failure:
            detail, ok = failure.detail, False
        self._keep(delivery_id, ok, detail)

    def _prepare(self, delivery_id: int, attempts: int | None) -> _Ready | None:
        with self._work() as unit:
            delivery = unit.session.get(Delivery, delivery_id, with_for_update=True)
            if delivery is None or delivery.state is not DeliveryState.DUE:
                return None
            if attempts is not None and delivery.attempts != attempts:
                return None
            if delivery.channel is DeliveryChannel.INBOX:
                _note_attempt(unit, delivery, True, "inbox")
                return None
            if delivery.channel not in self._channels:
                _note_attempt(unit, delivery, False, "no such channel here")
                delivery.state = DeliveryState.FAILED
                return None
            if self._must_be_held(unit.session, delivery):
                delivery.state = DeliveryState.HELD
                return None
            address = _address_of(delivery.mechanism, delivery.channel, unit.now)
            return _Ready(delivery.channel, push_of(delivery, self._links), address)

    def _must_be_held(self, session: Session, delivery: Delivery) -> bool:
        if not self._channels[delivery.channel].leaves_machine:
            return False
        if self._loopback_webhook_allowed and delivery.channel is DeliveryChannel.WEBHOOK:
            return not is_loopback(delivery.mechanism.webhook_url or "")
        thing = delivery.alert or delivery.paper
        return thing is None or thing.is_demonstration or demonstration_is_present(session)

    def _keep(self, delivery_id: int, ok: bool, detail: str) -> None:
        with self._work() as unit:
            delivery = unit.session.get(Delivery, delivery_id, with_for_update=True)
            if delivery is None:
                return
            _note_attempt(unit, delivery, ok, detail)
            if delivery.state is not DeliveryState.DUE:
                return
            if delivery.attempts >= MAXIMUM_ATTEMPTS:
                delivery.state = DeliveryState.FAILED
            else:
                _ask(unit, delivery)


def push_of(delivery: Delivery, links: Mapping[str, Callable[[int], str]]) -> Push:
    """All that leaves by itself: number, level or kind, and where it can be read."""
    alert, paper = delivery.alert, delivery.paper
    if paper is not None:
        link = links["report"](paper.id)
        return Push(delivery.key, paper.number or "", paper.kind.zh, link, 1, paper.id, "report")
    assert alert is not None, "one of the two is set"
    link = links["alert"](alert.id)
    return Push(delivery.key, alert.number or "", alert.level.zh, link, delivery.alert_version, alert.id)


def demonstration_is_present(session: Session) -> bool:
    return bool(
        session.scalars(
            select(Organisation.id).where(Organisation.is_demonstration.is_(True)).limit(1)
        ).first()
    )


def _note_attempt(unit: UnitOfWork, delivery: Delivery, ok: bool, detail: str) -> None:
    delivery.attempts += 1
    delivery.tries.append(DeliveryAttempt(at=unit.now, ok=ok, detail=detail))
    # A receipt that came while it was being sent counts for more than the sending.
    if ok and delivery.state is DeliveryState.DUE:
        delivery.state = DeliveryState.SENT
        delivery.sent_at = unit.now


def _address_of(mechanism: Mechanism, channel: DeliveryChannel, now: datetime) -> Address:
    if channel is DeliveryChannel.WEBHOOK:
        return Address(mechanism.webhook_url or "", mechanism.webhook_secret)
    if channel is DeliveryChannel.SMS:
        return Address(phone_at(mechanism, now) or "")
    if channel is DeliveryChannel.FILE:
        return Address(mechanism.place_code)
    return Address(mechanism.email or "")


def phone_at(mechanism: Mechanism, now: datetime, zone: tzinfo = HOTLINE_ZONE) -> str | None:
    """The main person in the body's hours, else whoever has the duty phone."""
    start, _, end = mechanism.duty_hours.partition("-")
    clock = f"{now.astimezone(zone):%H:%M}"
    within = start <= clock < end if start < end else clock >= start or clock < end
    first, second = mechanism.main_phone, mechanism.duty_phone
    return (first or second) if within else (second or first)


def is_loopback(url: str) -> bool:
    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False
