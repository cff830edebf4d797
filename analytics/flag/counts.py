"""Distinct persons by topic, place and day, from plain rows.

A person counts once for each topic, place and window (7 days), so that one who rings daily raises no signal;
the calls are kept beside. An unknown place is a stratum of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

UNKNOWN_PLACE = "unknown"
WINDOW_DAYS = 7
NOT_COUNTED_CALL_TYPES = frozenset({"06", "09", "10", "11", "12"})
"""Follow-ups (06) and calls with nobody to help (09-12); codes of the call record, DOMAIN c 4."""


class SeriesKey(NamedTuple):
    """What is counted: `topic` is an issue id or a note code, `population` `*` when all together."""

    topic: str
    place: str
    population: str = "*"


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact as counting sees it. `person` is the keyed hash of the caller, None for an unknown one
    (then each contact counts as a person of its own)."""

    contact_id: str
    topic: str
    place: str | None
    day: date
    person: str | None
    population: str = "*"
    call_type: str = "01"
    outbound: bool = False
    test: bool = False

    @property
    def counts(self) -> bool:
        return not (self.outbound or self.test or self.call_type in NOT_COUNTED_CALL_TYPES)


@dataclass(frozen=True, slots=True)
class CountSeries:
    """`counts[i, j]` persons and `calls[i, j]` calls of `keys[i]` on `days[j]`; zero where nobody rang.

    `members` names the contacts behind each non-zero cell: (series, day index) -> contact ids.
    """

    keys: tuple[SeriesKey, ...]
    days: tuple[date, ...]
    counts: npt.NDArray[np.int32]
    calls: npt.NDArray[np.int32]
    members: dict[tuple[int, int], tuple[str, ...]]


def count_persons(
    contacts: Iterable[ContactRow], first_day: date, last_day: date, window_days: int = WINDOW_DAYS
) -> CountSeries:
    """Counts every topic and place that occurs, over all days from first to last.

    The answer does not depend on the order of the rows. A person heard again within `window_days` of the day
    that counted is not counted again. Raises ValueError when the last day is before the first.
    """
    if last_day < first_day:
        raise ValueError("the last day is before the first")
    days = tuple(first_day + timedelta(offset) for offset in range((last_day - first_day).days + 1))
    rows = sorted(
        (row for row in contacts if row.counts and first_day <= row.day <= last_day),
        key=lambda row: (row.day, row.contact_id, row.topic),
    )
    keys = sorted({SeriesKey(row.topic, row.place or UNKNOWN_PLACE, row.population) for row in rows})
    index = {key: place for place, key in enumerate(keys)}
    counts = np.zeros((len(keys), len(days)), np.int32)
    calls = np.zeros_like(counts)
    members: dict[tuple[int, int], list[str]] = {}
    last_counted: dict[tuple[int, str], date] = {}
    seen: set[tuple[int, str]] = set()
    for row in rows:
        series = index[SeriesKey(row.topic, row.place or UNKNOWN_PLACE, row.population)]
        if (series, row.contact_id) in seen:
            continue
        seen.add((series, row.contact_id))
        day = (row.day - first_day).days
        calls[series, day] += 1
        members.setdefault((series, day), []).append(row.contact_id)
        if row.person is not None:
            before = last_counted.get((series, row.person))
            if before is not None and (row.day - before).days < window_days:
                continue
            last_counted[series, row.person] = row.day
        counts[series, day] += 1
    return CountSeries(tuple(keys), days, counts, calls, {cell: tuple(ids) for cell, ids in members.items()})
