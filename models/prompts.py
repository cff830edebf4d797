"""What callers hear, version by version: what was in use when stays on file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.people import Person
from models.vocabulary_prompts import Prompt, PromptSource


class PromptVersion(Base):
    """One wording or recording of one prompt. Never changed after it was made; at most one is in use."""

    __tablename__ = "prompt_version"
    __table_args__ = (
        UniqueConstraint("prompt", "number"),
        Index(
            "ix_prompt_version_in_use",
            "prompt",
            unique=True,
            sqlite_where=text("used_from IS NOT NULL AND used_until IS NULL"),
            postgresql_where=text("used_from IS NOT NULL AND used_until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prompt: Mapped[Prompt]
    number: Mapped[int]
    """Counts from 1 for each prompt."""
    source: Mapped[PromptSource]
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    """The words, of a recording too: they are said should its file be gone."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the recording: the name of its file."""
    seconds: Mapped[float | None] = mapped_column(Float)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    used_from: Mapped[datetime | None]
    used_until: Mapped[datetime | None]

    made_by: Mapped[Person | None] = relationship()
