"""What a fact does to the transfer that is open: the rule's step carried out within one unit.

Who serves the caller is `call.operator_sid`: the leg of a seat, or of a partner line that took over.
"""

from __future__ import annotations

from sqlalchemy import select

from hotline.domain.call_state import CallFact
from hotline.domain.priority import Reason
from hotline.domain.seat_state import SeatFact
from hotline.domain.transfer import Party, Situation, Step, TransferFact, step_after
from hotline.routing.captions import follow as follow_captions
from hotline.routing.hold import ask_hold, fresh_leg
from hotline.routing.participations import (
    became_operator,
    drop_leg,
    end_all,
    silence_supervisors,
    take_down,
)
from hotline.routing.policy import wrap_up_ends
from hotline.routing.queue_place import give_reason
from hotline.routing.told_in_talk import keep_minor_first
from hotline.routing.transitions import load_call, load_seat, move_call, move_seat, record
from hotline.routing.waiting_marks import tell_uncovered
from models.calls import Call
from models.events import CallReturnedToQueue, TransferChanged
from models.participation import Participation, Transfer
from models.seats import Seat
from models.unit_of_work import UnitOfWork
from models.vocabulary import SeatState
from models.vocabulary_talk import ParticipantRole, ParticipationState, TransferState

OPEN = tuple(state for state in TransferState if state.is_open)
PARTY = {ParticipantRole.SECOND_OPERATOR: Party.SEAT, ParticipantRole.EMERGENCY: Party.EMERGENCY}


def open_transfer(unit: UnitOfWork, call_id: int) -> Transfer | None:
    return unit.session.scalars(
        select(Transfer)
        .where(Transfer.call_id == call_id, Transfer.state.in_(OPEN))
        .order_by(Transfer.id.desc())
        .with_for_update()
        .limit(1)
    ).first()


def target_of(unit: UnitOfWork, transfer: Transfer) -> Participation | None:
    return unit.session.scalars(
        select(Participation).where(Participation.transfer_id == transfer.id).with_for_update()
    ).first()


def party_of(target: Participation) -> Party:
    return PARTY.get(target.role, Party.NUMBER)


def on_fact(
    unit: UnitOfWork, call: Call, transfer: Transfer, fact: TransferFact, reason: str | None = None
) -> Step:
    """Ask the rule and do what it says. `reason`: code of why the target failed."""
    target = target_of(unit, transfer)
    if target is None:
        return Step.NOTHING
    there = call.operator_sid is not None
    step = step_after(Situation(transfer.kind, transfer.state, party_of(target), there), fact)
    match step:
        case Step.CONSULT:
            transfer.answered_at = unit.now
            _move(unit, transfer, TransferState.CONSULTING)
        case Step.THREE_WAY:
            _move(unit, transfer, TransferState.THREE_WAY)
        case Step.HAND_OVER:
            _hand_over(unit, call, transfer, target)
        case Step.RETURN:
            _release_target(unit, call, target, reason or "leg_failed")
            _move(unit, transfer, TransferState.RETURNED, reason)
            ask_hold(unit, call, False)
        case Step.END | Step.CANCEL:
            cancelled = step is Step.CANCEL
            _release_target(unit, call, target, reason or ("cancelled" if cancelled else "consult_over"))
            _move(unit, transfer, TransferState.CANCELLED if cancelled else TransferState.ENDED, reason)
            ask_hold(unit, call, False)
        case Step.BOUNCE:
            _release_target(unit, call, target, reason or "operator_gone")
            _move(unit, transfer, TransferState.BOUNCED, reason or "operator_gone")
            put_back(unit, call, Reason.TRANSFER_BOUNCED)
        case Step.CLOSE:
            _move(unit, transfer, TransferState.CALLER_LEFT, "caller_left")
    return step


def put_back(unit: UnitOfWork, call: Call, reason: Reason) -> None:
    """The caller waits again: at the head by the old arrival, and by the reason's credit."""
    if not move_call(unit, call, CallFact.PUT_BACK, reason=str(reason)):
        return
    keep_minor_first(unit, call)
    give_reason(unit, call, reason)
    call.seat_id, call.operator_sid = None, None
    call.on_hold = call.hold_wanted = False
    fresh_leg(call)
    end_all(unit, call, "back_in_queue")
    mark = record(unit, call, "back_in_queue").id
    unit.ask("stop_recording", "carrier", f"stop_recording:{call.id}:{mark}", {"call_id": call.id})
    follow_captions(unit, call)
    unit.ask("requeue_caller", "carrier", f"requeue_caller:{call.id}:{mark}", {"call_id": call.id})
    unit.tell(CallReturnedToQueue(call.id, str(reason)))
    tell_uncovered(unit, call)


def free_operator(unit: UnitOfWork, call: Call, reason: str) -> None:
    """The first operator's part is over: the leg goes, the seat has its time to wrap up."""
    drop_leg(unit, call.operator_sid)
    seat = load_seat(unit, call.seat_id)
    if seat is not None and seat.call_id == call.id and move_seat(unit, seat, SeatFact.TALK_ENDED, reason):
        seat.wrap_up_until = wrap_up_ends(unit)


def serve_by(
    unit: UnitOfWork, call: Call, *, seat_id: int | None, person_id: int | None, leg: str | None
) -> None:
    """Who serves the caller from now on; the person stays when it is nobody of ours."""
    call.seat_id, call.person_id, call.operator_sid = seat_id, person_id or call.person_id, leg
    record(unit, call, "served_by", seat_id=call.seat_id, person_id=call.person_id)
    fresh_leg(call)


def _hand_over(unit: UnitOfWork, call: Call, transfer: Transfer, target: Participation) -> None:
    if call.operator_sid is not None:
        free_operator(unit, call, "handed_over")
    serve_by(unit, call, seat_id=target.seat_id, person_id=target.person_id, leg=target.leg_sid)
    became_operator(unit, call, target)
    transfer.answered_at = transfer.answered_at or unit.now
    _move(unit, transfer, TransferState.COMPLETED)
    silence_supervisors(unit, call)
    ask_hold(unit, call, False)


def _release_target(unit: UnitOfWork, call: Call, target: Participation, reason: str) -> None:
    was_open = target.state.is_open
    take_down(unit, call, target, reason)
    seat = load_seat(unit, target.seat_id)
    if not was_open or seat is None or seat.call_id != call.id:
        return
    if seat.state is SeatState.TALKING:
        move_seat(unit, seat, SeatFact.RELEASED, reason)
    elif reason in ("no_answer", "declined", "leg_failed"):
        move_seat(unit, seat, SeatFact.NOT_TAKEN, reason)
    else:
        move_seat(unit, seat, SeatFact.WITHDRAWN, reason)


def target_goes(unit: UnitOfWork, seat: Seat, reason: str) -> None:
    """The person at a seat that rings for a transfer leaves it: whoever asked has the caller back."""
    rung = select(Participation).where(
        Participation.seat_id == seat.id,
        Participation.call_id == seat.call_id,
        Participation.state.in_((ParticipationState.ASKED, ParticipationState.RINGING)),
    )
    for target in unit.session.scalars(rung):
        call = load_call(unit, target.call_id)
        transfer = unit.session.get(Transfer, target.transfer_id) if target.transfer_id else None
        if call is not None and transfer is not None:
            on_fact(unit, call, transfer, TransferFact.TARGET_FAILED, reason)


def close_by_caller(unit: UnitOfWork, call: Call) -> None:
    """The caller hung up: legs end, the target's seat is freed, or wraps up when it spoke with the caller."""
    transfer = open_transfer(unit, call.id)
    if transfer is None:
        return
    spoke = transfer.state is TransferState.THREE_WAY
    target = target_of(unit, transfer)
    on_fact(unit, call, transfer, TransferFact.CALLER_LEFT)
    if target is None:
        return
    seat = load_seat(unit, target.seat_id)
    if spoke and seat is not None and seat.call_id == call.id:
        take_down(unit, call, target, "caller_left")
        if move_seat(unit, seat, SeatFact.TALK_ENDED, "caller_left"):
            seat.wrap_up_until = wrap_up_ends(unit)
    else:
        _release_target(unit, call, target, "caller_left")


def _move(unit: UnitOfWork, transfer: Transfer, state: TransferState, reason: str | None = None) -> None:
    transfer.state, transfer.reason = state, reason
    if not state.is_open:
        transfer.ended_at = unit.now
    unit.session.flush()
    record(unit, transfer.call, "transfer", transfer_id=transfer.id, state=str(state), reason=reason)
    unit.tell(TransferChanged(transfer.call_id, transfer.id, str(state)))
