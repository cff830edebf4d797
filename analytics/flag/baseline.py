"""What is expected: a quasi-Poisson log-linear baseline on weekly sums, all series in one batch.

Trend and two yearly harmonics, a ridge on all but the intercept (a short history shrinks to a flat mean), and
Noufaily's reweighting of past outbreaks (Noufaily et al. 2013, Stat. Med. 32(7), doi 10.1002/sim.5595:
Anscombe residuals, weight 1/a^2 above 2.58). The newest 14 days are left out, so that an outbreak does
not teach its own baseline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

GAP_DAYS = 14
MAXIMUM_WEEKS = 5 * 52
RESIDUAL_LIMIT = 2.58
_YEAR = 365.25
_FLOOR = 1e-4
# Prior standard deviations on the log scale: a trend of 30 % a year, a season of 35 %.
_PRIOR_SD = (np.inf, 0.30, 0.35, 0.35, 0.20, 0.20)
_ITERATIONS = 6
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Baseline:
    """The fitted curve of all series: `coefficients` (series, 6), their covariance, and the dispersion phi.

    `origin` is the day index that the time terms count from; `weeks` the weeks of history used.
    """

    origin: int
    coefficients: Floats
    covariance: Floats
    phi: Floats
    weeks: npt.NDArray[np.int64]

    def weekly_rate(self, days: npt.NDArray[np.int64], day_of_year: Floats) -> Floats:
        """Expected calls a week, at each given day index: (series, days)."""
        return np.exp(np.clip(self.coefficients @ _design(days - self.origin, day_of_year).T, -12, 14))

    def log_variance(self, days: npt.NDArray[np.int64], day_of_year: Floats) -> Floats:
        """Variance of the log of `weekly_rate` from the fit itself: (series, days)."""
        design = _design(days - self.origin, day_of_year)
        variance: Floats = np.einsum("tp,spq,tq->st", design, self.covariance, design, optimize=True)
        return variance


def _design(offset: npt.NDArray[np.int64], day_of_year: Floats) -> Floats:
    angle = 2 * np.pi * day_of_year / _YEAR
    return np.stack(
        [
            np.ones_like(angle),
            offset / _YEAR,
            np.cos(angle),
            np.sin(angle),
            np.cos(2 * angle),
            np.sin(2 * angle),
        ],
        axis=1,
    )


def fit(
    counts: npt.NDArray[np.int32],
    day_of_year: Floats,
    end: int,
    first: npt.NDArray[np.int64],
    day_weight: Floats,
) -> Baseline:
    """Fits every series on the weeks that end at day index `end - GAP_DAYS` (inclusive), going back.

    counts      (series, days) calls a day
    first       for each series the first day index of its history; earlier days are not used
    day_weight  (days,) how much of a usual day this day is (holidays below 1): exposure of the week
    """
    last = end - GAP_DAYS
    weeks = min(MAXIMUM_WEEKS, max(0, (last + 1) // 7))
    series = counts.shape[0]
    if weeks == 0:
        zero = np.zeros((series, 6))
        zero[:, 0] = np.log(0.1)
        vague = np.tile(np.diag([1.0, 0, 0, 0, 0, 0]), (series, 1, 1))
        return Baseline(max(last, 0), zero, vague, np.ones(series), np.zeros(series, np.int64))
    start = last + 1 - weeks * 7
    sums = counts[:, start : last + 1].reshape(series, weeks, 7).sum(2).astype(np.float64)
    exposure = day_weight[start : last + 1].reshape(weeks, 7).sum(1) / 7.0
    middles = start + 3 + 7 * np.arange(weeks)
    known = (start + 7 * np.arange(weeks))[None, :] >= first[:, None]
    design = _design(middles - last, day_of_year[middles])
    return _reweighted(sums, exposure, design, known, last)


def _reweighted(
    sums: Floats, exposure: Floats, design: Floats, known: npt.NDArray[np.bool_], origin: int
) -> Baseline:
    series, columns = sums.shape[0], design.shape[1]
    used = known.astype(np.float64)
    n = used.sum(1)
    mean = (sums * used).sum(1) / np.maximum((exposure * used).sum(1), 1e-9)
    beta = np.zeros((series, columns))
    beta[:, 0] = np.log(np.maximum(mean, _FLOOR))
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    prior = np.diag([0.0 if np.isinf(sd) else 1 / sd**2 for sd in _PRIOR_SD])
    prior[0, 0] = 1e-6
    prior_mean = np.zeros(columns)
    phi = np.ones(series)
    weights = used.copy()
    log_exposure = np.log(np.maximum(exposure, 1e-6))
    hessian = np.tile(np.eye(columns), (series, 1, 1))
    for round_ in range(_ROUNDS):
        for _ in range(_ITERATIONS if round_ == 0 else 3):
            mu = np.exp(np.clip(beta @ design.T + log_exposure, -12, 14))
            w = weights * mu / phi[:, None]
            hessian = (w @ products).reshape(series, columns, columns) + prior
            score = (weights * (sums - mu) / phi[:, None]) @ design - (beta - prior_mean) @ prior
            step = np.linalg.solve(hessian, score[:, :, None])[:, :, 0]
            beta = beta + np.clip(step, -2, 2)
            beta[:, 0] = np.maximum(beta[:, 0], np.log(_FLOOR))
        mu = np.exp(np.clip(beta @ design.T + log_exposure, -12, 14))
        freedom = np.maximum(1.0, weights.sum(1) - np.minimum(columns, 1 + mu.mean(1) * n / 40))
        phi = np.maximum(1.0, (weights * (sums - mu) ** 2 / np.maximum(mu, 1e-9)).sum(1) / freedom)
        if round_ < _ROUNDS - 1:
            weights = used * _outbreak_weights(sums, mu, phi, used)
    covariance: Floats = np.linalg.inv(hessian).astype(np.float64)
    # One standard error above the estimate: a dispersion guessed too low is what makes tails too thin.
    phi = phi * (1 + np.sqrt(2 / np.maximum(freedom, 8)))
    return Baseline(origin, beta, covariance, phi, n.astype(np.int64))


def _outbreak_weights(sums: Floats, mu: Floats, phi: Floats, used: Floats) -> Floats:
    safe = np.maximum(mu, 1e-6)
    residual = 1.5 * (sums ** (2 / 3) - safe ** (2 / 3)) / (np.sqrt(phi)[:, None] * safe ** (1 / 6))
    weights = np.where(residual > RESIDUAL_LIMIT, 1 / np.maximum(residual, 1e-9) ** 2, 1.0)
    scale = used.sum(1) / np.maximum((weights * used).sum(1), 1e-9)
    scaled: Floats = weights * np.minimum(scale, 1.5)[:, None]
    return scaled
