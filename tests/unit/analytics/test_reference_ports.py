"""Farrington flexible and EARS give R's figures: on a file that R filled, and with R itself where it is."""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
import pytest

from analytics.flag.ears import ears
from analytics.flag.farrington import FarringtonSettings, farrington_flexible, season_blocks
from tests.unit.analytics.reference import make_surveillance as reference

SIGMAS = (0.0, 0.5)


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(gzip.decompress(reference.FIXTURE.read_bytes()))
    return content


def share_within_one_percent(ours: Any, theirs: Any) -> float:
    """Both missing is agreement; one missing is none."""
    missing = np.isnan(theirs)
    with np.errstate(invalid="ignore"):
        near = np.abs(ours - theirs) <= 0.01 * np.abs(theirs) + 1e-9
    return float(np.where(missing, np.isnan(ours), near).mean())


def as_array(values: list[Any], series: int) -> Any:
    return np.array([np.nan if value is None else value for value in values], float).reshape(series, -1)


def farrington_agrees(weekly: Any, expected: Any, upper: Any, alarm: Any) -> None:
    answer = farrington_flexible(weekly, 52)
    assert share_within_one_percent(answer.expected, expected) >= 0.95
    assert share_within_one_percent(answer.upper, upper) >= 0.95
    assert (answer.alarm == (alarm == 1)).mean() >= 0.99


def test_farrington_flexible_gives_r_s_expected_counts_and_bounds(told: dict[str, Any]) -> None:
    weekly = np.array(told["weekly"])
    expected, upper, alarm = (
        as_array([row[column] for row in told["farrington"]], len(weekly)) for column in range(3)
    )
    assert np.isfinite(expected).mean() > 0.5
    farrington_agrees(weekly, expected, upper, alarm)


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize("sigma", SIGMAS)
def test_ears_gives_r_s_bounds_and_alarms(told: dict[str, Any], method: Any, sigma: float) -> None:
    daily = np.array(told["daily"])
    rows = [row for row in told["ears"] if row[0] == method and row[1] == sigma]
    answer = ears(daily, reference.EARS_DAYS, method, least_sigma=sigma)
    upper = as_array([row[2] for row in rows], len(daily))
    assert share_within_one_percent(answer.upper, upper) == 1.0
    alarm = as_array([row[3] for row in rows], len(daily))
    assert np.array_equal(answer.alarm, alarm == 1)


def test_r_itself_agrees_on_series_that_no_file_holds() -> None:
    if not reference.r_is_there():
        pytest.skip("Rscript with the package surveillance is not installed")
    counts = reference.own_series(7)[[3, 8]]
    answer = reference.ask_r(counts)
    weekly = counts.reshape(len(counts), -1, 7).sum(2)
    rows = answer["farrington"]
    columns = [as_array([row[name] for row in rows], len(counts)) for name in ("expected", "upper", "alarm")]
    farrington_agrees(weekly, *columns)


def test_the_season_blocks_lie_around_and_between_the_same_week_of_former_years() -> None:
    factors = season_blocks(260, FarringtonSettings())
    assert set(factors[260 - 52 - 3 : 260 - 52 + 4]) == {10}
    assert factors[260 - 52 + 4] == 1
    assert set(factors[-27:]) == {0}, "the last half year teaches nothing"
    assert (factors[: 260 - 208 - 3] == 0).all()


def test_a_history_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        farrington_flexible(np.ones((1, 200), int), 1)
    with pytest.raises(ValueError, match="shorter"):
        ears(np.ones((1, 8), int), 1, "C3")
    with pytest.raises(ValueError, match="baseline"):
        ears(np.ones((1, 80), int), 1, "C1", baseline=2)
