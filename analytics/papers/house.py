"""What a report tells of the hotline itself: people, shifts, signals, alerts. Nobody who rang is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.papers.addressees import addressees_of
from analytics.papers.scope import Scope
from analytics.report.answers import PUBLISHED
from models.calls import Call
from models.care import FollowUp
from models.people import Person
from models.places import Centre, Organisation
from models.quality import QualityReview
from models.referrals import Referral
from models.surveillance import Alert, Signal
from models.vocabulary import FollowUpState, Role, ShiftKind
from models.vocabulary_surveillance import AlertLevel, AlertState, SignalKind
from models.workforce import Shift


@dataclass(frozen=True)
class AlertLine:
    number: str
    title: str
    level: AlertLevel
    kind: SignalKind
    state: AlertState


@dataclass(frozen=True)
class Roster:
    """Seats on the roster over the day after the period, by hour."""

    shifts: int
    most: int
    least: int
    least_hour: int
    minimum: int


@dataclass(frozen=True)
class House:
    name: str
    is_demonstration: bool
    operators: int
    trained: int
    supervisors: int
    reviews: int
    shifts: int
    """Shifts of seats that began in the period."""
    roster: Roster
    signals: int
    alerts: tuple[AlertLine, ...]
    overdue_follow_ups: int
    overdue_referrals: int
    to: tuple[str, ...]
    copies: tuple[str, ...]


def house_of(session: Session, scope: Scope) -> House:
    organisation = session.scalars(select(Organisation)).one()
    centres = scope.centre_ids

    def people(*where: object) -> int:
        query = select(func.count(Person.id)).where(Person.active.is_(True), *where)  # type: ignore[arg-type]
        if centres is not None:
            query = query.where(Person.centre_id.in_(centres))
        return session.scalar(query) or 0

    def number(query: object) -> int:
        return session.scalar(query) or 0  # type: ignore[call-overload]

    shifts = select(func.count(Shift.id)).where(
        Shift.kind == ShiftKind.SEAT, Shift.starts_at >= scope.since, Shift.starts_at < scope.until
    )
    if centres is not None:
        shifts = shifts.where(Shift.centre_id.in_(centres))
    signals = select(func.count(Signal.id)).where(
        Signal.raised_at >= scope.since, Signal.raised_at < scope.until, scope.in_place(Signal.place_code)
    )
    addressees = addressees_of(session, scope.place_code)
    return House(
        name=organisation.name_zh,
        is_demonstration=organisation.is_demonstration,
        operators=people(Person.role == Role.OPERATOR),
        trained=people(Person.role == Role.OPERATOR, Person.trained_at.is_not(None)),
        supervisors=people(Person.role == Role.SUPERVISOR),
        reviews=number(
            select(func.count(QualityReview.id)).where(
                QualityReview.reviewed_at >= scope.since, QualityReview.reviewed_at < scope.until
            )
        )
        if centres is None
        else 0,
        shifts=number(shifts),
        roster=_roster(
            session,
            scope,
            organisation.minimum_seats
            if centres is None
            else number(select(func.sum(Centre.minimum_seats)).where(Centre.id.in_(centres))),
        ),
        signals=number(signals),
        alerts=_alerts(session, scope),
        overdue_follow_ups=number(
            select(func.count(FollowUp.id))
            .join(Call, Call.id == FollowUp.call_id)
            .where(
                FollowUp.state == FollowUpState.DUE,
                FollowUp.due_at < scope.until,
                scope.in_place(Call.place_code),
            )
        ),
        overdue_referrals=number(
            select(func.count(Referral.id))
            .join(Call, Call.id == Referral.call_id)
            .where(
                Referral.due_at.is_not(None),
                Referral.due_at < scope.until,
                scope.in_place(Call.place_code),
            )
        ),
        to=tuple(b.name_zh for b in addressees.to) or (f"{scope.place_name}联防联控机制",),
        copies=tuple(b.name_zh for b in (*addressees.copies, *addressees.departments)),
    )


def _roster(session: Session, scope: Scope, minimum: int) -> Roster:
    begin, end = scope.until, scope.until + timedelta(days=1)
    query = select(Shift.starts_at, Shift.ends_at).where(
        Shift.kind == ShiftKind.SEAT, Shift.ends_at > begin, Shift.starts_at < end
    )
    if scope.centre_ids is not None:
        query = query.where(Shift.centre_id.in_(scope.centre_ids))
    rows = session.execute(query).all()
    hours = []
    for hour in range(24):
        at = begin + timedelta(hours=hour)
        hours.append(sum(row.starts_at <= at < row.ends_at for row in rows))
    least = min(hours)
    return Roster(len(rows), max(hours), least, hours.index(least), minimum)


def _alerts(session: Session, scope: Scope) -> tuple[AlertLine, ...]:
    rows = session.scalars(
        select(Alert)
        .where(
            Alert.state.in_(PUBLISHED),
            Alert.is_exercise.is_(False),
            Alert.issued_at >= scope.since,
            Alert.issued_at < scope.until,
            scope.in_place(Alert.place_code),
        )
        .order_by(Alert.issued_at)
    )
    return tuple(
        AlertLine(alert.number or "", alert.title, alert.level, alert.kind, alert.state) for alert in rows
    )
