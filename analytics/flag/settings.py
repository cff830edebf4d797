"""What an authority may set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """Thresholds an authority may set. `q` is the share of false alarms that is accepted over a day."""

    q: float = 0.05
    p: float = 0.002
    minimum_persons: int = 3
    short_history_days: int = 56
    floor_weekly_mean: float = 0.12
    weekday_strength: float = 200.0
    level_strength: float = 12.0
