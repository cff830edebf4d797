"""What people ask of the roster and what it asks of them: leave, swaps, absences, summons, notices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.people import Person
from models.vocabulary_roster import AbsenceEnd, AskState, LeaveKind, NoticeKind, SummonsAnswer


class Leave(Base):
    __tablename__ = "leave"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[LeaveKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    note: Mapped[str | None] = mapped_column(EncryptedText("leave.note"))
    """May speak of health."""
    state: Mapped[AskState] = mapped_column(default=AskState.ASKED, index=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Swap(Base):
    """`from` gives a shift to `to`, for one of theirs or for none.

    The shifts may go away later; their ids stay as a record.
    """

    __tablename__ = "swap"

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(index=True)
    other_shift_id: Mapped[int | None]
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[AskState] = mapped_column(default=AskState.ASKED, index=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None once granted: by rule."""

    giver: Mapped[Person] = relationship(foreign_keys=[from_id])
    taker: Mapped[Person] = relationship(foreign_keys=[to_id])


class Absence(Base):
    """Somebody rostered whom no seat has seen, until one does or the shift is over."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(unique=True)
    """The shift may be taken out of the roster later; that nobody came stays on record."""
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    noticed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_how: Mapped[AbsenceEnd | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship()


class Summons(Base):
    """A person asked to come on duty, and what they answered."""

    __tablename__ = "summons"
    __table_args__ = (Index("ix_summons_answer_asked_at", "answer", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    absence_id: Mapped[int | None] = mapped_column(ForeignKey("absence.id"), index=True)
    """None: asked to fill a gap that lies ahead."""
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    answer: Mapped[SummonsAnswer] = mapped_column(default=SummonsAnswer.WAITING)
    answered_at: Mapped[datetime | None]
    leg_sid: Mapped[str | None] = mapped_column(String(40))

    person: Mapped[Person] = relationship()


class StaffNotice(Base):
    """Told to one person on their own page, and by the ways that they and the policy chose."""

    __tablename__ = "staff_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[NoticeKind]
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """What it is about: the same is told once."""
    starts_at: Mapped[datetime | None]
    """Begin of the shift or gap it speaks of."""
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class DutyContact(Base):
    """Where a member of staff is reached off duty. Seen by themselves and dialled by the hotline."""

    __tablename__ = "duty_contact"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    phone: Mapped[str | None] = mapped_column(EncryptedText("duty_contact.phone"))
    email: Mapped[str | None] = mapped_column(EncryptedText("duty_contact.email"))
    feed_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret link to their calendar; None: there is no link."""
    feed_made_at: Mapped[datetime | None]
