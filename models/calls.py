"""Calls, offers, consent, call-backs, and the log of what the carrier said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Float, ForeignKey, Index, String, UniqueConstraint, event, false, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from models.base import Base
from models.call_back_words import CallDirection, TryResult
from models.crypto import EncryptedText
from models.needs import Need, urgent
from models.network import PhoneLine
from models.people import Person
from models.places import Centre, Place
from models.seats import Seat
from models.vocabulary import (
    CallbackKind,
    CallbackState,
    CallOutcome,
    CallState,
    ConsentKind,
    ConsentState,
    OfferState,
)
from models.vocabulary_network import DEFAULT_LANGUAGE
from models.vocabulary_record import Channel


class Call(Base):
    """One caller's contact, from ring to end. The truth is what the carrier confirmed."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The caller's leg at the carrier; none for contacts entered by hand."""
    direction: Mapped[CallDirection] = mapped_column(
        default=CallDirection.INBOUND, server_default=str(CallDirection.INBOUND)
    )
    channel: Mapped[Channel] = mapped_column(default=Channel.PHONE)
    number_dialled: Mapped[str] = mapped_column(String(20))
    caller_number: Mapped[str | None] = mapped_column(EncryptedText("call.caller_number"))
    caller_hash: Mapped[str] = mapped_column(String(64))
    """Keyed hash: recognises the same number again."""
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    place_source: Mapped[str | None] = mapped_column(String(20))
    """caller | operator | home | landline | mobile | trunk."""
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_line.id"), index=True)
    """The line that was dialled; None: a number that is in no list."""
    language: Mapped[str] = mapped_column(String(8), default="zh", server_default="zh")
    """A code of `Language`: who answers must speak it, while somebody on duty does."""
    wanted_skills: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Codes of `Group` and `Topic`: preferred in who answers, for a set time."""
    wants_since: Mapped[datetime | None]
    """Since when it waits with these wants; they widen with time."""
    known_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The last operator of a repeat caller: rung first when free."""
    need: Mapped[str | None] = mapped_column(String(200))
    """What a seat must fit, while the call waits for one; None when it does not. See `models/needs.py`."""
    state: Mapped[CallState] = mapped_column(default=CallState.GREETING, index=True)
    state_since: Mapped[datetime]
    danger: Mapped[bool] = mapped_column(default=False)
    """The danger key, a danger mark, or the desk's button."""
    arrived_at: Mapped[datetime] = mapped_column(index=True)
    queue_key: Mapped[float | None] = mapped_column(Float, index=True)
    """Epoch seconds of arrival minus bounded credits: the least is served first."""
    queue_reasons: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the credits: why it comes first."""
    announced_at: Mapped[datetime | None]
    told_until: Mapped[datetime | None]
    """End of the wait that the caller was last told to expect."""
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    outcome: Mapped[CallOutcome | None]
    record_erased_at: Mapped[datetime | None]
    """The years of its written record were over: no number, word or answer is left."""
    ended_by: Mapped[str | None] = mapped_column(String(20))
    """caller | operator | carrier | reconciliation."""
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    operator_sid: Mapped[str | None] = mapped_column(String(64), index=True)
    """The operator's leg now in the conference."""
    conference_sid: Mapped[str | None] = mapped_column(String(64))
    on_hold: Mapped[bool] = mapped_column(default=False)
    """The carrier confirmed it, as `operator_muted`; the wishes below are what was asked last."""
    operator_muted: Mapped[bool] = mapped_column(default=False, server_default=false())
    hold_wanted: Mapped[bool] = mapped_column(default=False, server_default=false())
    mute_wanted: Mapped[bool] = mapped_column(default=False, server_default=false())
    resumes_call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    version: Mapped[int] = mapped_column(default=0)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    place: Mapped[Place | None] = relationship()
    centre: Mapped[Centre | None] = relationship()
    seat: Mapped[Seat | None] = relationship(foreign_keys=[seat_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    line: Mapped[PhoneLine | None] = relationship()
    offers: Mapped[list[Offer]] = relationship(back_populates="call", order_by="Offer.id")
    consents: Mapped[list[Consent]] = relationship(back_populates="call")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_call_state_queue_key", "state", "queue_key"),
        Index("ix_call_record_erased_at_ended_at", "record_erased_at", "ended_at"),
        Index(
            "ix_call_waiting",
            "queue_key",
            "id",
            "need",
            "wants_since",
            sqlite_where=text("need IS NOT NULL"),
            postgresql_where=text("need IS NOT NULL"),
        ),
        Index(
            "ix_call_needs",
            "need",
            sqlite_where=text("need IS NOT NULL"),
            postgresql_where=text("need IS NOT NULL"),
        ),
        Index("ix_call_caller_hash_arrived_at", "caller_hash", "arrived_at"),
    )

    @property
    def is_outbound(self) -> bool:
        return self.direction is CallDirection.OUTBOUND

    @property
    def is_to_be_dialled(self) -> bool:
        """A call-back whose person has not been rung yet: there is no leg to move."""
        return self.is_outbound and self.carrier_sid is None

    @property
    def nobody_answered_yet(self) -> bool:
        """A call-back whose person has not picked up: what concerns a caller on the line is not for them."""
        return self.is_outbound and self.answered_at is None

    @property
    def conference_name(self) -> str:
        return conference_name(self.id)

    def need_now(self) -> str | None:
        """The code of its need while it waits for a seat; None in every other state, and while offered."""
        waits = self.state is CallState.QUEUED and self.seat_id is None and self.queue_key is not None
        if not waits:
            return None
        return Need(
            language=self.language or DEFAULT_LANGUAGE,
            centre_id=self.centre_id,
            place_code=self.place_code,
            skills=tuple(self.wanted_skills or ()),
            urgent=bool(self.danger) or urgent(self.queue_reasons or ()),
        ).code


@event.listens_for(Call, "before_insert")
@event.listens_for(Call, "before_update")
def _keep_need(_mapper: Mapper[Call], _connection: Connection, call: Call) -> None:
    """`need` follows from the other columns: no use case can forget it."""
    call.need = call.need_now()
    if call.need is not None and call.wants_since is None:
        call.wants_since = call.arrived_at


def conference_name(call_id: int) -> str:
    """Holds no personal data, as the carrier demands."""
    return f"call-{call_id}"


class CallEvent(Base):
    """The event log of a call: every transition, codes and ids only."""

    __tablename__ = "call_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CarrierCallback(Base):
    """Callbacks already heard: a duplicate changes nothing."""

    __tablename__ = "carrier_callback"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    heard_at: Mapped[datetime] = mapped_column(index=True)


class Offer(Base):
    """A call offered to a seat, until accepted, declined, expired or withdrawn."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[OfferState] = mapped_column(default=OfferState.MADE, index=True)
    reason: Mapped[str | None] = mapped_column(String(60))
    made_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    leg_sid: Mapped[str | None] = mapped_column(String(64), index=True)

    call: Mapped[Call] = relationship(back_populates="offers")
    seat: Mapped[Seat] = relationship()


class Consent(Base):
    """A caller's consent of one kind: a record of its own. None on file means not asked."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("call_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    kind: Mapped[ConsentKind]
    state: Mapped[ConsentState]
    how: Mapped[str] = mapped_column(String(20))
    """notice (went on after the notice) | key | operator | request."""
    text_version: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship(back_populates="consents")


class Callback(Base):
    """Somebody is owed a call: a wish, a message left, or a talk cut off."""

    __tablename__ = "callback"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    """The caller's own call, which it answers."""
    kind: Mapped[CallbackKind]
    state: Mapped[CallbackState] = mapped_column(default=CallbackState.DUE, index=True)
    danger: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    queue_key: Mapped[float | None]
    """The place of the wish, which every try keeps; None: the one of its call."""
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    """A line that dropped in danger stays with the seat that talked, until called or handed over."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_tried_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    call: Mapped[Call] = relationship()
    tries: Mapped[list[CallbackTry]] = relationship(back_populates="callback", order_by="CallbackTry.id")


class CallbackTry(Base):
    """One call-back in line, and what became of it. Counted as a try once the number was dialled."""

    __tablename__ = "callback_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callback.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    """The outbound call that stands in line, rings and talks."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dialled_at: Mapped[datetime | None]
    result: Mapped[TryResult | None]
    ended_at: Mapped[datetime | None]

    callback: Mapped[Callback] = relationship(back_populates="tries")
    call: Mapped[Call] = relationship()
