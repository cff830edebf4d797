"""What people did about a danger: ticks of its checklist, decisions on reports, debriefs, questions asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.care import Danger
from models.crypto import EncryptedJSON, EncryptedText
from models.people import Person
from models.vocabulary_danger import AskState, Ground, ReportDecision, ReportTo, TickAnswer


class DangerTick(Base):
    """A person's answer to one step of the checklist; the newest of a step counts, none is overwritten."""

    __tablename__ = "danger_tick"

    id: Mapped[int] = mapped_column(primary_key=True)
    danger_id: Mapped[int] = mapped_column(ForeignKey("danger.id"), index=True)
    checklist: Mapped[str] = mapped_column(String(20))
    """Version of `hotline/care/checklist.py`."""
    step: Mapped[str] = mapped_column(String(30))
    answer: Mapped[TickAnswer]
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship()


class DangerReport(Base):
    """A named person's decision to tell somebody outside, or not to, with its ground. Never changed."""

    __tablename__ = "danger_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    danger_id: Mapped[int] = mapped_column(ForeignKey("danger.id"), index=True)
    recipient: Mapped[ReportTo]
    line_id: Mapped[int | None] = mapped_column(ForeignKey("partner_line.id"))
    """The directory's line, when it was one: the command centre of the person's place."""
    recipient_name: Mapped[str | None] = mapped_column(EncryptedText("danger_report.recipient_name"))
    decision: Mapped[ReportDecision]
    ground: Mapped[Ground | None]
    """None where nothing was sent."""
    why: Mapped[str | None] = mapped_column(EncryptedText("danger_report.why"))
    fields: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("danger_report.fields"), default=dict)
    """Exactly what was handed over, field by field; empty where nothing was."""
    linkage_id: Mapped[int | None] = mapped_column(ForeignKey("linkage.id"))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    danger: Mapped[Danger] = relationship()
    decided_by: Mapped[Person] = relationship()


class CallerAsk(Base):
    """A web caller is asked on their own page where they are and how to call back; they may decline."""

    __tablename__ = "caller_ask"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    state: Mapped[AskState] = mapped_column(default=AskState.ASKED)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    place: Mapped[str | None] = mapped_column(EncryptedText("caller_ask.place"))
    number: Mapped[str | None] = mapped_column(EncryptedText("caller_ask.number"))


class Debrief(Base):
    """After a danger: who spoke with the operator, what support was offered, and how much rest was taken."""

    __tablename__ = "debrief"

    id: Mapped[int] = mapped_column(primary_key=True)
    danger_id: Mapped[int] = mapped_column(ForeignKey("danger.id"), index=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who was on the line."""
    led_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    held_at: Mapped[datetime]
    written_at: Mapped[datetime]
    support: Mapped[list[str]] = mapped_column(default=list)
    """Codes of `Support` that were offered."""
    accepted: Mapped[list[str]] = mapped_column(default=list)
    rest_minutes: Mapped[int]
    words: Mapped[str | None] = mapped_column(EncryptedText("debrief.words"))

    operator: Mapped[Person | None] = relationship(foreign_keys=[operator_id])
    led_by: Mapped[Person] = relationship(foreign_keys=[led_by_id])
