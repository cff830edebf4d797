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
from hotline.domain.measures import Figures, MeasureRule, figures
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
class Part:
    """The whole, a centre or a number, with its figures of the period."""

    scope: Scope
    name_zh: str
    name_en: str
    figures: Figures


@dataclass(frozen=True)
class Counted:
    """What grows with the period. Whoever asks often may keep it for a moment (`standing_of`)."""

    since: datetime
    rule: MeasureRule
    parts: tuple[Part, ...]
    """The whole first, then the centres, then the numbers."""


@dataclass(frozen=True)
class Waiting:
    """A caller on the line. A call-back stands in the same order, but nobody hears it wait."""

    centre_id: int | None
    line_id: int | None
    seconds: float


@dataclass(frozen=True)
class CentreSeat:
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
    return standing_of(counted(session, now, since, memory), _waiting(session, now), _seats(session), now)


def counted(
    session: Session, now: datetime, since: datetime | None = None, memory: Memory | None = None
) -> Counted:
    begun = since or day_start(now)
    over = measured(session, begun, now, memory)
    calls = _by_scope(over.calls)

    def part(scope: Scope, zh: str, en: str) -> Part:
        times = over.seats_of(scope.centre_id) if scope.line_id is None else None
        return Part(scope, zh, en, figures(calls[scope], over.rule, times, over.wrap_up))

    return Counted(
        begun,
        over.rule,
        (
            part(WHOLE, "全线", "Whole line"),
            *(
                part(Scope(centre_id=centre.id), centre.name_zh, centre.name_en)
                for centre in session.scalars(select(Centre).order_by(Centre.id))
            ),
            *(
                part(Scope(line_id=line.id), f"{line.number} {line.name_zh}", f"{line.number} {line.name_en}")
                for line in session.scalars(select(PhoneLine).order_by(PhoneLine.number))
            ),
        ),
    )


def standing_of(
    counted: Counted, waiting: Sequence[Waiting], seats: Sequence[CentreSeat], now: datetime
) -> Standing:
    """The figures of a period beside the queue and the seats of this moment."""
    waits = _by_scope(waiting)

    def row(part: Part) -> Row:
        scope, of_seats = part.scope, part.scope.line_id is None
        own = [seat.state for seat in seats if scope.centre_id in (None, seat.centre_id)]
        return Row(
            scope=scope,
            name_zh=part.name_zh,
            name_en=part.name_en,
            waiting=len(waits[scope]),
            longest_seconds=max((one.seconds for one in waits[scope]), default=None),
            on_duty=sum(state in ON_DUTY for state in own) if of_seats else None,
            free=own.count(SeatState.AVAILABLE) if of_seats else None,
            figures=part.figures,
        )

    rows = [row(part) for part in counted.parts]
    return Standing(
        at=now,
        since=counted.since,
        whole=rows[0],
        centres=tuple(one for one in rows if one.scope.centre_id is not None),
        lines=tuple(one for one in rows if one.scope.line_id is not None),
    )


class _OfParts(Protocol):
    @property
    def centre_id(self) -> int | None: ...
    @property
    def line_id(self) -> int | None: ...


Of = TypeVar("Of", bound=_OfParts)


def _by_scope(rows: Sequence[Of]) -> dict[Scope, list[Of]]:
    """Each row belongs to the whole, to its centre and to its number."""
    found: dict[Scope, list[Of]] = defaultdict(list)
    found[WHOLE] = list(rows)
    for one in rows:
        if one.centre_id is not None:
            found[Scope(centre_id=one.centre_id)].append(one)
        if one.line_id is not None:
            found[Scope(line_id=one.line_id)].append(one)
    return found


def _waiting(session: Session, now: datetime) -> list[Waiting]:
    entered = entered_queue(Call.state.in_(WAITING))
    rows = session.execute(
        select(Call.centre_id, Call.line_id, Call.arrived_at, entered.c.at)
        .outerjoin(entered, entered.c.call_id == Call.id)
        .where(Call.state.in_(WAITING), Call.direction != CallDirection.OUTBOUND)
    )
    return [
        Waiting(centre_id, line_id, max(0.0, (now - (at or arrived)).total_seconds()))
        for centre_id, line_id, arrived, at in rows
    ]


def _seats(session: Session) -> list[CentreSeat]:
    return [
        CentreSeat(row.centre_id, row.state) for row in session.execute(select(Seat.centre_id, Seat.state))
    ]
