"""Proof that each moment of a day was covered (7×24 覆盖, S4): pure.

A day is a local one, of 23, 24 or 25 hours where clocks change. Each of its moments has exactly one cover, so
that the covered and the uncovered time make the day, to the second.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from hotline.domain.sittings import Interval, joined


class Cover(StrEnum):
    """How a moment was covered, the best first; a moment has the first that holds."""

    SEAT = "seat"
    """A seat of this centre was on duty: free, ringing, talking or writing its note."""
    NAMED = "named"
    """The roster named who answers in this hour, and there somebody was reached."""
    OTHER_CENTRE = "other_centre"
    """A seat of another centre was on duty: calls go there when nobody is here."""
    STANDBY = "standby"
    """A person with a telephone was rostered to stand by."""
    PARTNER = "partner"
    """A partner line that takes overflow was open."""
    NOBODY = "nobody"
    UNKNOWN = "unknown"
    """Before the log of the seats began: nothing can be proved."""

    @property
    def is_exit(self) -> bool:
        return self not in (Cover.SEAT, Cover.NOBODY, Cover.UNKNOWN)

    @property
    def is_covered(self) -> bool:
        return self is Cover.SEAT or self.is_exit


@dataclass(frozen=True)
class WayOut:
    """Who answers for a place while it has no seat on duty, under both names, and when."""

    cover: Cover
    name_zh: str
    name_en: str
    intervals: Sequence[Interval]


@dataclass(frozen=True)
class Stretch:
    cover: Cover
    starts_at: datetime
    ends_at: datetime
    least: int
    """Seats of this place on duty, of the centre or the whole line."""
    name_zh: str = ""
    name_en: str = ""
    """Which exit it was; empty for a seat and for nobody."""

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds()


@dataclass(frozen=True)
class DayProof:
    """`centre_id` None: the whole line. The stretches follow each other from the day's start to `ends_at`."""

    day: date
    centre_id: int | None
    starts_at: datetime
    ends_at: datetime
    """The day's end, or the present within it."""
    stretches: tuple[Stretch, ...]

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds()

    def seconds_by(self, *covers: Cover) -> float:
        return sum(one.seconds for one in self.stretches if one.cover in covers)

    @property
    def covered_seconds(self) -> float:
        return sum(one.seconds for one in self.stretches if one.cover.is_covered)

    @property
    def exit_seconds(self) -> float:
        return sum(one.seconds for one in self.stretches if one.cover.is_exit)

    @property
    def uncovered_seconds(self) -> float:
        return sum(one.seconds for one in self.stretches if not one.cover.is_covered)

    @property
    def is_proved(self) -> bool:
        """Not a moment without cover."""
        return self.uncovered_seconds == 0

    @property
    def by_exit(self) -> tuple[Stretch, ...]:
        return tuple(one for one in self.stretches if one.cover.is_exit)

    @property
    def uncovered(self) -> tuple[Stretch, ...]:
        return tuple(one for one in self.stretches if not one.cover.is_covered)

    def below(self, minimum: int) -> float:
        """Seconds with fewer than so many seats on duty."""
        return sum(one.seconds for one in self.stretches if one.least < minimum)


def day_bounds(day: date, zone: tzinfo) -> Interval:
    """First moment of the local day and of the next one, as aware UTC."""
    start, end = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    """Both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def prove(
    day: date,
    zone: tzinfo,
    now: datetime,
    *,
    centre_id: int | None,
    seats: Sequence[Sequence[Interval]],
    ways: Sequence[WayOut] = (),
    log_began: datetime | None,
) -> DayProof | None:
    """Of one day up to now; None: it has not begun.

    `seats`: when each seat of this place was on duty; `ways`: the exits, the one that is tried first before
    the others; `log_began`: before it, nothing is proved by seats.
    """
    start, end = day_bounds(day, zone)
    end = min(end, now.astimezone(UTC))
    if end <= start:
        return None
    known = [(max(log_began, start), end)] if log_began is not None and log_began < end else []
    own = [joined(_within(intervals, start, end)) for intervals in seats]
    open_ = [(way, joined(_within(way.intervals, start, end))) for way in ways]
    moments = {start, end}
    for intervals in (*own, *(intervals for _, intervals in open_), known):
        moments.update(moment for interval in intervals for moment in interval)
    starts = sorted(a for intervals in own for a, _ in intervals)
    ends = sorted(b for intervals in own for _, b in intervals)
    stretches: list[Stretch] = []
    for begun, over in pairwise(sorted(moments)):
        count = bisect_right(starts, begun) - bisect_right(ends, begun)
        way = None if count else next((way for way, held in open_ if _holds(held, begun)), None)
        if count:
            cover = Cover.SEAT
        elif way is not None:
            cover = way.cover
        else:
            cover = Cover.NOBODY if _holds(known, begun) else Cover.UNKNOWN
        names = (way.name_zh, way.name_en) if way is not None else ("", "")
        last = stretches[-1] if stretches else None
        if last is not None and (last.cover, last.least, last.name_zh) == (cover, count, names[0]):
            begun = stretches.pop().starts_at
        stretches.append(Stretch(cover, begun, over, count, *names))
    return DayProof(day, centre_id, start, end, tuple(stretches))


def _within(intervals: Iterable[Interval], start: datetime, end: datetime) -> list[Interval]:
    return [(max(a, start), min(b, end)) for a, b in intervals if a < end and b > start]


def _holds(intervals: Sequence[Interval], at: datetime) -> bool:
    """`intervals` of `joined`."""
    index = bisect_right(intervals, at, key=lambda interval: interval[0]) - 1
    return index >= 0 and at < intervals[index][1]
