"""Is the last week's count more than can be expected? One answer for each series and day.

1. The weekly baseline of `baseline.fit`, refitted on a fixed calendar (Mondays), so that a rerun or a cut
   input gives the same answer.
2. Weekday factors from the last 364 days, shrunk to those of all series: F_d = 7 (n_d + c p_d) / (n + c).
   Holidays: one factor for each type of day, learnt from all series together.
3. Level: a Gamma-Poisson ratio over the 84 days that end 28 days ago, so that a slow rise does not
   teach the baseline.
4. The sums of the last 5 and 8 days against it: negative binomial with variance phi m + var(m), mid-p, joined
   by `tails.joint_p`; score = -log10 p, at least 3 persons in 7 days. Two windows near a week find 1.5 % more
   outbreaks than one of 7 days; longer ones find less. What officials see (observed, expected, upper) is
   always the 7 days. A topic that nobody rang about in the year before is judged from its second person.
5. Benjamini-Hochberg over all series of the day decides the alarm.
A series with less than `short_history_days` of history, or hardly a call in it, is a new topic: a floor mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from analytics.flag.expectation import by_refit, expectation, learn
from analytics.flag.frame import Floats, Frame, Integers
from analytics.flag.multiplicity import benjamini_hochberg
from analytics.flag.settings import DetectionSettings
from analytics.flag.tails import joint_p, mid_p, upper_bound

METHOD = "quasi-poisson-nb"
VERSION = "4"

WINDOW_DAYS = 7
TEST_WINDOWS = (5, 8)


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
    observed: Integers
    expected: Floats
    upper: Floats
    p: Floats
    q: Floats
    score: Floats
    alarm: npt.NDArray[np.bool_]
    new_topic: npt.NDArray[np.bool_]
    history_days: Integers
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
    frame = Frame.of(counts, days, first_day)
    judged = np.arange(len(days) - evaluate, len(days))
    shape = (counts.shape[0], evaluate)
    windows = (WINDOW_DAYS, *TEST_WINDOWS)
    expected = {window: np.zeros(shape) for window in windows}
    relative, phi = np.zeros(shape), np.ones(shape)
    for refit, columns in by_refit(judged, frame.ordinals):
        state = learn(frame, refit, settings)
        means, relative[:, columns] = expectation(frame, state, judged[columns], windows, settings)
        for window, mean in means.items():
            expected[window][:, columns] = mean
        phi[:, columns] = state.baseline.phi[:, None]
    return _judge(frame, judged, expected, relative, phi, settings)


def _judge(
    frame: Frame,
    judged: Integers,
    expected: dict[int, Floats],
    relative: Floats,
    phi: Floats,
    settings: DetectionSettings,
) -> Detection:
    low = np.maximum(judged - WINDOW_DAYS + 1, 0)
    history = np.maximum(0, judged[None, :] - frame.first[:, None] - WINDOW_DAYS + 1)
    before = frame.cumulative[:, low] - frame.cumulative[:, np.maximum(low - 364, 0)]
    new = (before < 4) | (history < settings.short_history_days)
    unheard = (before < 4) & (history >= settings.short_history_days)
    # A handful of calls in a year tells nothing of how they scatter.
    phi = np.where(unheard, 1.0, phi)
    observed, parts = _seen(frame, judged, WINDOW_DAYS), []
    for window in TEST_WINDOWS:
        mean, variance = _moments(expected[window], window, relative, phi, settings)
        parts.append(mid_p(_seen(frame, judged, window).astype(np.float64), mean, variance))
    p = joint_p(parts, TEST_WINDOWS)
    mean, variance = _moments(expected[WINDOW_DAYS], WINDOW_DAYS, relative, phi, settings)
    score = -np.log10(np.maximum(p, 1e-300))
    q = np.stack([benjamini_hochberg(p[:, column]) for column in range(p.shape[1])], axis=1)
    least = np.where(unheard, settings.minimum_persons_unheard, settings.minimum_persons)
    enough = observed >= least
    return Detection(
        days=tuple(frame.days[index] for index in judged),
        observed=observed,
        expected=mean,
        upper=upper_bound(mean, variance, settings.p, least),
        p=p,
        q=q,
        score=np.where(enough, score, np.minimum(score, 0.5)),
        alarm=enough & (p < settings.p) & (q < settings.q),
        new_topic=new,
        history_days=history,
    )


def _seen(frame: Frame, judged: Integers, window: int) -> Integers:
    return frame.cumulative[:, judged + 1] - frame.cumulative[:, np.maximum(judged - window + 1, 0)]


def _moments(
    mean: Floats, window: int, relative: Floats, phi: Floats, settings: DetectionSettings
) -> tuple[Floats, Floats]:
    """Mean and variance of the count of a window, the mean never below the floor of a new topic."""
    floored = np.maximum(mean, settings.floor_weekly_mean * window / 7)
    return floored, np.maximum(phi, 1.0) * floored + mean**2 * relative
