"""What a shift owes beyond calls: forced tasks, appointments, and who took what over from whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedText
from models.people import Person
from models.vocabulary_after import (
    AppointmentState,
    ContactMethod,
    DutyKind,
    DutyOutcome,
    DutyState,
    HandoverState,
    ItemKind,
)


class Duty(Base):
    """One forced task of a contact. It belongs to the shift of its centre until it has an outcome."""

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("call_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    kind: Mapped[DutyKind]
    state: Mapped[DutyState] = mapped_column(default=DutyState.OPEN, index=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[DutyOutcome | None]
    outcome_text: Mapped[str | None] = mapped_column(EncryptedText("duty.outcome_text"))
    """To whom, under which number, or why not."""
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    escalated_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    done_by: Mapped[Person | None] = relationship()


class Appointment(Base):
    """预约: a time kept for one person. Those of one series were agreed together."""

    __tablename__ = "appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    series: Mapped[str] = mapped_column(String(32), index=True)
    method: Mapped[ContactMethod]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Preferred: whoever is on duty keeps it when this person is not there."""
    agreed: Mapped[str | None] = mapped_column(EncryptedText("appointment.agreed"))
    """Where, and what was agreed."""
    state: Mapped[AppointmentState] = mapped_column(default=AppointmentState.PLANNED, index=True)
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closing_note: Mapped[str | None] = mapped_column(EncryptedText("appointment.closing_note"))

    call: Mapped[Call] = relationship()
    worker: Mapped[Person] = relationship(foreign_keys=[worker_id])


class Handover(Base):
    """One thing handed from one person to another; the last accepted row of an item names its owner."""

    __tablename__ = "handover"
    __table_args__ = (Index("ix_handover_item_kind_item_id", "item_kind", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_kind: Mapped[ItemKind]
    item_id: Mapped[int]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    level: Mapped[int | None]
    """The risk level when it was handed over."""
    from_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None: it belonged to the shift alone."""
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[HandoverState] = mapped_column(default=HandoverState.OFFERED, index=True)
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    told: Mapped[str | None] = mapped_column(EncryptedText("handover.told"))
    """What the next one has to know."""

    giver: Mapped[Person | None] = relationship(foreign_keys=[from_id])
    taker: Mapped[Person] = relationship(foreign_keys=[to_id])
