"""Records compared with what their event log makes of them: `hotline check --replay`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hotline.domain.replay import BrokenLog, CallPicture, Line, SeatPicture, replay_call, replay_seat
from models.calls import Call, CallEvent
from models.seats import Seat, SeatEvent
from models.vocabulary import CallState

BATCH = 1000
CALL_FIELDS = ("state", "danger", "seat_id", "person_id", "on_hold", "outcome", "ended_by")
ENDED_FIELDS = ("state", "outcome", "ended_by")
"""What counts of a call that is over: seats and places it once had may be gone since."""


@dataclass(frozen=True)
class Difference:
    """`record` and `rebuilt` are codes or ids. Field `log`: the log itself does not hold together."""

    subject: str
    """call | seat."""
    id: int
    field: str
    record: str
    rebuilt: str


@dataclass(frozen=True)
class Replayed:
    calls: int
    seats: int
    differences: Sequence[Difference]


def replay(session: Session) -> Replayed:
    """Rebuild every routed call and every seat. One snapshot of the database, however long it takes.

    Contacts entered by hand were never at the carrier and have no log.
    """
    options: dict[str, Any] = {"reads_only": True}
    if session.get_bind().dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    session.connection(execution_options=options)
    differences: list[Difference] = []
    calls = seats = 0
    columns = [
        getattr(Call, name) for name in ("id", "queue_key", "queue_reasons", "place_code", *CALL_FIELDS)
    ]
    query = select(*columns).where(Call.carrier_sid.is_not(None)).order_by(Call.id)
    log = select(CallEvent.call_id, CallEvent.kind, CallEvent.data)
    with closing(_Logs(session, log, CallEvent.call_id)) as logs:
        for call in session.execute(query, execution_options={"yield_per": BATCH}):
            calls += 1
            differences += _of_call(call, logs.of(call.id))
    log = select(SeatEvent.seat_id, SeatEvent.kind, SeatEvent.data)
    with closing(_Logs(session, log, SeatEvent.seat_id)) as logs:
        for seat in session.scalars(select(Seat).order_by(Seat.id)):
            seats += 1
            differences += _of_seat(seat, logs.of(seat.id))
    return Replayed(calls, seats, differences)


class _Logs:
    """Walks one log in the order of its subjects, beside a walk over the subjects themselves."""

    def __init__(self, session: Session, query: Select[Any], subject: InstrumentedAttribute[int]) -> None:
        log = subject.class_
        self._rows = session.execute(query.order_by(subject, log.id), execution_options={"yield_per": BATCH})
        self._groups = groupby(self._rows, key=lambda row: row[0])
        self._next = self._take()

    def close(self) -> None:
        """The last lines may be of subjects that are not walked: nothing stays open at the database."""
        self._rows.close()

    def _take(self) -> tuple[int, list[Line]] | None:
        for subject_id, rows in self._groups:
            return subject_id, [Line(kind, data) for _, kind, data in rows]
        return None

    def of(self, subject_id: int) -> list[Line]:
        while self._next is not None and self._next[0] < subject_id:
            self._next = self._take()
        if self._next is None or self._next[0] != subject_id:
            return []
        lines, self._next = self._next[1], self._take()
        return lines


def _of_call(call: Row[Any], lines: list[Line]) -> Iterator[Difference]:
    try:
        rebuilt = replay_call(lines)
    except BrokenLog as broken:
        yield Difference("call", call.id, "log", str(call.state), broken.kind)
        return
    recorded = CallPicture(
        key=call.queue_key,
        reasons=tuple(call.queue_reasons),
        place_code=call.place_code,
        **{name: getattr(call, name) for name in CALL_FIELDS},
    )
    names = ENDED_FIELDS if call.state is CallState.ENDED else CALL_FIELDS
    if call.state is not CallState.ENDED and rebuilt.key is not None:  # a log older than its keys tells none
        names = (*names, "key", "reasons")
    if rebuilt.place_told:
        names = (*names, "place_code")
    yield from _between("call", call.id, recorded, rebuilt, names)


def _of_seat(seat: Seat, lines: list[Line]) -> Iterator[Difference]:
    try:
        rebuilt = replay_seat(lines)
    except BrokenLog as broken:
        yield Difference("seat", seat.id, "log", str(seat.state), broken.kind)
        return
    recorded = SeatPicture(
        state=seat.state,
        reason=seat.state_reason,
        person_id=seat.person_id,
        status=seat.status,
        device_live=seat.device_live,
        call_id=seat.call_id,
    )
    yield from _between("seat", seat.id, recorded, rebuilt, tuple(f.name for f in fields(SeatPicture)))


def _between(
    subject: str, subject_id: int, recorded: object, rebuilt: object, names: Sequence[str]
) -> Iterator[Difference]:
    for name in names:
        one, other = getattr(recorded, name), getattr(rebuilt, name)
        if one != other:
            yield Difference(subject, subject_id, name, str(one), str(other))
