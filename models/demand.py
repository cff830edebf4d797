"""What the line was asked for: callers by quarter of an hour, and the target that seats are reckoned for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base


class QuarterCount(Base):
    """Callers of one centre in one quarter of an hour, made anew from the calls whenever it is counted.

    No row: nobody called. Short abandons, outbound and limited calls are no demand.
    """

    __tablename__ = "quarter_count"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    callers: Mapped[int]
    answered: Mapped[int]
    gave_up: Mapped[int]
    """Hung up while waiting."""
    waited_seconds: Mapped[float] = mapped_column(Float)
    """Of all callers together, until answered or gone."""
    handled: Mapped[int]
    """Talks that have ended."""
    handle_seconds: Mapped[float] = mapped_column(Float)
    """Of those together: talk, and the note until it was closed."""


class StaffingPolicy(Base):
    """A row for each decision; the newest stands, the older ones are the history."""

    __tablename__ = "staffing_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    within_seconds: Mapped[int] = mapped_column(default=15)
    answered_percent: Mapped[int] = mapped_column(default=95)
    shrinkage_percent: Mapped[int] = mapped_column(default=15)
    """Of a rostered hour: break, training, supervision, rest after a hard call."""
    calls_a_day: Mapped[int] = mapped_column(default=40)
    """Expected of a centre before it has a history of its own."""
    handle_minutes: Mapped[int] = mapped_column(default=30)
    """Talk and note, before there is a history."""
    set_at: Mapped[datetime | None]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def standing_staffing(session: Session) -> StaffingPolicy:
    """The newest decision; before the first one, the product's defaults (not on file)."""
    found = session.scalars(select(StaffingPolicy).order_by(StaffingPolicy.id.desc()).limit(1)).first()
    return found or StaffingPolicy(
        within_seconds=15, answered_percent=95, shrinkage_percent=15, calls_a_day=40, handle_minutes=30
    )
