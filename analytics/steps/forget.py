"""A withdrawal takes away all that analysis made of a call: transcript, marks, text, vector, membership."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from analytics.steps.registry import lock_registry, rebuild_issue
from models.recordings import RiskMark, Transcript
from models.surveillance import Contact, Issue, IssueRegistry


def drop_contact(session: Session, call_id: int) -> date | None:
    """Remove the contact and its part in its issue. Gives the day to count again, or None."""
    contact = session.scalars(select(Contact).where(Contact.call_id == call_id)).first()
    if contact is None:
        return None
    day, issue_id = contact.day, contact.issue_id
    session.delete(contact)
    session.flush()
    if issue_id is not None:
        leave_issue(session, issue_id)
    return day


def leave_issue(session: Session, issue_id: int) -> None:
    issue = session.get(Issue, issue_id)
    if issue is None:
        return
    registry = session.get(IssueRegistry, issue.embedder)
    if registry is not None:
        lock_registry(session, registry.embedder, registry.dimension)
    rebuild_issue(session, issue)


def drop_words(session: Session, call_id: int) -> int:
    """Transcripts and the marks on what was said, and how many they were. Marks on the operator's note stay
    with the note."""
    spoken = (
        delete(Transcript).where(Transcript.call_id == call_id),
        delete(RiskMark).where(RiskMark.call_id == call_id, RiskMark.source != "note"),
    )
    return sum(cast("CursorResult[Any]", session.execute(gone)).rowcount for gone in spoken)
