"""What the registry of issues remembers, as plain data that a database or a file can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.cluster.embedder import Embedder, Vectors
from analytics.cluster.recent import POOLED, RecentTexts


@dataclass(frozen=True, slots=True)
class Issue:
    """A group of like calls. `id` is never used again, whatever becomes of the issue.

    status    live, muted (people: never flag it), merged (it takes calls on behalf of `alias_of`)
    held      people decided something about it: the machine never divides it
    kept      people split it: the calls that are in it stay in it
    centroid  direction of its recent members, the centre taken off, of length 1
    founding  born when the registry began, when nothing can be called new
    """

    id: int
    name: str
    phrases: tuple[str, ...]
    born_on: date
    last_on: date
    size: int
    centroid: Vectors
    status: str = "live"
    alias_of: int | None = None
    held: bool = False
    kept: bool = False
    founding: bool = False
    flagged_on: date | None = None
    medoid_id: str | None = None


@dataclass(slots=True)
class GroupState:
    """The registry of one embedder's issues. `centre` (the mean at founding) is taken off
    before comparing."""

    embedder_key: str
    dimension: int
    next_id: int = 1
    issues: dict[int, Issue] = field(default_factory=dict)
    recent: RecentTexts = field(default_factory=lambda: RecentTexts(0))
    centre: Vectors | None = None

    def __post_init__(self) -> None:
        if self.recent.dimension == 0:
            self.recent = RecentTexts(self.dimension)

    @property
    def pool(self) -> list[str]:
        """Ids of recent texts that are in no issue."""
        return [self.recent.ids[row] for row in self.recent.rows_of(POOLED)]

    @classmethod
    def empty(cls, embedder: Embedder) -> GroupState:
        """A registry that knows nothing yet."""
        return cls(embedder.key, embedder.dimension)

    def live(self) -> list[Issue]:
        """Issues that stand for themselves, by id."""
        return [issue for issue in self.taking() if issue.status != "merged"]

    def taking(self) -> list[Issue]:
        """Issues that texts may join, by id: one that was merged goes on under the issue it is part of, so
        that what people joined stays joined whatever the night finds, and can be taken apart again."""
        return [issue for _, issue in sorted(self.issues.items())]

    def resolve(self, issue_id: int) -> int:
        """The issue that an id stands for now: merges leave an alias behind."""
        seen = set()
        while (alias := self.issues[issue_id].alias_of) is not None and issue_id not in seen:
            seen.add(issue_id)
            issue_id = alias
        return issue_id

    def rename(self, issue_id: int, name: str) -> None:
        """A person names an issue; the machine keeps it."""
        self.issues[issue_id] = replace(self.issues[issue_id], name=name, held=True)

    def mute(self, issue_id: int, muted: bool = True) -> None:
        """A muted issue keeps taking calls and is never flagged."""
        self.issues[issue_id] = replace(self.issues[issue_id], status="muted" if muted else "live", held=True)

    def merge(self, keep: int, gone: int) -> None:
        """`gone` becomes a part of `keep`, with all that was merged into it; its id stays as an alias, its
        texts stay under it. Raises ValueError for one and the same."""
        keep, gone = self.resolve(keep), self.resolve(gone)
        if keep == gone:
            raise ValueError("an issue can't be merged into itself")
        self.issues[keep] = replace(self.issues[keep], held=True)
        for issue in self.taking():
            if issue.id == gone or issue.alias_of == gone:
                self.issues[issue.id] = replace(issue, status="merged", alias_of=keep, held=True)

    def part(self, gone: int) -> None:
        """Takes a merge back: the issue stands for itself again."""
        self.issues[gone] = replace(self.issues[gone], status="live", alias_of=None, held=True)

    def split(self, issue_id: int, text_ids: Sequence[str], centroid: Vectors, day: date, name: str) -> int:
        """A person takes these texts out of an issue: they are a new one, and both keep what they hold."""
        new, chosen = self.next_id, set(text_ids)
        self.next_id += 1
        self.issues[issue_id] = replace(self.issues[issue_id], held=True, kept=True)
        rows = [row for row, text_id in enumerate(self.recent.ids) if text_id in chosen]
        self.issues[new] = Issue(new, name, (), day, day, len(rows), centroid, held=True, kept=True)
        self.recent.issues[rows] = new
        return new

    def to_arrays(self) -> dict[str, Any]:
        """Rows without vectors (JSON-ready) and two matrices in row order: `centroids`, `recent_vectors`."""
        issues = [self.issues[key] for key in sorted(self.issues)]
        empty: npt.NDArray[np.float32] = np.zeros((0, self.dimension), np.float32)
        return {
            "embedder_key": self.embedder_key,
            "dimension": self.dimension,
            "next_id": self.next_id,
            "issues": [
                {
                    "id": issue.id,
                    "name": issue.name,
                    "phrases": list(issue.phrases),
                    "born_on": issue.born_on.isoformat(),
                    "last_on": issue.last_on.isoformat(),
                    "size": issue.size,
                    "status": issue.status,
                    "alias_of": issue.alias_of,
                    "held": issue.held,
                    "kept": issue.kept,
                    "founding": issue.founding,
                    "flagged_on": issue.flagged_on.isoformat() if issue.flagged_on else None,
                    "medoid_id": issue.medoid_id,
                }
                for issue in issues
            ],
            "recent": self.recent.rows(),
            "centroids": np.stack([issue.centroid for issue in issues]) if issues else empty,
            "recent_vectors": self.recent.vectors.copy(),
            "centre": self.centre,
        }

    @classmethod
    def from_arrays(cls, data: dict[str, Any]) -> GroupState:
        """The registry that `to_arrays` wrote."""
        state = cls(data["embedder_key"], data["dimension"], data["next_id"], centre=data["centre"])
        for row, centroid in zip(data["issues"], data["centroids"], strict=True):
            values = dict(row)
            values["phrases"] = tuple(row["phrases"])
            for key in ("born_on", "last_on", "flagged_on"):
                values[key] = date.fromisoformat(row[key]) if row[key] else None
            state.issues[row["id"]] = Issue(centroid=np.asarray(centroid, np.float32), **values)
        state.recent = RecentTexts.of(data["dimension"], data["recent"], data["recent_vectors"])
        return state
