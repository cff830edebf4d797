"""Distinct persons by topic, place and day, from plain rows.

A person counts on a day when they were not heard in the six days before: at most once in any window of seven
days, so that one who rings daily raises no signal; the calls are kept beside. The rule looks at those days
alone, so that a late note changes seven days and no more. An unknown place is a stratum of its own.
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

    The answer does not depend on the order of the rows. Contacts before `first_day` are not counted, but who
    was heard in them within the window is not counted again. Raises ValueError when the last day comes first.
    """
    if last_day < first_day:
        raise ValueError("the last day is before the first")
    days = tuple(first_day + timedelta(offset) for offset in range((last_day - first_day).days + 1))
    heard_from = first_day - timedelta(window_days - 1)
    rows = {
        (row.topic, row.contact_id): row
        for row in sorted(contacts, key=lambda row: row.contact_id)
        if row.counts and heard_from <= row.day <= last_day
    }.values()
    keys = sorted({_key(row) for row in rows if row.day >= first_day})
    index = {key: place for place, key in enumerate(keys)}
    counts = np.zeros((len(keys), len(days)), np.int32)
    calls = np.zeros_like(counts)
    members: dict[tuple[int, int], list[str]] = {}
    heard: dict[tuple[int, str], set[date]] = {}
    for row in rows:
        series = index.get(_key(row))
        if series is None:
            continue
        # Nobody knows whether an unknown caller rang before: each such contact is a person.
        person = f"person:{row.person}" if row.person is not None else f"contact:{row.contact_id}"
        heard.setdefault((series, person), set()).add(row.day)
        day = (row.day - first_day).days
        if day >= 0:
            calls[series, day] += 1
            members.setdefault((series, day), []).append(row.contact_id)
    for (series, _), those in heard.items():
        for counted in counted_days(those, window_days):
            if counted >= first_day:
                counts[series, (counted - first_day).days] += 1
    return CountSeries(tuple(keys), days, counts, calls, {cell: tuple(ids) for cell, ids in members.items()})


def counted_days(heard: Iterable[date], window_days: int = WINDOW_DAYS) -> tuple[date, ...]:
    """Of the days on which one person was heard, those on which the person counts: none of the
    `window_days - 1` days before is among them."""
    days = sorted(set(heard))
    return tuple(
        day for place, day in enumerate(days) if place == 0 or (day - days[place - 1]).days >= window_days
    )


def _key(row: ContactRow) -> SeriesKey:
    return SeriesKey(row.topic, row.place or UNKNOWN_PLACE, row.population)
