"""Seats: signed-in working places that answer calls, and the log of what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Float, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from models.base import Base
from models.needs import Profile
from models.people import Person
from models.places import Centre
from models.vocabulary import AgentStatus, SeatState


class Seat(Base):
    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(20))
    """What people call it: 07."""
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    """Who is on duty here now; a person sits at one seat."""
    state: Mapped[SeatState] = mapped_column(default=SeatState.OFFLINE, index=True)
    state_since: Mapped[datetime]
    state_reason: Mapped[str | None] = mapped_column(String(60))
    """Code of why the system set it (`no_answer`, `device_lost` ...)."""
    status: Mapped[AgentStatus] = mapped_column(default=AgentStatus.SIGNED_OUT)
    status_since: Mapped[datetime]
    device_live: Mapped[bool] = mapped_column(default=False)
    """Microphone and sound proved live by the desk; without it the seat can't be ready."""
    device_reason: Mapped[str | None] = mapped_column(String(60))
    seen_at: Mapped[datetime | None]
    """Last heartbeat of the desk."""
    idle_since: Mapped[datetime | None]
    """Since when without a call: the longest idle is offered first."""
    talked_seconds: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")
    """Spent in talks since its person signed on."""
    profile: Mapped[str] = mapped_column(String(600), default="", server_default="")
    """Centre, languages and skills of who sits here; what a call's need is compared with.
    See `models/needs.py`."""
    call_id: Mapped[int | None]
    """The call it is offered or talks with; `call.seat_id` holds the key the other way round."""
    wrap_up_until: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    """Out of use since then: nobody signs on here; its calls keep it. Brought back by setting it to None."""
    version: Mapped[int] = mapped_column(default=0)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    centre: Mapped[Centre] = relationship()
    person: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_seat_state_profile_idle_since", "state", "profile", "idle_since"),)


@event.listens_for(Seat, "before_insert")
@event.listens_for(Seat, "before_update")
def _keep_profile(_mapper: Mapper[Seat], _connection: Connection, seat: Seat) -> None:
    """No seat is without a profile: where no skills were written, it gives what everybody can."""
    if not seat.profile:
        seat.profile = Profile(seat.centre_id).code


class SeatEvent(Base):
    """The event log of a seat: every transition and what it depends on, codes and ids only."""

    __tablename__ = "seat_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    """A seat's fact (`offered`, `talk_ended` ...), or what changed beside it: found | status | device |
    reason | unbound."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
