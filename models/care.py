"""Danger to life as a tracked object, and follow-ups due by the rule of the risk level."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call, Callback
from models.crypto import EncryptedText
from models.people import Person
from models.vocabulary import DangerState, FollowUpState
from models.vocabulary_after import ContactMethod, FollowUpResult


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
    """随访. It belongs to the duty shift; one worker is preferred, never the only one."""

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    """The contact that asked for it; it leads to the person's number and to the note."""
    rule: Mapped[str] = mapped_column(String(20))
    """R3-D1: which rule made it; BY-HAND: a person chose the day."""
    due_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[FollowUpState] = mapped_column(default=FollowUpState.DUE, index=True)
    preferred_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callback.id"))
    """Its tries on the telephone, dialled as every call-back is."""
    escalated_at: Mapped[datetime | None]
    """The supervisor was told that it is overdue at high risk."""
    method: Mapped[ContactMethod | None]
    result: Mapped[FollowUpResult | None]
    assessment: Mapped[str | None] = mapped_column(EncryptedText("follow_up.assessment"))
    counselling: Mapped[str | None] = mapped_column(EncryptedText("follow_up.counselling"))
    guidance: Mapped[str | None] = mapped_column(EncryptedText("follow_up.guidance"))
    """The three parts that a record holds (S1): 心理测评、心理疏导、健康指导."""
    rerated: Mapped[int | None]
    """The risk level found this time, R0–R4."""
    rerated_why: Mapped[str | None] = mapped_column(EncryptedText("follow_up.rerated_why"))
    next_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    call: Mapped[Call] = relationship()
    callback: Mapped[Callback | None] = relationship()
    preferred: Mapped[Person | None] = relationship(foreign_keys=[preferred_id])
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id])
