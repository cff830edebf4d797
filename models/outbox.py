"""Work to do, written in the same transaction as the fact that asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.vocabulary import OutboxState

AGAIN = "again"
"""In the payload that a handler is given when the row was begun before: what that run did may be done."""


class OutboxRow(Base):
    """`payload` holds ids and codes only. The row and its lease are the truth; Redis merely wakes."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    queue: Mapped[str] = mapped_column(String(12))
    """carrier (done at once by the process that wrote it) | urgent | danger | work | speech | bulk (RQ)."""
    key: Mapped[str] = mapped_column(String(100), unique=True)
    """Writing the same work twice is one row."""
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(String(80))
    """Kind of the last error, without data."""


class Progress(Base):
    """How far a long piece of work is, for people to see."""

    __tablename__ = "progress"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """demonstration | nightly ..."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(40), default="")
    moved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
