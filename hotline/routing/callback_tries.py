"""A call-back in line: made from what is owed, and settled when its call is over. Within an open unit.

A wish keeps its place: its call-back stands among the waiting callers as a call of its own, with the key
that the wish had, so that nobody who came later goes first, and nobody who came earlier goes second.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotline.domain import call_back
from hotline.domain.call_state import CallFact
from hotline.domain.priority import Reason
from hotline.domain.seat_state import SeatFact
from hotline.routing.consent import set_consent
from hotline.routing.queue_place import give_reason
from hotline.routing.transitions import (
    load_seat,
    move_call,
    move_seat,
    record,
    release_leg,
    withdraw_open_offers,
)
from models.call_back_words import CallDirection, TryResult
from models.calls import Call, Callback, CallbackTry, Consent
from models.events import CallbackChanged, CallEnded, CallQueued
from models.unit_of_work import UnitOfWork
from models.vocabulary import CallbackKind, CallbackState, CallOutcome, CallState, ConsentState
from models.vocabulary_record import Channel

STANDING = (CallbackState.DUE, CallbackState.IN_LINE, CallbackState.WITH_SUPERVISOR)
"""Nobody rings the person yet, so a call of their own closes it."""
UNSPOKEN = (TryResult.MACHINE, TryResult.OTHER_PERSON)
"""Somebody or something answered, and nothing was told: there is nothing to write down."""


def try_of(unit: UnitOfWork, call: Call) -> CallbackTry | None:
    return unit.session.scalars(select(CallbackTry).where(CallbackTry.call_id == call.id)).first()


def change(unit: UnitOfWork, callback: Callback, state: CallbackState) -> None:
    callback.state = state
    if not state.is_open:
        callback.closed_at, callback.seat_id = unit.now, None
    unit.tell(CallbackChanged(callback.id, str(state)))


def stand_in_line(unit: UnitOfWork, callback: Callback) -> Call:
    """The call-back takes its place among the waiting callers."""
    wish = callback.call
    key = callback.queue_key
    if key is None:
        key = wish.queue_key if wish.queue_key is not None else callback.asked_at.timestamp()
    call = Call(
        direction=CallDirection.OUTBOUND,
        # A talk cut off or followed up is outbound; a wish or a message had no contact yet.
        channel=Channel.OUTBOUND
        if callback.kind in (CallbackKind.DROPPED, CallbackKind.FOLLOW_UP)
        else Channel.MESSAGE_CALLBACK,
        number_dialled=wish.number_dialled,
        caller_number=wish.caller_number,
        caller_hash=wish.caller_hash,
        line_id=wish.line_id,
        language=wish.language,
        wanted_skills=list(wish.wanted_skills or ()),
        known_person_id=wish.person_id or wish.known_person_id,
        place_code=wish.place_code,
        place_source=wish.place_source,
        centre_id=wish.centre_id,
        state=CallState.GREETING,
        state_since=unit.now,
        arrived_at=callback.asked_at,
        queue_key=key,
        queue_reasons=[] if callback.kind is CallbackKind.FOLLOW_UP else list(wish.queue_reasons),
        is_demonstration=wish.is_demonstration,
    )
    unit.session.add(call)
    unit.session.flush()
    record(unit, call, "arrived", reasons=call.queue_reasons, key=key, callback_id=callback.id)
    if callback.danger:
        call.danger = True
        give_reason(unit, call, Reason.DANGER)
        record(unit, call, "danger")
    _carry_refusals(unit, wish, call)
    unit.session.add(CallbackTry(callback_id=callback.id, call_id=call.id))
    move_call(unit, call, CallFact.QUEUED)
    change(unit, callback, CallbackState.IN_LINE)
    unit.tell(CallQueued(call.id))
    return call


def _carry_refusals(unit: UnitOfWork, wish: Call, call: Call) -> None:
    """What the person refused once is not asked of them by ringing back."""
    for consent in unit.session.scalars(select(Consent).where(Consent.call_id == wish.id)):
        if consent.state in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
            set_consent(unit, call, consent.kind, ConsentState.REFUSED, consent.how)


def was_spoken_to(unit: UnitOfWork, call: Call) -> bool:
    """Whether this call was a talk that leaves something to write down."""
    if call.answered_at is None:
        return False
    attempt = try_of(unit, call) if call.is_outbound else None
    return attempt is None or attempt.result not in UNSPOKEN


def not_reached(unit: UnitOfWork, call: Call) -> None:
    if call.outcome is not CallOutcome.UNREACHED:
        call.outcome = CallOutcome.UNREACHED
        record(unit, call, "not_reached")


def close_unanswered(unit: UnitOfWork, call: Call, ended_by: str) -> None:
    """Nobody talks any more on this call: whoever took it is free, and the leg goes."""
    if not move_call(unit, call, CallFact.ENDED, ended_by=ended_by):
        return
    call.ended_at, call.ended_by = unit.now, ended_by
    seat = load_seat(unit, call.seat_id)
    if seat is not None and seat.call_id == call.id:
        move_seat(unit, seat, SeatFact.RELEASED)
    release_leg(unit, call)
    settle(unit, call)
    unit.tell(CallEnded(call.id, str(call.outcome)))


def settle(unit: UnitOfWork, call: Call) -> None:
    """The outbound call is over: say what became of the try, and what follows. Told twice, it is one."""
    attempt = try_of(unit, call)
    if attempt is None or attempt.ended_at is not None:
        return
    attempt.ended_at = unit.now
    callback = unit.session.get_one(Callback, attempt.callback_id, with_for_update=True)
    if attempt.dialled_at is None:
        not_reached(unit, call)
        # Nobody was rung: that is no try. It waits a moment, or its seat would be asked again at once.
        if callback.state.is_open:
            callback.due_at = unit.now + call_back.GIVEN_BACK_AFTER
            change(unit, callback, CallbackState.DUE)
        return
    if attempt.result is None:
        attempt.result = TryResult.REACHED if call.answered_at is not None else TryResult.NO_ANSWER
    if attempt.result is not TryResult.REACHED:
        not_reached(unit, call)
    if not callback.state.is_open:
        return
    following = call_back.after_try(
        attempt.result, attempts=callback.attempts, danger=callback.danger, now=unit.now
    )
    if attempt.result is not TryResult.REACHED and _is_on_the_line(unit, callback):
        following = call_back.Following(CallbackState.CALLED_AGAIN)
    callback.due_at = following.due_at or callback.due_at
    callback.closed_by_id = attempt.person_id if following.state is CallbackState.DONE else None
    change(unit, callback, following.state)


def _is_on_the_line(unit: UnitOfWork, callback: Callback) -> bool:
    own = select(Call.id).where(
        Call.caller_hash == callback.call.caller_hash,
        Call.direction == CallDirection.INBOUND,
        Call.state != CallState.ENDED,
    )
    return unit.session.scalars(own.limit(1)).first() is not None


def answered_after_all(unit: UnitOfWork, call: Call) -> None:
    """The caller came through while waiting: what they wished for has happened."""
    for callback in _open_ones(unit, Callback.call_id == call.id):
        callback.closed_by_id = call.person_id
        change(unit, callback, CallbackState.DONE)


def called_again(unit: UnitOfWork, caller_hash: str) -> tuple[float | None, bool]:
    """This person calls in: what they are owed is closed. Returns the oldest place of it, and whether
    any was in danger."""
    keys: list[float] = []
    danger = False
    # A follow-up is not done by their own call, and gives no place in line.
    owed = Callback.kind != CallbackKind.FOLLOW_UP
    for callback in _open_ones(unit, Call.caller_hash == caller_hash, Callback.state.in_(STANDING), owed):
        keys.append(callback.queue_key or callback.asked_at.timestamp())
        danger = danger or callback.danger
        change(unit, callback, CallbackState.CALLED_AGAIN)
        _leave_line(unit, callback)
    return min(keys, default=None), danger


def _leave_line(unit: UnitOfWork, callback: Callback) -> None:
    waiting = unit.session.scalars(
        select(Call)
        .join(CallbackTry, CallbackTry.call_id == Call.id)
        .where(CallbackTry.callback_id == callback.id, Call.state != CallState.ENDED)
    ).all()
    for call in waiting:
        withdraw_open_offers(unit, call, "called_again")
        close_unanswered(unit, call, "caller")


def standing_call(unit: UnitOfWork, callback: Callback) -> Call | None:
    """Its call while it waits in line, not yet dialled."""
    return unit.session.scalars(
        select(Call)
        .join(CallbackTry, CallbackTry.call_id == Call.id)
        .where(CallbackTry.callback_id == callback.id, Call.state == CallState.QUEUED)
    ).first()


def _open_ones(unit: UnitOfWork, *where: object) -> list[Callback]:
    return list(
        unit.session.scalars(
            select(Callback)
            .join(Callback.call)
            .where(Callback.closed_at.is_(None), *where)  # type: ignore[arg-type]
            .with_for_update(of=Callback)
        )
    )


def due_for_a_place(now: datetime) -> object:
    """Which call-backs take their place now: at once when the caller is off the line, later ones by time.

    A follow-up is dialled when somebody on duty takes it, so that it never stands before people who wait.
    """
    never_tried = ~Callback.tries.any()
    return (
        (Callback.state == CallbackState.DUE)
        & (Callback.kind != CallbackKind.FOLLOW_UP)
        & Callback.seat_id.is_(None)
        & ((never_tried & (Call.state == CallState.ENDED)) | (~never_tried & (Callback.due_at <= now)))
    )
