"""People who sign in: operators, supervisors, officials, administrators."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.places import Centre, Place
from models.vocabulary import Role


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[Role]
    password_hash: Mapped[str] = mapped_column(String(200))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"))
    """An official sees this place and what lies below it."""
    language: Mapped[str] = mapped_column(String(5), default="zh")
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised to end every session of this person at once."""
    confidentiality_signed_at: Mapped[datetime | None]
    trained_at: Mapped[datetime | None]
    """Pre-service training passed; without it the queue does not admit (S2)."""
    created_at: Mapped[datetime]
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    centre: Mapped[Centre | None] = relationship()
    place: Mapped[Place | None] = relationship()


class SignInAttempt(Base):
    """Failed sign-ins, by keyed hash of login and of address, for throttling."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
