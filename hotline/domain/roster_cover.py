"""Minutes that nobody covers: spans of time, added and taken away. Pure.

The law of the roster: at every moment of published time a centre has a seat rostered, or a named exit that
works. A message is no exit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import pairwise

from hotline.domain.opening_hours import read_window
from hotline.domain.roster_pattern import at_wall


@dataclass(frozen=True, order=True)
class Span:
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes; a part of one counts as one, since a caller may ring in it."""
        return -int(-(self.ends_at - self.starts_at).total_seconds() // 60)

    def within(self, start: datetime, end: datetime) -> Span | None:
        low, high = max(self.starts_at, start), min(self.ends_at, end)
        return Span(low, high) if low < high else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as possible, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if span.ends_at <= span.starts_at:
            continue
        if found and span.starts_at <= found[-1].ends_at:
            if span.ends_at > found[-1].ends_at:
                found[-1] = Span(found[-1].starts_at, span.ends_at)
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The time of `spans` that is not in `taken`, in order."""
    away, left = merged(taken), []
    n = 0
    for span in merged(spans):
        begins = span.starts_at
        while n < len(away) and away[n].ends_at <= begins:
            n += 1
        at = n
        while at < len(away) and away[at].starts_at < span.ends_at:
            if begins < away[at].starts_at:
                left.append(Span(begins, away[at].starts_at))
            begins = max(begins, away[at].ends_at)
            at += 1
        if begins < span.ends_at:
            left.append(Span(begins, span.ends_at))
    return left


def common(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The time that is in both."""
    own = merged(spans)
    return without(own, without(own, others))


def uncovered(window: Span, seats: Iterable[Span], exits: Iterable[Span] = ()) -> list[Span]:
    """Time of the window with neither a seat nor an exit."""
    return without([window], [*seats, *exits])


def thin(window: Span, seats: Sequence[Span], least: int) -> list[Span]:
    """Time of the window with fewer than `least` seats, the empty time among it."""
    steps: dict[datetime, int] = {window.starts_at: 0, window.ends_at: 0}
    for seat in seats:
        inside = seat.within(window.starts_at, window.ends_at)
        if inside is not None:
            steps[inside.starts_at] = steps.get(inside.starts_at, 0) + 1
            steps[inside.ends_at] = steps.get(inside.ends_at, 0) - 1
    moments, count, found = sorted(steps), 0, []
    for moment, following in pairwise(moments):
        count += steps[moment]
        if count < least:
            found.append(Span(moment, following))
    return merged(found)


def open_spans(hours: Sequence[str], window: Span, zone: tzinfo) -> list[Span]:
    """When a service with these hours is open within the window; no hours: always."""
    if not hours:
        return [window]
    day = window.starts_at.astimezone(zone).date() - timedelta(days=1)
    last = window.ends_at.astimezone(zone).date()
    windows = [read_window(text) for text in hours]
    found = []
    while day <= last:
        for read in windows:
            if day.isoweekday() in read.days:
                opens = at_wall(day, time(), zone, minutes=read.start)
                closes = at_wall(day, time(), zone, minutes=read.end)
                inside = Span(opens, closes).within(window.starts_at, window.ends_at)
                if inside is not None:
                    found.append(inside)
        day += timedelta(days=1)
    return merged(found)
