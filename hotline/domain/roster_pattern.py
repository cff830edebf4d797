"""Shifts that repeat: an RRULE (RFC 5545) in whole days, with exceptions, in the wall clock of a place. Pure.

Begin and end are both read off the wall: where one shift ends at 06:00 and the next begins at 06:00, no
minute lies between them on the day on which the clocks change either. An hour that the clock skips or shows
twice is taken as its first (`fold` 0), by all shifts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

from models.vocabulary_roster import HolidayUse

MOST_MINUTES = 24 * 60
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


class RuleUnreadable(ValueError):
    """The text is no rule that repeats by days."""


@dataclass(frozen=True)
class Differs:
    """How one date of a pattern differs; what is None stays as it is."""

    cancelled: bool = False
    person_id: int | None = None
    starts: time | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Pattern:
    rule: str
    starts: time
    minutes: int
    first_day: date
    last_day: date | None = None
    person_id: int | None = None
    holidays: HolidayUse = HolidayUse.AS_USUAL
    exceptions: Mapping[date, Differs] = field(default_factory=dict)


@dataclass(frozen=True)
class Occurrence:
    day: date
    starts_at: datetime
    ends_at: datetime
    person_id: int | None


def read_rule(text: str, first_day: date) -> rrule:
    """Raises RuleUnreadable."""
    body = text.strip().upper()
    frequency = next((part[5:] for part in body.split(";") if part.startswith("FREQ=")), "")
    if frequency not in FREQUENCIES or "\n" in body or any(by in body for by in ("BYHOUR", "BYMIN", "BYSEC")):
        raise RuleUnreadable(text)
    return _parsed(body, first_day)


@lru_cache(maxsize=4096)
def _parsed(body: str, first_day: date) -> rrule:
    try:
        found = rrulestr(body, dtstart=datetime.combine(first_day, time()))
    except (ValueError, TypeError, AttributeError):
        raise RuleUnreadable(body) from None
    if not isinstance(found, rrule):
        raise RuleUnreadable(body)
    return found


def occurrences(
    pattern: Pattern,
    first: date,
    last: date,
    zone: tzinfo,
    is_off: Callable[[date], bool] = lambda _day: False,
) -> list[Occurrence]:
    """What begins on the days `first` to `last` (both of them), in the order of time; times are UTC.

    `is_off`: whether a day is a public holiday. Raises RuleUnreadable.
    """
    start = max(first, pattern.first_day)
    end = min(last, pattern.last_day) if pattern.last_day is not None else last
    if start > end:
        return []
    days = read_rule(pattern.rule, pattern.first_day).between(
        datetime.combine(start, time()), datetime.combine(end, time()), inc=True
    )
    found = []
    for moment in days:
        day = moment.date()
        differs = pattern.exceptions.get(day, _AS_USUAL)
        if differs.cancelled or not _wanted(pattern.holidays, day, is_off):
            continue
        begins = differs.starts or pattern.starts
        minutes = differs.minutes or pattern.minutes
        person = differs.person_id if differs.person_id is not None else pattern.person_id
        found.append(
            Occurrence(day, at_wall(day, begins, zone), at_wall(day, begins, zone, minutes=minutes), person)
        )
    return found


def at_wall(day: date, clock: time, zone: tzinfo, *, minutes: int = 0) -> datetime:
    """The moment at which the clock on the wall shows this, `minutes` of the wall's time later; as UTC."""
    shown = datetime.combine(day, clock) + timedelta(minutes=minutes)
    return shown.replace(tzinfo=zone).astimezone(UTC)


def weekly(days: Sequence[int], every_weeks: int = 1) -> str:
    """The rule of some days of the week, Monday being 1."""
    names = ",".join(("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day - 1] for day in sorted(set(days)))
    return f"FREQ=WEEKLY;INTERVAL={every_weeks};BYDAY={names}"


def every_so_many_days(days: int) -> str:
    """A cycle that knows no week: day, night, rest, rest."""
    return f"FREQ=DAILY;INTERVAL={days}"


_AS_USUAL = Differs()


def _wanted(use: HolidayUse, day: date, is_off: Callable[[date], bool]) -> bool:
    if use is HolidayUse.AS_USUAL:
        return True
    return is_off(day) is (use is HolidayUse.ONLY_THEN)
