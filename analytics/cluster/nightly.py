"""What the registry answers: where a text went, and what a night did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a text went. `issue_id` is None for the pool; `nearest_id` tells what it came near to. Either may
    be one that was merged: `GroupState.resolve` tells what it is part of."""

    text_id: str
    issue_id: int | None
    similarity: float
    nearest_id: int | None

    @property
    def pooled(self) -> bool:
        return self.issue_id is None


@dataclass(frozen=True, slots=True)
class BornIssue:
    """A new issue of this night. `emerging`: worth a person's look; else it was founded or divided off.

    `divided_from` is the issue most of its members were in, None when they came from the pool.
    """

    issue_id: int
    name: str
    phrases: tuple[str, ...]
    member_ids: tuple[str, ...]
    medoid_id: str
    emerging: bool
    divided_from: int | None = None
    p: float | None = None
    expected: float | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Two issues that look alike; a person decides."""

    keep: int
    gone: int
    similarity: float


@dataclass(frozen=True, slots=True)
class NightlyReport:
    """What one night did.

    moved    texts that are in another issue (or out of the pool) than the evening before; all of them are at
             most `open_days` old, what is older is frozen. New members of `born` are among them.
    expired  texts that left the pool for their nearest issue after `pool_days`
    """

    day: date
    moved: Mapping[str, int]
    born: tuple[BornIssue, ...]
    merges: tuple[MergeProposal, ...]
    expired: tuple[str, ...]
