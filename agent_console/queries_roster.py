"""The roster, read for its pages: a week of one centre by person, and of every centre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.queries_roster_days import DayHead, day_heads, day_window, draft_span
from hotline.domain.roster_cover import Span
from hotline.workforce.roster_facts import unable
from hotline.workforce.roster_policy import zone_of
from models.duty_requests import Absence, Leave
from models.people import Person
from models.places import Centre
from models.roster import DraftShift, OpenShift, RosterDraft
from models.seats import Seat
from models.vocabulary import Role, SeatState, ShiftKind
from models.vocabulary_roster import AskState, OpenState
from models.workforce import Shift


@dataclass(frozen=True)
class Chip:
    """One shift in a cell. `key`: `shift-7`, `draft-7` or `open-7`."""

    key: str
    id: int
    person_id: int | None
    person: str
    kind: ShiftKind
    starts_at: datetime
    ends_at: datetime
    hours: str
    """20:00–08:00 of the centre's clock."""
    seat: str | None
    skill: str | None
    order: int
    state: str = ""
    """now | missing | over | refused (the queue would not admit them), or nothing."""


@dataclass(frozen=True)
class PersonWeek:
    person_id: int
    name: str
    hours: float
    days: tuple[tuple[Chip, ...], ...]
    away: tuple[bool, ...]
    """On leave on that day."""


@dataclass(frozen=True)
class Week:
    centre: Centre
    zone: tzinfo
    first: date
    days: tuple[DayHead, ...]
    people: tuple[PersonWeek, ...]
    open: tuple[tuple[Chip, ...], ...]
    draft: RosterDraft | None
    """Whose shifts are shown, where it reaches into these days."""


def week_of(session: Session, centre: Centre, first: date, days: int, now: datetime) -> Week:
    zone = zone_of(session, centre.id)
    window = day_window(first, days, zone)
    draft = session.scalars(select(RosterDraft).where(RosterDraft.centre_id == centre.id)).first()
    if draft is not None and (draft.last_day < first or draft.first_day >= first + timedelta(days=days)):
        draft = None
    chips = _chips(session, centre.id, window, zone, draft, now)
    leaves = _leaves(session, window)
    known = {person.id: person for person in _people(session, centre.id)}
    for chip in chips:
        if chip.person_id is not None and chip.person_id not in known:
            known[chip.person_id] = session.get_one(Person, chip.person_id)
    return Week(
        centre=centre,
        zone=zone,
        first=first,
        days=day_heads(session, centre, first, days, zone, now, draft),
        people=tuple(
            _person_week(person, [c for c in chips if c.person_id == person.id], leaves, first, days, zone)
            for person in sorted(known.values(), key=lambda one: one.id)
        ),
        open=_by_day([chip for chip in chips if chip.person_id is None], first, days, zone),
        draft=draft,
    )


def people_to_roster(session: Session) -> Sequence[Person]:
    """Operators and supervisors who may answer: active, trained, confidentiality signed."""
    return session.scalars(
        select(Person)
        .where(
            Person.active.is_(True),
            Person.role.in_((Role.OPERATOR, Role.SUPERVISOR)),
            Person.trained_at.is_not(None),
            Person.confidentiality_signed_at.is_not(None),
        )
        .order_by(Person.centre_id, Person.name)
    ).all()


def seats_to_roster(session: Session, centre_id: int) -> Sequence[Seat]:
    return session.scalars(
        select(Seat).where(Seat.centre_id == centre_id, Seat.retired_at.is_(None)).order_by(Seat.label)
    ).all()


def hours_of(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    return f"{starts_at.astimezone(zone):%H:%M}–{ends_at.astimezone(zone):%H:%M}"


def _people(session: Session, centre_id: int) -> Sequence[Person]:
    return session.scalars(
        select(Person)
        .where(
            Person.centre_id == centre_id,
            Person.active.is_(True),
            Person.role.in_((Role.OPERATOR, Role.SUPERVISOR)),
        )
        .order_by(Person.id)
    ).all()


def _chips(
    session: Session, centre_id: int, window: Span, zone: tzinfo, draft: RosterDraft | None, now: datetime
) -> list[Chip]:
    """Of the draft where there is one, with what it does not stand for; else what is in force and open."""
    shifts = session.scalars(
        select(Shift)
        .where(
            Shift.centre_id == centre_id,
            Shift.starts_at >= window.starts_at,
            Shift.starts_at < window.ends_at,
        )
        .options(joinedload(Shift.person), joinedload(Shift.seat))
        .order_by(Shift.starts_at, Shift.id)
    ).all()
    seated = set(session.scalars(select(Seat.person_id).where(Seat.state != SeatState.OFFLINE)))
    refused = unable(session, centre_id, window)
    missing = set(session.scalars(select(Absence.shift_id).where(Absence.ended_at.is_(None))))
    labels = {seat.id: seat.label for seat in session.scalars(select(Seat))}
    found = []
    drafted = draft_span(draft, zone)
    for shift in shifts:
        if drafted is not None and shift.starts_at > now and _starts_in(drafted, shift.starts_at):
            continue
        holds = shift.starts_at <= now < shift.ends_at
        state = "over" if shift.ends_at <= now else ""
        if holds and shift.kind is ShiftKind.SEAT:
            absent = shift.id in missing and shift.person_id not in seated
            state = "missing" if absent else "now" if shift.person_id in seated else ""
        if not state and shift.id in refused:
            state = "refused"
        found.append(_chip("shift", shift, shift.person_id, shift.person.name, labels, zone, state))
    if draft is not None:
        rows = session.scalars(
            select(DraftShift)
            .where(
                DraftShift.draft_id == draft.id,
                DraftShift.starts_at >= window.starts_at,
                DraftShift.starts_at < window.ends_at,
            )
            .options(joinedload(DraftShift.person))
            .order_by(DraftShift.starts_at, DraftShift.id)
        )
        for row in rows:
            name = row.person.name if row.person is not None else ""
            found.append(_chip("draft", row, row.person_id, name, labels, zone, ""))
    for one in session.scalars(
        select(OpenShift)
        .where(
            OpenShift.centre_id == centre_id,
            OpenShift.state == OpenState.OPEN,
            OpenShift.ends_at > now,
            OpenShift.starts_at >= window.starts_at,
            OpenShift.starts_at < window.ends_at,
        )
        .order_by(OpenShift.starts_at)
    ):
        if drafted is None or not _starts_in(drafted, one.starts_at):
            found.append(_chip("open", one, None, "", labels, zone, ""))
    return found


def _chip(
    kind: str,
    row: Shift | DraftShift | OpenShift,
    person_id: int | None,
    person: str,
    labels: dict[int, str],
    zone: tzinfo,
    state: str,
) -> Chip:
    return Chip(
        key=f"{kind}-{row.id}",
        id=row.id,
        person_id=person_id,
        person=person,
        kind=row.kind,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        hours=hours_of(row.starts_at, row.ends_at, zone),
        seat=labels.get(row.seat_id) if row.seat_id is not None else None,
        skill=row.skill,
        order=1 if isinstance(row, OpenShift) else row.standby_order,
        state=state,
    )


def _starts_in(span: Span, at: datetime) -> bool:
    return span.starts_at <= at < span.ends_at


def _leaves(session: Session, window: Span) -> Sequence[Leave]:
    return session.scalars(
        select(Leave).where(
            Leave.state == AskState.GRANTED,
            Leave.starts_at < window.ends_at,
            Leave.ends_at > window.starts_at,
        )
    ).all()


def _person_week(
    person: Person, chips: Sequence[Chip], leaves: Sequence[Leave], first: date, days: int, zone: tzinfo
) -> PersonWeek:
    own = [leave for leave in leaves if leave.person_id == person.id]
    away = []
    for n in range(days):
        day = day_window(first + timedelta(days=n), 1, zone)
        away.append(any(one.starts_at < day.ends_at and one.ends_at > day.starts_at for one in own))
    worked = sum((c.ends_at - c.starts_at).total_seconds() for c in chips if c.kind is ShiftKind.SEAT)
    return PersonWeek(
        person.id, person.name, round(worked / 3600, 1), _by_day(chips, first, days, zone), tuple(away)
    )


def _by_day(chips: Sequence[Chip], first: date, days: int, zone: tzinfo) -> tuple[tuple[Chip, ...], ...]:
    found: list[list[Chip]] = [[] for _ in range(days)]
    for chip in chips:
        n = (chip.starts_at.astimezone(zone).date() - first).days
        if 0 <= n < days:
            found[n].append(chip)
    return tuple(tuple(sorted(one, key=lambda chip: chip.starts_at)) for one in found)
