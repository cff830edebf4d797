"""What the supervisor's board shows, read in one go; frozen, so that a page shows one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from agent_console.queries_alarms import AlarmRow, alarm_rows
from agent_console.queries_owed import Backlog, Duties, Owed, UrgentCallback, read_owed
from agent_console.queries_queue import WaitingCall, waiting_call, waiting_rows
from agent_console.queries_seats import OpenDanger, OpenHelp, SeatCard, open_dangers, open_helps, read_seats
from agent_console.shared_reading import ANEW, SharedReading
from hotline.domain.measures import Figures, MeasureRule, figures
from hotline.domain.priority import Credits
from hotline.domain.seat_state import ON_DUTY
from hotline.routing.policy import policy_of
from hotline.workforce.measured import Memory, call_facts, rule_of
from hotline.workforce.standing import (
    CentreSeat,
    Counted,
    Row,
    Scope,
    Standing,
    Waiting,
    counted,
    standing_of,
)
from hotline.workforce.watch import InForce, limits_in_force, state_by_limits
from models.call_back_words import CallDirection
from models.vocabulary import SeatState
from models.vocabulary_watch import AlarmLevel, Metric


@dataclass(frozen=True)
class Judged:
    """Figures against the limits in force."""

    limits: tuple[InForce, ...]

    def state(self, metric: Metric, value: float | None, scope: Scope | None = None) -> str:
        """normal | warn | crit, by the limits in force of that scope (None: the whole hotline)."""
        level: AlarmLevel | None = state_by_limits(self.limits, scope or Scope(), metric, value)
        return "normal" if level is None else str(level)

    def row_state(self, row: Row, metric: Metric) -> str:
        return self.state(metric, row.value_of(metric), row.scope)

    def limit(self, metric: Metric) -> InForce | None:
        """The limits of the whole hotline, to be printed under the figure."""
        whole = Scope()
        return next((one for one in self.limits if one.scope == whole and one.limits.metric is metric), None)


@dataclass(frozen=True)
class Board(Judged):
    at: datetime
    waiting: tuple[WaitingCall, ...]
    seats: tuple[SeatCard, ...]
    dangers: tuple[OpenDanger, ...]
    helps: tuple[OpenHelp, ...]
    standing: Standing
    """Figures since midnight, of the whole, each centre and each number."""
    last_24_hours: Figures
    rule: MeasureRule
    alarms: tuple[AlarmRow, ...]
    owed: Owed
    counted_again_in: float | None = None
    """Seconds until the figures of the day are worth asking for again; None: all that was told is in them."""

    @property
    def duties(self) -> Duties:
        return self.owed.duties

    @property
    def backlog(self) -> Backlog:
        return self.owed.backlog

    @property
    def urgent_callbacks(self) -> tuple[UrgentCallback, ...]:
        return self.owed.urgent_callbacks

    @property
    def today(self) -> Figures:
        return self.standing.whole.figures

    @property
    def centres(self) -> tuple[Row, ...]:
        return self.standing.centres

    def on_duty(self, centre_id: int | None) -> int:
        """None: of the whole hotline."""
        own = (seat for seat in self.seats if centre_id in (None, seat.centre_id))
        return sum(seat.state in ON_DUTY for seat in own)

    @property
    def longest_seconds(self) -> float | None:
        return max((call.waited_seconds for call in self.waiting), default=None)

    @cached_property
    def seats_by_state(self) -> dict[SeatState, list[SeatCard]]:
        found: dict[SeatState, list[SeatCard]] = {state: [] for state in SeatState}
        for seat in self.seats:
            found[seat.state].append(seat)
        return found

    @property
    def seat_counts(self) -> dict[SeatState, int]:
        return {state: len(seats) for state, seats in self.seats_by_state.items()}


@dataclass(frozen=True)
class Rest:
    """What no call and no seat changes by coming and going: limits, alarms, what is owed."""

    limits: tuple[InForce, ...]
    alarms: tuple[AlarmRow, ...]
    owed: Owed
    credits: Credits


@dataclass(frozen=True)
class Told:
    """When boards were last told something (steady clock): what was read before is read anew."""

    at: float
    of_the_rest_at: float
    """Of something else than calls and seats."""


REST_SECONDS = 2.0
COUNTED_SECONDS, COUNTED_TIMES = 1.0, 5.0
"""Counting the day anew takes about a fifth of a thread's time at most, until it takes that long."""


class BoardMemory:
    """Of earlier readings, for one process: what is settled of today, the figures for as long as counting
    them is dear, the last 24 hours and the rest for a while."""

    def __init__(self) -> None:
        self.today = Memory()
        self.counted: SharedReading[Counted] = SharedReading(COUNTED_SECONDS, times=COUNTED_TIMES)
        self.day: SharedReading[Figures] = SharedReading(30.0)
        self.rest: SharedReading[Rest] = SharedReading(REST_SECONDS)


def read_board(
    session: Session, now: datetime, memory: BoardMemory | None = None, told: Told | None = None
) -> Board:
    """`told` None: everything is read now; else what is shared may be as old as `BoardMemory` lets it be,
    but never from before a fact of its own kind."""
    kept = memory or BoardMemory()
    helps, dangers = open_helps(session, now), open_dangers(session, now)
    seats = read_seats(session, now, dangers, helps)
    queue = waiting_rows(session)
    rest = kept.rest.get(lambda: _rest(session, now), told.of_the_rest_at if told else ANEW)
    day = kept.counted.dated(
        lambda: counted(session, now, memory=kept.today), float("-inf") if told else ANEW
    )
    waiting = tuple(waiting_call(call, entered, now, rest.credits) for call, entered in queue)
    return Board(
        at=now,
        waiting=waiting,
        seats=seats,
        dangers=dangers,
        helps=helps,
        standing=standing_of(
            day.value,
            [
                Waiting(call.centre_id, call.line_id, shown.waited_seconds)
                for (call, _), shown in zip(queue, waiting, strict=True)
                if call.direction is not CallDirection.OUTBOUND
            ],
            [CentreSeat(seat.centre_id, seat.state) for seat in seats],
            now,
        ),
        last_24_hours=kept.day.get(lambda: _last_24_hours(session, now)),
        rule=day.value.rule,
        limits=rest.limits,
        alarms=rest.alarms,
        owed=rest.owed,
        counted_again_in=day.left if told is not None and day.read_at < told.at else None,
    )


def _rest(session: Session, now: datetime) -> Rest:
    return Rest(
        limits=tuple(limits_in_force(session)),
        alarms=alarm_rows(session),
        owed=read_owed(session, now),
        credits=policy_of(session).credits,
    )


def _last_24_hours(session: Session, now: datetime) -> Figures:
    return figures(call_facts(session, now - timedelta(hours=24), now), rule_of(session))


def judged(session: Session) -> Judged:
    return Judged(tuple(limits_in_force(session)))
