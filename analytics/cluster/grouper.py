"""The registry at work: each call to the nearest issue or to the pool, each night the pool to new issues.

Ids are never used again and names are frozen at birth; the night only adds issues, absorbs what has become
near, and proposes merges. Single-pass assignment with two thresholds: a loose one to join an issue, a tight
one to bind a new one together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from analytics.cluster.embedder import Vectors, normalised
from analytics.cluster.group_state import GroupState, Issue, PoolItem
from analytics.cluster.naming import name_issue

TextsOf = Callable[[Sequence[str]], Mapping[str, str]]
"""Gives the redacted texts of these ids; ids whose text is gone are left out."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines after the centre is taken off, and sizes. Chosen on development data, for each embedder."""

    join: float = 0.30
    bind: float = 0.45
    merge: float = 0.80
    minimum_members: int = 5
    founding_texts: int = 120
    founding_days: int = 14
    pool_days: int = 14
    half_life_members: int = 400


THRESHOLDS = {
    "hotline-zh-static": Thresholds(),
    "lexical": Thresholds(join=0.10, bind=0.22, merge=0.70),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a text went. `issue_id` is None for the pool; `nearest_id` tells what it came near to."""

    text_id: str
    issue_id: int | None
    similarity: float
    nearest_id: int | None

    @property
    def pooled(self) -> bool:
        return self.issue_id is None


@dataclass(frozen=True, slots=True)
class BornIssue:
    """A new issue of this night. `emerging`: worth a person's look (never a founding one)."""

    issue_id: int
    name: str
    phrases: tuple[str, ...]
    member_ids: tuple[str, ...]
    medoid_id: str
    emerging: bool


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Two issues that look alike; a person (or a rule of the pipeline) decides."""

    keep: int
    gone: int
    similarity: float


@dataclass(frozen=True, slots=True)
class NightlyReport:
    """What one night did: pooled texts that found an issue, issues born, merges proposed, texts given up."""

    day: date
    absorbed: Mapping[str, int]
    born: tuple[BornIssue, ...]
    merges: tuple[MergeProposal, ...]
    expired: tuple[str, ...]


class Grouper:
    """Works on a `GroupState` in place; save the state after each batch and each night."""

    def __init__(self, state: GroupState, thresholds: Thresholds | None = None) -> None:
        self.state = state
        self.thresholds = thresholds or THRESHOLDS.get(state.embedder_key.split("@")[0], Thresholds())

    def assign(self, text_id: str, vector: Vectors, day: date, place: str | None = None) -> Decision:
        """The nearest live issue, or the pool. Raises ValueError for a vector of another size."""
        if vector.shape != (self.state.dimension,):
            raise ValueError(f"a vector of {self.state.dimension} numbers is needed")
        ids, centroids = self._centroids()
        best, similarity = None, -1.0
        if ids and np.any(vector):
            scores = centroids @ self._centred(vector[None, :])[0]
            index = int(np.argmax(scores))
            best, similarity = ids[index], float(scores[index])
        if best is not None and similarity >= self.thresholds.join:
            self._add(best, vector, day)
            return Decision(text_id, best, similarity, best)
        self.state.pool[text_id] = PoolItem(text_id, vector, day, place)
        return Decision(text_id, None, similarity, best)

    def nightly(self, day: date, texts_of: TextsOf) -> NightlyReport:
        """The pass at the end of `day`. Running it twice for a day changes nothing the second time."""
        expired = self._expire(day)
        if not self.state.issues:
            born = self._found(day, texts_of)
            return NightlyReport(day, {}, tuple(born), (), expired)
        absorbed = self._absorb()
        born = self._bear(day, texts_of, founding=False, groups=self._bound_groups())
        return NightlyReport(day, absorbed, tuple(born), tuple(self._alike()), expired)

    def leftovers(self) -> dict[str, int]:
        """For each pooled text the issue that is nearest, for exports that allow no outlier."""
        ids, centroids = self._centroids()
        items = list(self.state.pool.values())
        if not ids or not items:
            return {}
        scores = self._centred(np.stack([item.vector for item in items])) @ centroids.T
        return {item.text_id: ids[int(best)] for item, best in zip(items, scores.argmax(1), strict=True)}

    def _found(self, day: date, texts_of: TextsOf) -> list[BornIssue]:
        """The first issues: k-means over the first weeks' texts, k = sqrt(n / 2)."""
        items = list(self.state.pool.values())
        if len(items) < self.thresholds.founding_texts:
            return []
        if (day - min(item.day for item in items)).days + 1 < self.thresholds.founding_days:
            return []
        from sklearn.cluster import KMeans

        vectors = np.stack([item.vector for item in items])
        self.state.centre = vectors.mean(0).astype(np.float32)
        count = max(2, round((len(items) / 2) ** 0.5))
        labels = KMeans(count, n_init=4, random_state=0).fit_predict(self._centred(vectors))
        groups = [[items[row] for row in np.flatnonzero(labels == label)] for label in range(count)]
        return self._bear(day, texts_of, founding=True, groups=groups)

    def _bound_groups(self) -> list[list[PoolItem]]:
        """Groups of the pool that hang together: average linkage at the tight threshold."""
        items = list(self.state.pool.values())
        if len(items) < self.thresholds.minimum_members:
            return []
        from sklearn.cluster import AgglomerativeClustering

        labels = AgglomerativeClustering(
            n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - self.thresholds.bind
        ).fit_predict(self._centred(np.stack([item.vector for item in items])) + 1e-9)
        return [[items[row] for row in np.flatnonzero(labels == label)] for label in range(labels.max() + 1)]

    def _bear(
        self, day: date, texts_of: TextsOf, *, founding: bool, groups: Iterable[list[PoolItem]]
    ) -> list[BornIssue]:
        born = []
        ready = [group for group in groups if len(group) >= self.thresholds.minimum_members]
        for group in sorted(ready, key=lambda members: (-len(members), members[0].text_id)):
            vectors = np.stack([item.vector for item in group])
            centre = self._centred(vectors)
            medoid = group[int(np.argmax(centre @ normalised(centre.sum(0, keepdims=True))[0]))].text_id
            ids = [item.text_id for item in group]
            background = [text_id for text_id in self.state.pool if text_id not in set(ids)]
            texts = texts_of(ids)
            others = texts_of(background[-2000:])
            name, phrases = name_issue(list(texts.values()), list(others.values()))
            issue_id = self.state.next_id
            self.state.next_id += 1
            self.state.issues[issue_id] = Issue(
                id=issue_id, name=name, phrases=phrases, born_on=day, last_on=max(item.day for item in group),
                size=len(group), centroid=vectors.sum(0).astype(np.float32), founding=founding,
                flagged_on=None if founding else day, medoid_id=medoid,
            )  # fmt: skip
            born.append(BornIssue(issue_id, name, phrases, tuple(ids), medoid, emerging=not founding))
        for issue in born:
            for text_id in issue.member_ids:
                del self.state.pool[text_id]
        return born

    def _absorb(self) -> dict[str, int]:
        """Pooled texts that a grown issue has come near to."""
        ids, centroids = self._centroids()
        items = list(self.state.pool.values())
        if not items or not ids:
            return {}
        scores = self._centred(np.stack([item.vector for item in items])) @ centroids.T
        absorbed = {}
        for item, row in zip(items, scores, strict=True):
            best = int(np.argmax(row))
            if row[best] >= self.thresholds.join:
                self._add(ids[best], item.vector, item.day)
                absorbed[item.text_id] = ids[best]
                del self.state.pool[item.text_id]
        return absorbed

    def _alike(self) -> list[MergeProposal]:
        ids, centroids = self._centroids()
        scores = centroids @ centroids.T
        pairs = np.argwhere(np.triu(scores >= self.thresholds.merge, 1))
        return [MergeProposal(ids[int(a)], ids[int(b)], round(float(scores[a, b]), 4)) for a, b in pairs]

    def _expire(self, day: date) -> tuple[str, ...]:
        if not self.state.issues:
            return ()
        limit = day - timedelta(self.thresholds.pool_days)
        gone = tuple(text_id for text_id, item in self.state.pool.items() if item.day <= limit)
        for text_id in gone:
            del self.state.pool[text_id]
        return gone

    def _add(self, issue_id: int, vector: Vectors, day: date) -> None:
        issue = self.state.issues[issue_id]
        keep = 0.5 ** (1 / self.thresholds.half_life_members)
        self.state.issues[issue_id] = replace(
            issue,
            centroid=issue.centroid * keep + vector,
            size=issue.size + 1,
            last_on=max(issue.last_on, day),
        )

    def _centroids(self) -> tuple[list[int], Vectors]:
        live = self.state.live()
        if not live:
            return [], np.zeros((0, self.state.dimension), np.float32)
        return [issue.id for issue in live], self._centred(
            normalised(np.stack([issue.centroid for issue in live]))
        )

    def _centred(self, vectors: Vectors) -> Vectors:
        if self.state.centre is None:
            return normalised(vectors)
        return normalised(vectors - self.state.centre)
