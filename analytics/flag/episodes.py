"""Alarms of one series on following days are one signal, not many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

JOIN_DAYS = 7


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of alarm days of one series, no further apart than `JOIN_DAYS`. Indexes are into the day axis."""

    series: int
    first: int
    last: int
    peak: int

    def span(self, days: Sequence[date]) -> tuple[date, date]:
        """First and last alarm day."""
        return days[self.first], days[self.last]


def merge_episodes(
    alarm: npt.NDArray[np.bool_], score: npt.NDArray[np.float64], join_days: int = JOIN_DAYS
) -> list[Episode]:
    """Episodes of all series (rows), by series and time. `peak` is the day with the highest score."""
    episodes = []
    for series in np.flatnonzero(alarm.any(axis=1)):
        days = np.flatnonzero(alarm[series])
        for run in np.split(days, np.flatnonzero(np.diff(days) > join_days) + 1):
            first, last = int(run[0]), int(run[-1])
            peak = first + int(np.argmax(score[series, first : last + 1]))
            episodes.append(Episode(int(series), first, last, peak))
    return episodes
