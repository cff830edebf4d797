"""Public holidays of China: the `holidays` library (State Council notices where they are out, else the days
that the law names), under what an administrator wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.roster import Holiday
from models.unit_of_work import Work

if TYPE_CHECKING:
    import holidays

COUNTRY = "CN"


@dataclass(frozen=True)
class Day:
    """`is_off` False: a day of work that a weekend gave up for a holiday."""

    day: date
    is_off: bool
    name_zh: str
    name_en: str
    written: bool
    """By an administrator; else from the library."""


@lru_cache(maxsize=2)
def _library(language: str) -> holidays.HolidayBase:
    import holidays  # hundreds of modules, for pages that are opened rarely

    return holidays.country_holidays(COUNTRY, language=language)


@dataclass(frozen=True)
class HolidayCalendar:
    written: Mapping[date, Day] = field(default_factory=dict)

    def on(self, day: date) -> Day | None:
        """What is special about a day; None: nothing."""
        if day in self.written:
            return self.written[day]
        chinese = _library("zh_CN").get(day)
        if chinese:
            return Day(day, True, str(chinese), str(_library("en_US").get(day, "")), False)
        library = _library("zh_CN")
        if day.year in library.years and day in library.weekend_workdays:
            return Day(day, False, "调休上班", "Working day in exchange", False)
        return None

    def is_off(self, day: date) -> bool:
        found = self.on(day)
        return found is not None and found.is_off

    def between(self, first: date, last: date) -> list[Day]:
        """Special days of `first` to `last`, both of them."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [found for day in days if (found := self.on(day)) is not None]

    def names(self, first: date, last: date) -> dict[date, str]:
        """Days off alone, for a forecast."""
        return {one.day: one.name_en for one in self.between(first, last) if one.is_off}


def calendar_of(session: Session) -> HolidayCalendar:
    rows = session.scalars(select(Holiday))
    return HolidayCalendar(
        {row.day: Day(row.day, row.is_off, row.name_zh, row.name_en, True) for row in rows}
    )


class Holidays:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def write(self, day: date, is_off: bool, name_zh: str, name_en: str, *, by_id: int) -> None:
        """Stands before the library's word for that day. Raises FieldWrong."""
        for name, text in (("name_zh", name_zh), ("name_en", name_en)):
            if not 1 <= len(text) <= 60:
                raise FieldWrong(name, "name_missing")
        with self._work() as unit:
            row = unit.session.get(Holiday, day, with_for_update=True)
            before = [row.is_off, row.name_zh] if row is not None else None
            if row is None:
                row = Holiday(day=day)
                unit.session.add(row)
            row.is_off, row.name_zh, row.name_en = is_off, name_zh, name_en
            row.set_at, row.set_by_id = unit.now, by_id
            audit(
                unit,
                self._audit_key,
                by_id=by_id,
                action="holiday.save",
                subject=f"holiday:{day.isoformat()}",
                changes={"holiday": [before, [is_off, name_zh]]},
            )

    def remove(self, day: date, *, by_id: int) -> None:
        """The library's word stands again. Raises NotFound."""
        with self._work() as unit:
            row = unit.session.get(Holiday, day)
            if row is None:
                raise NotFound()
            before = [row.is_off, row.name_zh]
            unit.session.delete(row)
            audit(
                unit,
                self._audit_key,
                by_id=by_id,
                action="holiday.remove",
                subject=f"holiday:{day.isoformat()}",
                changes={"holiday": [before, None]},
            )
