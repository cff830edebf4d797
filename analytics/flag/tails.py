"""Tails of the negative binomial, for sparse counts too: no normal approximation of a count.

scipy loads with the first judgement: pages import the counting beside it, and none of them judges.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def tail(count: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(Y >= count) of a negative binomial with this mean and variance."""
    from scipy.special import betainc

    size = mean**2 / np.maximum(variance - mean, mean * 1e-6)
    share = mean / (mean + size)
    return np.where(count <= 0, 1.0, betainc(np.maximum(count, 1e-9), size, share))


def mid_p(count: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(Y > y) + P(Y = y) / 2: half of the point's own mass, so that sparse counts keep their size."""
    return 0.5 * (tail(count, mean, variance) + tail(count + 1, mean, variance))


def joint_p(parts: Sequence[Floats], windows: Sequence[int]) -> Floats:
    """One p of windows that end on the same day, by the inverse normal method (Hartung 1999, Biometrical J.
    41): two windows correlate as the square root of the share that the shorter has of the longer."""
    from scipy.special import ndtr, ndtri

    total: Floats = -sum((ndtri(np.clip(part, 1e-300, 1 - 1e-12)) for part in parts), np.zeros_like(parts[0]))
    spread = sum((min(a, b) / max(a, b)) ** 0.5 for a in windows for b in windows)
    return np.asarray(ndtr(-total / spread**0.5), np.float64)


def upper_bound(mean: Floats, variance: Floats, p: float, least: int | npt.NDArray[np.int64]) -> Floats:
    """The smallest count of at least `least` whose mid-p is under `p`, less one: what officials see."""
    low = np.maximum(np.floor(mean), least - 1.0)
    high = low + 8 * np.sqrt(variance) + 12
    while (bad := mid_p(high, mean, variance) >= p).any():
        high = np.where(bad, high * 1.5 + 10, high)
    for _ in range(40):
        middle = np.floor((low + high) / 2)
        small = mid_p(middle, mean, variance) < p
        high = np.where(small, middle, high)
        low = np.where(small, low, middle + 1)
        if (low >= high).all():
            break
    limit: Floats = np.maximum(high, least) - 1.0
    return limit
