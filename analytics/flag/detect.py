"""Is the last week's count more than can be expected? One answer for each series and day.

1. The weekly baseline of `baseline.fit`, refitted on a fixed calendar (Mondays), so that a rerun or a cut
   input gives the same answer.
2. Weekday factors from the last 364 days, shrunk to those of all series: F_d = 7 (n_d + c p_d) / (n + c).
   Holidays: one factor for each type of day, learnt from all series together.
3. Level: a Gamma-Poisson ratio over the 84 days that end 28 days ago, so that a slow rise does not
   teach the baseline.
4. The sums of the last 5 and 10 days against it: negative binomial with variance phi m + var(m), mid-p,
   joined by the inverse normal method with their known correlation (Hartung 1999, Biometrical J. 41);
   score = -log10 p, at least 3 persons in 7 days. Two windows near a week find 1 % more outbreaks than one
   of 7 days; longer ones find less. What officials see (observed, expected, upper) is always the 7 days.
5. Benjamini-Hochberg over all series of the day decides the alarm.
A series with less than `short_history_days` of history, or hardly a call in it, is a new topic: a floor mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtr, ndtri

from analytics.flag.baseline import Baseline, Floats, fit
from analytics.flag.calendar import TYPES, day_types
from analytics.flag.multiplicity import benjamini_hochberg

METHOD = "quasi-poisson-nb"
VERSION = "2"

WINDOW_DAYS = 7
TEST_WINDOWS = (5, 10)
WEEKDAY_DAYS = 364
LEVEL_DAYS, LEVEL_GAP_DAYS = 84, 28


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """Thresholds an authority may set. `q` is the share of false alarms that is accepted over a day."""

    q: float = 0.05
    p: float = 0.002
    minimum_persons: int = 3
    short_history_days: int = 56
    floor_weekly_mean: float = 0.12
    weekday_strength: float = 200.0
    level_strength: float = 12.0


@dataclass(frozen=True, slots=True)
class Detection:
    """Answers as arrays of shape (series, evaluated days).

    observed, expected, upper   persons in the last 7 days: seen, expected, and the bound of the alarm's p
    p, q, score                 mid-p, its q over the day, -log10 p
    alarm                       enough persons, p and q small
    new_topic                   hardly any history: judged against the floor mean
    history_days                days of history the answer rests on
    """

    days: tuple[date, ...]
    observed: npt.NDArray[np.int64]
    expected: Floats
    upper: Floats
    p: Floats
    q: Floats
    score: Floats
    alarm: npt.NDArray[np.bool_]
    new_topic: npt.NDArray[np.bool_]
    history_days: npt.NDArray[np.int64]
    method: str = METHOD
    version: str = VERSION


def detect(
    counts: npt.NDArray[np.int32],
    days: Sequence[date],
    *,
    evaluate: int = 1,
    first_day: Sequence[date] | None = None,
    settings: DetectionSettings | None = None,
) -> Detection:
    """Judges the last `evaluate` days of every series.

    counts     (series, days), zeros written, columns are the consecutive `days`
    first_day  for each series the day its counting began (None: the first column)
    No day after the judged one is read. Raises ValueError for gaps in `days` or shapes that do not fit.
    """
    settings = settings or DetectionSettings()
    if counts.ndim != 2 or counts.shape[1] != len(days):
        raise ValueError("counts must be (series, days)")
    if len(days) == 0 or (days[-1] - days[0]).days != len(days) - 1:
        raise ValueError("days must be consecutive")
    evaluate = min(evaluate, len(days))
    frame = _Frame.of(counts, days, first_day)
    judged = np.arange(len(days) - evaluate, len(days))
    shape = (counts.shape[0], evaluate)
    expected = {window: np.zeros(shape) for window in (WINDOW_DAYS, *TEST_WINDOWS)}
    relative, phi = np.zeros(shape), np.ones(shape)
    for refit, columns in _by_refit(judged, frame.ordinals):
        state = _state(frame, refit, settings)
        means, relative[:, columns] = _expectation(frame, state, judged[columns], settings)
        for window, mean in means.items():
            expected[window][:, columns] = mean
        phi[:, columns] = state.baseline.phi[:, None]
    return _judge(frame, judged, expected, relative, phi, settings)


@dataclass(frozen=True, slots=True)
class _Frame:
    counts: npt.NDArray[np.int32]
    cumulative: npt.NDArray[np.int64]
    days: tuple[date, ...]
    ordinals: npt.NDArray[np.int64]
    weekday: npt.NDArray[np.int64]
    day_of_year: Floats
    kind: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls, counts: npt.NDArray[np.int32], days: Sequence[date], first_day: Sequence[date] | None
    ) -> _Frame:
        cumulative = np.zeros((counts.shape[0], counts.shape[1] + 1), np.int64)
        np.cumsum(counts, axis=1, out=cumulative[:, 1:])
        first = np.zeros(counts.shape[0], np.int64)
        if first_day is not None:
            first = np.array([max(0, (day - days[0]).days) for day in first_day], np.int64)
        return cls(
            counts,
            cumulative,
            tuple(days),
            np.array([day.toordinal() for day in days]),
            np.array([day.weekday() for day in days]),
            np.array([day.timetuple().tm_yday for day in days], float),
            np.array(day_types(days)),
            first,
        )


@dataclass(frozen=True, slots=True)
class _State:
    """Everything learnt at one refit."""

    baseline: Baseline
    weekday: Floats
    kinds: Floats


def _by_refit(
    judged: npt.NDArray[np.int64], ordinals: npt.NDArray[np.int64]
) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """(day index of the refit, columns judged with it): the Monday on or before each judged day."""
    monday = judged - (ordinals[judged] - 1) % 7
    groups = []
    for refit in np.unique(monday):
        groups.append((max(0, int(refit)), np.flatnonzero(monday == refit)))
    return groups


def _state(frame: _Frame, refit: int, settings: DetectionSettings) -> _State:
    weekday, kinds = _calendar_factors(frame, refit, settings)
    exposure = kinds[frame.kind]
    return _State(fit(frame.counts, frame.day_of_year, refit, frame.first, exposure), weekday, kinds)


def _calendar_factors(frame: _Frame, refit: int, settings: DetectionSettings) -> tuple[Floats, Floats]:
    """Weekday factors (series, 7) and factors of the types of day (4,), from days before `refit`."""
    start = max(0, refit - WEEKDAY_DAYS)
    start += (refit - start) % 7
    recent, weekday = frame.counts[:, start:refit], frame.weekday[start:refit]
    usual = frame.kind[start:refit] == 0
    by_day = np.stack([recent[:, (weekday == day) & usual].sum(1) for day in range(7)], axis=1).astype(float)
    shown = np.array([((weekday == day) & usual).sum() for day in range(7)], float)
    by_day *= np.where(shown > 0, shown.max(initial=1.0) / np.maximum(shown, 1), 1.0)
    total = by_day.sum(0)
    pooled = (total + 7.0) / (total.sum() + 49.0)
    strength = settings.weekday_strength
    factors = 7 * (by_day + strength * pooled) / (by_day.sum(1, keepdims=True) + strength)
    return factors, _kind_factors(frame, refit, pooled * 7)


def _kind_factors(frame: _Frame, refit: int, weekday: Floats) -> Floats:
    """Calls of all series on holidays against the ordinary days of the 28 days around, weekday taken out."""
    factors = np.ones(TYPES)
    if refit < 28:
        return factors
    total = np.minimum(frame.counts[:, :refit], 20).sum(0) / weekday[frame.weekday[:refit]]
    ordinary = frame.kind[:refit] == 0
    box = np.ones(29)
    local = np.convolve(total * ordinary, box, "same") / np.maximum(
        np.convolve(ordinary.astype(float), box, "same"), 1
    )
    for kind in range(1, TYPES):
        at = frame.kind[:refit] == kind
        if at.any():
            factors[kind] = (total[at].sum() + 200.0) / (local[at].sum() + 200.0)
    return factors


def _daily_expectation(frame: _Frame, state: _State, at: npt.NDArray[np.int64]) -> Floats:
    rate = state.baseline.weekly_rate(at, frame.day_of_year[at]) / 7.0
    return rate * state.weekday[:, frame.weekday[at]] * state.kinds[frame.kind[at]]


def _expectation(
    frame: _Frame, state: _State, at: npt.NDArray[np.int64], settings: DetectionSettings
) -> tuple[dict[int, Floats], Floats]:
    """Expected persons in the windows that end at each day of `at`, and the relative variance of that."""
    windows = (WINDOW_DAYS, *TEST_WINDOWS)
    first = max(0, int(at[0]) - LEVEL_GAP_DAYS - LEVEL_DAYS)
    span = np.arange(first, int(at[-1]) + 1)
    daily = _daily_expectation(frame, state, span)
    sums = np.concatenate([np.zeros((len(daily), 1)), np.cumsum(daily, axis=1)], axis=1)

    def between(low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]) -> Floats:
        difference: Floats = sums[:, high - first] - sums[:, low - first]
        return difference

    high = np.maximum(at - LEVEL_GAP_DAYS + 1, 0)
    low = np.maximum(high - LEVEL_DAYS, first)
    high = np.maximum(high, low)
    seen = (frame.cumulative[:, high] - frame.cumulative[:, low]).astype(float)
    known = low[None, :] >= frame.first[:, None]
    prior = settings.level_strength * state.baseline.phi[:, None]
    thought = between(low, high)
    level = np.where(known, (prior + seen) / (prior + thought), 1.0)
    means = {window: between(np.maximum(at - window + 1, first), at + 1) * level for window in windows}
    return means, np.minimum(state.baseline.log_variance(at, frame.day_of_year[at]), 1.0)


def _judge(
    frame: _Frame,
    judged: npt.NDArray[np.int64],
    expected: dict[int, Floats],
    relative: Floats,
    phi: Floats,
    settings: DetectionSettings,
) -> Detection:
    low = np.maximum(judged - WINDOW_DAYS + 1, 0)
    observed = frame.cumulative[:, judged + 1] - frame.cumulative[:, low]
    history = np.maximum(0, judged[None, :] - frame.first[:, None] - WINDOW_DAYS + 1)
    before = frame.cumulative[:, low] - frame.cumulative[:, np.maximum(low - 364, 0)]
    new = (before < 4) | (history < settings.short_history_days)
    p = _joint_p(frame, judged, expected, relative, phi, settings)
    mean, variance = _moments(expected[WINDOW_DAYS], WINDOW_DAYS, relative, phi, settings)
    score = -np.log10(np.maximum(p, 1e-300))
    q = np.stack([benjamini_hochberg(p[:, column]) for column in range(p.shape[1])], axis=1)
    alarm = (observed >= settings.minimum_persons) & (p < settings.p) & (q < settings.q)
    return Detection(
        days=tuple(frame.days[index] for index in judged),
        observed=observed,
        expected=mean,
        upper=_upper(mean, variance, settings),
        p=p,
        q=q,
        score=np.where(observed >= settings.minimum_persons, score, np.minimum(score, 0.5)),
        alarm=alarm,
        new_topic=new,
        history_days=history,
    )


def _moments(
    mean: Floats, window: int, relative: Floats, phi: Floats, settings: DetectionSettings
) -> tuple[Floats, Floats]:
    """Mean and variance of the count of a window, the mean never below the floor of a new topic."""
    floored = np.maximum(mean, settings.floor_weekly_mean * window / 7)
    return floored, np.maximum(phi, 1.0) * floored + mean**2 * relative


def _joint_p(
    frame: _Frame,
    judged: npt.NDArray[np.int64],
    expected: dict[int, Floats],
    relative: Floats,
    phi: Floats,
    settings: DetectionSettings,
) -> Floats:
    """The p of all test windows together: their normal scores, summed over the spread of that sum."""
    total = np.zeros_like(relative)
    for window in TEST_WINDOWS:
        mean, variance = _moments(expected[window], window, relative, phi, settings)
        count = frame.cumulative[:, judged + 1] - frame.cumulative[:, np.maximum(judged - window + 1, 0)]
        total -= ndtri(np.clip(_mid_p(count, mean, variance), 1e-300, 1 - 1e-12))
    shared = sum((min(a, b) / max(a, b)) ** 0.5 for a in TEST_WINDOWS for b in TEST_WINDOWS)
    return np.asarray(ndtr(-total / shared**0.5), np.float64)


def _tail(count: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(Y >= count) of a negative binomial with this mean and variance."""
    size = mean**2 / np.maximum(variance - mean, mean * 1e-6)
    share = mean / (mean + size)
    return np.where(count <= 0, 1.0, betainc(np.maximum(count, 1e-9), size, share))


def _mid_p(observed: npt.NDArray[np.int64], mean: Floats, variance: Floats) -> Floats:
    """P(Y > y) + P(Y = y) / 2: half of the point's own mass, so that sparse counts keep their size."""
    count = observed.astype(float)
    return 0.5 * (_tail(count, mean, variance) + _tail(count + 1, mean, variance))


def _upper(mean: Floats, variance: Floats, settings: DetectionSettings) -> Floats:
    """The smallest count whose mid-p is under `settings.p`, less one: the bound shown to officials."""
    low = np.maximum(np.floor(mean), settings.minimum_persons - 1.0)
    high = low + 8 * np.sqrt(variance) + 12
    while (bad := _mid_p_float(high, mean, variance) >= settings.p).any():
        high = np.where(bad, high * 1.5 + 10, high)
    for _ in range(40):
        middle = np.floor((low + high) / 2)
        small = _mid_p_float(middle, mean, variance) < settings.p
        high = np.where(small, middle, high)
        low = np.where(small, low, middle + 1)
        if (low >= high).all():
            break
    limit: Floats = np.maximum(high, settings.minimum_persons) - 1.0
    return limit


def _mid_p_float(count: Floats, mean: Floats, variance: Floats) -> Floats:
    return 0.5 * (_tail(count, mean, variance) + _tail(count + 1, mean, variance))
