"""What an authority may set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """Thresholds an authority may set. `q` is the share of false alarms that is accepted over a day."""

    q: float = 0.05
    p: float = 0.002
    minimum_persons: int = 3
    minimum_persons_unheard: int = 2
    """Of a topic that hardly anybody rang about in the year before, where counting is older than
    `short_history_days`: to wait for a third person costs a day and more, and the many series that nobody
    rings about keep a lone pair from being an alarm by q."""
    short_history_days: int = 56
    floor_weekly_mean: float = 0.08
    weekday_strength: float = 200.0
    level_strength: float = 12.0
