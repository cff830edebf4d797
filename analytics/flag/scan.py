"""Which places carry a rise: a prospective space-time scan over neighbours.

Cylinders are a set of places times the last days (Kulldorff 2001, J. R. Stat. Soc. A 164(1): 61-72). Each is
scored by the expectation-based Poisson likelihood ratio against the places' own expectations (Neill 2009,
Int. J. Forecasting 25(3)), and the best set is found by its priority order instead of by trying all sets
(Neill 2012, J. R. Stat. Soc. B 74(2): 337-360). Neighbours are what the tree of places puts under one parent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Area:
    """The places (rows of the input), the days of the cylinder, what was seen and expected in it."""

    members: tuple[int, ...]
    days: int
    observed: float
    expected: float
    score: float


def likelihood_ratio(observed: Floats, expected: Floats) -> Floats:
    """log of the Poisson likelihood ratio of a rise; 0 where there is none."""
    safe = np.maximum(expected, 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = observed * np.log(np.maximum(observed, 1e-9) / safe) + safe - observed
    return np.where(observed > expected, ratio, 0.0)


def strongest_area(observed: Floats, expected: Floats, days: tuple[int, ...]) -> Area | None:
    """The likeliest set of places and days, or None where nothing is above what is expected.

    observed, expected  (places, cylinders): each column sums the last `days[column]` days
    """
    best: Area | None = None
    for column, length in enumerate(days):
        seen, thought = observed[:, column], np.maximum(expected[:, column], 1e-9)
        order = np.argsort(-seen / thought, kind="stable")
        scores = likelihood_ratio(np.cumsum(seen[order]), np.cumsum(thought[order]))
        if not len(scores) or scores.max() <= 0 or (best is not None and scores.max() <= best.score):
            continue
        size = int(np.argmax(scores)) + 1
        chosen = order[:size]
        members = tuple(sorted(int(place) for place in chosen if seen[place] > thought[place]))
        sums = float(seen[chosen].sum()), float(thought[chosen].sum())
        best = Area(members, length, *sums, score=float(scores.max()))
    return best
