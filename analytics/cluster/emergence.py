"""A kind of call that is new: dense now, hardly there before, often in one place.

A scan in the space of vectors: around each of the newest texts, how many of the last days' texts lie near,
and how many of the weeks before. Given both, the newer number is binomial if nothing changed, with the share
of all texts as its chance, so that a busy week or a slow Monday changes nothing (Przyborowski and Wilenski
1940, Biometrika 31). The places of the near texts are tested in the same way against the places of all texts,
and the two are joined by Fisher's method. No text later than the day is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.cluster.embedder import Vectors, normalised


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What counts as near and as worth a look. `radii` are cosines, chosen for each embedder.

    rise    times the expected number from which a group is new; what grows by less is known, its count tells
    """

    radii: tuple[float, ...] = (0.35, 0.45, 0.55)
    window_days: tuple[int, ...] = (7, 14)
    seed_days: int = 2
    minimum_members: int = 4
    minimum_history: int = 60
    p: float = 2e-3
    rise: float = 3.0
    same: float = 0.75


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dense new group: its rows in the arrays given, its centre, and how unlikely it is."""

    rows: tuple[int, ...]
    centre: Vectors
    p: float
    expected: float
    before: int
    place: str | None


def scan(
    vectors: Vectors,
    days: npt.NDArray[np.int32],
    places: Sequence[str | None],
    today: int,
    settings: ScanSettings,
) -> list[Candidate]:
    """Candidates of the day, most unlikely first, near-equal ones merged.

    vectors  (n, dimension) unit rows (centred), days their ordinals (none after `today`)
    """
    seeds = np.flatnonzero(days > today - settings.seed_days)
    if len(seeds) == 0 or len(vectors) < settings.minimum_history:
        return []
    near_seeds = vectors[seeds] @ vectors.T
    counts = Counter(places)
    found: list[Candidate] = []
    for window in settings.window_days:
        recent = days > today - window
        history = ~recent
        if history.sum() < settings.minimum_history:
            continue
        share = recent.sum() / len(days)
        for radius in settings.radii:
            near = near_seeds >= radius
            now, before = (near & recent).sum(1), (near & history).sum(1)
            p = _binomial_tail(now, now + before, share)
            promising = np.flatnonzero((now >= settings.minimum_members) & (p < 0.01))
            for row in promising[np.argsort(p[promising], kind="stable")][:40]:
                candidate = _candidate(vectors, recent, places, counts, near[row], radius, share, settings)
                if candidate is not None:
                    found.append(candidate)
    return _distinct(found, settings)


def _candidate(
    vectors: Vectors,
    recent: npt.NDArray[np.bool_],
    places: Sequence[str | None],
    counts: Counter[str | None],
    near: npt.NDArray[np.bool_],
    radius: float,
    share: float,
    settings: ScanSettings,
) -> Candidate | None:
    """Moves the centre to its new members once, counts again, and adds the places."""
    centre = normalised(vectors[near & recent].sum(0, keepdims=True))[0]
    around = vectors @ centre >= radius
    members = np.flatnonzero(around & recent)
    if len(members) < settings.minimum_members:
        return None
    before = int((around & ~recent).sum())
    if len(members) < settings.rise * before * share / (1 - share):
        return None
    p = float(_binomial_tail(np.array([len(members)]), np.array([len(members) + before]), share)[0])
    place, place_p = _place(members, places, counts)
    joined = max(p * place_p, 1e-300)
    # Fisher of two tests: the tail of chi-squared with four degrees of freedom in closed form.
    combined = joined * (1 - float(np.log(joined))) if joined < 1 else 1.0
    # One test of two is enough when the place says nothing: Fisher would only weaken it.
    return Candidate(
        tuple(int(row) for row in members),
        centre,
        min(1.0, 2 * min(p, combined)),
        before * share / (1 - share),
        before,
        place if place_p < 0.01 else None,
    )


def _place(
    members: npt.NDArray[np.int64], places: Sequence[str | None], counts: Counter[str | None]
) -> tuple[str | None, float]:
    """The place where most of them are, and how unlikely so many there are."""
    here = Counter(places[row] for row in members if places[row] is not None)
    if not here:
        return None, 1.0
    best, best_p = None, 1.0
    total = sum(count for place, count in counts.items() if place is not None)
    for place, count in here.items():
        chance = counts[place] / total
        p = float(_binomial_tail(np.array([count]), np.array([sum(here.values())]), chance)[0])
        if p < best_p:
            best, best_p = place, p
    return best, min(1.0, best_p * len(here))


def _distinct(found: list[Candidate], settings: ScanSettings) -> list[Candidate]:
    kept: list[Candidate] = []
    for candidate in sorted(found, key=lambda item: (item.p, -len(item.rows), item.rows)):
        if candidate.p >= settings.p:
            break
        overlap = any(
            candidate.centre @ other.centre >= settings.same
            or len(set(candidate.rows) & set(other.rows)) * 2 >= len(candidate.rows)
            for other in kept
        )
        if not overlap:
            kept.append(candidate)
    return kept


def _binomial_tail(
    count: npt.NDArray[np.int64], total: npt.NDArray[np.int64], chance: float
) -> npt.NDArray[np.float64]:
    """P(X >= count) for X binomial(total, chance)."""
    # Pages import this package for names and vectors; who judges loads the library.
    from scipy.special import betainc

    return np.where(count <= 0, 1.0, betainc(np.maximum(count, 1), np.maximum(total - count + 1, 1), chance))
