"""知识库: graded protocols, each version written by one person and signed by another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.people import Person
from models.vocabulary_quality import Phase, ProtocolState


class ProtocolVersion(Base):
    """One version of one protocol; the newest signed one holds. The text of a version is never changed."""

    __tablename__ = "protocol_version"
    __table_args__ = (UniqueConstraint("code", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    number: Mapped[int]
    title_zh: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(120))
    card_zh: Mapped[str]
    """The one-page card: a step a line."""
    card_en: Mapped[str]
    script_zh: Mapped[str]
    """Sentences that can be said as they stand, one a line; perhaps empty."""
    script_en: Mapped[str]
    levels: Mapped[list[str]] = mapped_column(default=list)
    """Digits of R0–R4; none: of every level."""
    populations: Mapped[list[str]] = mapped_column(default=list)
    """Codes of `Population`; none: of everybody."""
    phases: Mapped[list[str]] = mapped_column(default=list)
    """Codes of `Phase`; none: at all times."""
    source: Mapped[str] = mapped_column(String(300))
    """The clause that states the rule."""
    state: Mapped[ProtocolState] = mapped_column(default=ProtocolState.DRAFT, index=True)
    written_at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    signer: Mapped[Person | None] = relationship(foreign_keys=[signer_id])


class ProtocolPhase(Base):
    """The phase that holds now, as a supervisor set it; the newest row counts."""

    __tablename__ = "protocol_phase"

    id: Mapped[int] = mapped_column(primary_key=True)
    phase: Mapped[Phase]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
