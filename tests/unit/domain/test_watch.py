"""When a figure raises an alarm, and when it is told again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.domain.watch import Limits, Move, Standing, Step, level_of, next_move
from models.vocabulary_watch import AlarmLevel, Metric

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault of the rule."""

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WARN, CRIT = AlarmLevel.WARNING, AlarmLevel.CRITICAL
WAITING = Limits(Metric.WAITING, warn=3, crit=6, margin=1, repeat_minutes=5)
LEVEL = Limits(Metric.SERVICE_LEVEL, warn=0.95, crit=0.80, margin=0.02)


def standing(level: AlarmLevel, *, minutes: float = 1, acknowledged: bool = False) -> Standing:
    return Standing(level, NOW - timedelta(minutes=minutes), acknowledged)


@pytest.mark.parametrize(
    ("limits", "value", "level"),
    [
        (WAITING, 2, None),
        (WAITING, 3, WARN),
        (WAITING, 6, CRIT),
        (LEVEL, 0.96, None),
        (LEVEL, 0.95, WARN),
        (LEVEL, 0.80, CRIT),
        (LEVEL, None, None),
    ],
)
def test_a_figure_has_a_level(limits: Limits, value: float | None, level: AlarmLevel | None) -> None:
    assert level_of(limits, value) is level


def test_an_alarm_is_raised_once_and_worsens_at_once() -> None:
    assert next_move(WAITING, 4, None, NOW) == Move(Step.RAISE, WARN)
    assert next_move(WAITING, 4, standing(WARN), NOW) is None
    assert next_move(WAITING, 7, standing(WARN, acknowledged=True), NOW) == Move(Step.WORSEN, CRIT)


def test_a_figure_that_trembles_on_its_limit_is_told_once() -> None:
    assert next_move(WAITING, 2, standing(WARN), NOW) is None
    assert next_move(WAITING, 1.9, standing(WARN), NOW) == Move(Step.END, WARN)
    assert next_move(WAITING, 5, standing(CRIT), NOW) is None
    assert next_move(WAITING, 4.9, standing(CRIT), NOW) == Move(Step.EASE, WARN)
    assert next_move(LEVEL, 0.965, standing(WARN), NOW) is None
    assert next_move(LEVEL, 0.98, standing(WARN), NOW) == Move(Step.END, WARN)


def test_what_nobody_acknowledged_is_told_again_and_what_somebody_did_is_not() -> None:
    assert next_move(WAITING, 4, standing(WARN, minutes=5), NOW) == Move(Step.REPEAT, WARN)
    assert next_move(WAITING, 4, standing(WARN, minutes=5, acknowledged=True), NOW) is None
    assert next_move(LEVEL, 0.9, standing(WARN, minutes=600), NOW) is None


def test_a_figure_that_is_gone_ends_its_alarm() -> None:
    assert next_move(LEVEL, None, standing(CRIT), NOW) == Move(Step.END, CRIT)


@unhurried
@given(st.lists(st.floats(0, 10, allow_nan=False), max_size=60))
def test_an_alarm_is_told_anew_only_after_the_figure_was_beyond_the_margin(values: list[float]) -> None:
    quiet = Limits(Metric.WAITING, warn=3, crit=6, margin=1)
    stands: Standing | None = None
    lowest = float("-inf")
    for value in values:
        lowest = min(lowest, value)
        move = next_move(quiet, value, stands, NOW)
        if move is None:
            continue
        if move.step is Step.RAISE:
            assert lowest < quiet.warn - quiet.margin
            lowest = float("inf")
        stands = None if move.step is Step.END else Standing(move.level, NOW, False)
