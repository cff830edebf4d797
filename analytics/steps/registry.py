"""The registry of issues between SQL rows and the grouper's plain state.

One registry for each embedder; its row is the lock under which issues are born and grow. Issue ids are
shared by all registries and never used again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.cluster import GroupState, PoolItem
from analytics.cluster import Issue as GroupIssue
from analytics.cluster.embedder import Vectors
from models.surveillance import Contact, Issue, IssueRegistry
from models.vocabulary import AnalysisState

KEEP = 0.5 ** (1 / 400)
"""Each new member lets the older ones weigh a little less (half after 400): `Grouper`'s own rule."""


def unpack(stored: bytes) -> Vectors:
    return np.frombuffer(stored, np.float32).copy()


def lock_registry(session: Session, embedder: str, dimension: int) -> IssueRegistry:
    row = session.get(IssueRegistry, embedder, with_for_update=True)
    if row is None:
        row = IssueRegistry(embedder=embedder, dimension=dimension)
        session.add(row)
        session.flush()
    return row


def load_state(session: Session, registry: IssueRegistry) -> GroupState:
    """The live issues (not the pool). A merged one is left out: it takes no call."""
    state = GroupState(registry.embedder, registry.dimension, next_id=next_issue_id(session))
    state.centre = unpack(registry.centre) if registry.centre is not None else None
    for row in session.scalars(
        select(Issue).where(
            Issue.embedder == registry.embedder, Issue.alias_of_id.is_(None), Issue.centroid.is_not(None)
        )
    ):
        state.issues[row.id] = GroupIssue(
            id=row.id,
            name=row.name,
            phrases=tuple(row.keywords),
            born_on=row.first_day,
            last_on=row.last_day,
            size=row.size,
            centroid=unpack(row.centroid or b""),
            status="muted" if row.muted else "live",
        )
    return state


def next_issue_id(session: Session) -> int:
    return (session.scalar(select(func.max(Issue.id))) or 0) + 1


def load_pool(session: Session, registry: IssueRegistry, since: date | None) -> list[Contact]:
    """Contacts that were looked at and are near no issue yet, oldest first."""
    query = (
        select(Contact)
        .where(
            Contact.state == AnalysisState.DONE,
            Contact.issue_id.is_(None),
            Contact.grouped_at.is_not(None),
            Contact.vector.is_not(None),
            Contact.embedder == registry.embedder,
        )
        .order_by(Contact.day, Contact.id)
    )
    if since is not None:
        query = query.where(Contact.day > since)
    return list(session.scalars(query))


def pool_items(contacts: Iterable[Contact]) -> dict[str, PoolItem]:
    return {str(c.id): PoolItem(str(c.id), unpack(c.vector or b""), c.day, c.place_code) for c in contacts}


def add_member(issue: Issue, vector: Vectors, day: date) -> None:
    centroid = unpack(issue.centroid) if issue.centroid is not None else np.zeros_like(vector)
    issue.centroid = (centroid * KEEP + vector).astype(np.float32).tobytes()
    issue.size += 1
    issue.last_day = max(issue.last_day, day)
    issue.first_day = min(issue.first_day, day)


def rebuild_issue(session: Session, issue: Issue) -> None:
    """What is left of an issue after a member was taken out: nothing of that member's vector remains."""
    members = session.execute(
        select(Contact.vector, Contact.day)
        .where(Contact.issue_id == issue.id, Contact.vector.is_not(None), Contact.embedder == issue.embedder)
        .order_by(Contact.day, Contact.id)
    ).all()
    issue.size = len(members)
    if not members:
        issue.centroid = None
        return
    vectors = np.stack([unpack(member.vector) for member in members])
    weights = KEEP ** np.arange(len(members) - 1, -1, -1)
    issue.centroid = (weights[:, None] * vectors).sum(0).astype(np.float32).tobytes()
    issue.last_day = max(member.day for member in members)
