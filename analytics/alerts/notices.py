"""Words to a person: the signer on duty, the deputy, the subscriber. Number, kind and link only.

Each is an outbox row whose key says whom it tells of what, so that it is asked for once; a mail that could
not go is tried again by the outbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.place_tree import PlaceTree
from analytics.report.channels import Address, OfficialChannel, Push
from models.alerting import AlertMessage, SigningDuty, Subscription
from models.papers import Paper
from models.places import Mechanism, Organisation
from models.surveillance import Alert, Signal
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_alerting import ClockStep, MessageKind
from models.vocabulary_surveillance import AlertLevel, DeliveryChannel

BY_WEIGHT = (AlertLevel.RED, AlertLevel.ORANGE, AlertLevel.YELLOW, AlertLevel.BLUE)
MAIN, DEPUTY = "main", "deputy"


def duties_at(session: Session, now: datetime) -> list[SigningDuty]:
    return list(
        session.scalars(
            select(SigningDuty).where(SigningDuty.starts_at <= now, SigningDuty.ends_at > now)
        ).all()
    )


def ask_signers(unit: UnitOfWork, subject: str, subject_id: int, version: int, step: ClockStep) -> None:
    """Tell those whose turn it is; `subject` is signal or draft. The console tells everybody by the event."""
    near = timedelta(hours=24)
    if step in (ClockStep.TOLD_ALL, ClockStep.OVERDUE, ClockStep.NOBODY_ABOVE):
        duties = unit.session.scalars(
            select(SigningDuty).where(
                SigningDuty.starts_at <= unit.now + near, SigningDuty.ends_at > unit.now - near
            )
        ).all()
        whom = [(duty, who) for duty in duties for who in (MAIN, DEPUTY)]
    else:
        who = DEPUTY if step in (ClockStep.TOLD_DEPUTIES, ClockStep.SINGLE_ALLOWED) else MAIN
        whom = [(duty, who) for duty in duties_at(unit.session, unit.now)]
    for duty, who in whom:
        for channel, to in _contacts(duty, who):
            if to:
                key = f"notice:{subject}:{subject_id}:{version}:{step}:{duty.id}:{who}:{channel}"
                payload = {
                    "duty_id": duty.id,
                    "who": who,
                    "channel": str(channel),
                    "subject": subject,
                    "id": subject_id,
                    "key": hashlib.sha256(key.encode()).hexdigest()[:32],
                }
                unit.ask("notice", "urgent", key, payload)


def ask_subscribers(unit: UnitOfWork, thing: AlertMessage | Paper) -> None:
    """Officials who asked to hear: of alerts of the own place and below, of reports of the own place."""
    rows = unit.session.scalars(select(Subscription).order_by(Subscription.id)).all()
    tree = PlaceTree.load(unit.session)
    subject, subject_id = ("report", thing.id) if isinstance(thing, Paper) else ("alert", thing.alert_id)
    for row in rows:
        person = row.person
        if not person.active or person.role is not Role.OFFICIAL or not _wants(row, thing, tree):
            continue
        version = "" if isinstance(thing, Paper) else f":{thing.version}"
        key = f"notice:{subject}:{row.id}:{subject_id}{version}"
        payload = {
            "subscription_id": row.id,
            "channel": str(DeliveryChannel.EMAIL),
            "subject": subject,
            "id": subject_id,
            "key": hashlib.sha256(key.encode()).hexdigest()[:32],
        }
        unit.ask("notice", "work" if subject == "report" else "urgent", key, payload)


def _wants(row: Subscription, thing: AlertMessage | Paper, tree: PlaceTree) -> bool:
    place_code = row.person.place_code
    if isinstance(thing, Paper):
        return row.reports and place_code == thing.place_code
    alert = thing.alert
    first = thing.kind is MessageKind.ALERT and not alert.is_exercise
    return (
        (first or row.updates)
        and place_code is not None
        and tree.covers(place_code, alert.place_code)
        and BY_WEIGHT.index(alert.level) <= BY_WEIGHT.index(row.lowest_level)
    )


def ask_deputy_of_body(unit: UnitOfWork, alert: Alert, mechanism: Mechanism) -> bool:
    """A text to the deputy of a body that keeps silent on a red alert. False when there is none."""
    if alert.level is not AlertLevel.RED or not mechanism.deputy_phone:
        return False
    key = f"notice:body:{mechanism.id}:{alert.id}:{alert.version}"
    payload = {
        "mechanism_id": mechanism.id,
        "channel": str(DeliveryChannel.SMS),
        "subject": "alert",
        "id": alert.id,
        "key": hashlib.sha256(key.encode()).hexdigest()[:32],
    }
    unit.ask("notice", "urgent", key, payload)
    return True


def _contacts(duty: SigningDuty, who: str) -> tuple[tuple[DeliveryChannel, str | None], ...]:
    if who == MAIN:
        return ((DeliveryChannel.EMAIL, duty.email), (DeliveryChannel.SMS, duty.phone))
    return ((DeliveryChannel.EMAIL, duty.deputy_email), (DeliveryChannel.SMS, duty.deputy_phone))


@dataclass(frozen=True, slots=True)
class _Ready:
    channel: OfficialChannel
    push: Push
    address: Address


class Notifier:
    """The job `notice`. `links`: subject -> the page that tells more, by id."""

    def __init__(
        self,
        work: Work,
        channels: Mapping[DeliveryChannel, OfficialChannel],
        links: Mapping[str, Callable[[int], str]],
    ) -> None:
        self._work = work
        self._channels = channels
        self._links = links

    def __call__(self, payload: dict[str, Any]) -> None:
        """Raises SendFailed, upon which the outbox tries again later."""
        ready = self._prepare(payload)
        if ready is not None:
            ready.channel.send(ready.push, ready.address)

    def _prepare(self, payload: dict[str, Any]) -> _Ready | None:
        with self._work() as unit:
            unit.only_read()
            channel = self._channels.get(DeliveryChannel(payload["channel"]))
            to = _address(unit.session, payload)
            named = _name(unit.session, str(payload["subject"]), int(payload["id"]))
            if channel is None or not to or named is None:
                return None
            number, level, is_demonstration = named
            demonstrates = unit.session.scalars(
                select(Organisation.id).where(Organisation.is_demonstration.is_(True))
            ).first()
            if channel.leaves_machine and (is_demonstration or demonstrates):
                return None
            link = self._links[str(payload["subject"])](int(payload["id"]))
            subject = "report" if payload["subject"] == "report" else "alert"
            push = Push(str(payload["key"]), number, level, link, subject=subject)
            return _Ready(channel, push, Address(to))


def _address(session: Session, payload: Mapping[str, Any]) -> str | None:
    channel = DeliveryChannel(payload["channel"])
    if "subscription_id" in payload:
        row = session.get(Subscription, int(payload["subscription_id"]))
        return row.email if row is not None and row.person.active else None
    if "mechanism_id" in payload:
        body = session.get(Mechanism, int(payload["mechanism_id"]))
        return body.deputy_phone if body is not None and body.active else None
    duty = session.get(SigningDuty, int(payload["duty_id"]))
    return dict(_contacts(duty, str(payload["who"]))).get(channel) if duty is not None else None


def _name(session: Session, subject: str, subject_id: int) -> tuple[str, str, bool] | None:
    """Number, level or kind, and whether it is of the demonstration. None: there is nothing to tell now."""
    if subject == "signal":
        signal = session.get(Signal, subject_id)
        return None if signal is None else (f"SIG-{signal.id:04d}", signal.kind.zh, signal.is_demonstration)
    if subject == "report":
        paper = session.get(Paper, subject_id)
        return (
            None
            if paper is None or paper.number is None
            else (paper.number, paper.kind.zh, paper.is_demonstration)
        )
    alert = session.get(Alert, subject_id)
    if alert is None:
        return None
    return (alert.number or f"SIG-{alert.signal_id:04d}", alert.level.zh, alert.is_demonstration)


def on_duty(session: Session, person_id: int, now: datetime) -> bool:
    """Whether the person signs now, in person or as deputy. With an empty list every supervisor does."""
    listed = duties_at(session, now)
    return not listed or any(person_id in (duty.person_id, duty.deputy_id) for duty in listed)
