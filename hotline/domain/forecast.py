"""How many callers to expect in each quarter of an hour, with a span: pure.

expected(day, quarter) = level x weekday x holiday x share of the quarter. Each part is a ratio of
counts, shrunk to a start value as if that had been seen in so many calls (Gamma-Poisson), so that a new
line begins with `Habits` and learns its own. Multiplicative forecasts of this form: J. Weinberg, L.
Brown, J. Stroud, "Bayesian Forecasting of an Inhomogeneous Poisson Process ...", JASA 102, 2007; H.
Shen, J. Huang, "Interday Forecasting and Intraday Updating of Call Center Arrivals", M&SOM 10(3), 2008.
Days vary more than Poisson: the variance is m + kappa m^2 (negative binomial), kappa being that of the
day's total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp, lgamma, log

import numpy as np
from numpy.typing import NDArray

QUARTERS = 96
"""Of an hour, in a day of the hotline's own time."""
LEVEL_HALF_LIFE_DAYS = 14
HABIT_HALF_LIFE_DAYS = 84
LEVEL_START_DAYS = 3
"""A start value weighs as much as so many days ..."""
WEEKDAY_START_WEEKS = 3
HOLIDAY_START_DAYS = 3
SHAPE_START_CALLS = 300
"""... or so many calls."""
WEEKDAY_SHAPE_START_CALLS = 600
SMOOTH_QUARTERS = 3
"""Width of the kernel (standard deviation) over the quarters of the day, midnight being no edge."""
START_KAPPA, START_KAPPA_DAYS = 0.03, 7
AHEAD_DAYS = 7

Array = NDArray[np.float64]


def _quarters(hours: Sequence[float]) -> tuple[float, ...]:
    whole = sum(hours)
    return tuple(hour / whole / 4 for hour in hours for _ in range(4))


@dataclass(frozen=True)
class Habits:
    """Where a line without history begins.

    The hours follow DOMAIN.md b1: most calls between 18 and 22, 60 % between 18 and 6 (Beijing 12356), Monday
    highest (Guangzhou).
    """

    calls_a_day: float = 40.0
    weekdays: tuple[float, ...] = (1.10, 1.0, 1.0, 1.0, 0.98, 0.96, 0.96)
    """Monday first; their mean is 1."""
    shares: tuple[float, ...] = field(
        default_factory=lambda: _quarters(
            [
                5.0,
                3.5,
                2.8,
                2.2,
                1.8,
                1.7,
                1.8,
                2.2,
                3.0,
                3.6,
                3.9,
                3.8,
                3.4,
                3.5,
                3.7,
                3.9,
                3.8,
                4.2,
                7.5,
                9.0,
                9.2,
                8.5,
                5.5,
                4.5,
            ]
        )
    )
    """Of each quarter in a day's calls; their sum is 1."""


@dataclass(frozen=True)
class Forecast:
    days: tuple[date, ...]
    expected: Array
    """Callers, shape (days, 96)."""
    kappa: float
    """Variance beyond Poisson: var = m + kappa m^2."""

    def span(self, expected: float, share: float = 0.8) -> tuple[int, int]:
        """Callers between which `share` of such quarters, hours or days fall."""
        tail = (1 - share) / 2
        return quantile(expected, self.kappa, tail), quantile(expected, self.kappa, 1 - tail)


def forecast(
    counts: NDArray[np.int64],
    first_day: date,
    days: Sequence[date],
    *,
    holidays: Mapping[date, str] | None = None,
    habits: Habits | None = None,
    more_a_day: float = 0.0,
) -> Forecast:
    """Expected callers of `days` from `counts`, shape (days of history, 96), the first being `first_day`.

    `more_a_day`: callers a day above what history tells, of issues that are rising now. Raises ValueError
    where the shape is another.
    """
    if counts.ndim != 2 or counts.shape[1] != QUARTERS:
        raise ValueError("counts have a row for each day and a column for each quarter of an hour")
    habits, holidays = habits or Habits(), holidays or {}
    past = [date.fromordinal(first_day.toordinal() + n) for n in range(len(counts))]
    totals = counts.sum(axis=1).astype(float)
    age = np.arange(len(counts) - 1, -1, -1, dtype=float)
    recent = 0.5 ** (age / LEVEL_HALF_LIFE_DAYS)
    lasting = 0.5 ** (age / HABIT_HALF_LIFE_DAYS)
    weekday_of = np.array([day.weekday() for day in past], dtype=int)
    is_holiday = np.array([day in holidays for day in past], dtype=bool)

    weekdays = np.array(habits.weekdays) * 7 / sum(habits.weekdays)
    holiday = 1.0
    level = habits.calls_a_day
    for _ in range(3):
        factor = weekdays[weekday_of] * np.where(is_holiday, holiday, 1.0)
        level = _ratio(recent @ totals, recent @ factor, habits.calls_a_day, LEVEL_START_DAYS)
        # Habits are told against the level of their own time, not of today.
        around = _level_around(totals, factor, level)
        ordinary = lasting * ~is_holiday
        weekdays = np.array(
            [
                _ratio(
                    (ordinary * totals)[weekday_of == k].sum(),
                    (ordinary * around)[weekday_of == k].sum(),
                    habits.weekdays[k],
                    WEEKDAY_START_WEEKS * level,
                )
                for k in range(7)
            ]
        )
        weekdays *= 7 / weekdays.sum()
        plain = around * weekdays[weekday_of]
        holiday = _ratio(totals[is_holiday].sum(), plain[is_holiday].sum(), 1.0, HOLIDAY_START_DAYS * level)
    shares = _shares(counts, lasting, weekday_of, habits)
    kappa = _kappa(totals, weekdays[weekday_of] * np.where(is_holiday, holiday, 1.0), recent, habits)
    expected = np.stack(
        [
            (level * weekdays[day.weekday()] * (holiday if day in holidays else 1.0) + more_a_day)
            * shares[day.weekday()]
            for day in days
        ]
    )
    return Forecast(tuple(days), expected, kappa)


def quantile(expected: float, kappa: float, share: float) -> int:
    """Least count whose cumulated probability reaches `share`: negative binomial, Poisson for kappa 0."""
    if expected <= 0:
        return 0
    size = 1 / kappa if kappa > 1e-9 else 0.0
    reached, n = 0.0, 0
    limit = expected + 12 * (expected + kappa * expected**2) ** 0.5 + 12
    while n <= limit:
        if size:
            odds = log(expected / (size + expected))
            reached += exp(
                lgamma(n + size)
                - lgamma(size)
                - lgamma(n + 1)
                + size * log(size / (size + expected))
                + n * odds
            )
        else:
            reached += exp(n * log(expected) - expected - lgamma(n + 1))
        if reached >= share:
            break
        n += 1
    return n


def _ratio(seen: float, exposure: float, start: float, start_exposure: float) -> float:
    return float((seen + start * start_exposure) / (exposure + start_exposure))


def _level_around(totals: Array, factor: Array, level: float) -> Array:
    """The level in the weeks around each day, shrunk to today's."""
    if not len(totals):
        return totals
    kernel = np.exp(-0.5 * (np.arange(-42, 43) / 14.0) ** 2)
    seen = np.convolve(totals, kernel, mode="full")[42 : 42 + len(totals)]
    exposure = np.convolve(factor, kernel, mode="full")[42 : 42 + len(totals)]
    around: Array = (seen + level) / (exposure + 1.0)
    return around


def _shares(counts: NDArray[np.int64], weights: Array, weekday_of: NDArray[np.int_], habits: Habits) -> Array:
    """Share of each quarter by weekday, shape (7, 96): each weekday leans on all, and all on the habits."""
    distance = np.minimum(np.arange(QUARTERS), QUARTERS - np.arange(QUARTERS))
    kernel = np.exp(-0.5 * (distance / SMOOTH_QUARTERS) ** 2)
    spectrum = np.fft.rfft(kernel / kernel.sum())

    def smooth(row: Array) -> Array:
        return np.maximum(np.fft.irfft(np.fft.rfft(row) * spectrum, QUARTERS), 0.0)

    weighted = counts * weights[:, None]
    pooled = smooth(weighted.sum(axis=0)) + SHAPE_START_CALLS * np.array(habits.shares)
    pooled /= pooled.sum()
    own = [
        smooth(weighted[weekday_of == k].sum(axis=0)) + WEEKDAY_SHAPE_START_CALLS * pooled for k in range(7)
    ]
    return np.stack([row / row.sum() for row in own])


def _kappa(totals: Array, factor: Array, weights: Array, habits: Habits) -> float:
    """What a forecast made a week before would have missed, beyond Poisson; shrunk to the start value.

    Judged on what the days before knew, so that a level that drifts widens the span.
    """
    before = np.zeros(len(totals))
    keep, seen, exposure = 0.5 ** (1 / LEVEL_HALF_LIFE_DAYS), 0.0, 0.0
    for n in range(AHEAD_DAYS, len(totals)):
        known = n - AHEAD_DAYS
        seen, exposure = keep * seen + totals[known], keep * exposure + factor[known]
        before[n] = _ratio(seen, exposure, habits.calls_a_day, LEVEL_START_DAYS) * factor[n]
    # The first weeks still lean on the start value, which is no miss of the method.
    judged = weights * (np.arange(len(totals)) >= 4 * AHEAD_DAYS)
    beyond = float(judged @ ((totals - before) ** 2 - before))
    base = float(judged @ before**2)
    start = START_KAPPA_DAYS * (base / judged.sum() if judged.sum() else habits.calls_a_day**2)
    return max(0.0, (beyond + START_KAPPA * start) / (base + start))
