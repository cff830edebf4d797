"""An issue and what was merged into it. A merged issue keeps its id and its calls, and counts for the other;
all aliases point at the issue itself, never at one another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from models.surveillance import Contact, Issue


def parts_of(issue_id: int) -> Select[int]:
    """Ids of the issue and of all that are merged into it, as a query; an alias stands for its issue."""
    alias = select(Issue.alias_of_id).where(Issue.id == issue_id).scalar_subquery()
    root = func.coalesce(alias, issue_id)
    return select(Issue.id).where(or_(Issue.id == root, Issue.alias_of_id == root))


def roots(session: Session) -> Mapping[int, int]:
    """Merged issue -> the issue that it counts for."""
    rows = session.execute(select(Issue.id, Issue.alias_of_id).where(Issue.alias_of_id.is_not(None)))
    return {issue_id: root for issue_id, root in rows if root is not None}


Place = tuple[date, int]
"""Where a contact stands among those of its issue: its day and its id."""


def newest_of(session: Session, issue_id: int, limit: int, before: Place | None = None) -> list[Place]:
    """The newest contacts of the issue and its parts, newest first; those before a place, to turn the page.
    Each part is read along its index, so that an issue of many years costs what a young one costs."""
    found: list[Place] = []
    for part in session.scalars(parts_of(issue_id)).all():
        asked = select(Contact.day, Contact.id).where(Contact.issue_id == part)
        if before is not None:
            asked = asked.where(Contact.day <= before[0], tuple_(Contact.day, Contact.id) < before)
        asked = asked.order_by(Contact.day.desc(), Contact.id.desc()).limit(limit)
        found += [(row.day, row.id) for row in session.execute(asked)]
    return sorted(found, reverse=True)[:limit]
