"""Danger to life as a tracked object, and follow-ups due by the rule of the risk level."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedText
from models.people import Person
from models.vocabulary import DangerState, FollowUpState


class Danger(Base):
    """有生命危险: raised by key, mark or button; seen by a supervisor; closed only with an outcome."""

    __tablename__ = "danger"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    state: Mapped[DangerState] = mapped_column(default=DangerState.OPEN, index=True)
    source: Mapped[str] = mapped_column(String(12))
    """key | mark | desk | message."""
    raised_at: Mapped[datetime]
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(EncryptedText("danger.outcome"))

    call: Mapped[Call] = relationship()
    seen_by: Mapped[Person | None] = relationship(foreign_keys=[seen_by_id])


class HelpRequest(Base):
    """An operator asks a supervisor to come."""

    __tablename__ = "help_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class FollowUp(Base):
    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    rule: Mapped[str] = mapped_column(String(20))
    """R3-D1: which rule made it."""
    due_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[FollowUpState] = mapped_column(default=FollowUpState.DUE, index=True)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    call: Mapped[Call] = relationship()
