"""An issue and what was merged into it. A merged issue keeps its id and its calls, and counts for the other;
all aliases point at the issue itself, never at one another."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.surveillance import Issue


def parts_of(issue_id: int) -> Select[int]:
    """Ids of the issue and of all that are merged into it, as a query; an alias stands for its issue."""
    alias = select(Issue.alias_of_id).where(Issue.id == issue_id).scalar_subquery()
    root = func.coalesce(alias, issue_id)
    return select(Issue.id).where(or_(Issue.id == root, Issue.alias_of_id == root))


def roots(session: Session) -> Mapping[int, int]:
    """Merged issue -> the issue that it counts for."""
    rows = session.execute(select(Issue.id, Issue.alias_of_id).where(Issue.alias_of_id.is_not(None)))
    return {issue_id: root for issue_id, root in rows if root is not None}
