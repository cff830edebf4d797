"""When a shift was much, so that rest is offered: pure. It never blocks: an empty seat rings on.

The limits are data and a design of ours, no rule of an authority: talk of four hours, two calls of R3 or R4,
three nights in a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from models.vocabulary_readiness import Strain

NIGHT_ENDS = time(6)
NIGHT_AT_LEAST = timedelta(hours=2)
"""On duty for so long between midnight and six: that was a night."""
SAME_SHIFT = timedelta(hours=1)
"""Whoever is back within the hour goes on with the same shift."""

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class LoadLimits:
    """0: not watched."""

    talk_minutes: int = 240
    high_risk_calls: int = 2
    nights_in_a_row: int = 3


@dataclass(frozen=True)
class Load:
    """Of one person in this shift."""

    talk_minutes: float
    high_risk_calls: int
    nights_in_a_row: int


@dataclass(frozen=True)
class TooMuch:
    strain: Strain
    value: float
    step: int
    """How many times over: two high-risk calls more are a reason to offer rest again."""


def too_much(load: Load, limits: LoadLimits) -> tuple[TooMuch, ...]:
    pairs = (
        (Strain.TALK, load.talk_minutes, limits.talk_minutes),
        (Strain.HIGH_RISK, load.high_risk_calls, limits.high_risk_calls),
        (Strain.NIGHTS, load.nights_in_a_row, limits.nights_in_a_row),
    )
    return tuple(
        # One night more is not another night's reason: the third says all.
        TooMuch(strain, value, 1 if strain is Strain.NIGHTS else int(value // limit))
        for strain, value, limit in pairs
        if limit and value >= limit
    )


def shift_began(sat: Sequence[Interval], now: datetime) -> datetime | None:
    """When this person's present shift began; None: they are not on duty. `sat` in the order of time."""
    began: datetime | None = None
    end: datetime | None = None
    for starts_at, ends_at in sat:
        if end is None or starts_at - end > SAME_SHIFT:
            began = starts_at
        end = ends_at
    return began if end is not None and end >= now else None


def nights_in_a_row(sat: Iterable[Interval], today: date, zone: tzinfo) -> int:
    """Nights on duty without a free one between, up to the latest: this one, else the last."""
    spans = list(sat)

    def was_on(day: date) -> bool:
        start = datetime.combine(day, time(), zone)
        end = datetime.combine(day, NIGHT_ENDS, zone)
        seconds = sum(max(0.0, (min(b, end) - max(a, start)).total_seconds()) for a, b in spans)
        return seconds >= NIGHT_AT_LEAST.total_seconds()

    day = today if was_on(today) else today - timedelta(days=1)
    count = 0
    while was_on(day):
        count, day = count + 1, day - timedelta(days=1)
    return count
