"""The shift table, read: who sits where from when to when, and the hours that nobody covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.people import Person
from models.places import Centre
from models.seats import Seat
from models.vocabulary import Role, SeatState, ShiftKind
from models.workforce import Shift


@dataclass(frozen=True)
class ShiftRow:
    shift_id: int
    centre_id: int
    person_id: int
    person: str
    seat_label: str | None
    kind: ShiftKind
    starts_at: datetime
    ends_at: datetime
    is_now: bool
    present: bool
    """The person sits at a seat now; told only for shifts that hold now."""


@dataclass(frozen=True)
class CentreShifts:
    centre_id: int
    name_zh: str
    name_en: str
    minimum: int
    shifts: tuple[ShiftRow, ...]


@dataclass(frozen=True)
class Hour:
    """One hour of a centre: rostered at its start's least, needed, and whether it is short."""

    starts_at: datetime
    rostered: int
    minimum: int

    @property
    def missing(self) -> int:
        return max(0, self.minimum - self.rostered)


@dataclass(frozen=True)
class Choice:
    id: int
    label: str
    centre_id: int | None


def shift_table(
    session: Session, since: datetime, until: datetime, now: datetime
) -> tuple[CentreShifts, ...]:
    """Shifts that touch [since, until), by centre."""
    seated = set(
        session.scalars(
            select(Seat.person_id).where(Seat.person_id.is_not(None), Seat.state != SeatState.OFFLINE)
        )
    )
    shifts = session.scalars(
        select(Shift)
        .where(Shift.starts_at < until, Shift.ends_at > since)
        .options(joinedload(Shift.person), joinedload(Shift.seat))
        .order_by(Shift.starts_at, Shift.id)
    ).all()
    return tuple(
        CentreShifts(
            centre_id=centre.id,
            name_zh=centre.name_zh,
            name_en=centre.name_en,
            minimum=centre.minimum_seats,
            shifts=tuple(_row(shift, seated, now) for shift in shifts if shift.centre_id == centre.id),
        )
        for centre in session.scalars(select(Centre).order_by(Centre.id))
    )


def _row(shift: Shift, seated: set[int | None], now: datetime) -> ShiftRow:
    holds = shift.starts_at <= now < shift.ends_at
    return ShiftRow(
        shift_id=shift.id,
        centre_id=shift.centre_id,
        person_id=shift.person_id,
        person=shift.person.name,
        seat_label=shift.seat.label if shift.seat else None,
        kind=shift.kind,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        is_now=holds,
        present=holds and shift.person_id in seated,
    )


def hours_ahead(centre: CentreShifts, now: datetime, hours: int = 24) -> tuple[Hour, ...]:
    """Each of the coming hours (the current one first) with the fewest seats rostered within it."""
    first = now.replace(minute=0, second=0, microsecond=0)
    seats = [shift for shift in centre.shifts if shift.kind is ShiftKind.SEAT]
    found = []
    for n in range(hours):
        start = first + timedelta(hours=n)
        end = start + timedelta(hours=1)
        moments = {max(start, now)} | {s.ends_at for s in seats if max(start, now) < s.ends_at < end}
        least = min(sum(s.starts_at <= moment < s.ends_at for s in seats) for moment in moments)
        found.append(Hour(start, least, centre.minimum))
    return tuple(found)


def people_to_roster(session: Session) -> tuple[Choice, ...]:
    """Operators and supervisors who may answer: active, trained, confidentiality signed."""
    people = session.scalars(
        select(Person)
        .where(
            Person.active.is_(True),
            Person.role.in_((Role.OPERATOR, Role.SUPERVISOR)),
            Person.trained_at.is_not(None),
            Person.confidentiality_signed_at.is_not(None),
        )
        .order_by(Person.name)
    )
    return tuple(Choice(person.id, person.name, person.centre_id) for person in people)


def seats_to_roster(session: Session) -> tuple[Choice, ...]:
    seats = session.scalars(
        select(Seat).where(Seat.retired_at.is_(None)).order_by(Seat.centre_id, Seat.label)
    )
    return tuple(Choice(seat.id, seat.label, seat.centre_id) for seat in seats)
