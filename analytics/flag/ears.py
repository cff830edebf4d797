"""EARS C1, C2 and C3: a start for a line without history, and a reference to be measured against.

As R's `surveillance` 1.20.3 computes them in `earsC` (Hutwagner et al. 2003, J. Urban Health 80(2); Fricker,
Hegler and Dunfal 2008, Stat. Med. 27): each day against the mean and standard deviation of the `baseline`
days before it; C2 and C3 leave the two days between out, C3 adds what C2 was over 1 on the two days before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

Floats = npt.NDArray[np.float64]
Method = Literal["C1", "C2", "C3"]
_LAG = {"C1": 0, "C2": 2, "C3": 4}
_ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}


@dataclass(frozen=True, slots=True)
class EarsAnswer:
    """Arrays (series, judged days). `expected` is the mean of the baseline days (R shows none)."""

    expected: Floats
    upper: Floats
    alarm: npt.NDArray[np.bool_]


def ears(
    counts: npt.NDArray[np.integer],
    evaluate: int,
    method: Method = "C2",
    *,
    baseline: int = 7,
    least_sigma: float = 0.0,
    alpha: float | None = None,
) -> EarsAnswer:
    """Judges the last `evaluate` days of `counts` (series, days); `alpha` None is R's own (.001, C3 .025).

    Raises ValueError for a baseline under 3 days or a history shorter than the method needs.
    """
    days = counts.shape[1]
    if baseline < 3:
        raise ValueError("the baseline needs at least 3 days")
    if days - evaluate < baseline + _LAG[method]:
        raise ValueError("the history is shorter than the baseline")
    z = float(norm.isf(_ALPHA[method] if alpha is None else alpha))
    observed = counts.astype(np.float64)
    last = np.arange(days - evaluate, days)
    gap = 0 if method == "C1" else 2
    mean, sigma = _baseline(observed, last, gap, baseline, least_sigma)
    if method == "C3":
        with np.errstate(invalid="ignore"):
            upper = observed[:, last] + sigma * (z - _over(observed, last, baseline, least_sigma))
        upper = np.maximum(upper, 0.0)
    else:
        upper = mean + z * sigma
    return EarsAnswer(mean, upper, observed[:, last] > upper)


def _baseline(
    observed: Floats, at: npt.NDArray[np.int64], gap: int, baseline: int, least_sigma: float
) -> tuple[Floats, Floats]:
    before = at[:, None] - gap - np.arange(baseline, 0, -1)[None, :]
    values = observed[:, before]
    return values.mean(2), np.maximum(values.std(2, ddof=1), least_sigma)


def _over(observed: Floats, at: npt.NDArray[np.int64], baseline: int, least_sigma: float) -> Floats:
    """What C2 was over 1 on the two days before; without any spread a rise is infinite, a calm day 0."""
    total = np.zeros((len(observed), len(at)))
    for back in (1, 2):
        mean, sigma = _baseline(observed, at - back, 2, baseline, least_sigma)
        with np.errstate(divide="ignore", invalid="ignore"):
            c2 = (observed[:, at - back] - mean) / sigma
        total += np.maximum(0.0, c2 - 1.0)
    return total
