"""The structured note of a contact (来电登记表), its revisions, and changes of risk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedJSON, EncryptedText
from models.people import Person
from models.vocabulary import NoteState
from models.vocabulary_record import CallType, Disposition, Population, Problem

FORM_VERSION = "2026-12"


class Note(Base):
    """Codes that are counted stand in columns of their own; the rest and all free text are sealed."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    form_version: Mapped[str] = mapped_column(String(20), default=FORM_VERSION)
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[NoteState] = mapped_column(default=NoteState.DRAFT, index=True)
    call_type: Mapped[CallType | None]
    population: Mapped[Population | None]
    problem: Mapped[Problem | None]
    """The main one."""
    other_problems: Mapped[list[str]] = mapped_column(default=list)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    """Where the person is, as the operator heard it."""
    risk_level: Mapped[int | None]
    risk_floor: Mapped[int] = mapped_column(default=0)
    """The least level that software's marks ask for; only a named person goes below, with a reason."""
    disposition: Mapped[Disposition | None]
    fields: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("note.fields"), default=dict)
    """Everything else of the form: relation, sex, age band, risk facts, distress ..."""
    summary: Mapped[str | None] = mapped_column(EncryptedText("note.summary"))
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    call: Mapped[Call] = relationship()
    person: Mapped[Person | None] = relationship()


class NoteRevision(Base):
    """What was saved, each time: nothing typed is lost."""

    __tablename__ = "note_revision"
    __table_args__ = (UniqueConstraint("note_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), index=True)
    revision: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("note_revision.content"))


class RiskChange(Base):
    """Each change of a risk level. Lowering carries a named person and a reason."""

    __tablename__ = "risk_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), index=True)
    from_level: Mapped[int | None]
    to_level: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: software, which only raises."""
    reason: Mapped[str | None] = mapped_column(EncryptedText("risk_change.reason"))
    at: Mapped[datetime]
