"""Spherical k-means in three small steps: found, divide, settle. Pure functions on arrays.

Spherical k-means: Dhillon and Modha 2001, Machine Learning 42. The number of groups follows sqrt(n / 2)
(Mardia, Kent and Bibby 1979); it is never given by a person.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from analytics.cluster.embedder import Vectors, normalised

Rows = npt.NDArray[np.int64]
_ROUNDS = 3


def found(vectors: Vectors, count: int, minimum: int) -> list[Rows]:
    """`count` groups at most, none smaller than `minimum`, largest first; smaller ones stay out."""
    from sklearn.cluster import KMeans

    labels = KMeans(min(count, len(vectors)), n_init=10, random_state=0).fit_predict(vectors)
    groups = [np.flatnonzero(labels == label) for label in range(int(labels.max()) + 1)]
    return sorted(
        (rows for rows in groups if len(rows) >= minimum), key=lambda rows: (-len(rows), int(rows[0]))
    )


def divide(
    vectors: Vectors,
    issues: npt.NDArray[np.int32],
    held: AbstractSet[int],
    wanted: int,
    minimum: int,
    is_open: npt.NDArray[np.bool_],
) -> list[Rows]:
    """Up to `wanted` parts split off the issues that lose most by being one (bisecting k-means).

    The larger part keeps the id; the rows given back are the open ones of the smaller parts. Held issues are
    never divided.
    """
    offers: list[tuple[float, Rows]] = []
    for issue in np.unique(issues):
        if issue == 0 or int(issue) in held:
            continue
        rows = np.flatnonzero(issues == issue)
        if len(rows) < 2 * minimum:
            continue
        part = smaller_half(vectors[rows], int(issue))
        smaller = rows[part][is_open[rows[part]]]
        if len(smaller) < minimum:
            continue
        larger = np.setdiff1d(rows, smaller, assume_unique=True)
        gain = _length(vectors[smaller]) + _length(vectors[larger]) - _length(vectors[rows])
        offers.append((gain, smaller))
    offers.sort(key=lambda offer: (-offer[0], int(offer[1][0])))
    return [rows for _, rows in offers[:wanted]]


def smaller_half(vectors: Vectors, seed: int) -> npt.NDArray[np.bool_]:
    """The smaller of the two groups that these rows fall into."""
    from sklearn.cluster import KMeans

    part: npt.NDArray[np.bool_] = KMeans(2, n_init=3, random_state=seed).fit_predict(vectors).astype(bool)
    return part if part.sum() * 2 <= len(part) else ~part


def settle(
    vectors: Vectors,
    issues: npt.NDArray[np.int32],
    is_open: npt.NDArray[np.bool_],
    ids: list[int],
    centroids: Vectors,
    join: float,
    stay: float,
) -> tuple[npt.NDArray[np.int32], Vectors]:
    """New issue of each row and new centroids, after a few warm-started rounds.

    A text leaves its issue only for one that is nearer by `stay`; a pooled one joins from `join` on; rows
    that are not open stay where they are and still hold their centroid in place.
    """
    index = {issue: row for row, issue in enumerate(ids)}
    place = np.array([index.get(int(issue), -1) for issue in issues])
    for _ in range(_ROUNDS):
        scores = vectors @ centroids.T
        best = scores.argmax(1)
        top = scores[np.arange(len(vectors)), best]
        current = np.where(place >= 0, scores[np.arange(len(vectors)), np.maximum(place, 0)] + stay, join)
        move = is_open & (top >= current)
        if not move.any():
            break
        place = np.where(move, best, place)
        sums = np.zeros_like(centroids)
        np.add.at(sums, place[place >= 0], vectors[place >= 0])
        filled = np.bincount(place[place >= 0], minlength=len(ids)) > 0
        centroids = np.where(filled[:, None], normalised(sums), centroids)
    numbers = np.array([*ids, 0], np.int32)
    return numbers[place], centroids.astype(np.float32)


def _length(vectors: Vectors) -> float:
    """Length of the sum: what spherical k-means maximises."""
    return float(np.linalg.norm(vectors.sum(0)))
