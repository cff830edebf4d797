"""How many persons are expected in a window: baseline, weekday, kind of day and level together.

Everything is learnt at a refit on a Monday from days before it: a rerun or a cut input gives the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.flag.baseline import Baseline, fit
from analytics.flag.calendar import TYPES
from analytics.flag.frame import Floats, Frame, Integers
from analytics.flag.settings import DetectionSettings

WEEKDAY_DAYS = 364
LEVEL_DAYS, LEVEL_GAP_DAYS = 84, 28


@dataclass(frozen=True, slots=True)
class State:
    """Everything learnt at one refit."""

    baseline: Baseline
    weekday: Floats
    kinds: Floats


def by_refit(judged: Integers, ordinals: Integers) -> list[tuple[int, Integers]]:
    """(day index of the refit, columns judged with it): the Monday on or before each judged day."""
    monday = judged - (ordinals[judged] - 1) % 7
    groups = []
    for refit in np.unique(monday):
        groups.append((max(0, int(refit)), np.flatnonzero(monday == refit)))
    return groups


def learn(frame: Frame, refit: int, settings: DetectionSettings) -> State:
    weekday, kinds = _calendar_factors(frame, refit, settings)
    exposure = kinds[frame.kind]
    return State(fit(frame.counts, frame.day_of_year, refit, frame.first, exposure), weekday, kinds)


def _calendar_factors(frame: Frame, refit: int, settings: DetectionSettings) -> tuple[Floats, Floats]:
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


def _kind_factors(frame: Frame, refit: int, weekday: Floats) -> Floats:
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


def _daily_expectation(frame: Frame, state: State, at: Integers) -> Floats:
    rate = state.baseline.weekly_rate(at, frame.day_of_year[at]) / 7.0
    return rate * state.weekday[:, frame.weekday[at]] * state.kinds[frame.kind[at]]


def expectation(
    frame: Frame,
    state: State,
    at: Integers,
    windows: Sequence[int],
    settings: DetectionSettings,
) -> tuple[dict[int, Floats], Floats]:
    """Expected persons in the windows that end at each day of `at`, and the relative variance of that."""
    first = max(0, int(at[0]) - LEVEL_GAP_DAYS - LEVEL_DAYS)
    span = np.arange(first, int(at[-1]) + 1)
    daily = _daily_expectation(frame, state, span)
    sums = np.concatenate([np.zeros((len(daily), 1)), np.cumsum(daily, axis=1)], axis=1)

    def between(low: Integers, high: Integers) -> Floats:
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
