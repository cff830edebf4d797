"""What a chart draws, read back from its coordinates."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_console.breakdowns import sliding_persons
from agent_console.charts import BASE, LEFT, RIGHT, TOP, Point, bar_chart, line_chart, sparkline

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault of the rule."""

DAY = date(2026, 11, 22)


def a_series(values: list[float | None], upper: float | None = None) -> list[Point]:
    first = DAY - timedelta(days=len(values) - 1)
    return [Point(first + timedelta(days=n), value, upper, upper) for n, value in enumerate(values)]


def heights(path: str, top_value: float) -> list[float]:
    """Values read back from path data."""
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path)]
    return [(BASE - y) * top_value / (BASE - TOP) for y in numbers[1::2]]


@unhurried
@given(st.lists(st.integers(0, 400), min_size=2, max_size=60))
def test_the_line_says_what_the_numbers_say(values: list[int]) -> None:
    chart = line_chart(a_series([float(v) for v in values]))

    assert chart is not None
    top = float(chart.y_ticks[-1].label)
    assert top >= max(values)
    assert heights(chart.observed, top) == pytest.approx(values, abs=top / 1000 + 1e-6)


@unhurried
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_the_axis_has_few_whole_ticks_and_none_twice(values: list[int]) -> None:
    chart = line_chart(a_series([float(v) for v in values]))

    assert chart is not None
    labels = [tick.label for tick in chart.y_ticks]
    assert 2 <= len(labels) <= 6
    assert len(set(labels)) == len(labels)
    assert all(LEFT <= tick.at <= RIGHT for tick in chart.x_ticks)


def test_a_hidden_week_breaks_the_line_and_shows_no_height() -> None:
    chart = line_chart(a_series([6.0, None, 8.0]))

    assert chart is not None
    assert chart.observed.count("M") == 2
    assert len(re.findall(r"-?\d+\.?\d*", chart.observed)) == 4


def test_only_days_above_the_bound_are_marked() -> None:
    chart = line_chart(a_series([3.0, 9.0, 5.0, 8.0], upper=5.0))

    assert chart is not None
    assert [dot.value for dot in chart.dots] == [9.0, 8.0]


def test_nothing_to_draw_draws_nothing() -> None:
    assert line_chart([]) is None
    assert sparkline([]) is None


def test_a_bar_stands_for_each_day_zeros_included() -> None:
    chart = bar_chart({DAY: 4}, DAY - timedelta(days=3), DAY)

    assert chart is not None
    assert [bar.value for bar in chart.bars] == [0.0, 0.0, 0.0, 4.0]
    assert [bar.height for bar in chart.bars[:3]] == [0.0, 0.0, 0.0]


@unhurried
@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abcdef")), max_size=60),
    st.integers(1, 9),
)
def test_a_person_counts_once_in_a_window_however_often_they_call(
    contacts: list[tuple[int, str]], window: int
) -> None:
    pairs = [(DAY - timedelta(days=back), person) for back, person in contacts]

    sums = sliding_persons(pairs, DAY - timedelta(days=10), DAY, window)

    for day, count in sums.items():
        assert count == len({p for d, p in pairs if day - timedelta(days=window) < d <= day})
