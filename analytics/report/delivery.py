"""An alert on its way: a delivery for each channel of the addressee, sent at least once until it arrives.

Each attempt is a row. A failed one is asked again by the outbox, later each time. While demonstration data
is present nothing leaves the machine: what would is HELD for good, since its alert is no real one.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.report.addressees import mechanism_for
from analytics.report.channels import Address, OfficialChannel, Push, SendFailed
from analytics.report.errors import NobodyToTell
from models.places import Mechanism, Organisation
from models.surveillance import Alert, Delivery, DeliveryAttempt
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_surveillance import DeliveryChannel, DeliveryState

FIRST_DELAY_SECONDS = 30.0
LONGEST_DELAY_SECONDS = 3600.0
MAXIMUM_ATTEMPTS = 30
"""About a day of trying."""


def delay_seconds(attempts: int) -> float:
    """Seconds to the next attempt after `attempts` failed ones: 30, doubled each time, 3,600 at most."""
    return float(min(FIRST_DELAY_SECONDS * 2 ** (attempts - 1), LONGEST_DELAY_SECONDS))


def write_deliveries(unit: UnitOfWork, alert: Alert) -> None:
    """One delivery for each way to the addressee, and the work to send them, in this transaction."""
    mechanism = mechanism_for(unit.session, alert.place_code)
    if mechanism is None:
        raise NobodyToTell(place_code=alert.place_code)
    ways = [DeliveryChannel.INBOX]
    if mechanism.email:
        ways.append(DeliveryChannel.EMAIL)
    if mechanism.webhook_url:
        ways.append(DeliveryChannel.WEBHOOK)
    for channel in ways:
        delivery = Delivery(
            alert_id=alert.id,
            alert_version=alert.version,
            mechanism_id=mechanism.id,
            channel=channel,
            key=secrets.token_hex(16),
        )
        unit.session.add(delivery)
        unit.session.flush()
        _ask(unit, delivery.id, 0)


def _ask(unit: UnitOfWork, delivery_id: int, attempts: int) -> None:
    unit.ask(
        "deliver",
        "urgent",
        f"deliver:{delivery_id}:{attempts}",
        {"delivery_id": delivery_id, "attempts": attempts},
        due_at=unit.now + timedelta(seconds=delay_seconds(attempts)) if attempts else None,
    )


@dataclass(frozen=True, slots=True)
class _Ready:
    channel: DeliveryChannel
    push: Push
    address: Address


class Deliverer:
    """The job `deliver {delivery_id}`. `channels` lacks INBOX, which is the platform itself.

    `loopback_webhook_allowed` lets a test's receiver on this machine hear demonstration alerts.
    """

    def __init__(
        self,
        work: Work,
        channels: Mapping[DeliveryChannel, OfficialChannel],
        link_to_alert: Callable[[int], str],
        *,
        loopback_webhook_allowed: bool = False,
    ) -> None:
        self._work = work
        self._channels = channels
        self._link_to_alert = link_to_alert
        self._loopback_webhook_allowed = loopback_webhook_allowed

    def with_work(self, work: Work) -> Deliverer:
        """The same channels on other units of work."""
        return Deliverer(
            work,
            self._channels,
            self._link_to_alert,
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
            if self._must_be_held(unit.session, delivery):
                delivery.state = DeliveryState.HELD
                return None
            alert, mechanism = delivery.alert, delivery.mechanism
            return _Ready(
                delivery.channel,
                Push(
                    delivery.key,
                    alert.number or "",
                    alert.level.zh,
                    self._link_to_alert(alert.id),
                    delivery.alert_version,
                ),
                _address_of(mechanism, delivery.channel),
            )

    def _must_be_held(self, session: Session, delivery: Delivery) -> bool:
        if not self._channels[delivery.channel].leaves_machine:
            return False
        if self._loopback_webhook_allowed and delivery.channel is DeliveryChannel.WEBHOOK:
            return not _is_loopback(delivery.mechanism.webhook_url or "")
        return delivery.alert.is_demonstration or demonstration_is_present(session)

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
                _ask(unit, delivery.id, delivery.attempts)


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


def _address_of(mechanism: Mechanism, channel: DeliveryChannel) -> Address:
    if channel is DeliveryChannel.WEBHOOK:
        return Address(mechanism.webhook_url or "", mechanism.webhook_secret)
    return Address(mechanism.email or "")


def _is_loopback(url: str) -> bool:
    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False
