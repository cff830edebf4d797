"""The registry of issues between SQL rows and the grouper's plain state.

One registry for each embedder; its row is the lock under which issues are born. Issue ids are shared by all
registries and never used again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.cluster import GroupState
from analytics.cluster import Issue as GroupIssue
from analytics.cluster.embedder import Vectors, normalised
from models.surveillance import Contact, Issue, IssueEvent, IssueRegistry
from models.vocabulary import AnalysisState

BORN = "born"


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
    """The live issues, without recent texts. A merged one is left out: it takes no call."""
    state = GroupState(registry.embedder, registry.dimension, next_id=next_issue_id(session))
    state.centre = unpack(registry.centre) if registry.centre is not None else None
    events: dict[int, list[IssueEvent]] = defaultdict(list)
    for event in session.scalars(select(IssueEvent).order_by(IssueEvent.id)):
        events[event.issue_id].append(event)
    for row in session.scalars(
        select(Issue).where(
            Issue.embedder == registry.embedder, Issue.alias_of_id.is_(None), Issue.centroid.is_not(None)
        )
    ):
        born = next((event.data for event in events[row.id] if event.kind == BORN), {})
        state.issues[row.id] = GroupIssue(
            id=row.id,
            name=row.name,
            phrases=tuple(row.keywords),
            born_on=row.first_day,
            last_on=row.last_day,
            size=row.size,
            centroid=unpack(row.centroid or b""),
            status="muted" if row.muted else "live",
            held=any(event.person_id is not None for event in events[row.id]),
            founding=bool(born.get("founding")),
            flagged_on=row.first_day if born.get("emerging") else None,
        )
    return state


def next_issue_id(session: Session) -> int:
    return (session.scalar(select(func.max(Issue.id))) or 0) + 1


def recent_contacts(
    session: Session, registry: IssueRegistry, day: date, recent_days: int
) -> Sequence[Contact]:
    """Contacts of the last days up to `day` that were looked at, oldest first."""
    return session.scalars(
        select(Contact)
        .where(
            Contact.state == AnalysisState.DONE,
            Contact.grouped_at.is_not(None),
            Contact.vector.is_not(None),
            Contact.embedder == registry.embedder,
            Contact.day > day - timedelta(days=recent_days),
            Contact.day <= day,
        )
        .order_by(Contact.day, Contact.id)
    ).all()


def rebuild_issue(session: Session, issue: Issue) -> None:
    """What is left of an issue after a member was taken out: nothing of that member's vector remains."""
    registry = session.get(IssueRegistry, issue.embedder)
    members = session.execute(
        select(Contact.vector, Contact.day).where(
            Contact.issue_id == issue.id, Contact.vector.is_not(None), Contact.embedder == issue.embedder
        )
    ).all()
    issue.size = len(members)
    if not members:
        issue.centroid = None
        return
    vectors = np.stack([unpack(member.vector) for member in members])
    if registry is not None and registry.centre is not None:
        vectors = vectors - unpack(registry.centre)
    issue.centroid = normalised(normalised(vectors).sum(0, keepdims=True))[0].tobytes()
    issue.last_day = max(member.day for member in members)
