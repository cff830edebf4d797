"""That the rostered people of the demonstration came: the log of their seats up to the present.

Without it everybody would be missing from the first minute on, and no hour could be proved covered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.seats import Seat, SeatEvent
from models.vocabulary import AgentStatus, SeatState
from models.workforce import Shift

CHANGES_AFTER = tuple(timedelta(minutes=n) for n in (0, 4, 2, 6))
"""So long after the hour each seat changes hands: never two at once."""
FIRST_TALK, LONGEST_TALK = timedelta(minutes=9), timedelta(minutes=34)


def write_seat_log(session: Session, seats: Sequence[Seat], shifts: Sequence[Shift], now: datetime) -> None:
    """Of the rostered seats of a centre. Who is due now was there until a minute ago."""
    lines: list[dict[str, Any]] = []
    for seat, late in zip(seats, CHANGES_AFTER, strict=True):
        for shift in sorted(shifts, key=lambda one: one.starts_at):
            if shift.seat_id != seat.id:
                continue
            came = shift.starts_at + late + timedelta(seconds=20)
            went = min(shift.ends_at + late, now - timedelta(minutes=1))
            if came < went:
                lines += _sat(seat.id, shift.person_id, came, went)
    if lines:
        session.execute(insert(SeatEvent), lines)


def _sat(seat_id: int, person_id: int, came: datetime, went: datetime) -> Iterator[dict[str, Any]]:
    """The lines that the router writes when somebody signs on, gets ready, talks, and signs off."""
    state = SeatState.OFFLINE

    def line(at: datetime, kind: str, **data: Any) -> dict[str, Any]:
        return {"seat_id": seat_id, "at": at, "kind": kind, "data": data}

    def moved(at: datetime, fact: str, to: SeatState) -> dict[str, Any]:
        nonlocal state
        before, state = state, to
        return line(at, fact, before=str(before), reason=None)

    ready = came + timedelta(seconds=15)
    yield line(came, "person", person_id=person_id)
    yield line(came, "status", status=str(AgentStatus.BREAK))
    yield moved(came, "signed_on", SeatState.PAUSED)
    yield line(ready, "device", live=True, reason=None)
    yield line(ready, "status", status=str(AgentStatus.READY))
    yield moved(ready, "status_chosen", SeatState.AVAILABLE)
    at, turn = ready + FIRST_TALK, came.hour + seat_id
    while at + LONGEST_TALK < went:
        talk = timedelta(minutes=12 + 7 * turn % 17)
        yield moved(at, "offered", SeatState.OFFERED)
        yield moved(at + timedelta(seconds=6), "answered", SeatState.TALKING)
        yield moved(at + talk, "talk_ended", SeatState.WRAP_UP)
        yield moved(at + talk + timedelta(minutes=4), "wrapped_up", SeatState.AVAILABLE)
        at, turn = at + timedelta(minutes=55 + 11 * turn % 40), turn + 1
    yield moved(went, "signed_off", SeatState.OFFLINE)
