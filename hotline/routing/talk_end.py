"""The end of a call: whether it was asked for, how it counts, and what becomes of everybody in it."""

from __future__ import annotations

from sqlalchemy import select

from hotline.domain.call_state import CallFact, outcome_of
from hotline.domain.seat_state import SeatFact
from hotline.routing.callback_tries import settle, was_spoken_to
from hotline.routing.dropped_line import note_drop
from hotline.routing.participations import drop_leg, end_all
from hotline.routing.policy import wrap_up_ends
from hotline.routing.transfer_steps import close_by_caller
from hotline.routing.transitions import move_seat, release_leg, withdraw_open_offers
from models.calls import Call, Callback, CallEvent, Offer
from models.events import CallEnded
from models.participation import Transfer
from models.seats import Seat
from models.unit_of_work import UnitOfWork
from models.vocabulary import CallbackKind, CallState, OfferState, SeatState
from models.vocabulary_talk import TransferState

HEARD_US = (CallState.TALKING, CallState.QUEUED, CallState.CONNECTING)
"""Who talked with us and is gone from one of these was cut off, also when it is the operator's line that
broke first, or was told of first."""


def close(unit: UnitOfWork, call: Call, ended_by: str, *, before: CallState) -> None:
    """The caller's leg is gone, and the call counts by what became of it. `ended_by`: as in `caller_left`;
    `before`: the state in which it was."""
    withdraw_open_offers(unit, call, "caller_left")
    if before in HEARD_US and was_spoken_to(unit, call):
        note_drop(unit, call, ended_by, call.seat or _seat_that_lost(unit, call))
    kinds = set(unit.session.scalars(select(Callback.kind).where(Callback.call_id == call.id)))
    told = set(unit.session.scalars(select(CallEvent.kind).where(CallEvent.call_id == call.id)))
    call.ended_at, call.ended_by, call.on_hold = unit.now, ended_by, False
    call.outcome = outcome_of(
        answered=call.answered_at is not None,
        transferred="standby_answered" in told,
        left_message=CallbackKind.MESSAGE in kinds,
        wished_callback=CallbackKind.WISH in kinds,
        ended_by=ended_by,
        limited="limited" in told and CallFact.QUEUED.value not in told,
    )
    close_by_caller(unit, call)
    end_all(unit, call, "caller_left")
    # The carrier's word that both are together may be late: an operator who ends it has something to note.
    unconfirmed = call.answered_at is None and not call.is_outbound and end_asked(unit, call)
    to_note = was_spoken_to(unit, call) or unconfirmed
    # A seat that handed the call over before may still wrap up beside the one that talked last.
    for seat in unit.session.scalars(select(Seat).where(Seat.call_id == call.id).with_for_update()):
        if not to_note:
            move_seat(unit, seat, SeatFact.RELEASED)
        elif seat.state is SeatState.TALKING or seat.state_reason == "line_lost":
            move_seat(unit, seat, SeatFact.TALK_ENDED)
            seat.wrap_up_until = wrap_up_ends(unit)
    release_leg(unit, call)
    drop_leg(unit, call.operator_sid)
    if call.is_outbound:
        settle(unit, call)
    unit.tell(CallEnded(call.id, str(call.outcome)))


def end_asked(unit: UnitOfWork, call: Call) -> bool:
    """Asked for by the operator in the talk that is running now."""
    accepted = unit.session.scalars(
        select(Offer.ended_at)
        .where(Offer.call_id == call.id, Offer.state == OfferState.ACCEPTED)
        .order_by(Offer.id.desc())
        .limit(1)
    ).first()
    taken_over = unit.session.scalars(
        select(Transfer.ended_at)
        .where(Transfer.call_id == call.id, Transfer.state == TransferState.COMPLETED)
        .order_by(Transfer.id.desc())
        .limit(1)
    ).first()
    accepted = max(filter(None, (accepted, taken_over)), default=None)
    asked = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == "end_asked")
    if accepted is not None:
        asked = asked.where(CallEvent.at >= accepted)
    return unit.session.scalars(asked).first() is not None


def _seat_that_lost(unit: UnitOfWork, call: Call) -> Seat | None:
    """Whose line dropped a moment ago, and has done nothing since."""
    lost = (Seat.call_id == call.id) & (Seat.state_reason == "line_lost")
    return unit.session.scalars(select(Seat).where(lost).with_for_update().limit(1)).first()
