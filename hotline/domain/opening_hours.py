"""Hours of partners and agreements: `[days ]HH:MM-HH:MM`, days as digits from Monday 1 (`1-5`, `67`). Pure.

A window whose end is not after its start runs over midnight and belongs to the day on which it starts.
No window at all means always.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = re.compile(r"(?:(?P<days>[1-7](?:-[1-7])?|[1-7]{1,7}) +)?(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
DAY_MINUTES = 24 * 60


class HoursUnreadable(ValueError):
    """The text is no window of hours."""


@dataclass(frozen=True)
class Window:
    days: frozenset[int]
    start: int
    """Minutes of the day."""
    end: int
    """Minutes of the day on which it starts; above 1440 after midnight."""

    def holds(self, weekday: int, minute: int) -> bool:
        before = (weekday - 2) % 7 + 1
        return (weekday in self.days and self.start <= minute < self.end) or (
            before in self.days and minute < self.end - DAY_MINUTES
        )


def read_window(text: str) -> Window:
    """Raises HoursUnreadable."""
    found = WINDOW.fullmatch(text.strip())
    if found is None:
        raise HoursUnreadable(text)
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if start >= DAY_MINUTES or end > DAY_MINUTES or start == end:
        raise HoursUnreadable(text)
    return Window(_days(found["days"]), start, end if end > start else end + DAY_MINUTES)


def is_open(windows: Sequence[str], local: datetime) -> bool:
    """`local`: the present in the hotline's own zone."""
    weekday, minute = local.isoweekday(), local.hour * 60 + local.minute
    return not windows or any(read_window(text).holds(weekday, minute) for text in windows)


def opens_next(windows: Sequence[str], local: datetime) -> datetime | None:
    """The start of the next window after now, within eight days; None when it is always open."""
    if not windows:
        return None
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = (
        midnight + timedelta(days=ahead, minutes=window.start)
        for ahead in range(8)
        for window in map(read_window, windows)
        if (midnight + timedelta(days=ahead)).isoweekday() in window.days
    )
    return min((start for start in starts if start > local), default=None)


def _minutes(clock: str) -> int:
    hours, minutes = (int(part) for part in clock.split(":"))
    if minutes > 59:
        raise HoursUnreadable(clock)
    return hours * 60 + minutes


def _days(text: str | None) -> frozenset[int]:
    if text is None:
        return frozenset(range(1, 8))
    first, dash, last = text.partition("-")
    if not dash:
        return frozenset(int(digit) for digit in text)
    if int(first) > int(last):
        raise HoursUnreadable(text)
    return frozenset(range(int(first), int(last) + 1))
