"""After the talk: time for the note, then the seat is free. Time that runs out ends nothing silently."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.seat_state import SeatFact
from hotline.routing.dropped_line import held_by
from hotline.routing.errors import CallBackOwed, NoteIncomplete, NotSignedOn
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import move_seat, set_reason
from models.calls import Call
from models.events import SeatChanged
from models.notes import Note
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState, NoteState, SeatState

MissingFields = Callable[[Session, int], list[str]]
"""Codes of what the note of a call still lacks (care's form, handed in by bootstrap)."""


def note_not_closed(_session: Session, _call_id: int) -> list[str]:
    return ["note"]


class WrapUp:
    def __init__(self, work: Work, missing_fields: MissingFields = note_not_closed) -> None:
        self._work = work
        self._missing_fields = missing_fields

    def extend(self, person_id: int, seconds: float) -> None:
        """More time, counted from now or from the present end, whichever is later. Raises NotSignedOn."""

        def step(unit: UnitOfWork) -> None:
            seat = _seat(unit, person_id)
            if seat.state is not SeatState.WRAP_UP:
                return
            start = max(unit.now, seat.wrap_up_until or unit.now)
            seat.wrap_up_until = start + timedelta(seconds=seconds)
            if seat.state_reason is not None:
                set_reason(unit, seat, None)
            unit.tell(SeatChanged(seat.id, str(seat.state)))

        in_one_unit(self._work, step)

    def finish(self, person_id: int) -> None:
        """Free the seat. Raises NoteIncomplete(missing) while the note is not closed, CallBackOwed while
        a dropped line waits to be called back or handed over, NotSignedOn."""

        def step(unit: UnitOfWork) -> None:
            seat = _seat(unit, person_id)
            if seat.state is not SeatState.WRAP_UP:
                return
            if seat.call_id is not None and owes_note(unit.session, seat):
                raise NoteIncomplete(missing=self._missing_fields(unit.session, seat.call_id))
            if held_by(unit.session, seat.id) is not None:
                raise CallBackOwed(seat_id=seat.id)
            move_seat(unit, seat, SeatFact.WRAPPED_UP)

        in_one_unit(self._work, step)

    def note_closed(self, call_id: int) -> None:
        """The note of this call was closed: whoever wraps up after it is free."""

        def step(unit: UnitOfWork) -> None:
            wrapping = (
                select(Seat).where(Seat.call_id == call_id, Seat.state == SeatState.WRAP_UP).with_for_update()
            )
            for seat in unit.session.scalars(wrapping):
                if held_by(unit.session, seat.id) is not None:
                    continue
                move_seat(unit, seat, SeatFact.WRAPPED_UP)

        in_one_unit(self._work, step)


def owes_note(session: Session, seat: Seat) -> bool:
    """Whether this seat's note still has to be finished here. A call that another one of ours serves, or that
    waits for one, took its note along; with a partner line nobody else writes it."""
    call = session.get(Call, seat.call_id) if seat.call_id is not None else None
    if call is None or note_is_closed(session, call.id):
        return False
    if call.person_id != seat.person_id:
        return False
    if call.state is CallState.TALKING:
        return call.seat_id in (None, seat.id)
    return call.state is CallState.ENDED


def note_is_closed(session: Session, call_id: int) -> bool:
    state = session.scalars(select(Note.state).where(Note.call_id == call_id)).first()
    return state is NoteState.CLOSED


def _seat(unit: UnitOfWork, person_id: int) -> Seat:
    seat = unit.session.scalars(select(Seat).where(Seat.person_id == person_id).with_for_update()).first()
    if seat is None:
        raise NotSignedOn(person_id=person_id)
    return seat
