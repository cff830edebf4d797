"""Contacts written down by hand, and who was found to be the same person under two numbers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.people import Person


class ContactEntry(Base):
    """A visit, a web contact, an outbound contact or a paper form: the call row says when it really happened,
    this one when it was entered and from what."""

    __tablename__ = "contact_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    form_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    """Number printed on the paper form; a form is entered once."""
    late: Mapped[bool] = mapped_column(default=False)
    """补录: written down after the fact, from a paper form."""

    call: Mapped[Call] = relationship()
    entered_by: Mapped[Person] = relationship()


class CallerLink(Base):
    """A named person found that two numbers are one caller: keyed hashes alone."""

    __tablename__ = "caller_link"
    __table_args__ = (UniqueConstraint("first_hash", "second_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_hash: Mapped[str] = mapped_column(String(64), index=True)
    second_hash: Mapped[str] = mapped_column(String(64), index=True)
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
