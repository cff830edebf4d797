"""Days on which people ring more or less than the weekday says: public holidays and the days after.

Spring Festival, Qingming, Dragon Boat and Mid-Autumn move with the moon; their first days are listed
(State Council holiday notices until 2026, the lunar calendar after). How much a type of day changes the
calls is never written here: `detect` learns it from the counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

_SPRING_FESTIVAL = {
    2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25), 2021: (2, 12),
    2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26),
    2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11),
}  # fmt: skip
_DRAGON_BOAT = {
    2015: (6, 20), 2016: (6, 9), 2017: (5, 30), 2018: (6, 18), 2019: (6, 7), 2020: (6, 25), 2021: (6, 14),
    2022: (6, 3), 2023: (6, 22), 2024: (6, 10), 2025: (5, 31), 2026: (6, 19), 2027: (6, 9), 2028: (5, 28),
    2029: (6, 16), 2030: (6, 5), 2031: (6, 24), 2032: (6, 12),
}  # fmt: skip
_MID_AUTUMN = {
    2015: (9, 27), 2016: (9, 15), 2017: (10, 4), 2018: (9, 24), 2019: (9, 13), 2020: (10, 1), 2021: (9, 21),
    2022: (9, 10), 2023: (9, 29), 2024: (9, 17), 2025: (10, 6), 2026: (9, 25), 2027: (9, 15), 2028: (10, 3),
    2029: (9, 22), 2030: (9, 12), 2031: (10, 1), 2032: (9, 19),
}  # fmt: skip

ORDINARY, HOLIDAY, FESTIVAL, AFTER = 0, 1, 2, 3
TYPES = 4


def _holidays(year: int) -> tuple[set[date], set[date]]:
    """(one-day and national holidays, Spring Festival week) of a year."""
    single = {date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 4, 5 if year % 4 > 1 else 4)}
    single |= {date(year, 10, 1) + timedelta(offset) for offset in range(7)}
    for table in (_DRAGON_BOAT, _MID_AUTUMN):
        if year in table:
            single.add(date(year, *table[year]))
    spring: set[date] = set()
    if year in _SPRING_FESTIVAL:
        first = date(year, *_SPRING_FESTIVAL[year])
        spring = {first + timedelta(offset) for offset in range(-1, 7)}
    return single - spring, spring


def day_types(days: Sequence[date]) -> list[int]:
    """For each day `ORDINARY`, `HOLIDAY`, `FESTIVAL` (Spring Festival) or `AFTER` (the day after either)."""
    single: set[date] = set()
    spring: set[date] = set()
    for year in {day.year for day in days} | {day.year - 1 for day in days}:
        one, two = _holidays(year)
        single |= one
        spring |= two
    off = single | spring
    kinds = []
    for day in days:
        if day in spring:
            kinds.append(FESTIVAL)
        elif day in single:
            kinds.append(HOLIDAY)
        elif day - timedelta(1) in off:
            kinds.append(AFTER)
        else:
            kinds.append(ORDINARY)
    return kinds
