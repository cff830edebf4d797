"""Farrington flexible: the reference that our own method is measured against.

Noufaily et al. 2013 (Stat. Med. 32(7), doi 10.1002/sim.5595) as R's `surveillance` 1.20.3 computes it in
`farringtonFlexible` (Salmon, Schumacher and Höhle 2016, J. Stat. Softw. 70(10)): weekly counts, a log-linear
quasi-Poisson model with trend and a ten-level season factor, Anscombe residuals above 2.58 weighed down, the
bound a negative binomial quantile. R's quirks are kept where they move a figure, and named. All series of a
week share one design, so they are fitted in one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc
from scipy.stats import nbinom, poisson, t

Floats = npt.NDArray[np.float64]
WEEKS_A_YEAR = 52
_EPSILON, _MAXIMUM_ITERATIONS = 1e-8, 25


@dataclass(frozen=True, slots=True)
class FarringtonSettings:
    """The names of R's control list stand beside ours."""

    years: int = 4
    """b"""
    half_window: int = 3
    """w: weeks on either side of the same week of former years"""
    alpha: float = 0.01
    periods: int = 10
    """noPeriods; 1 leaves the season out and uses the reference weeks alone"""
    trend_p: float = 1.0
    """pThresholdTrend"""
    residual_limit: float = 2.58
    """weightsThreshold"""
    weeks_left_out: int = 26
    """pastWeeksNotIncluded"""
    least_cases: int = 5
    """limit54: so many cases in the last `least_weeks`, else no answer"""
    least_weeks: int = 4


@dataclass(frozen=True, slots=True)
class FarringtonAnswer:
    """Arrays (series, judged weeks); NaN and no alarm where R gives none. `p` is P(Y >= observed)."""

    expected: Floats
    upper: Floats
    p: Floats
    phi: Floats
    alarm: npt.NDArray[np.bool_]


def farrington_flexible(
    counts: npt.NDArray[np.integer], evaluate: int, settings: FarringtonSettings | None = None
) -> FarringtonAnswer:
    """Judges the last `evaluate` weeks of `counts` (series, weeks). Raises ValueError when the history of the
    first judged week is shorter than `years` years and the half window."""
    settings = settings or FarringtonSettings()
    series, weeks = counts.shape
    first = weeks - evaluate
    if first - settings.years * WEEKS_A_YEAR - settings.half_window < 0:
        raise ValueError("the history is shorter than the reference weeks")
    observed = counts.astype(np.float64)
    shape = (series, evaluate)
    expected, upper, p = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    phi = np.full(shape, np.nan)
    for column, week in enumerate(range(first, weeks)):
        mean, dispersion = _predict(observed, week, settings)
        enough = observed[:, week - settings.least_weeks + 1 : week + 1].sum(1) >= settings.least_cases
        known = enough & np.isfinite(mean)
        phi[:, column] = dispersion
        expected[known, column] = mean[known]
        upper[known, column] = _quantile(1 - settings.alpha, mean[known], dispersion[known])
        p[known, column] = _tail(observed[known, week], mean[known], dispersion[known])
    judged = observed[:, first:]
    with np.errstate(invalid="ignore"):
        alarm = (judged > upper) & (judged > 0)
    return FarringtonAnswer(expected, upper, p, phi, alarm)


def season_blocks(week: int, settings: FarringtonSettings) -> npt.NDArray[np.int64]:
    """The season factor of each week up to `week`: `periods` for the weeks around the same week of former
    years, 1, 2, … for the blocks between, 0 for weeks that are not used."""
    half, periods = settings.half_window, settings.periods
    factors = np.zeros(week + 1, np.int64)
    factors[week - half :] = periods
    references = week - WEEKS_A_YEAR * np.arange(settings.years + 1)
    for later, reference in pairwise(references):
        factors[max(reference - half, 0) : reference + half + 1] = periods
        if periods == 1:
            continue
        between = np.arange(reference + half + 1, later - half)
        for block, part in enumerate(np.array_split(between, periods - 1), 1):
            factors[part] = block
    factors[week - settings.weeks_left_out :] = 0
    return factors


def _predict(observed: Floats, week: int, settings: FarringtonSettings) -> tuple[Floats, Floats]:
    """Mean of `week` and dispersion, for each series; NaN where the model does not converge."""
    factors = season_blocks(week, settings)
    used = np.flatnonzero(factors)
    levels = [level for level in np.unique(factors[used]) if level != np.unique(factors[used])[0]]
    season = np.stack([np.ones(len(used)), *[(factors[used] == level) * 1.0 for level in levels]], axis=1)
    now = np.array([1.0, *[float(level == settings.periods) for level in levels]])
    # Centred and scaled: the fit is R's, the sums stay well conditioned.
    time = (used - used.mean())[:, None] / WEEKS_A_YEAR
    with_trend = np.hstack([season, time])
    now_with_trend = np.append(now, (week - used.mean()) / WEEKS_A_YEAR)
    response = observed[:, used]
    fit = _reweighted(response, with_trend, settings)
    mean = np.exp(np.clip(fit.beta @ now_with_trend, -700, 700))
    trusted = fit.converged & (settings.years >= 3)
    trusted &= (_trend_p(fit, response, with_trend) < settings.trend_p) & (mean <= response.max(1))
    phi = fit.phi
    flat = np.flatnonzero(~trusted)
    if len(flat):
        without = _reweighted(response[flat], season, settings)
        mean[flat] = np.where(without.converged, np.exp(np.clip(without.beta @ now, -700, 700)), np.nan)
        phi[flat] = without.phi
    return mean, phi


@dataclass(slots=True)
class _Fit:
    beta: Floats
    mu: Floats
    phi: Floats
    omega: Floats
    converged: npt.NDArray[np.bool_]


def _reweighted(response: Floats, design: Floats, settings: FarringtonSettings) -> _Fit:
    ones = np.ones_like(response)
    beta, mu, first = _quasi_poisson(response, design, ones)
    phi = _dispersion(response, mu, ones, design)
    leverage = _leverage(mu, design)
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = 1.5 * (response ** (2 / 3) * mu ** (-1 / 6) - mu**0.5)
        residual = residual / np.sqrt(phi[:, None] * (1 - leverage))
        high = residual > settings.residual_limit
        raw = np.where(high, residual**-2.0, 1.0)
    omega = raw * (response.shape[1] / raw.sum(1))[:, None]
    beta, mu, _ = _quasi_poisson(response, design, omega)
    # R looks at the convergence of the first fit alone.
    return _Fit(beta, mu, _dispersion(response, mu, omega, design), omega, first)


def _quasi_poisson(
    response: Floats, design: Floats, weights: Floats
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """(coefficients, means, converged): R's `glm.fit`, its start and its rule for stopping."""
    series, columns = len(response), design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    mu = response + 0.1
    eta = np.log(mu)
    deviance = _deviance(response, mu, weights)
    beta = np.zeros((series, columns))
    converged = np.zeros(series, bool)
    active = np.arange(series)
    for _ in range(_MAXIMUM_ITERATIONS):
        working = weights[active] * mu[active]
        target = eta[active] + (response[active] - mu[active]) / mu[active]
        left = (working @ products).reshape(len(active), columns, columns)
        right = (working * target) @ design
        beta[active] = _solve(left, right)
        eta[active] = np.clip(beta[active] @ design.T, -700, 700)
        mu[active] = np.maximum(np.exp(eta[active]), np.finfo(float).eps)
        now = _deviance(response[active], mu[active], weights[active])
        done = np.abs(now - deviance[active]) / (np.abs(now) + 0.1) < _EPSILON
        deviance[active] = now
        converged[active[done]] = True
        active = active[~done]
        if not len(active):
            break
    return beta, mu, converged


def _solve(left: Floats, right: Floats) -> Floats:
    # A level without a single case has a weight near nothing: the tiny ridge keeps the matrix regular.
    diagonal = np.einsum("sii->si", left)
    scale = 1 / np.sqrt(np.maximum(diagonal, 1e-300))
    scaled = left * scale[:, :, None] * scale[:, None, :] + 1e-13 * np.eye(left.shape[1])
    solved: Floats = np.linalg.solve(scaled, (right * scale)[:, :, None])[:, :, 0] * scale
    return solved


def _deviance(response: Floats, mu: Floats, weights: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(response > 0, response * np.log(response / mu), 0.0) - (response - mu)
    total: Floats = 2 * (weights * part).sum(1)
    return total


def _dispersion(response: Floats, mu: Floats, weights: Floats, design: Floats) -> Floats:
    freedom = response.shape[1] - design.shape[1]
    phi: Floats = np.maximum((weights * (response - mu) ** 2 / mu).sum(1) / freedom, 1.0)
    return phi


def _inverse(mu: Floats, design: Floats) -> Floats:
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    left = (mu @ products).reshape(len(mu), design.shape[1], design.shape[1])
    scale = 1 / np.sqrt(np.maximum(np.einsum("sii->si", left), 1e-300))
    scaled = left * scale[:, :, None] * scale[:, None, :] + 1e-13 * np.eye(left.shape[1])
    inverse: Floats = np.linalg.inv(scaled) * scale[:, :, None] * scale[:, None, :]
    return inverse


def _leverage(mu: Floats, design: Floats) -> Floats:
    inside = np.einsum("np,spq,nq->sn", design, _inverse(mu, design), design, optimize=True)
    leverage: Floats = np.minimum(mu * inside, 1 - 1e-12)
    return leverage


def _trend_p(fit: _Fit, response: Floats, design: Floats) -> Floats:
    """p of the trend, the last column. R puts the case weights where the working weights were, so that its
    test divides by another dispersion than its bound; so do we."""
    freedom = response.shape[1] - design.shape[1]
    dispersion = (fit.omega * ((response - fit.mu) / fit.mu) ** 2).sum(1) / freedom
    variance = _inverse(fit.omega * fit.mu, design)[:, -1, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = fit.beta[:, -1] / np.sqrt(dispersion * variance)
    return np.asarray(2 * t.sf(np.abs(statistic), freedom), np.float64)


def _quantile(level: float, mean: Floats, phi: Floats) -> Floats:
    over = phi > 1
    size = np.where(over, mean / np.where(over, phi - 1, 1.0), 1.0)
    wide = nbinom.ppf(level, size, np.where(over, 1 / phi, 0.5))
    quantile: Floats = np.where(over, wide, poisson.ppf(level, mean))
    return quantile


def _tail(count: Floats, mean: Floats, phi: Floats) -> Floats:
    over = phi > 1
    size = np.where(over, mean / np.where(over, phi - 1, 1.0), 1.0)
    many = np.maximum(count, 1e-9)
    wide = betainc(many, size, np.where(over, 1 - 1 / phi, 0.5))
    return np.where(count <= 0, 1.0, np.where(over, wide, gammainc(many, mean)))
