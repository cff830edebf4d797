"""What a draft would break, before anybody is held to it: empty minutes, people, rest and hours, skills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span, common, thin, without
from hotline.domain.roster_rules import Breach, Need, Seated, SkillHole, breaches, skill_holes
from hotline.domain.shift_rules import PlannedShift, faults_of
from hotline.workforce.roster_facts import (
    Row,
    exits_of,
    in_force,
    published,
    seats_of,
    uncovered_of,
    worker_of,
)
from hotline.workforce.roster_policy import rules_of, standing_roster_policy, zone_of
from models.people import Person
from models.places import Centre
from models.roster import DraftShift, SkillNeed
from models.skills import PersonSkill
from models.vocabulary import ShiftKind
from models.workforce import Shift

AROUND = timedelta(days=15)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Fault:
    """Codes of `shift_rules` that speak against one wanted shift."""

    row_id: int
    person_id: int
    starts_at: datetime
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """`gaps` and `faults` forbid publishing; `broken` asks for a reason; the rest is told."""

    window: Span
    """From now on at the earliest."""
    gaps: tuple[Span, ...]
    by_exit: tuple[Span, ...]
    """Time without a seat that a named exit covers."""
    thin: tuple[Span, ...]
    """Time with fewer seats than the centre's least, the empty time among it."""
    faults: tuple[Fault, ...]
    broken: tuple[Breach, ...]
    holes: tuple[SkillHole, ...]
    open_shifts: int
    added: int
    removed: int
    kept: int

    @property
    def gap_minutes(self) -> int:
        return sum(span.minutes for span in self.gaps)

    @property
    def may_be_published(self) -> bool:
        return not self.gaps and not self.faults


def replaced_by(session: Session, centre_id: int, window: Span, now: datetime) -> list[Shift]:
    """Shifts in force that a draft of this time stands for: those that begin in it and have not begun."""
    return [
        shift
        for shift in published(session, centre_id, window)
        if window.starts_at <= shift.starts_at < window.ends_at and shift.starts_at > now
    ]


def preview_of(
    session: Session, centre_id: int, window: Span, wanted: Sequence[DraftShift], now: datetime
) -> Preview:
    """`window`: the draft's whole time."""
    centre = session.get_one(Centre, centre_id)
    replaced = {shift.id: shift for shift in replaced_by(session, centre_id, window, now)}
    ends = [row.ends_at for row in wanted] + [shift.ends_at for shift in replaced.values()]
    # A night's shift reaches beyond the last day: what it covered there is looked at too.
    reach = Span(max(window.starts_at, now), max([window.ends_at, *ends]))
    others = [shift for shift in published(session, centre_id, reach) if shift.id not in replaced]
    stands = in_force(session, reach)
    rows = [row for row in stands(centre_id) if row.shift_id not in replaced]
    rows += [_row(row) for row in wanted if row.person_id is not None]

    def rows_of(each: int) -> Sequence[Row]:
        return rows if each == centre_id else stands(each)

    inside = Span(reach.starts_at, max(window.ends_at, reach.starts_at))
    beyond = Span(inside.ends_at, reach.ends_at)
    gaps = uncovered_of(session, centre_id, inside, rows_of)
    if beyond.ends_at > beyond.starts_at:
        lost = uncovered_of(session, centre_id, beyond, rows_of)
        stood = uncovered_of(session, centre_id, beyond, stands)
        gaps += without(lost, stood)
    seats = seats_of(rows)
    empty = thin(inside, seats, 1)
    same = {key_of(shift) for shift in replaced.values()}
    new = [key_of(row) for row in wanted if row.person_id is not None]
    kept = sum(1 for key in new if key in same)
    return Preview(
        window=inside,
        gaps=tuple(gaps),
        by_exit=tuple(common(empty, exits_of(session, centre_id, inside, rows_of))),
        thin=tuple(thin(inside, seats, centre.minimum_seats)),
        faults=tuple(_faults(session, centre_id, wanted, others, set(replaced), now)),
        broken=tuple(_broken(session, centre_id, wanted, inside, set(replaced))),
        holes=tuple(_holes(session, centre_id, inside, rows)),
        open_shifts=sum(1 for row in wanted if row.person_id is None),
        added=len(new) - kept,
        removed=len(replaced) - kept,
        kept=kept,
    )


def _row(row: DraftShift) -> Row:
    assert row.person_id is not None
    return Row(row.person_id, row.kind, Span(row.starts_at, row.ends_at), row.seat_id, row.line_id)


def key_of(row: DraftShift | Shift) -> tuple[object, ...]:
    return (
        row.person_id,
        row.kind,
        row.seat_id,
        row.starts_at,
        row.ends_at,
        row.standby_order,
        row.line_id,
        row.skill,
    )


def _elsewhere(
    session: Session, people: Iterable[int], reach: Span, replaced: set[int]
) -> dict[int, list[Shift]]:
    """Shifts in force of these people at any centre, without those that the draft replaces."""
    found: dict[int, list[Shift]] = {}
    rows = session.scalars(
        select(Shift).where(
            Shift.person_id.in_(set(people)),
            Shift.starts_at < reach.ends_at,
            Shift.ends_at > reach.starts_at,
        )
    )
    for shift in rows:
        if shift.id not in replaced:
            found.setdefault(shift.person_id, []).append(shift)
    return found


def _faults(
    session: Session,
    centre_id: int,
    wanted: Sequence[DraftShift],
    others: Sequence[Shift],
    replaced: set[int],
    now: datetime,
) -> list[Fault]:
    """Each wanted shift beside those next to it in time, of its person and of its seat."""
    named = [row for row in wanted if row.person_id is not None]
    if not named:
        return []
    reach = Span(min(row.starts_at for row in named) - LONGEST, max(row.ends_at for row in named))
    planned = [(row.id, _planned(row, centre_id)) for row in named]
    beside = [(-shift.id, _planned(shift, shift.centre_id)) for shift in others if shift.seat_id is not None]
    of_people = {row.person_id for row in named if row.person_id is not None}
    for shifts in _elsewhere(session, of_people, reach, replaced).values():
        beside += [(-shift.id, _planned(shift, shift.centre_id)) for shift in shifts]
    near = _near(planned, dict(beside))
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(of_people)))}
    found = []
    for row, (key, shift) in zip(named, planned, strict=True):
        codes = faults_of(
            shift,
            worker_of(people[shift.person_id]),
            near.get(key, ()),
            seat_centre_id=centre_id if shift.seat_id is not None else None,
            now=now,
            longest=LONGEST,
        )
        if codes:
            found.append(Fault(row.id, shift.person_id, row.starts_at, tuple(codes)))
    return found


def _planned(row: DraftShift | Shift, centre_id: int) -> PlannedShift:
    assert row.person_id is not None
    return PlannedShift(row.person_id, centre_id, row.seat_id, row.starts_at, row.ends_at)


def _near(
    planned: Sequence[tuple[int, PlannedShift]], others: Mapping[int, PlannedShift]
) -> dict[int, list[PlannedShift]]:
    """By wanted shift: those that overlap it and share its person or seat; found in the order of time."""
    groups: dict[tuple[str, int], list[tuple[int, PlannedShift]]] = {}
    for key, shift in (*planned, *others.items()):
        groups.setdefault(("person", shift.person_id), []).append((key, shift))
        if shift.seat_id is not None:
            groups.setdefault(("seat", shift.seat_id), []).append((key, shift))
    found: dict[int, list[PlannedShift]] = {}
    for group in groups.values():
        group.sort(key=lambda pair: pair[1].starts_at)
        for n, (key, shift) in enumerate(group):
            for other_key, other in group[n + 1 :]:
                if other.starts_at >= shift.ends_at:
                    break
                found.setdefault(key, []).append(other)
                found.setdefault(other_key, []).append(shift)
    return found


def _broken(
    session: Session, centre_id: int, wanted: Sequence[DraftShift], inside: Span, replaced: set[int]
) -> list[Breach]:
    rules = rules_of(standing_roster_policy(session, centre_id))
    zone = zone_of(session, None)
    spans: dict[int, list[Span]] = {}
    for row in wanted:
        if row.person_id is not None and row.kind is ShiftKind.SEAT:
            spans.setdefault(row.person_id, []).append(Span(row.starts_at, row.ends_at))
    around = Span(inside.starts_at - AROUND, inside.ends_at + AROUND)
    for person_id, shifts in _elsewhere(session, spans, around, replaced).items():
        spans[person_id] += [Span(s.starts_at, s.ends_at) for s in shifts if s.kind is ShiftKind.SEAT]
    found = [one for person_id, own in spans.items() for one in breaches(person_id, own, rules, zone)]
    return sorted(one for one in found if inside.starts_at <= one.starts_at < inside.ends_at)


def _holes(session: Session, centre_id: int, window: Span, rows: Sequence[Row]) -> list[SkillHole]:
    needs = session.scalars(select(SkillNeed).where(SkillNeed.centre_id == centre_id)).all()
    if not needs:
        return []
    skills: dict[int, dict[str, str]] = {}
    people = {row.person_id for row in rows}
    for one in session.scalars(select(PersonSkill).where(PersonSkill.person_id.in_(people))):
        skills.setdefault(one.person_id, {})[one.skill] = one.weekdays
    seated = [
        Seated(row.span, skills.get(row.person_id, {}), row.line_id)
        for row in rows
        if row.kind is ShiftKind.SEAT
    ]
    wanted = [Need(need.skill, need.hours, need.line_id) for need in needs]
    return skill_holes(window, wanted, seated, zone_of(session, centre_id))
