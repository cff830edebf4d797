"""The one place where calls, seats and offers change state: rule asked, event logged, fact told.

Each function returns whether something changed; a fact that does not fit changes nothing.
One step is written elsewhere, since it is taken for many at once: `ringing.py` offers calls to seats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from hotline.domain import call_state, seat_state
from hotline.domain.call_state import CallFact
from hotline.domain.seat_state import SeatFact, SeatSnapshot, keeps_its_call
from models.calls import Call, CallEvent, Offer
from models.events import OfferEnded, SeatChanged
from models.seats import Seat, SeatEvent
from models.unit_of_work import UnitOfWork
from models.vocabulary import AgentStatus, OfferState, SeatState


def load_call(unit: UnitOfWork, call_id: int) -> Call | None:
    return unit.session.get(Call, call_id, with_for_update=True)


def load_seat(unit: UnitOfWork, seat_id: int | None) -> Seat | None:
    return None if seat_id is None else unit.session.get(Seat, seat_id, with_for_update=True)


def note_call(unit: UnitOfWork, call: Call, kind: str, **data: Any) -> CallEvent:
    """Write a line of the call's event log: ids and codes only. It has its own id after the next flush."""
    event = CallEvent(call_id=call.id, at=unit.now, kind=kind, data=data)
    unit.session.add(event)
    return event


def record(unit: UnitOfWork, call: Call, kind: str, **data: Any) -> CallEvent:
    """Write a line of the call's event log, at once, so that its id can name what is asked for."""
    event = note_call(unit, call, kind, **data)
    unit.session.flush()
    return event


def note_seat(unit: UnitOfWork, seat: Seat, kind: str, **data: Any) -> None:
    """Write a line of the seat's event log: ids and codes only."""
    unit.session.add(SeatEvent(seat_id=seat.id, at=unit.now, kind=kind, data=data))


def move_call(unit: UnitOfWork, call: Call, fact: CallFact, **data: Any) -> bool:
    following = call_state.after(call.state, fact)
    if following is None:
        return False
    record(unit, call, fact.value, before=str(call.state), **data)
    call.state, call.state_since = following, unit.now
    return True


def move_seat(
    unit: UnitOfWork, seat: Seat, fact: SeatFact, reason: str | None = None, *, call_id: int | None = None
) -> bool:
    """`call_id`: the call that the seat is bound to by this fact."""
    before = seat.state
    snapshot = SeatSnapshot(before, seat.status, seat.device_live, seat.state_reason)
    following = seat_state.after(snapshot, fact)
    if following is None:
        return False
    if before is SeatState.TALKING:
        seat.talked_seconds += (unit.now - seat.state_since).total_seconds()
    seat.state, seat.state_since, seat.state_reason = following, unit.now, reason
    if following is SeatState.AVAILABLE:
        if fact is not SeatFact.WITHDRAWN or seat.idle_since is None:
            seat.idle_since = unit.now
    elif following is not SeatState.OFFERED:
        seat.idle_since = None
    if call_id is not None:
        seat.call_id = call_id
    elif not keeps_its_call(following, fact):
        seat.call_id = None
        seat.wrap_up_until = None
    bound = {} if call_id is None else {"call_id": call_id}
    note_seat(unit, seat, fact.value, before=str(before), reason=reason, **bound)
    if following is SeatState.OFFLINE:
        seat.person_id, seat.status, seat.status_since = None, AgentStatus.SIGNED_OUT, unit.now
        seat.device_live, seat.device_reason = False, None
    unit.tell(SeatChanged(seat.id, str(following)))
    return True


def set_status(unit: UnitOfWork, seat: Seat, status: AgentStatus) -> None:
    """What the person chose; the seat's state follows by a fact of its own."""
    seat.status, seat.status_since = status, unit.now
    note_seat(unit, seat, "status", status=str(status))


def set_device(unit: UnitOfWork, seat: Seat, live: bool, reason: str | None) -> bool:
    """Whether microphone and sound are live. False when it was known so: a heartbeat is no event."""
    reason = None if live else reason
    if (seat.device_live, seat.device_reason) == (live, reason):
        return False
    seat.device_live, seat.device_reason = live, reason
    note_seat(unit, seat, "device", live=live, reason=reason)
    return True


def set_reason(unit: UnitOfWork, seat: Seat, reason: str | None) -> None:
    """Another reason for the state in which the seat stays."""
    seat.state_reason = reason
    note_seat(unit, seat, "reason", reason=reason)


def load_offer(unit: UnitOfWork, offer_id: int) -> Offer | None:
    """The offer, its call held first: of two seats that answer at once, the second sees the first."""
    call_id = unit.session.scalar(select(Offer.call_id).where(Offer.id == offer_id))
    if call_id is None:
        return None
    load_call(unit, call_id)
    return unit.session.get(Offer, offer_id, with_for_update=True)


def open_offers(unit: UnitOfWork, call: Call) -> Sequence[Offer]:
    """Seats that ring for this call: one, or several at once."""
    return unit.session.scalars(
        select(Offer).where(Offer.call_id == call.id, Offer.state == OfferState.MADE).order_by(Offer.id)
    ).all()


def end_offer(unit: UnitOfWork, offer: Offer, state: OfferState, reason: str | None) -> bool:
    """The offer was declined, expired or withdrawn: the call waits on with its key, the seat is freed or
    paused, and a leg that still rings is taken down."""
    if offer.state is not OfferState.MADE:
        return False
    offer.state, offer.reason, offer.ended_at = state, reason, unit.now
    call = load_call(unit, offer.call_id)
    if call is not None:
        unit.session.flush()
        rings = next((other.seat_id for other in open_offers(unit, call)), None)
        ids = {"offer_id": offer.id, "seat_id": offer.seat_id, "rings": rings}
        record(unit, call, f"offer_{state}", **ids, reason=reason)
        if call.seat_id == offer.seat_id:
            call.seat_id = rings
    seat = load_seat(unit, offer.seat_id)
    if seat is not None and seat.call_id == offer.call_id:
        if state is OfferState.WITHDRAWN:
            move_seat(unit, seat, SeatFact.WITHDRAWN)
        else:
            move_seat(unit, seat, SeatFact.NOT_TAKEN, reason)
    unit.ask("cancel_leg", "carrier", f"cancel_leg:{offer.id}", {"offer_id": offer.id})
    unit.tell(OfferEnded(offer.id, offer.call_id, offer.seat_id, str(state)))
    return True


def withdraw_open_offers(unit: UnitOfWork, call: Call, reason: str) -> bool:
    """Every seat that rings for this call is freed, without any blame."""
    unit.session.flush()
    offers = open_offers(unit, call)
    for offer in offers:
        end_offer(unit, offer, OfferState.WITHDRAWN, reason)
    return bool(offers)


def release_leg(unit: UnitOfWork, call: Call) -> None:
    """Take down the operator's leg of a call that is over, should the conference not have done so."""
    offer = unit.session.scalars(
        select(Offer)
        .where(Offer.call_id == call.id, Offer.state == OfferState.ACCEPTED)
        .order_by(Offer.id.desc())
        .limit(1)
    ).first()
    if offer is not None:
        unit.ask("cancel_leg", "carrier", f"cancel_leg:{offer.id}", {"offer_id": offer.id})
