"""The periods of reports nest, whatever the month."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest

from analytics.papers.calendar import PERIODIC, Period, ended_on, period_of
from models.vocabulary_papers import PaperKind

YEARS = [date(2027, 1, 1) + timedelta(days=n) for n in range(366 + 365)]


def test_no_two_periods_of_two_years_cross_in_part() -> None:
    periods = {p for day in YEARS for kind in PERIODIC if (p := period_of(kind, day)) is not None}
    for kinds in combinations(PERIODIC, 2):
        for day in YEARS:
            one, other = period_of(kinds[0], day), period_of(kinds[1], day)
            if one is None or other is None:
                continue
            days = {one.first + timedelta(n) for n in range(one.days)}
            others = {other.first + timedelta(n) for n in range(other.days)}
            assert days <= others or others <= days, (one, other)
    for kind in PERIODIC:
        same = sorted((p for p in periods if p.kind is kind), key=lambda p: p.first)
        assert all(a.last < b.first for a, b in pairwise(same)), "apart"


def test_every_day_has_its_daily_and_every_five_days_their_summary() -> None:
    for day in YEARS:
        assert Period(PaperKind.DAILY, day, day) in ended_on(day)
        five = period_of(PaperKind.FIVE_DAY, day)
        assert five is not None
        assert 3 <= five.days <= 6, "the last days of February are three"


@pytest.mark.parametrize(
    ("kind", "day", "words", "before"),
    [
        (PaperKind.DAILY, date(2026, 11, 22), "11月22日", "11月21日"),
        (PaperKind.TWO_DAY, date(2026, 11, 24), "11月23日至24日", "11月21日至22日"),
        (PaperKind.TWO_DAY, date(2026, 11, 21), "11月21日至22日", "11月18日至19日"),
        (PaperKind.FIVE_DAY, date(2026, 11, 30), "11月26日至30日", "11月21日至25日"),
        (PaperKind.MONTH, date(2026, 1, 5), "2026年1月", "2025年12月"),
        (PaperKind.QUARTER, date(2026, 11, 30), "2026年第四季度", "2026年第三季度"),
        (PaperKind.HALF_YEAR, date(2026, 3, 1), "2026年上半年", "2025年下半年"),
    ],
)
def test_a_period_has_words_and_one_before_it(kind: PaperKind, day: date, words: str, before: str) -> None:
    period = period_of(kind, day)
    assert period is not None
    assert (period.words, period.before.words) == (words, before)


def test_the_odd_day_of_five_is_told_by_the_five_day_summary() -> None:
    assert period_of(PaperKind.TWO_DAY, date(2026, 11, 25)) is None
    kinds = [p.kind for p in ended_on(date(2026, 11, 25))]
    assert kinds == [PaperKind.DAILY, PaperKind.FIVE_DAY]
