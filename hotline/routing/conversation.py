"""The talk: both come in, somebody leaves, and what is asked for meanwhile.

The truth is what the carrier confirmed: buttons write outbox rows, the carrier's callbacks move the state.
An operator's leg that drops never ends the caller's call: the caller goes back to the head of the queue.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hotline.domain.call_state import CallFact, outcome_of
from hotline.domain.priority import Reason
from hotline.domain.seat_state import SeatFact
from hotline.domain.transfer import TransferFact
from hotline.routing.callback_tries import answered_after_all, settle, was_spoken_to
from hotline.routing.calling_back import operator_gone
from hotline.routing.captions import follow as follow_captions
from hotline.routing.consent import consent_of, may_record, set_consent
from hotline.routing.dropped_line import note_drop
from hotline.routing.errors import NotInTalk, UnknownCall
from hotline.routing.hold import fresh_leg
from hotline.routing.holding import Holding, own_talk
from hotline.routing.intake import tell_uncovered
from hotline.routing.offers import accept
from hotline.routing.participations import drop_leg, end_all
from hotline.routing.queue_place import give_reason
from hotline.routing.told_in_talk import keep_minor_first
from hotline.routing.transactions import in_one_unit
from hotline.routing.transfer_steps import close_by_caller, on_fact, open_transfer, put_back, serve_by
from hotline.routing.transitions import (
    load_call,
    load_seat,
    move_call,
    move_seat,
    note_seat,
    open_offers,
    record,
    release_leg,
    withdraw_open_offers,
)
from models.calls import Call, Callback, CallEvent, Offer
from models.care import HelpRequest
from models.events import CallAnswered, CallEnded, CallReturnedToQueue, HelpAsked
from models.participation import Transfer
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallbackKind, CallState, ConsentKind, ConsentState, OfferState, SeatState
from models.vocabulary_talk import TransferState

REFUSAL_REASONS = ("caller_says_no", "not_the_caller", "third_person", "by_mistake")
"""Why an operator switches the recording off, beside the caller's own key."""
REFUSED_STATES = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


class Conversation(Holding):
    def __init__(self, work: Work, wrap_up_seconds: float = 120.0) -> None:
        self._work = work
        self._wrap_up = timedelta(seconds=wrap_up_seconds)

    def caller_joined(self, call_id: int) -> bool:
        """The caller's leg is in the conference with the operator's: they talk."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.operator_sid is None or call.seat_id is None:
                return False
            if not move_call(unit, call, CallFact.TALKING, seat_id=call.seat_id):
                return False
            call.answered_at = call.answered_at or unit.now
            answered_after_all(unit, call)
            self._ask_recording(unit, call)
            follow_captions(unit, call)
            unit.tell(CallAnswered(call.id, call.seat_id))
            return True

        return in_one_unit(self._work, step)

    def operator_joined(self, call_id: int, leg_sid: str) -> bool:
        """Heals a lost 'answered' callback: who is in the conference has answered."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            ringing = open_offers(unit, call) if call is not None else ()
            offer = next((offer for offer in ringing if offer.leg_sid == leg_sid), None)
            if offer is None and len(ringing) == 1 and ringing[0].leg_sid is None:
                offer = ringing[0]
            return offer is not None and accept(unit, offer, leg_sid)

        return in_one_unit(self._work, step)

    def operator_left(self, call_id: int, leg_sid: str) -> bool:
        """The operator's leg dropped. Unless the end was asked for, the caller waits on at the head."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.operator_sid != leg_sid or _end_asked(unit, call):
                return False
            if operator_gone(unit, call):
                return True
            if call.state is CallState.TALKING and self._transfer_goes_on(unit, call):
                return True
            seat_id = call.seat_id
            if seat_id is None and call.state is CallState.TALKING:
                # A partner line that had taken over is done; who stays on the line is ours again.
                put_back(unit, call, Reason.TRANSFER_BOUNCED)
                return True
            if not move_call(unit, call, CallFact.OPERATOR_LOST, seat_id=seat_id):
                return False
            self._back_to_head(unit, call)
            seat = load_seat(unit, seat_id)
            if seat is not None and seat.call_id == call.id:
                move_seat(unit, seat, SeatFact.LINE_LOST, "line_lost")
            return True

        return in_one_unit(self._work, step)

    def _transfer_goes_on(self, unit: UnitOfWork, call: Call) -> bool:
        """The operator is gone in the middle of a transfer: the target takes over, or the queue does."""
        transfer = open_transfer(unit, call.id)
        if transfer is None:
            return False
        seat = load_seat(unit, call.seat_id)
        serve_by(unit, call, seat_id=None, person_id=None, leg=None)
        if seat is not None and seat.call_id == call.id:
            move_seat(unit, seat, SeatFact.LINE_LOST, "line_lost")
            seat.call_id = None
            note_seat(unit, seat, "unbound")
        on_fact(unit, call, transfer, TransferFact.OPERATOR_LEFT, "operator_gone")
        return True

    def _back_to_head(self, unit: UnitOfWork, call: Call) -> None:
        keep_minor_first(unit, call)
        give_reason(unit, call, Reason.OPERATOR_LOST)
        call.seat_id, call.operator_sid, call.on_hold, call.hold_wanted = None, None, False, False
        fresh_leg(call)
        end_all(unit, call, "operator_lost")
        mark = record(unit, call, "back_in_queue").id
        unit.ask("stop_recording", "carrier", f"stop_recording:{call.id}:{mark}", {"call_id": call.id})
        follow_captions(unit, call)
        unit.ask("requeue_caller", "carrier", f"requeue_caller:{call.id}:{mark}", {"call_id": call.id})
        unit.tell(CallReturnedToQueue(call.id, Reason.OPERATOR_LOST.value))
        tell_uncovered(unit, call)

    def not_connected(self, call_id: int, reason: str) -> bool:
        """The caller could not be brought to the operator, who is released; the caller keeps the place."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            seat_id = call.seat_id if call is not None else None
            if call is None or not move_call(unit, call, CallFact.NOT_CONNECTED, reason=reason):
                return False
            release_leg(unit, call)
            call.seat_id, call.operator_sid = None, None
            seat = load_seat(unit, seat_id)
            if seat is not None and seat.call_id == call.id:
                move_seat(unit, seat, SeatFact.RELEASED)
            unit.tell(CallReturnedToQueue(call.id, reason))
            return True

        return in_one_unit(self._work, step)

    def caller_left(self, call_id: int, ended_by: str) -> bool:
        """The caller's leg is gone. `ended_by`: caller | operator | carrier | reconciliation."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None:
                return False
            before, by = call.state, ended_by
            if by == "caller" and _end_asked(unit, call):
                by = "operator"
            if not move_call(unit, call, CallFact.ENDED, ended_by=by):
                return False
            self._close(unit, call, by, was_talking=before is CallState.TALKING)
            return True

        return in_one_unit(self._work, step)

    def _close(self, unit: UnitOfWork, call: Call, ended_by: str, *, was_talking: bool) -> None:
        withdraw_open_offers(unit, call, "caller_left")
        if was_talking and was_spoken_to(unit, call):
            note_drop(unit, call, ended_by, call.seat)
        kinds = set(unit.session.scalars(select(Callback.kind).where(Callback.call_id == call.id)))
        call.ended_at, call.ended_by, call.on_hold = unit.now, ended_by, False
        call.outcome = outcome_of(
            answered=call.answered_at is not None,
            transferred=_has_event(unit, call, "standby_answered"),
            left_message=CallbackKind.MESSAGE in kinds,
            wished_callback=CallbackKind.WISH in kinds,
            ended_by=ended_by,
            limited=_never_queued(unit, call) and _has_event(unit, call, "limited"),
        )
        close_by_caller(unit, call)
        end_all(unit, call, "caller_left")
        # A seat that handed the call over before may still wrap up beside the one that talked last.
        for seat in unit.session.scalars(select(Seat).where(Seat.call_id == call.id).with_for_update()):
            if not was_spoken_to(unit, call):
                move_seat(unit, seat, SeatFact.RELEASED)
            elif seat.state is SeatState.TALKING or seat.state_reason == "line_lost":
                move_seat(unit, seat, SeatFact.TALK_ENDED)
                seat.wrap_up_until = unit.now + self._wrap_up
        release_leg(unit, call)
        drop_leg(unit, call.operator_sid)
        if call.is_outbound:
            settle(unit, call)
        unit.tell(CallEnded(call.id, str(call.outcome)))

    def end(self, call_id: int, person_id: int) -> None:
        """The operator ends the talk: the carrier is asked, its callback ends the call. Raises NotInTalk."""

        def step(unit: UnitOfWork) -> None:
            call = own_talk(unit, call_id, person_id)
            mark = record(unit, call, "end_asked", person_id=person_id).id
            unit.ask("end_call", "carrier", f"end_call:{call.id}:{mark}", {"call_id": call.id})

        in_one_unit(self._work, step)

    def pause_recording(self, call_id: int, person_id: int, on: bool) -> None:
        """`on`: pause; else go on. Raises NotInTalk."""
        self._ask_carrier("pause_recording", call_id, person_id, on)

    def _ask_carrier(self, kind: str, call_id: int, person_id: int, on: bool) -> None:
        def step(unit: UnitOfWork) -> None:
            call = own_talk(unit, call_id, person_id)
            mark = record(unit, call, f"{kind}_asked", on=on, person_id=person_id).id
            unit.ask(kind, "carrier", f"{kind}:{call.id}:{mark}", {"call_id": call.id, "on": on})
            if kind == "pause_recording":
                follow_captions(unit, call)

        in_one_unit(self._work, step)

    def refuse_recording(self, call_id: int, person_id: int, reason: str) -> None:
        """The caller says no: recording stops, and what was recorded before is erased. Any state.

        `reason`: a code of REFUSAL_REASONS. Raises ValueError for another.
        """
        if reason not in REFUSAL_REASONS:
            raise ValueError("no reason for a refusal")

        def step(unit: UnitOfWork) -> None:
            call = load_call(unit, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            set_consent(unit, call, ConsentKind.RECORDING, ConsentState.REFUSED, "operator")
            record(unit, call, "recording_refused", reason=reason, person_id=person_id)
            self._ask_erasure(unit, call)

        in_one_unit(self._work, step)

    def obey_consent(self, call_id: int) -> None:
        """Consent to recording or captions changed: start what is granted now, erase what is refused."""

        def step(unit: UnitOfWork) -> None:
            call = load_call(unit, call_id)
            if call is None:
                return
            if consent_of(unit.session, call.id, ConsentKind.RECORDING) in REFUSED_STATES:
                self._ask_erasure(unit, call)
            elif call.state is CallState.TALKING:
                self._ask_recording(unit, call)
            follow_captions(unit, call)

        in_one_unit(self._work, step)

    def _ask_recording(self, unit: UnitOfWork, call: Call) -> None:
        if may_record(unit.session, call.id):
            mark = record(unit, call, "recording_asked").id
            unit.ask("start_recording", "carrier", f"start_recording:{call.id}:{mark}", {"call_id": call.id})

    def _ask_erasure(self, unit: UnitOfWork, call: Call) -> None:
        mark = record(unit, call, "erasure_asked").id
        unit.ask("erase_recording", "carrier", f"erase_recording:{call.id}:{mark}", {"call_id": call.id})
        follow_captions(unit, call)

    def ask_help(self, call_id: int, person_id: int) -> int:
        """Id of the request; a supervisor is told at once. Raises NotInTalk."""

        def step(unit: UnitOfWork) -> int:
            call = own_talk(unit, call_id, person_id)
            if call.seat_id is None:
                raise NotInTalk(call_id=call_id)
            request = HelpRequest(call_id=call.id, seat_id=call.seat_id, asked_at=unit.now)
            unit.session.add(request)
            unit.session.flush()
            record(unit, call, "help_asked", help_id=request.id)
            unit.tell(HelpAsked(call.id, call.seat_id))
            return request.id

        return in_one_unit(self._work, step)


def _end_asked(unit: UnitOfWork, call: Call) -> bool:
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


def _never_queued(unit: UnitOfWork, call: Call) -> bool:
    return not _has_event(unit, call, CallFact.QUEUED.value)


def _has_event(unit: UnitOfWork, call: Call, kind: str) -> bool:
    found = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == kind)
    return unit.session.scalars(found).first() is not None
