"""Texts of scales that an authority filed with source and permission, and its choice of cut-offs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ScaleText(Base):
    """The words of a scale. Nobody's answers are here. The newest that is not withdrawn is shown."""

    __tablename__ = "scale_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    scale: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(Text)
    permission: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`instruction`, `options` and `items`, as `hotline.domain.scale_text` reads them."""
    filed_at: Mapped[datetime]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]


class ScaleChoice(Base):
    """Which cut-off set an authority chose; the newest of a scale stands, the older ones are the history."""

    __tablename__ = "scale_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    scale: Mapped[str] = mapped_column(String(12), index=True)
    cut_offs: Mapped[str] = mapped_column(String(24))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
