"""The registry of issues between SQL rows and the grouper's plain state.

One registry for each embedder; its row is the lock under which issues are born. Issue ids are shared by all
registries and never used again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from analytics.cluster import GroupState
from analytics.cluster import Issue as GroupIssue
from analytics.cluster.embedder import Vectors, normalised
from models.surveillance import Contact, Issue, IssueEvent, IssueNumber, IssueRegistry
from models.vocabulary import AnalysisState

BORN, SPLIT, RENAMED, MERGED, PARTED, MUTED, UNMUTED = (
    "born", "split", "renamed", "merged", "parted", "muted", "unmuted",
)  # fmt: skip

_THE_ROW = 1
_REBUILT_FROM = 2000
"""The newest members tell where an issue is; a withdrawal costs no more after years than after a season."""


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
    """The issues that take calls, without recent texts. A merged one takes them for the issue it is part
    of; one that nobody is left in takes none."""
    # A number of the night's own, above all that are taken: it is changed for a lasting one when it is saved.
    highest = session.scalar(select(func.max(Issue.id))) or 0
    state = GroupState(registry.embedder, registry.dimension, next_id=highest + 1)
    state.centre = unpack(registry.centre) if registry.centre is not None else None
    known = and_(Issue.embedder == registry.embedder, Issue.centroid.is_not(None))
    kept = people_keep(session, registry.embedder)
    held: set[int] = set()
    born: dict[int, dict[str, Any]] = {}
    columns = (IssueEvent.issue_id, IssueEvent.kind, IssueEvent.person_id, IssueEvent.data)
    events = select(*columns).join(Issue, Issue.id == IssueEvent.issue_id).where(known)
    for event in session.execute(events.order_by(IssueEvent.id)):
        if event.person_id is not None:
            held.add(event.issue_id)
        if event.kind == BORN:
            born.setdefault(event.issue_id, event.data)
    for row in session.scalars(select(Issue).where(known)):
        begun = born.get(row.id, {})
        merged = "merged" if row.alias_of_id is not None else None
        state.issues[row.id] = GroupIssue(
            id=row.id,
            name=row.name,
            phrases=tuple(row.keywords),
            born_on=row.first_day,
            last_on=row.last_day,
            size=row.size,
            centroid=unpack(row.centroid or b""),
            status=merged or ("muted" if row.muted else "live"),
            alias_of=row.alias_of_id,
            held=row.id in held,
            kept=row.id in kept,
            founding=bool(begun.get("founding")),
            flagged_on=row.first_day if begun.get("emerging") else None,
        )
    return state


def people_keep(session: Session, embedder: str) -> set[int]:
    """Issues that people split, with all that is merged into them: the calls in them stay in them."""
    split = select(IssueEvent.issue_id).where(
        IssueEvent.person_id.is_not(None), IssueEvent.kind.in_((BORN, SPLIT))
    )
    asked = select(Issue.id).where(
        Issue.embedder == embedder, or_(Issue.id.in_(split), Issue.alias_of_id.in_(split))
    )
    return set(session.scalars(asked))


def next_issue_id(session: Session) -> int:
    """Takes the next number for good: none is given twice, whatever becomes of the issue that had it."""
    row = session.get(IssueNumber, _THE_ROW, with_for_update=True)
    if row is None:
        row = IssueNumber(id=_THE_ROW, last=0)
        session.add(row)
    row.last = max(row.last, session.scalar(select(func.max(Issue.id))) or 0) + 1
    session.flush()
    return row.last


def recent_vectors(
    session: Session, registry: IssueRegistry, day: date, recent_days: int
) -> Iterator[Row[Any]]:
    """Id, vector, day, place and issue of the contacts of the last days up to `day` that were looked at,
    oldest first. Their texts stay sealed."""
    return iter(
        session.execute(
            select(Contact.id, Contact.vector, Contact.day, Contact.place_code, Contact.issue_id)
            .where(
                Contact.state == AnalysisState.DONE,
                Contact.grouped_at.is_not(None),
                Contact.vector.is_not(None),
                Contact.embedder == registry.embedder,
                Contact.day > day - timedelta(days=recent_days),
                Contact.day <= day,
            )
            .order_by(Contact.day, Contact.id)
            .execution_options(yield_per=2000)
        )
    )


def rebuild_issue(session: Session, issue: Issue) -> None:
    """What is left of an issue after a member was taken out: nothing of that member's vector remains."""
    registry = session.get(IssueRegistry, issue.embedder)
    issue.size = max(0, issue.size - 1)
    last = session.scalar(select(func.max(Contact.day)).where(Contact.issue_id == issue.id))
    issue.last_day = last or issue.last_day
    members = session.scalars(
        select(Contact.vector)
        .where(Contact.issue_id == issue.id, Contact.vector.is_not(None), Contact.embedder == issue.embedder)
        .order_by(Contact.day.desc(), Contact.id.desc())
        .limit(_REBUILT_FROM)
    ).all()
    if not members:
        issue.centroid = None
        return
    vectors = np.stack([unpack(vector or b"") for vector in members])
    if registry is not None and registry.centre is not None:
        vectors = vectors - unpack(registry.centre)
    issue.centroid = normalised(normalised(vectors).sum(0, keepdims=True))[0].tobytes()
