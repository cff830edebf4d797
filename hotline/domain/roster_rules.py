"""What a roster breaks: rest and hours of each person, skills that nobody rostered has. Pure.

Seats count as work; a stand-by at home is neither work nor rest. The numbers are policy data. The defaults
follow the Labour Law of China: eight hours a day and 44 a week on average (art. 36), and overtime of at most
three hours a day (art. 41); eleven hours of rest between shifts are those of ILO and EU practice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from hotline.domain.roster_cover import Span, merged, open_spans, without

NIGHT_ENDS_HOUR = 6
"""A shift is of the night when it works between midnight and this hour."""


@dataclass(frozen=True)
class WorkRules:
    rest_hours: int = 11
    shift_hours: int = 12
    week_hours: int = 44
    nights_in_row: int = 3


@dataclass(frozen=True, order=True)
class Breach:
    """`code`: rest | shift_hours | week_hours | nights. `amount`: what it is, `limit`: what it may be; hours,
    or nights."""

    starts_at: datetime
    person_id: int
    code: str
    amount: float
    limit: int


def breaches(person_id: int, seats: Iterable[Span], rules: WorkRules, zone: tzinfo) -> list[Breach]:
    """Of one person's rostered seats. Shifts that touch are one piece of work."""
    work = merged(seats)
    found = []
    for before, after in pairwise(work):
        rest = _hours(after.starts_at - before.ends_at)
        if rest < rules.rest_hours:
            found.append(Breach(after.starts_at, person_id, "rest", rest, rules.rest_hours))
    for piece in work:
        length = _hours(piece.ends_at - piece.starts_at)
        if length > rules.shift_hours:
            found.append(Breach(piece.starts_at, person_id, "shift_hours", length, rules.shift_hours))
    found += _weeks(person_id, work, rules, zone)
    found += _nights(person_id, work, rules, zone)
    return sorted(found)


def new_breaches(before: Sequence[Breach], after: Sequence[Breach]) -> list[Breach]:
    """What a change breaks that was not broken so before."""
    known: dict[tuple[str, int, datetime], float] = {
        (one.code, one.person_id, one.starts_at): one.amount for one in before
    }
    return [one for one in after if known.get((one.code, one.person_id, one.starts_at)) != one.amount]


@dataclass(frozen=True, order=True)
class SkillHole:
    starts_at: datetime
    ends_at: datetime
    skill: str
    line_id: int | None = None


@dataclass(frozen=True)
class Need:
    """A skill that somebody rostered must have in these hours."""

    skill: str
    hours: Sequence[str]
    line_id: int | None = None


@dataclass(frozen=True)
class Seated:
    """A rostered seat and what its person can do: code -> days (Monday is 1; empty: every day)."""

    span: Span
    skills: Mapping[str, str]
    line_id: int | None = None


def skill_holes(
    window: Span, needs: Iterable[Need], seats: Sequence[Seated], zone: tzinfo
) -> list[SkillHole]:
    """Time in which a wanted skill is rostered nowhere. Who sits for one number alone serves no other."""
    found = []
    for need in needs:
        able = able_spans(seats, need.skill, need.line_id, zone)
        for hole in without(open_spans(need.hours, window, zone), able):
            found.append(SkillHole(hole.starts_at, hole.ends_at, need.skill, need.line_id))
    return sorted(found, key=lambda hole: (hole.starts_at, hole.skill))


def able_spans(seats: Sequence[Seated], skill: str, line_id: int | None, zone: tzinfo) -> list[Span]:
    """One for each seat and time that serves callers who want `skill` (empty: any) on that number."""
    return [
        part
        for seat in seats
        if (not skill or skill in seat.skills) and (seat.line_id is None or seat.line_id == line_id)
        for part in _on_days(seat.span, seat.skills[skill] if skill else "", zone)
    ]


def _on_days(span: Span, weekdays: str, zone: tzinfo) -> list[Span]:
    if not weekdays:
        return [span]
    return [
        inside
        for open_ in open_spans([f"{day} 00:00-24:00" for day in weekdays], span, zone)
        if (inside := open_.within(span.starts_at, span.ends_at)) is not None
    ]


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 2)


def _weeks(person_id: int, work: Sequence[Span], rules: WorkRules, zone: tzinfo) -> list[Breach]:
    """Hours by the week in which a piece of work begins, Monday first."""
    hours: dict[tuple[int, int], float] = {}
    first: dict[tuple[int, int], datetime] = {}
    for piece in work:
        week = piece.starts_at.astimezone(zone).isocalendar()[:2]
        hours[week] = hours.get(week, 0.0) + _hours(piece.ends_at - piece.starts_at)
        first.setdefault(week, piece.starts_at)
    return [
        Breach(first[week], person_id, "week_hours", round(total, 2), rules.week_hours)
        for week, total in hours.items()
        if total > rules.week_hours
    ]


def _nights(person_id: int, work: Sequence[Span], rules: WorkRules, zone: tzinfo) -> list[Breach]:
    nights: dict[date, datetime] = {}
    for piece in work:
        begins, ends = piece.starts_at.astimezone(zone), piece.ends_at.astimezone(zone)
        day = begins.date()
        while day <= ends.date():
            midnight = datetime.combine(day, datetime.min.time(), zone)
            if begins < midnight + timedelta(hours=NIGHT_ENDS_HOUR) and ends > midnight:
                nights.setdefault(day, piece.starts_at)
            day += timedelta(days=1)
    found, run = [], 0
    for day in sorted(nights):
        run = run + 1 if day - timedelta(days=1) in nights else 1
        if run == rules.nights_in_row + 1:
            found.append(Breach(nights[day], person_id, "nights", run, rules.nights_in_row))
    return found
