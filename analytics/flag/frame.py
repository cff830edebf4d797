"""The counts as the method reads them: columns are consecutive days, with what the calendar says of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from analytics.flag.calendar import day_types

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Frame:
    """`counts` (series, days); `cumulative` (series, days + 1), a zero before the first day; of each day its
    ordinal, weekday, day of the year and kind (`calendar.day_types`); `first` the day index at which each
    series' history begins."""

    counts: npt.NDArray[np.int32]
    cumulative: Integers
    days: tuple[date, ...]
    ordinals: Integers
    weekday: Integers
    day_of_year: Floats
    kind: Integers
    first: Integers

    @classmethod
    def of(
        cls, counts: npt.NDArray[np.int32], days: Sequence[date], first_day: Sequence[date] | None
    ) -> Frame:
        cumulative = np.zeros((counts.shape[0], counts.shape[1] + 1), np.int64)
        np.cumsum(counts, axis=1, out=cumulative[:, 1:])
        first = np.zeros(counts.shape[0], np.int64)
        if first_day is not None:
            first = np.array([max(0, (day - days[0]).days) for day in first_day], np.int64)
        return cls(
            counts,
            cumulative,
            tuple(days),
            np.array([day.toordinal() for day in days]),
            np.array([day.weekday() for day in days]),
            np.array([day.timetuple().tm_yday for day in days], float),
            np.array(day_types(days)),
            first,
        )
