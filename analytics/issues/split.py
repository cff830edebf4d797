"""How an issue could fall into two: as its vectors lie, or by a phrase that a person names.

Only calls of the days that are still open are moved by a split; what is older stays where it was counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.cluster import GroupSettings, name_issue
from analytics.cluster.embedder import Vectors, normalised
from analytics.cluster.partition import smaller_half
from analytics.cluster.smoothing import smoothed
from analytics.issues.errors import NoSuchIssue, NothingToSplit
from analytics.issues.line import parts_of
from analytics.steps.registry import unpack
from models.surveillance import Contact, Issue, IssueRegistry

LEAST = 2
OPEN_DAYS = GroupSettings().open_days
_NAME_TEXTS = 200
_EXCERPTS = 3


@dataclass(frozen=True, slots=True)
class Half:
    """One side. `excerpts` are the redacted texts nearest to its middle."""

    contact_ids: tuple[int, ...]
    name: str
    phrases: tuple[str, ...]
    excerpts: tuple[str, ...]
    centroid: Vectors


@dataclass(frozen=True, slots=True)
class SplitProposal:
    """`upto`: the newest contact that was looked at, so that the answer is about what was shown."""

    staying: Half
    leaving: Half
    upto: int


def propose_split(
    session: Session, issue_id: int, today: date, phrase: str = "", upto: int | None = None
) -> SplitProposal:
    """The same calls give the same answer. Raises NoSuchIssue, and NothingToSplit with fewer than two calls
    on a side."""
    issue = session.get(Issue, issue_id)
    if issue is None:
        raise NoSuchIssue(issue_id=issue_id)
    asked = select(Contact).where(
        Contact.issue_id.in_(parts_of(issue_id)),
        Contact.vector.is_not(None),
        Contact.embedder == issue.embedder,
        Contact.day > today - timedelta(days=OPEN_DAYS),
    )
    if upto is not None:
        asked = asked.where(Contact.id <= upto)
    contacts = session.scalars(asked.order_by(Contact.id)).all()
    if len(contacts) < 2 * LEAST:
        raise NothingToSplit(issue_id=issue_id)
    vectors = np.stack([unpack(contact.vector or b"") for contact in contacts])
    registry = session.get(IssueRegistry, issue.embedder)
    if registry is not None and registry.centre is not None:
        vectors = vectors - unpack(registry.centre)
    vectors = smoothed(normalised(vectors))
    texts = [contact.text or "" for contact in contacts]
    if phrase:
        leaving = np.array([phrase.lower() in text.lower() for text in texts])
    else:
        leaving = smaller_half(vectors, issue_id)
    if min(leaving.sum(), (~leaving).sum()) < LEAST:
        raise NothingToSplit(issue_id=issue_id)
    ids = [contact.id for contact in contacts]
    return SplitProposal(
        _half(ids, vectors, texts, ~leaving), _half(ids, vectors, texts, leaving), contacts[-1].id
    )


def _half(ids: list[int], vectors: Vectors, texts: list[str], chosen: npt.NDArray[np.bool_]) -> Half:
    rows, others = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    centroid = normalised(vectors[rows].sum(0, keepdims=True))[0]
    order = rows[np.argsort(-(vectors[rows] @ centroid), kind="stable")]
    name, phrases = name_issue(
        [texts[row] for row in order[:_NAME_TEXTS]], [texts[row] for row in others[-_NAME_TEXTS:]]
    )
    excerpts = list(dict.fromkeys(texts[row] for row in order if texts[row]))[:_EXCERPTS]
    return Half(tuple(ids[row] for row in rows), name, phrases, tuple(excerpts), centroid)
