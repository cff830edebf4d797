"""Asking for a detection: one that has not begun serves all who ask, one that runs is followed by one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from analytics.steps.understand import once_more
from models.outbox import OutboxRow
from models.unit_of_work import UnitOfWork
from models.vocabulary import OutboxState


def ask_detect(unit: UnitOfWork, day: date, due_at: datetime | None = None) -> None:
    """Called under the lock of the counts. The row that waits is held until the counts of this unit are
    committed: nobody begins it before, so that it judges them too."""
    waiting = unit.session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.kind == "detect",
            OutboxRow.state == OutboxState.DUE,
            OutboxRow.key.startswith(f"detect:{day.isoformat()}:"),
        )
        .order_by(OutboxRow.due_at)
        .limit(1)
        .with_for_update()
    ).first()
    due_at = due_at or unit.now
    if waiting is None:
        payload = {"day": day.isoformat()}
        unit.ask("detect", "work", f"detect:{day.isoformat()}:{once_more()}", payload, due_at)
    elif waiting.due_at > due_at:
        # It failed and was to wait long; there is something new to judge now.
        waiting.due_at = due_at
