"""How often a number may come through for now: always with an end, always liftable, never silent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedText
from models.people import Person


class CallerLimit(Base):
    """At most `calls` within `window_seconds` reach a seat; the danger key and a message always work."""

    __tablename__ = "caller_limit"

    id: Mapped[int] = mapped_column(primary_key=True)
    caller_hash: Mapped[str] = mapped_column(String(64), index=True)
    calls: Mapped[int]
    window_seconds: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))
    """nuisance (an operator's disposition) | repeated_nuisance (by rule)."""
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    """The call that led to it."""
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: set by rule."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str | None] = mapped_column(EncryptedText("caller_limit.why"))
    """The reason of whoever extended or lifted it."""

    call: Mapped[Call] = relationship()
    set_by: Mapped[Person | None] = relationship(foreign_keys=[set_by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])
