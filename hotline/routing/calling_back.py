"""The seat that took a call-back: it prepares, dials with one click, and says who answered.

in line -> offered -> accepted (operator alone in the conference) -> dialled -> talk | no answer
Each step towards the carrier is an outbox row; what became of it is the carrier's word.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hotline.domain.seat_state import SeatFact
from hotline.routing.callback_tries import (
    UNSPOKEN,
    change,
    close_unanswered,
    due_for_a_place,
    stand_in_line,
    try_of,
)
from hotline.routing.errors import NotInTalk, Refused, UnknownCall
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, load_seat, move_seat, record
from models.call_back_words import CallDirection, TryResult
from models.calls import Call, Callback
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallbackState, CallState

PREPARE_AT_MOST = timedelta(minutes=5)
RING_SECONDS = 30

RESULTS = {"busy": TryResult.BUSY, "failed": TryResult.FAILED}
"""Final status of a dialled leg; any other that nobody answered counts as no answer."""


class AlreadyDialled(Refused):
    code = "already_dialled"


class CallingBack:
    def __init__(self, work: Work) -> None:
        self._work = work

    def tick(self) -> int:
        """What is due takes its place in line; a seat that prepares for too long gives it back."""
        return self._stand_up() + self._give_back_idle()

    def _stand_up(self) -> int:
        with reading(self._work) as unit:
            ids = unit.session.scalars(
                select(Callback.id).join(Callback.call).where(due_for_a_place(unit.now))  # type: ignore[arg-type]
            ).all()

        def step(unit: UnitOfWork, callback_id: int) -> int:
            callback = unit.session.get(Callback, callback_id, with_for_update=True)
            if callback is None or callback.state is not CallbackState.DUE or callback.seat_id is not None:
                return 0
            stand_in_line(unit, callback)
            return 1

        return sum(in_one_unit(self._work, lambda unit, one=one: step(unit, one)) for one in ids)  # type: ignore[misc]

    def _give_back_idle(self) -> int:
        with reading(self._work) as unit:
            ids = unit.session.scalars(
                select(Call.id).where(
                    Call.direction == CallDirection.OUTBOUND,
                    Call.state == CallState.CONNECTING,
                    Call.carrier_sid.is_(None),
                    Call.state_since < unit.now - PREPARE_AT_MOST,
                )
            ).all()
        return sum(self._give_back(call_id, None) for call_id in ids)

    def dial(self, call_id: int, person_id: int) -> None:
        """拨号: ring the person into the operator's conference. Raises NotInTalk, AlreadyDialled."""

        def step(unit: UnitOfWork) -> None:
            call = _own(unit, call_id, person_id)
            if call.carrier_sid is not None or not ask_dial(unit, call, person_id):
                raise AlreadyDialled(call_id=call_id)

        in_one_unit(self._work, step)

    def leg_made(self, call_id: int, leg_sid: str) -> bool:
        """The carrier rings the person under this sid. False: the call is over, so the leg must go."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or not call.is_outbound:
                return False
            if call.carrier_sid is None and call.state is CallState.CONNECTING:
                call.carrier_sid, call.state_since = leg_sid, unit.now
                record(unit, call, "dialled")
            return call.carrier_sid == leg_sid and call.state is not CallState.ENDED

        return in_one_unit(self._work, step)

    def not_dialled(self, call_id: int) -> None:
        """The number may not be dialled here, or the carrier refuses it: the try failed, and says so."""

        def step(unit: UnitOfWork) -> None:
            call = load_call(unit, call_id)
            attempt = try_of(unit, call) if call is not None else None
            if call is None or attempt is None or call.state is not CallState.CONNECTING:
                return
            attempt.result = TryResult.FAILED
            close_unanswered(unit, call, "carrier")

        in_one_unit(self._work, step)

    def leg_over(self, call_id: int, leg_sid: str, status: str) -> bool:
        """The person's leg ended before anybody answered. False: they talked, or another leg is told of."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.carrier_sid not in (None, leg_sid) or call.answered_at is not None:
                return False
            attempt = try_of(unit, call)
            if attempt is None or attempt.dialled_at is None or call.state is not CallState.CONNECTING:
                return False
            call.carrier_sid = leg_sid
            attempt.result = RESULTS.get(status, TryResult.NO_ANSWER)
            close_unanswered(unit, call, "carrier")
            return True

        return in_one_unit(self._work, step)

    def not_the_person(self, call_id: int, person_id: int, result: TryResult) -> None:
        """An answering machine or another person answered: nothing was told, and the line is closed.

        Raises NotInTalk; ValueError for any other result.
        """
        if result not in UNSPOKEN:
            raise ValueError(result)

        def step(unit: UnitOfWork) -> None:
            call = _own(unit, call_id, person_id, CallState.TALKING)
            attempt = try_of(unit, call)
            if attempt is None:
                raise NotInTalk(call_id=call_id)
            attempt.result = result
            mark = record(unit, call, "end_asked", person_id=person_id, result=str(result)).id
            unit.ask("end_call", "carrier", f"end_call:{call.id}:{mark}", {"call_id": call.id})

        in_one_unit(self._work, step)

    def give_back(self, call_id: int, person_id: int) -> None:
        """Not now: the call-back keeps its place for another moment. Raises NotInTalk, AlreadyDialled."""
        if not self._give_back(call_id, person_id):
            raise AlreadyDialled(call_id=call_id)

    def _give_back(self, call_id: int, person_id: int | None) -> int:
        def step(unit: UnitOfWork) -> int:
            call = load_call(unit, call_id) if person_id is None else _own(unit, call_id, person_id)
            attempt = try_of(unit, call) if call is not None else None
            if call is None or attempt is None or attempt.dialled_at is not None:
                return 0
            if call.state is not CallState.CONNECTING:
                return 0
            close_unanswered(unit, call, "operator")
            return 1

        return in_one_unit(self._work, step)


def ask_dial(unit: UnitOfWork, call: Call, person_id: int | None) -> bool:
    """Count the try and ask the carrier; False when that was done before."""
    attempt = try_of(unit, call)
    if attempt is None or attempt.dialled_at is not None:
        return False
    attempt.dialled_at, attempt.person_id = unit.now, person_id
    callback = unit.session.get_one(Callback, attempt.callback_id, with_for_update=True)
    callback.attempts += 1
    callback.last_tried_at = unit.now
    change(unit, callback, CallbackState.DIALLING)
    record(unit, call, "dial_asked", person_id=person_id, attempt=callback.attempts)
    unit.ask("dial_back", "carrier", f"dial_back:{call.id}", {"call_id": call.id})
    return True


def is_called_at_once(unit: UnitOfWork, call: Call) -> bool:
    """Its operator asked for it by hand, so that there is nothing more to ask."""
    attempt = try_of(unit, call)
    return attempt is not None and attempt.person_id is not None


def operator_gone(unit: UnitOfWork, call: Call) -> bool:
    """The operator's line dropped before the person answered: whoever picks up now would hear nobody, so
    the leg that rings is taken down; the call-back waits for another moment. False when this is a talk."""
    if not call.nobody_answered_yet or call.state is not CallState.CONNECTING:
        return False
    seat = load_seat(unit, call.seat_id)
    if seat is not None and seat.call_id == call.id:
        move_seat(unit, seat, SeatFact.NOTHING_HELD, "line_lost")
    attempt = try_of(unit, call)
    if attempt is not None and attempt.dialled_at is not None:
        attempt.result = TryResult.FAILED
        unit.ask("hang_up", "carrier", f"hang_up:{call.id}", {"call_id": call.id})
    close_unanswered(unit, call, "operator")
    return True


def _own(unit: UnitOfWork, call_id: int, person_id: int, state: CallState = CallState.CONNECTING) -> Call:
    call = load_call(unit, call_id)
    if call is None:
        raise UnknownCall(call_id=call_id)
    if not call.is_outbound or call.state is not state or call.person_id != person_id:
        raise NotInTalk(call_id=call_id)
    return call
