"""What the desk of one person shows now, read from the records: idle, offer, call or wrap-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.desk_call import CallFacts, call_facts
from agent_console.desk_offer import OfferFacts, offer_facts, transfer_offer
from agent_console.desk_talk import called_to
from hotline.routing.dropped_line import held_by
from models.calls import Call, Callback, Offer
from models.seats import Seat
from models.vocabulary import (
    AgentStatus,
    CallState,
    OfferState,
    SeatState,
)


@dataclass(frozen=True)
class DeskState:
    """`mode`: off | setup | idle | offer | call | wrap_up."""

    mode: str
    seat: Seat | None
    offer: OfferFacts | None = None
    call: CallFacts | None = None
    seconds_in_state: float = 0
    wrap_up_left: float | None = None
    dropped: Callback | None = None
    """A line that dropped in danger, which this seat is to call back."""

    @property
    def prepares(self) -> bool:
        """Somebody is to be called back and has not answered: there is no talk to write down yet."""
        return self.mode == "call" and self.call is not None and self.call.call.nobody_answered_yet

    @property
    def main_key(self) -> str:
        """Names what fills the page below the bar; while it stays the same, nothing there is replaced."""
        if self.prepares and self.call is not None:
            return f"prepare:{self.call.call.id}"
        return f"call:{self.call.call.id}" if self.call else "idle"


def desk_state(session: Session, person_id: int, now: datetime) -> DeskState:
    seat = session.scalars(
        select(Seat).where(Seat.person_id == person_id).options(joinedload(Seat.centre))
    ).first()
    if seat is None:
        return DeskState("off", None)
    since = (now - seat.state_since).total_seconds()
    if seat.state is SeatState.OFFERED:
        offer = session.scalars(
            select(Offer)
            .where(Offer.seat_id == seat.id, Offer.state.in_([OfferState.MADE, OfferState.ACCEPTED]))
            .order_by(Offer.id.desc())
            .options(joinedload(Offer.call))
        ).first()
        called_in = called_to(session, seat.id)
        if called_in is not None:
            return DeskState("offer", seat, offer=transfer_offer(session, called_in, person_id, now))
        if offer is not None:
            return DeskState("offer", seat, offer=offer_facts(session, offer, person_id, now))
    call = session.get(Call, seat.call_id) if seat.call_id is not None else None
    if call is not None and seat.state is SeatState.TALKING:
        return DeskState("call", seat, call=call_facts(session, call, person_id, now), seconds_in_state=since)
    if seat.state is SeatState.WRAP_UP:
        call = call or _last_call(session, seat.id, person_id)
        if call is not None:
            left = (seat.wrap_up_until - now).total_seconds() if seat.wrap_up_until else None
            facts = call_facts(session, call, person_id, now)
            return DeskState(
                "wrap_up",
                seat,
                call=facts,
                seconds_in_state=since,
                wrap_up_left=left,
                dropped=held_by(session, seat.id),
            )
    ready = seat.state is SeatState.AVAILABLE and seat.status is AgentStatus.READY
    return DeskState("idle" if ready else "setup", seat, seconds_in_state=since)


def _last_call(session: Session, seat_id: int, person_id: int) -> Call | None:
    return session.scalars(
        select(Call)
        .where(Call.seat_id == seat_id, Call.person_id == person_id, Call.state == CallState.ENDED)
        .order_by(Call.ended_at.desc())
        .limit(1)
    ).first()
