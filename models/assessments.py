"""Scales as asked in a talk: consent first, then answers and result; and the expert's opinion on them.

All of it is for the desk. It is sealed at rest and no report, export or alert may read it: a score is a
reason to care, never a label that leaves the hotline.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedJSON, EncryptedText
from models.people import Person
from models.scales import ScaleText
from models.vocabulary import ConsentState
from models.vocabulary_care import ConsultationState, Recommendation


class ScaleConsent(Base):
    """What the caller said before a scale was asked. A refusal is a normal outcome."""

    __tablename__ = "scale_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    scale: Mapped[str] = mapped_column(String(12))
    state: Mapped[ConsentState]
    how: Mapped[str] = mapped_column(String(12))
    """operator: said to the operator."""
    wording_version: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Assessment(Base):
    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("scale_consent.id"))
    scale: Mapped[str] = mapped_column(String(12))
    text_id: Mapped[int] = mapped_column(ForeignKey("scale_text.id"))
    """The words that were read out."""
    cut_offs: Mapped[str] = mapped_column(String(24))
    answers: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON("assessment.answers"))
    """Item number to value; None once consent was withdrawn, as `result`."""
    result: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON("assessment.result"))
    """`total`, `band`, `missing`, `alarms`, `rule_met`."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    call: Mapped[Call] = relationship()
    consent: Mapped[ScaleConsent] = relationship()
    text: Mapped[ScaleText] = relationship()
    person: Mapped[Person | None] = relationship()


class Consultation(Base):
    """会诊: asked upward with a result, answered by a named expert."""

    __tablename__ = "consultation"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    state: Mapped[ConsultationState] = mapped_column(default=ConsultationState.ASKED, index=True)
    question: Mapped[str] = mapped_column(EncryptedText("consultation.question"))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_to: Mapped[str | None] = mapped_column(String(80))
    """The institution above."""
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expert: Mapped[str | None] = mapped_column(String(60))
    """Name of the expert: no opinion without one."""
    opinion: Mapped[str | None] = mapped_column(EncryptedText("consultation.opinion"))
    opinion_at: Mapped[datetime | None]
    recommendation: Mapped[Recommendation | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    assessment: Mapped[Assessment | None] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
