"""What a line expects: it learns its own level, weekdays, hours and holidays, and begins sensibly."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from hotline.domain.forecast import QUARTERS, Habits, forecast, quantile

MONDAY = date(2026, 5, 4)
NEXT_WEEK = [MONDAY + timedelta(days=7 * 26 + n) for n in range(7)]
HABITS = Habits()


def a_history(days: int, a_day: float = 60.0, seed: int = 4, *, peak: int = 40) -> np.ndarray:
    """Counts with a peak at quarter `peak`, Sundays half as many."""
    draw = np.random.default_rng(seed)
    shape = np.exp(-0.5 * ((np.arange(QUARTERS) - peak) / 8) ** 2) + 0.2
    shape /= shape.sum()
    level = np.array([a_day * (0.5 if n % 7 == 6 else 1.0) for n in range(days)])
    return draw.poisson(level[:, None] * shape[None, :])


def test_a_new_line_begins_with_the_habits() -> None:
    found = forecast(np.zeros((0, QUARTERS), dtype=np.int64), MONDAY, NEXT_WEEK)
    assert found.expected.sum() == pytest.approx(HABITS.calls_a_day * 7, rel=0.01)
    busiest = int(found.expected[0].argmax()) // 4
    assert 18 <= busiest <= 21
    night = np.r_[found.expected[0][:24], found.expected[0][72:]].sum() / found.expected[0].sum()
    assert night >= 0.6


def test_a_line_with_history_expects_its_own_level_hours_and_sundays() -> None:
    found = forecast(a_history(7 * 26), MONDAY, NEXT_WEEK)
    totals = found.expected.sum(axis=1)
    assert totals[:6].mean() == pytest.approx(60, rel=0.06)
    assert totals[6] == pytest.approx(30, rel=0.15)
    assert abs(int(found.expected[0].argmax()) - 40) <= 3


def test_a_rise_of_the_level_is_followed_within_weeks() -> None:
    history = np.vstack([a_history(7 * 22, 40.0), a_history(7 * 4, 90.0, seed=5)])
    found = forecast(history, MONDAY, NEXT_WEEK)
    assert 65 < found.expected[:6].sum(axis=1).mean() < 95


def test_a_holiday_is_learnt_from_holidays_and_teaches_the_weekdays_nothing() -> None:
    history = a_history(7 * 26)
    marked = {MONDAY + timedelta(days=n): "new_year" for n in (28, 29, 30, 91, 92, 93)}
    for day in marked:
        history[(day - MONDAY).days] //= 3
    plain = forecast(history, MONDAY, NEXT_WEEK, holidays=marked)
    with_one = forecast(history, MONDAY, NEXT_WEEK, holidays={**marked, NEXT_WEEK[2]: "new_year"})
    assert plain.expected[2].sum() == pytest.approx(60, rel=0.08)
    assert with_one.expected[2].sum() < 0.65 * plain.expected[2].sum()


def test_issues_that_rise_now_add_callers() -> None:
    history = a_history(7 * 26)
    more = forecast(history, MONDAY, NEXT_WEEK, more_a_day=14.0).expected.sum()
    assert more - forecast(history, MONDAY, NEXT_WEEK).expected.sum() == pytest.approx(7 * 14.0)


def test_the_span_holds_what_it_says() -> None:
    history = a_history(7 * 40, seed=11)
    held = []
    for start in range(7 * 26, 7 * 39, 7):
        found = forecast(history[:start], MONDAY, [MONDAY + timedelta(days=start + n) for n in range(7)])
        for n in range(7):
            low, high = found.span(float(found.expected[n].sum()))
            held.append(low <= history[start + n].sum() <= high)
    assert 0.75 <= np.mean(held) <= 0.97


def test_a_quantile_is_that_of_the_law() -> None:
    """Against counting draws: Poisson, and negative binomial of the same mean."""
    draw = np.random.default_rng(1)
    poisson = draw.poisson(7.0, 400_000)
    mixed = draw.poisson(7.0 * draw.gamma(1 / 0.2, 0.2, 400_000))
    for share in (0.1, 0.5, 0.9, 0.975):
        assert quantile(7.0, 0.0, share) == np.quantile(poisson, share, method="inverted_cdf")
        assert quantile(7.0, 0.2, share) == np.quantile(mixed, share, method="inverted_cdf")


def test_counts_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="quarter of an hour"):
        forecast(np.zeros((10, 24), dtype=np.int64), MONDAY, NEXT_WEEK)
