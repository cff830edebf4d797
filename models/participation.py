"""Legs in a talk besides the caller's and the operator's, and the chain of transfers of a call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedText
from models.people import Person
from models.seats import Seat
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState, TransferKind, TransferState


class Transfer(Base):
    """One wish to bring somebody else to the caller, and what became of it. In the order of their ids the
    transfers of a call are its chain; the caller's original number stays with the call itself."""

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    kind: Mapped[TransferKind]
    state: Mapped[TransferState] = mapped_column(default=TransferState.ASKED, index=True)
    reason: Mapped[str | None] = mapped_column(String(40))
    """Code of why it did not come about: busy | no_answer | declined | leg_failed | target_left ..."""
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    from_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    to_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    partner_id: Mapped[int | None]
    """Of the directory of partner lines; the line may be renamed or dropped, the chain stays."""
    to_centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    to_language: Mapped[str | None] = mapped_column(String(12))
    to_skills: Mapped[list[str]] = mapped_column(default=list)
    """What the queue was asked for."""
    words: Mapped[str | None] = mapped_column(EncryptedText("transfer.words"))
    """What the first operator tells the next one."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    from_person: Mapped[Person | None] = relationship(foreign_keys=[from_person_id])
    from_seat: Mapped[Seat | None] = relationship(foreign_keys=[from_seat_id])
    to_seat: Mapped[Seat | None] = relationship(foreign_keys=[to_seat_id])
    to_person: Mapped[Person | None] = relationship(foreign_keys=[to_person_id])


class Participation(Base):
    """One leg called into a talk. The truth of `state` and `mode` is what the carrier confirmed."""

    __tablename__ = "participation"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"), index=True)
    role: Mapped[ParticipantRole]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"), index=True)
    partner_id: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(EncryptedText("participation.number"))
    """Dialled, for a leg outside; never a caller's."""
    leg_sid: Mapped[str | None] = mapped_column(String(64), index=True)
    state: Mapped[ParticipationState] = mapped_column(default=ParticipationState.ASKED, index=True)
    reason: Mapped[str | None] = mapped_column(String(40))
    mode: Mapped[AudioMode] = mapped_column(default=AudioMode.JOIN)
    mode_wanted: Mapped[AudioMode] = mapped_column(default=AudioMode.JOIN)
    heard_sequence: Mapped[int] = mapped_column(default=0)
    """Number of the last conference fact taken in: an older one that comes late changes nothing."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    """When it counts as not answered, should the carrier stay silent."""
    joined_at: Mapped[datetime | None]
    captions_opened_at: Mapped[datetime | None]
    """When this person first got the talk's words on the screen; audited once."""
    ended_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    transfer: Mapped[Transfer | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    seat: Mapped[Seat | None] = relationship()
