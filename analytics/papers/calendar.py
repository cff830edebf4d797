"""The periods of reports, pure: they nest, so that no two of them cross and none is subtracted from another.

S4 asks 每日一汇总、两天一梳理、五天一总结. Five days are the 候 of the month (1–5, 6–10 … 26 to its end),
two days the first and second pair inside it; its last odd day is told by the five-day summary itself. Days
lie in pairs, pairs in five days, these in months, quarters and half-years.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from analytics.days import HOTLINE_ZONE, bounds_of
from models.vocabulary_papers import PaperKind

PERIODIC = (
    PaperKind.DAILY,
    PaperKind.TWO_DAY,
    PaperKind.FIVE_DAY,
    PaperKind.MONTH,
    PaperKind.QUARTER,
    PaperKind.HALF_YEAR,
)
DUE: dict[PaperKind, tuple[int, time]] = {
    PaperKind.DAILY: (1, time(9)),
    PaperKind.TWO_DAY: (1, time(10)),
    PaperKind.FIVE_DAY: (1, time(12)),
    PaperKind.MONTH: (3, time(17)),
    PaperKind.QUARTER: (5, time(17)),
    PaperKind.HALF_YEAR: (10, time(17)),
    PaperKind.DIGEST: (1, time(9)),
}
"""Days after the last day, and the hour, by which it is to be signed: defaults of this project ([D])."""
QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True)
class Period:
    """Both days are counted in."""

    kind: PaperKind
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.first.isoformat()}"

    def bounds(self, zone: tzinfo = HOTLINE_ZONE) -> tuple[datetime, datetime]:
        """First moment, and the first one after it, in UTC."""
        return bounds_of(self.first, zone)[0], bounds_of(self.last, zone)[1]

    def due_at(self, zone: tzinfo = HOTLINE_ZONE) -> datetime:
        days, hour = DUE[self.kind]
        return datetime.combine(self.last + timedelta(days=days), hour, tzinfo=zone).astimezone(UTC)

    @property
    def before(self) -> Period:
        """The period of the same kind before this one."""
        day = self.first - timedelta(days=1)
        while (found := period_of(self.kind, day)) is None:
            day -= timedelta(days=1)
        return found

    @property
    def words(self) -> str:
        """11月22日, 11月21日至22日, 2026年11月, 2026年第四季度, 2026年下半年"""
        first, last = self.first, self.last
        match self.kind:
            case PaperKind.MONTH:
                return f"{first.year}年{first.month}月"
            case PaperKind.QUARTER:
                return f"{first.year}年第{QUARTERS[(first.month - 1) // 3]}季度"
            case PaperKind.HALF_YEAR:
                return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
        if first == last:
            return f"{first.month}月{first.day}日"
        end = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
        return f"{first.month}月{first.day}日至{end}"


def period_of(kind: PaperKind, day: date) -> Period | None:
    """The period that holds `day`; None for the odd day of five, which no pair holds."""
    match kind:
        case PaperKind.DAILY:
            return Period(kind, day, day)
        case PaperKind.TWO_DAY:
            five = _five_days(day)
            start = five[0] + timedelta(days=(day - five[0]).days // 2 * 2)
            end = start + timedelta(days=1)
            return Period(kind, start, end) if end <= five[1] else None
        case PaperKind.FIVE_DAY:
            return Period(kind, *_five_days(day))
        case PaperKind.MONTH:
            return Period(kind, *_months(day.year, day.month, 1))
        case PaperKind.QUARTER:
            return Period(kind, *_months(day.year, (day.month - 1) // 3 * 3 + 1, 3))
        case PaperKind.HALF_YEAR:
            return Period(kind, *_months(day.year, 1 if day.month <= 6 else 7, 6))
        case PaperKind.DIGEST:
            monday = day - timedelta(days=day.weekday())
            return Period(kind, monday, monday + timedelta(days=6))


def ended_on(day: date) -> tuple[Period, ...]:
    """Every period whose last day this is, the digest among them."""
    found = (period_of(kind, day) for kind in (*PERIODIC, PaperKind.DIGEST))
    return tuple(period for period in found if period is not None and period.last == day)


def _five_days(day: date) -> tuple[date, date]:
    start = min((day.day - 1) // 5, 5) * 5 + 1
    end = _month_end(day.year, day.month) if start == 26 else day.replace(day=start + 4)
    return day.replace(day=start), end


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    return date(year, month, 1), _month_end(year, month + count - 1)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
