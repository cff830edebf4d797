"""How the hotline stands at one moment: the whole, each centre and each number, now and over a period.

Boards, the watch and the wallboard read this, so that none can tell another figure than the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.local_day import day_start
from hotline.domain.measures import Figures, figures
from hotline.domain.seat_state import ON_DUTY
from hotline.workforce.measured import Memory, entered_queue, measured
from models.call_back_words import CallDirection
from models.calls import Call
from models.network import PhoneLine
from models.places import Centre
from models.seats import Seat
from models.vocabulary import CallState, SeatState
from models.vocabulary_watch import Metric

WAITING = (CallState.QUEUED, CallState.CONNECTING)
LEAST_CALLS = 10
"""A share of fewer calls says nothing yet: the first hang-up after midnight is no alarm."""


@dataclass(frozen=True)
class Scope:
    """Both None: the whole hotline."""

    centre_id: int | None = None
    line_id: int | None = None


WHOLE = Scope()


@dataclass(frozen=True)
class Row:
    """One line of a board. `free` and `on_duty` None: a number that is dialled has no seats of its own."""

    scope: Scope
    name_zh: str
    name_en: str
    waiting: int
    longest_seconds: float | None
    on_duty: int | None
    free: int | None
    figures: Figures
    """Of the period."""

    def value_of(self, metric: Metric) -> float | None:
        """None: nothing to judge by."""
        figures = self.figures
        match metric:
            case Metric.WAITING:
                return self.waiting
            case Metric.LONGEST_WAIT:
                return self.longest_seconds or 0.0
            case Metric.FREE_SEATS:
                return self.free
            case Metric.OCCUPANCY:
                return figures.occupancy
        if figures.received - figures.unfinished < LEAST_CALLS:
            return None
        return {
            Metric.SERVICE_LEVEL: figures.service_level,
            Metric.SERVICE_LEVEL_2: figures.service_level_2,
            Metric.ABANDONMENT: figures.abandonment,
            Metric.CONNECT_RATE: figures.connect_rate,
            Metric.ASA: figures.asa_seconds,
            Metric.AHT: figures.aht_seconds,
        }[metric]


@dataclass(frozen=True)
class Standing:
    at: datetime
    since: datetime
    whole: Row
    centres: tuple[Row, ...]
    lines: tuple[Row, ...]

    def row(self, scope: Scope) -> Row | None:
        return next((row for row in (self.whole, *self.centres, *self.lines) if row.scope == scope), None)


@dataclass(frozen=True)
class _Waiting:
    centre_id: int | None
    line_id: int | None
    seconds: float


@dataclass(frozen=True)
class _SeatNow:
    centre_id: int
    state: SeatState


@dataclass(frozen=True)
class RightNow:
    """The queue and the seats of the whole hotline at this moment: cheap to read."""

    waiting: int
    longest_seconds: float | None
    free: int
    on_duty: int


def right_now(session: Session, now: datetime) -> RightNow:
    waits = [one.seconds for one in _waiting(session, now)]
    states = [seat.state for seat in _seats(session)]
    return RightNow(
        waiting=len(waits),
        longest_seconds=max(waits, default=None),
        free=states.count(SeatState.AVAILABLE),
        on_duty=sum(state in ON_DUTY for state in states),
    )


def standing(
    session: Session, now: datetime, since: datetime | None = None, memory: Memory | None = None
) -> Standing:
    """Of the calls that arrived since `since`; None: since local midnight. `memory`: of earlier readings."""
    begun = since or day_start(now)
    over = measured(session, begun, now, memory)
    waiting, seats = _waiting(session, now), _seats(session)
    calls, waits = _by_scope(over.calls), _by_scope(waiting)

    def row(scope: Scope, zh: str, en: str) -> Row:
        of_seats = scope.line_id is None
        own = [seat.state for seat in seats if scope.centre_id in (None, seat.centre_id)]
        times = over.seats_of(scope.centre_id) if of_seats else None
        return Row(
            scope=scope,
            name_zh=zh,
            name_en=en,
            waiting=len(waits[scope]),
            longest_seconds=max((one.seconds for one in waits[scope]), default=None),
            on_duty=sum(state in ON_DUTY for state in own) if of_seats else None,
            free=own.count(SeatState.AVAILABLE) if of_seats else None,
            figures=figures(calls[scope], over.rule, times, over.wrap_up),
        )

    return Standing(
        at=now,
        since=begun,
        whole=row(WHOLE, "全线", "Whole line"),
        centres=tuple(
            row(Scope(centre_id=centre.id), centre.name_zh, centre.name_en)
            for centre in session.scalars(select(Centre).order_by(Centre.id))
        ),
        lines=tuple(
            row(Scope(line_id=line.id), f"{line.number} {line.name_zh}", f"{line.number} {line.name_en}")
            for line in session.scalars(select(PhoneLine).order_by(PhoneLine.number))
        ),
    )


class _OfParts(Protocol):
    @property
    def centre_id(self) -> int | None: ...
    @property
    def line_id(self) -> int | None: ...


Part = TypeVar("Part", bound=_OfParts)


def _by_scope(rows: Sequence[Part]) -> dict[Scope, list[Part]]:
    """Each row belongs to the whole, to its centre and to its number."""
    found: dict[Scope, list[Part]] = defaultdict(list)
    found[WHOLE] = list(rows)
    for one in rows:
        if one.centre_id is not None:
            found[Scope(centre_id=one.centre_id)].append(one)
        if one.line_id is not None:
            found[Scope(line_id=one.line_id)].append(one)
    return found


def _waiting(session: Session, now: datetime) -> list[_Waiting]:
    """Callers on the line. A call-back stands in the same order, but nobody hears it wait."""
    entered = entered_queue(Call.state.in_(WAITING))
    rows = session.execute(
        select(Call.centre_id, Call.line_id, Call.arrived_at, entered.c.at)
        .outerjoin(entered, entered.c.call_id == Call.id)
        .where(Call.state.in_(WAITING), Call.direction != CallDirection.OUTBOUND)
    )
    return [
        _Waiting(centre_id, line_id, max(0.0, (now - (at or arrived)).total_seconds()))
        for centre_id, line_id, arrived, at in rows
    ]


def _seats(session: Session) -> list[_SeatNow]:
    return [_SeatNow(row.centre_id, row.state) for row in session.execute(select(Seat.centre_id, Seat.state))]
