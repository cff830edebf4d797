"""The registry at work: each call to the nearest issue or to the pool, each night a look at the whole.

    assign    nearest live centroid, when it is near enough; else the pool
    nightly   1. found the first issues     2. lift out what is new (`emergence.scan`)
              3. as the texts grow in number let issues divide, so that about sqrt(n / 2) describe them
              4. move centroids and members a little (warm-started spherical k-means, with hysteresis)
              5. name the new, propose merges
Ids are never used again, names are frozen at birth, issues that people hold are never divided. The same input
gives the same answer: nothing is drawn at random but by the day.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from analytics.cluster import emergence
from analytics.cluster.embedder import Vectors, normalised
from analytics.cluster.emergence import Candidate, ScanSettings
from analytics.cluster.group_state import GroupState, Issue
from analytics.cluster.naming import name_issue
from analytics.cluster.nightly import BornIssue, Decision, MergeProposal, NightlyReport
from analytics.cluster.partition import divide, found, settle
from analytics.cluster.recent import POOLED
from analytics.cluster.smoothing import smoothed

TextsOf = Callable[[Sequence[str]], Mapping[str, str]]
"""Gives the redacted texts of these ids; ids whose text is gone are left out."""

_NAME_TEXTS = 200


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """Cosines after the centre is taken off, sizes and days; chosen on development data for each embedder."""

    join: float = 0.20
    merge: float = 0.85
    stay: float = 0.06
    minimum_members: int = 4
    founding_texts: int = 100
    founding_days: int = 7
    recent_days: int = 90
    open_days: int = 28
    pool_days: int = 14
    scan: ScanSettings = field(default_factory=ScanSettings)


SETTINGS = {
    "hotline-zh-static": GroupSettings(),
    "all-MiniLM-L6-v2": GroupSettings(scan=ScanSettings(radii=(0.45, 0.55, 0.65), p=1e-3)),
    "lexical": GroupSettings(join=0.05, merge=0.75, scan=ScanSettings(radii=(0.3, 0.4))),
}


class Grouper:
    """Works on a `GroupState` in place; save the state after each batch and each night."""

    def __init__(self, state: GroupState, settings: GroupSettings | None = None) -> None:
        self.state = state
        self.settings = settings or SETTINGS.get(state.embedder_key.split("@")[0], GroupSettings())

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
        joined = best if similarity >= self.settings.join else None
        self.state.recent.add(text_id, vector, day, place, joined or POOLED)
        if joined is not None:
            issue = self.state.issues[joined]
            self.state.issues[joined] = replace(issue, size=issue.size + 1, last_on=max(issue.last_on, day))
        return Decision(text_id, joined, similarity, best)

    def nightly(self, day: date, texts_of: TextsOf) -> NightlyReport:
        """The pass at the end of `day`; no text after `day` may have been assigned before it."""
        recent = self.state.recent
        today = day.toordinal()
        recent.keep(recent.days[: len(recent)] > today - self.settings.recent_days)
        before = recent.issues[: len(recent)].copy()
        founding = not self.state.issues
        if founding and not self._ready_to_found(today):
            return NightlyReport(day, {}, (), (), ())
        plain = self._take_centre(founding)
        vectors = smoothed(plain)
        born: list[BornIssue] = []
        if founding:
            labels = found(vectors, self._wanted(len(recent)), self.settings.minimum_members)
            born += [self._bear(day, rows, vectors, texts_of) for rows in labels]
        else:
            born += self._lift_new(day, plain, vectors, texts_of)
            born += self._divide(day, vectors, texts_of)
        expired = self._settle(today, vectors)
        now = recent.issues[: len(recent)]
        moved = {
            recent.ids[row]: int(now[row]) for row in np.flatnonzero(now != before) if now[row] != POOLED
        }
        return NightlyReport(day, moved, tuple(born), tuple(self.alike()), expired)

    def _ready_to_found(self, today: int) -> bool:
        recent = self.state.recent
        if len(recent) < self.settings.founding_texts:
            return False
        return today - int(recent.days[: len(recent)].min()) + 1 >= self.settings.founding_days

    def _take_centre(self, founding: bool) -> Vectors:
        if founding:
            self.state.centre = self.state.recent.vectors.mean(0).astype(np.float32)
        return self._centred(self.state.recent.vectors)

    def _wanted(self, count: int) -> int:
        return max(2, round(math.sqrt(count / 2)))

    def _lift_new(self, day: date, plain: Vectors, vectors: Vectors, texts_of: TextsOf) -> list[BornIssue]:
        recent = self.state.recent
        days = recent.days[: len(recent)]
        born = []
        for candidate in emergence.scan(plain, days, recent.places, day.toordinal(), self.settings.scan):
            if not self._already_known(candidate):
                rows = np.array(candidate.rows)
                born.append(self._bear(day, rows, vectors, texts_of, candidate))
        return born

    def _already_known(self, candidate: Candidate) -> bool:
        """True when the group was lifted out before, or is what people have decided about: it is growing,
        not new, and its count tells."""
        recent = self.state.recent
        inside = recent.issues[list(candidate.rows)]
        for issue in self.state.taking():
            young = not issue.founding and issue.flagged_on is not None
            if not young and not issue.held:
                continue
            if issue.centroid @ candidate.centre >= self.settings.scan.same:
                return True
            if young and (inside == issue.id).mean() > 0.4:
                return True
        return False

    def _divide(self, day: date, vectors: Vectors, texts_of: TextsOf) -> list[BornIssue]:
        recent = self.state.recent
        lacking = self._wanted(len(recent)) - len(
            {int(issue) for issue in recent.issues[: len(recent)]} - {POOLED}
        )
        if lacking <= 0:
            return []
        held = {issue.id for issue in self.state.taking() if issue.held}
        issues = recent.issues[: len(recent)]
        minimum = self.settings.minimum_members * 2
        groups = divide(vectors, issues, held, lacking, minimum, self._is_open(day.toordinal()))
        return [self._bear(day, rows, vectors, texts_of) for rows in groups]

    def _is_open(self, today: int) -> npt.NDArray[np.bool_]:
        return self.state.recent.days[: len(self.state.recent)] > today - self.settings.open_days

    def _bear(
        self,
        day: date,
        rows: npt.NDArray[np.int64],
        vectors: Vectors,
        texts_of: TextsOf,
        candidate: Candidate | None = None,
    ) -> BornIssue:
        state, recent = self.state, self.state.recent
        centroid = normalised(vectors[rows].sum(0, keepdims=True))[0]
        order = rows[np.argsort(-(vectors[rows] @ centroid), kind="stable")]
        ids = tuple(recent.ids[row] for row in rows)
        inside = set(rows.tolist())
        others = [recent.ids[row] for row in range(len(recent)) if row not in inside][-5 * _NAME_TEXTS :]
        members = [recent.ids[row] for row in order[:_NAME_TEXTS]]
        name, phrases = name_issue(list(texts_of(members).values()), list(texts_of(others).values()))
        came_from = np.bincount(recent.issues[rows]).argmax() if len(rows) else POOLED
        issue_id = state.next_id
        state.next_id += 1
        state.issues[issue_id] = Issue(
            id=issue_id,
            name=name,
            phrases=phrases,
            born_on=day,
            last_on=day,
            size=len(rows),
            centroid=centroid,
            founding=not state.issues
            or all(issue.founding and issue.born_on == day for issue in state.live()),
            flagged_on=day if candidate else None,
            medoid_id=recent.ids[order[0]],
        )
        recent.issues[rows] = issue_id
        return BornIssue(
            issue_id,
            name,
            phrases,
            ids,
            recent.ids[order[0]],
            candidate is not None,
            int(came_from) or None,
            candidate.p if candidate else None,
            candidate.expected if candidate else None,
            candidate.place if candidate else None,
        )

    def _settle(self, today: int, vectors: Vectors) -> tuple[str, ...]:
        """Moves centroids to their members and open texts to their nearest centroid; empties the old pool."""
        recent, settings = self.state.recent, self.settings
        days = recent.days[: len(recent)]
        ids, centroids = self._centroids()
        issues = recent.issues[: len(recent)]
        kept = [issue.id for issue in self.state.taking() if issue.kept]
        is_open = self._is_open(today) & ~np.isin(issues, kept)
        new, moved = settle(vectors, issues, is_open, ids, centroids, settings.join, settings.stay)
        recent.issues[: len(recent)] = new
        sizes = np.bincount(new, minlength=max(ids, default=0) + 1)
        grown = sizes - np.bincount(issues, minlength=len(sizes))
        for issue_id, centroid in zip(ids, moved, strict=True):
            issue = self.state.issues[issue_id]
            self.state.issues[issue_id] = replace(
                issue, centroid=centroid, size=max(int(sizes[issue_id]), issue.size + int(grown[issue_id]))
            )
        old = days <= today - settings.pool_days
        late = np.flatnonzero((recent.issues[: len(recent)] == POOLED) & old)
        if len(late) and ids:
            nearest = (vectors[late] @ moved.T).argmax(1)
            recent.issues[late] = np.array(ids, np.int32)[nearest]
        return tuple(recent.ids[row] for row in late)

    def alike(self) -> list[MergeProposal]:
        """Issues whose directions nearly agree; those that people split stay apart. A person decides."""
        live = [issue for issue in self.state.live() if not issue.kept]
        if not live:
            return []
        centroids = np.stack([issue.centroid for issue in live])
        scores = centroids @ centroids.T
        pairs = np.argwhere(np.triu(scores >= self.settings.merge, 1))
        return [
            MergeProposal(live[int(a)].id, live[int(b)].id, round(float(scores[a, b]), 4)) for a, b in pairs
        ]

    def _centroids(self) -> tuple[list[int], Vectors]:
        taking = self.state.taking()
        if not taking:
            return [], np.zeros((0, self.state.dimension), np.float32)
        return [issue.id for issue in taking], np.stack([issue.centroid for issue in taking])

    def _centred(self, vectors: Vectors) -> Vectors:
        if self.state.centre is None:
            return normalised(vectors)
        return normalised(vectors - self.state.centre)
