"""The talk: both come in, somebody leaves, and what is asked for meanwhile.

The truth is what the carrier confirmed: buttons write outbox rows, the carrier's callbacks move the state.
An operator's leg that drops never ends the caller's call: the caller goes back to the head of the queue.
"""

from __future__ import annotations

from hotline.domain.call_state import CallFact
from hotline.domain.priority import Reason
from hotline.domain.seat_state import SeatFact
from hotline.domain.transfer import TransferFact
from hotline.routing.callback_tries import answered_after_all
from hotline.routing.calling_back import operator_gone
from hotline.routing.captions import follow as follow_captions
from hotline.routing.errors import NotInTalk
from hotline.routing.hold import fresh_leg
from hotline.routing.holding import Holding, own_talk
from hotline.routing.offers import accept
from hotline.routing.participations import end_all
from hotline.routing.queue_place import give_reason
from hotline.routing.talk_end import close, end_asked
from hotline.routing.talk_recording import TalkRecording, ask_recording
from hotline.routing.told_in_talk import keep_minor_first
from hotline.routing.transactions import in_one_unit
from hotline.routing.transfer_steps import on_fact, open_transfer, put_back, serve_by
from hotline.routing.transitions import (
    load_call,
    load_seat,
    move_call,
    move_seat,
    note_seat,
    open_offers,
    record,
    release_leg,
)
from hotline.routing.waiting_marks import tell_uncovered
from models.calls import Call
from models.care import HelpRequest
from models.events import CallAnswered, CallReturnedToQueue, HelpAsked
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState


class Conversation(Holding, TalkRecording):
    def __init__(self, work: Work) -> None:
        self._work = work

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
            ask_recording(unit, call)
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
            if call is None or call.operator_sid != leg_sid or end_asked(unit, call):
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
            if by == "caller" and end_asked(unit, call):
                by = "operator"
            if not move_call(unit, call, CallFact.ENDED, ended_by=by):
                return False
            close(unit, call, by, before=before)
            return True

        return in_one_unit(self._work, step)

    def end(self, call_id: int, person_id: int) -> None:
        """The operator ends the talk: the carrier is asked, its callback ends the call. Raises NotInTalk."""

        def step(unit: UnitOfWork) -> None:
            call = own_talk(unit, call_id, person_id)
            mark = record(unit, call, "end_asked", person_id=person_id).id
            unit.ask("end_call", "carrier", f"end_call:{call.id}:{mark}", {"call_id": call.id})

        in_one_unit(self._work, step)

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
