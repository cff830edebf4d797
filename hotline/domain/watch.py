"""When a figure raises an alarm, when the alarm changes, and when it is told again: pure.

Hysteresis: an alarm that stands keeps its level until the figure is better than that level's limit by
`margin`, so that a figure that trembles on its limit is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.vocabulary_watch import AlarmLevel, Metric

LOW_IS_BAD = frozenset({Metric.FREE_SEATS, Metric.SERVICE_LEVEL, Metric.SERVICE_LEVEL_2, Metric.CONNECT_RATE})
SHARES = frozenset(
    {
        Metric.SERVICE_LEVEL,
        Metric.SERVICE_LEVEL_2,
        Metric.ABANDONMENT,
        Metric.CONNECT_RATE,
        Metric.OCCUPANCY,
    }
)
IN_SECONDS = frozenset({Metric.LONGEST_WAIT, Metric.ASA, Metric.AHT})
OF_SEATS = frozenset({Metric.FREE_SEATS, Metric.OCCUPANCY})
"""Seats belong to centres, not to the number that was dialled."""


@dataclass(frozen=True)
class Limits:
    metric: Metric
    warn: float
    crit: float
    margin: float = 0.0
    repeat_minutes: int = 0


@dataclass(frozen=True)
class Standing:
    """The open alarm of these limits."""

    level: AlarmLevel
    told_at: datetime
    acknowledged: bool


class Step(StrEnum):
    RAISE = "raise"
    """There was none: open it and tell it."""
    WORSEN = "worsen"
    """Warning became critical: told at once, and an acknowledgement of the warning counts no more."""
    EASE = "ease"
    """Critical became a warning: shown, not told."""
    REPEAT = "repeat"
    END = "end"


@dataclass(frozen=True)
class Move:
    step: Step
    level: AlarmLevel


def level_of(limits: Limits, value: float | None, slack: float = 0.0) -> AlarmLevel | None:
    """The level of a figure; `slack` makes each limit that much easier to stand beyond. None: no alarm, as
    for a figure that does not exist (no calls yet)."""
    if value is None:
        return None
    worse = -1.0 if limits.metric in LOW_IS_BAD else 1.0
    if worse * value >= worse * limits.crit - slack:
        return AlarmLevel.CRITICAL
    return AlarmLevel.WARNING if worse * value >= worse * limits.warn - slack else None


def next_move(limits: Limits, value: float | None, standing: Standing | None, now: datetime) -> Move | None:
    """What to do with this figure; None: nothing."""
    plain = level_of(limits, value)
    if standing is None:
        return None if plain is None else Move(Step.RAISE, plain)
    if plain is AlarmLevel.CRITICAL and standing.level is AlarmLevel.WARNING:
        return Move(Step.WORSEN, plain)
    held = level_of(limits, value, limits.margin)
    if held is None:
        return Move(Step.END, standing.level)
    if held is AlarmLevel.WARNING and standing.level is AlarmLevel.CRITICAL:
        return Move(Step.EASE, held)
    due = limits.repeat_minutes and now - standing.told_at >= timedelta(minutes=limits.repeat_minutes)
    return Move(Step.REPEAT, standing.level) if due and not standing.acknowledged else None


DEFAULT_LIMITS = (
    Limits(Metric.WAITING, 3, 6, 1, 5),
    Limits(Metric.LONGEST_WAIT, 60, 120, 15, 5),
    Limits(Metric.SERVICE_LEVEL, 0.95, 0.80, 0.01, 60),
    Limits(Metric.CONNECT_RATE, 0.95, 0.80, 0.01, 60),
)
"""In force until somebody sets limits. Of the queue as in OpenCHS's manual, of the wait 60 and 120 s, of the
shares 95 % (GB/T 33358-2016) and 80 %."""
