"""Quality review: scorecards as versioned data, samples with their seed, and what a review says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedJSON, EncryptedText
from models.people import Person
from models.vocabulary_quality import ReviewState, SampleReason


class ScorecardVersion(Base):
    """A scorecard that was saved; a review remembers the version it was written with. Never changed."""

    __tablename__ = "scorecard_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """As `hotline/domain/scorecard.py` reads it."""
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    saved_by: Mapped[Person | None] = relationship()


class SampleDraw(Base):
    """The draw of one month: whoever has the seed can repeat it."""

    __tablename__ = "sample_draw"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7), unique=True)
    """2026-11"""
    seed: Mapped[str] = mapped_column(String(32))
    each: Mapped[int]
    """How many of each operator, besides those of high risk."""
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class QualityReview(Base):
    """One call that is to be reviewed, or was: scores by item, and words to the operator."""

    __tablename__ = "quality_review"
    __table_args__ = (UniqueConstraint("call_id", "operator_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[SampleReason]
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("sample_draw.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.PROPOSED, index=True)
    scorecard_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard_version.id"))
    scores: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("quality_review.scores"), default=dict)
    """Item code -> 0, 1 or 2; an item that did not apply is not there."""
    comment: Mapped[str | None] = mapped_column(EncryptedText("quality_review.comment"))
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime | None]
    """The operator opened it."""
    reply: Mapped[str | None] = mapped_column(EncryptedText("quality_review.reply"))

    call: Mapped[Call] = relationship()
    operator: Mapped[Person] = relationship(foreign_keys=[operator_id])
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id])
    scorecard: Mapped[ScorecardVersion | None] = relationship()
