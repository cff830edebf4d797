"""An alert goes out: number, frozen message, deliveries, clocks and subscribers, all in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.cap_identifier import identifier_of, reference_of
from analytics.alerts.clocks import receipt_within
from analytics.alerts.notices import ask_subscribers
from analytics.days import HOTLINE_ZONE, day_of
from analytics.report.delivery import write_deliveries
from models.alerting import AlertMessage
from models.events import AlertIssued
from models.places import Organisation
from models.surveillance import Alert
from models.unit_of_work import UnitOfWork
from models.vocabulary_alerting import MessageKind
from models.vocabulary_surveillance import AlertState


def issue(
    unit: UnitOfWork,
    alert: Alert,
    person_id: int,
    *,
    copies: Collection[int] = (),
    zone: tzinfo = HOTLINE_ZONE,
) -> AlertMessage:
    """The first message of an alert that awaits its signature. `copies`: bodies that the signer added."""
    message = AlertMessage(
        alert_id=alert.id,
        version=alert.version,
        kind=MessageKind.ALERT,
        level=alert.level,
        title=alert.title,
        content=alert.content,
        drafted_by_id=alert.verified_by_id,
        drafted_at=alert.verified_at,
    )
    unit.session.add(message)
    if alert.number is None:
        alert.number = next_number(unit.session, day_of(unit.now, zone), exercise=alert.is_exercise)
    alert.signed_by_id = person_id
    alert.signed_at = alert.issued_at = unit.now
    alert.state = AlertState.ISSUED
    send(unit, alert, message, person_id, copies=copies, zone=zone)
    return message


def send(
    unit: UnitOfWork,
    alert: Alert,
    message: AlertMessage,
    person_id: int,
    *,
    copies: Collection[int] = (),
    zone: tzinfo = HOTLINE_ZONE,
) -> None:
    """Freeze a message under its identifier and put it on its ways. The alert stands as it is to be read."""
    session = unit.session
    organisation = session.scalars(select(Organisation)).one()
    message.signed_by_id = person_id
    message.signed_at = unit.now
    earlier = session.scalars(
        select(AlertMessage)
        .where(AlertMessage.alert_id == alert.id, AlertMessage.identifier.is_not(None))
        .order_by(AlertMessage.version)
    ).all()
    taken = set(
        session.scalars(select(AlertMessage.identifier).where(AlertMessage.identifier.is_not(None))).all()
    )
    message.references = [reference_of(sent, zone) for sent in earlier]
    message.identifier = identifier_of(organisation.place_code, unit.now, taken, zone)
    session.flush()
    write_deliveries(unit, alert, copies)
    ask_subscribers(unit, message)
    if message.kind is not MessageKind.CANCEL:
        ask_receipt_clock(unit, alert)
    unit.tell(AlertIssued(alert.id, alert.place_code))


def ask_receipt_clock(unit: UnitOfWork, alert: Alert) -> None:
    """Half of the time: the deputy is reminded; all of it: the level above is told, again and again."""
    unit.ask(
        "clock",
        "urgent",
        f"clock:alert:{alert.id}:{alert.version}:0",
        {"subject": "alert", "id": alert.id, "version": alert.version, "number": 0},
        due_at=unit.now + receipt_within(alert.level, alert.kind) / 2,
    )


def next_number(session: Session, day: date, *, exercise: bool = False) -> str:
    """〔2026〕31号: the next free number of the year; numbers given are never used again.

    Exercises are numbered by themselves (演练〔2026〕1号), so that they leave no gap.
    """
    # One signer at a time: two must not read the same highest number.
    session.scalars(select(Organisation).with_for_update()).first()
    prefix = f"{'演练' if exercise else ''}〔{day.year}〕"
    given = session.scalars(select(Alert.number).where(Alert.number.startswith(prefix))).all()
    highest = max((int(n.removeprefix(prefix).removesuffix("号")) for n in given if n), default=0)
    return f"{prefix}{highest + 1}号"
