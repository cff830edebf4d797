"""Isolation sites: how many people are there, and how many who care for their minds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.places import Place


class IsolationSite(Base):
    __tablename__ = "isolation_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    people: Mapped[int]
    """Under medical observation there."""
    workers: Mapped[int]
    """Social workers and counsellors there."""
    counted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    place: Mapped[Place] = relationship()
