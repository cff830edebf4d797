"""Many tests on one day: Benjamini and Hochberg 1995 (J. R. Stat. Soc. B 57)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def benjamini_hochberg(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """q values of the tests in `p` (any shape; tests are counted over all of it). NaN stays NaN."""
    flat = p.ravel()
    tested = ~np.isnan(flat)
    q = np.full(flat.shape, np.nan)
    values = flat[tested]
    if len(values):
        order = np.argsort(values, kind="stable")
        ranked = values[order] * len(values) / np.arange(1, len(values) + 1)
        running = np.minimum.accumulate(ranked[::-1])[::-1]
        out = np.empty_like(running)
        out[order] = np.minimum(running, 1.0)
        q[tested] = out
    return q.reshape(p.shape)
