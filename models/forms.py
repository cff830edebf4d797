"""A hotline's own versions of the contact form, and which version new notes are begun with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class FormVersion(Base):
    """A version made by a hotline. A draft until it is put in force; from then on it never changes."""

    __tablename__ = "form_version"

    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    """JSON, as the files of the shipped versions. Nobody's answers are here."""
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class FormInForce(Base):
    """A decision that new notes are begun with this version; the newest stands, the older are the history."""

    __tablename__ = "form_in_force"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(20), index=True)
    """A shipped version, or one of `form_version`."""
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
