"""Five years of counts as one array, kept between two detections of a worker.

Every count that is made anew marks its days (`CountedDay`); only days with another mark than the one that was
read are read again, so that a detection costs what changed and not what lies behind.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.surveillance import CountedDay, DayCount

Key = tuple[str, str]
HISTORY_DAYS = 364 * 5
NOT_COUNTED = -1
_DAYS_AT_ONCE = 14
_SPARE_DAYS, _SPARE_ROWS = 91, 256
_ROWS_AT_ONCE = 20_000


def mark_counted(session: Session, days: Collection[date]) -> None:
    """These days were counted anew. Called under the lock of the counts."""
    for some in _parts(sorted(set(days)), 500):
        session.execute(delete(CountedDay).where(CountedDay.day.in_(some)))
        session.execute(insert(CountedDay), [{"day": day, "mark": secrets.token_hex(6)} for day in some])


class CountHistory:
    """Counts by (series, place) and day; `NOT_COUNTED` where there is no row. 4 bytes a series and day."""

    def __init__(self) -> None:
        self._rows: dict[Key, int] = {}
        self._marks: dict[date, str] = {}
        self._filled: set[date] = set()
        self._origin = date.min
        self._counts: npt.NDArray[np.int32] = np.zeros((0, 0), np.int32)

    def load(self, session: Session, day: date) -> tuple[list[Key], list[date], npt.NDArray[np.int32]] | None:
        """(keys in order, the days up to `day` without a gap, counts) of five years at most; None without
        any count."""
        oldest = day - timedelta(days=HISTORY_DAYS)
        marked = select(CountedDay.day, CountedDay.mark).where(CountedDay.day.between(oldest, day))
        marks = dict(session.execute(marked).all())
        if not marks:
            return None
        self._make_room(min(marks), day)
        inside = {known for known in self._marks if oldest <= known <= day}
        self._clear(inside - set(marks))
        self._read(session, sorted(at for at, mark in marks.items() if self._marks.get(at) != mark))
        self._marks |= marks
        return self._window(sorted(at for at in self._filled if oldest <= at <= day), day)

    def _window(
        self, filled: Sequence[date], day: date
    ) -> tuple[list[Key], list[date], npt.NDArray[np.int32]] | None:
        if not filled:
            return None
        days = [filled[0] + timedelta(days=n) for n in range((day - filled[0]).days + 1)]
        window = self._counts[: len(self._rows), self._column(days[0]) : self._column(day) + 1]
        heard = (window != NOT_COUNTED).any(axis=1)
        keys = sorted(key for key, row in self._rows.items() if heard[row])
        at = np.array([self._rows[key] for key in keys], np.int64)
        return keys, days, np.maximum(window[at], 0)

    def _column(self, day: date) -> int:
        return (day - self._origin).days

    def _make_room(self, first: date, last: date) -> None:
        """Columns for these days at least; room that is made anew lets go of what is older."""
        held = self._counts.shape[1]
        if held and self._origin <= first and self._column(last) < held:
            return
        newest = max(last, self._origin + timedelta(days=held - 1)) if held else last
        width = (newest - first).days + 1 + _SPARE_DAYS
        grown = np.full((len(self._counts), width), NOT_COUNTED, np.int32)
        if held:
            at = (self._origin - first).days
            kept = self._counts[:, max(0, -at) :]
            grown[:, max(0, at) : max(0, at) + kept.shape[1]] = kept
        self._marks = {day: mark for day, mark in self._marks.items() if day >= first}
        self._filled = {day for day in self._filled if day >= first}
        self._counts, self._origin = grown, first

    def _clear(self, days: Collection[date]) -> None:
        for day in days:
            self._counts[:, self._column(day)] = NOT_COUNTED
            self._filled.discard(day)
            self._marks.pop(day, None)

    def _read(self, session: Session, days: Sequence[date]) -> None:
        for some in _parts(days, _DAYS_AT_ONCE):
            self._clear(some)
            for series, place, day, persons in _rows_of(session, some):
                row = self._rows.setdefault((series, place), len(self._rows))
                if row >= len(self._counts):
                    more = np.full((_SPARE_ROWS + row // 2, self._counts.shape[1]), NOT_COUNTED, np.int32)
                    self._counts = np.concatenate([self._counts, more])
                self._counts[row, self._column(day)] = persons
                self._filled.add(day)


def _rows_of(session: Session, days: Sequence[date]) -> Iterator[tuple[str, str, date, int]]:
    asked = select(DayCount.series, DayCount.place_code, DayCount.day, DayCount.persons)
    for row in session.execute(
        asked.where(DayCount.day.in_(days)).execution_options(yield_per=_ROWS_AT_ONCE)
    ):
        yield row.series, row.place_code, row.day, row.persons


def _parts(days: Sequence[date], size: int) -> list[Sequence[date]]:
    return [days[at : at + size] for at in range(0, len(days), size)]
