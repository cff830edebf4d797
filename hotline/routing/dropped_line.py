"""A line that drops in a talk at high risk: the operator who talked calls back at once.

The seat stays with that person, and is free for others only when it has called, or handed over. Whoever
does not act within `HELD_BY_SEAT`, or left the seat, hands over: the call-back then takes its place in
line, at the head by its danger. The supervisor is told of the drop and sees each try.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain import call_back
from hotline.domain.seat_state import SeatFact
from hotline.routing.callback_tries import stand_in_line, standing_call, try_of
from hotline.routing.callbacks import UnknownCallback, owe_callback
from hotline.routing.errors import NotSignedOn, Refused
from hotline.routing.ringing import Ring, make_offers
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_seat, move_seat, record, withdraw_open_offers
from models.calls import Call, Callback
from models.events import CallbackChanged, LineDropped
from models.notes import Note
from models.recordings import RiskMark
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallbackKind, CallbackState, NoteState, RiskLevel, SeatState


class CannotCallBack(Refused):
    """`reason`: another_seat | busy | over | no_number."""

    code = "cannot_call_back"


def is_at_high_risk(session: Session, call: Call) -> bool:
    """Danger, or R3 and above, by a person's level, software's floor, or a mark of this talk."""
    if call.danger:
        return True
    note = session.execute(select(Note.risk_level, Note.risk_floor).where(Note.call_id == call.id)).first()
    if note is not None and max(note.risk_level or 0, note.risk_floor) >= RiskLevel.R3:
        return True
    marked = select(RiskMark.id).where(RiskMark.call_id == call.id, RiskMark.level >= int(RiskLevel.R3))
    return session.scalars(marked.limit(1)).first() is not None


def note_drop(unit: UnitOfWork, call: Call, ended_by: str, seat: Seat | None) -> None:
    """A talk ended by no word of the operator. At high risk the seat calls back at once, however it ended;
    else a call is owed where the line itself broke."""
    if ended_by == "operator":
        return
    high = is_at_high_risk(unit.session, call)
    if not high and ended_by == "caller":
        return
    callback = owe_callback(unit, call, CallbackKind.DROPPED, danger=high)
    if callback is None or not high or seat is None:
        return
    callback.seat_id = seat.id
    record(unit, call, "line_dropped", callback_id=callback.id, seat_id=seat.id)
    unit.tell(LineDropped(callback.id, call.id, seat.id))


def held_by(session: Session, seat_id: int) -> Callback | None:
    """The dropped line that this seat has still to call back or to hand over."""
    return session.scalars(
        select(Callback).where(Callback.seat_id == seat_id, Callback.state == CallbackState.DUE).limit(1)
    ).first()


class DroppedLines:
    """Also: any call-back that somebody at an idle seat takes by hand."""

    def __init__(self, work: Work, offer_seconds: float = 20.0) -> None:
        self._work = work
        self._offer_seconds = offer_seconds

    def call_back(self, callback_id: int, person_id: int) -> int:
        """立即回拨: the person's own seat rings, and once it is up the number is dialled at once.

        Returns the id of the outbound call. Raises UnknownCallback, NotSignedOn, CannotCallBack.
        """

        def step(unit: UnitOfWork) -> int:
            callback = _load(unit, callback_id)
            seat = _seat_of(unit, person_id)
            call = self._place(unit, callback, seat)
            attempt = try_of(unit, call)
            if attempt is not None:
                attempt.person_id = person_id
            callback.seat_id = None
            fact = SeatFact.CALLS_BACK if seat.state is SeatState.WRAP_UP else SeatFact.OFFERED
            unit.session.flush()
            make_offers(unit, [Ring(call, seat, self._offer_seconds, fact)])
            unit.session.expire(call)
            unit.session.expire(seat)
            record(unit, call, "taken_by_hand", person_id=person_id)
            return call.id

        return in_one_unit(self._work, step)

    def _place(self, unit: UnitOfWork, callback: Callback, seat: Seat) -> Call:
        if callback.seat_id not in (None, seat.id):
            raise CannotCallBack(reason="another_seat")
        own_drop = callback.seat_id == seat.id and seat.state is SeatState.WRAP_UP
        if not own_drop and seat.state is not SeatState.AVAILABLE:
            raise CannotCallBack(reason="busy")
        if callback.state is CallbackState.NO_NUMBER:
            raise CannotCallBack(reason="no_number")
        if callback.state in (CallbackState.DUE, CallbackState.WITH_SUPERVISOR):
            return stand_in_line(unit, callback)
        call = standing_call(unit, callback)
        if call is None:
            raise CannotCallBack(reason="over")
        withdraw_open_offers(unit, call, "taken_by_hand")
        return call

    def hand_over(self, callback_id: int, person_id: int) -> None:
        """交给其他坐席: it goes to the head of the line. Raises UnknownCallback, CannotCallBack."""

        def step(unit: UnitOfWork) -> None:
            callback = _load(unit, callback_id)
            seat = _seat_of(unit, person_id)
            if callback.seat_id != seat.id:
                raise CannotCallBack(reason="another_seat")
            _let_go(unit, callback, "handed_over", person_id)

        in_one_unit(self._work, step)

    def tick(self) -> int:
        """Nobody in danger waits for a seat that does not act."""
        with reading(self._work) as unit:
            ids = unit.session.scalars(
                select(Callback.id)
                .join(Seat, Seat.id == Callback.seat_id)
                .where(
                    Callback.state == CallbackState.DUE,
                    (Callback.asked_at < unit.now - call_back.HELD_BY_SEAT)
                    | Seat.state.in_((SeatState.OFFLINE, SeatState.PAUSED)),
                )
            ).all()

        def step(unit: UnitOfWork, callback_id: int) -> int:
            callback = _load(unit, callback_id)
            if callback.seat_id is None or callback.state is not CallbackState.DUE:
                return 0
            _let_go(unit, callback, "seat_did_not_act", None)
            return 1

        return sum(in_one_unit(self._work, lambda unit, one=one: step(unit, one)) for one in ids)  # type: ignore[misc]


def _let_go(unit: UnitOfWork, callback: Callback, why: str, person_id: int | None) -> None:
    seat = load_seat(unit, callback.seat_id)
    callback.seat_id = None
    record(unit, callback.call, "callback_handed_over", reason=why, person_id=person_id)
    stand_in_line(unit, callback)
    if seat is not None and seat.state is SeatState.WRAP_UP and seat.call_id is not None:
        closed = select(Note.id).where(Note.call_id == seat.call_id, Note.state == NoteState.CLOSED)
        if unit.session.scalars(closed).first() is not None:
            move_seat(unit, seat, SeatFact.WRAPPED_UP)
    unit.tell(CallbackChanged(callback.id, str(callback.state)))


def _load(unit: UnitOfWork, callback_id: int) -> Callback:
    callback = unit.session.get(Callback, callback_id, with_for_update=True)
    if callback is None or not callback.state.is_open:
        raise UnknownCallback(callback_id=callback_id)
    return callback


def _seat_of(unit: UnitOfWork, person_id: int) -> Seat:
    seat = unit.session.scalars(select(Seat).where(Seat.person_id == person_id).with_for_update()).first()
    if seat is None:
        raise NotSignedOn(person_id=person_id)
    return seat
