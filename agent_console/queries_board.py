"""What the supervisor's board shows, read in one go; frozen, so that a page shows one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_console.queries_alarms import AlarmRow, alarm_rows
from agent_console.queries_queue import WaitingCall, waiting_call, waiting_rows
from agent_console.queries_seats import OpenDanger, OpenHelp, SeatCard, open_dangers, open_helps, read_seats
from agent_console.shared_reading import SharedReading
from hotline.care.escalation import high_follow_up_overdue
from hotline.domain.measures import Figures, MeasureRule, figures
from hotline.routing.policy import policy_of
from hotline.workforce.measured import Memory, call_facts, rule_of
from hotline.workforce.standing import Row, Scope, Standing, standing
from hotline.workforce.watch import InForce, limits_in_force, state_by_limits
from models.calls import Callback
from models.outbox import OutboxRow, Progress
from models.seats import Seat
from models.surveillance import Alert, Contact, Signal
from models.vocabulary import (
    AnalysisState,
    CallbackKind,
    CallbackState,
    OutboxState,
    SeatState,
)
from models.vocabulary_surveillance import AlertState, SignalState
from models.vocabulary_watch import AlarmLevel, Metric

ANALYTICS_QUEUES = ("urgent", "danger", "work", "bulk")
"""In the order in which they are drained."""


@dataclass(frozen=True)
class Duties:
    """What the shift owes: call-backs, messages, follow-ups of high risk, signals and signatures."""

    callbacks_due: int
    callbacks_overdue: int
    messages_due: int
    high_risk_follow_ups_overdue: int
    signals_open: int
    alerts_to_sign: int


@dataclass(frozen=True)
class UrgentCallback:
    """A talk at high risk that broke off, or a danger that three tries did not reach."""

    callback_id: int
    call_id: int
    state: CallbackState
    kind: CallbackKind
    since: datetime
    tries: int
    seat_label: str | None
    """The seat that is to call back at once."""


@dataclass(frozen=True)
class Backlog:
    """How far analytics lags behind the calls, and how far the demonstration history is."""

    jobs: int
    oldest_seconds: float | None
    by_priority: tuple[tuple[str, int, float], ...]
    """Queue, how many wait in it, and for how long the oldest has; the first drained first."""
    dead_jobs: int
    contacts_pending: int
    demonstration_done: int
    demonstration_total: int
    demonstration_step: str
    demonstration_moved_at: datetime | None
    demonstration_finished: bool


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
    duties: Duties
    backlog: Backlog
    urgent_callbacks: tuple[UrgentCallback, ...] = ()

    @property
    def today(self) -> Figures:
        return self.standing.whole.figures

    @property
    def centres(self) -> tuple[Row, ...]:
        return self.standing.centres

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


class BoardMemory:
    """Of earlier readings, for one process: what is settled of today, and the last 24 hours for a while."""

    def __init__(self) -> None:
        self.today = Memory()
        self.day: SharedReading[Figures] = SharedReading(30.0)


def read_board(session: Session, now: datetime, memory: BoardMemory | None = None) -> Board:
    kept = memory or BoardMemory()

    def last_24_hours() -> Figures:
        return figures(call_facts(session, now - timedelta(hours=24), now), rule_of(session))

    seats = read_seats(session, now)
    waiting, credits = waiting_rows(session), policy_of(session).credits
    return Board(
        at=now,
        waiting=tuple(waiting_call(call, entered, now, credits) for call, entered in waiting),
        seats=seats,
        dangers=open_dangers(session, now),
        helps=open_helps(session, now),
        standing=standing(session, now, memory=kept.today),
        last_24_hours=kept.day.get(last_24_hours),
        rule=rule_of(session),
        limits=tuple(limits_in_force(session)),
        alarms=alarm_rows(session),
        duties=_duties(session, now),
        backlog=_backlog(session, now),
        urgent_callbacks=_urgent_callbacks(session),
    )


def judged(session: Session) -> Judged:
    return Judged(tuple(limits_in_force(session)))


def _urgent_callbacks(session: Session) -> tuple[UrgentCallback, ...]:
    rows = session.execute(
        select(Callback, Seat.label)
        .outerjoin(Seat, Seat.id == Callback.seat_id)
        .where(
            Callback.closed_at.is_(None),
            ((Callback.kind == CallbackKind.DROPPED) & Callback.danger)
            | (Callback.state == CallbackState.WITH_SUPERVISOR),
        )
        .order_by(Callback.asked_at)
        .limit(20)
    )
    return tuple(
        UrgentCallback(row.id, row.call_id, row.state, row.kind, row.asked_at, row.attempts, label)
        for row, label in rows
    )


def _duties(session: Session, now: datetime) -> Duties:
    def count(*where: object) -> int:
        return session.scalar(select(func.count()).where(*where)) or 0  # type: ignore[arg-type]

    due = Callback.closed_at.is_(None)
    return Duties(
        callbacks_due=count(due, Callback.kind.not_in((CallbackKind.MESSAGE, CallbackKind.FOLLOW_UP))),
        callbacks_overdue=count(
            Callback.kind != CallbackKind.FOLLOW_UP,
            Callback.state.in_((CallbackState.DUE, CallbackState.IN_LINE, CallbackState.WITH_SUPERVISOR)),
            Callback.due_at < now,
        ),
        messages_due=count(due, Callback.kind == CallbackKind.MESSAGE),
        high_risk_follow_ups_overdue=count(high_follow_up_overdue(now)),
        signals_open=count(Signal.state == SignalState.NEW),
        alerts_to_sign=count(Alert.state == AlertState.AWAITING_SIGNATURE),
    )


def _backlog(session: Session, now: datetime) -> Backlog:
    undone = (
        OutboxRow.queue.in_(ANALYTICS_QUEUES),
        OutboxRow.state.in_((OutboxState.DUE, OutboxState.LEASED)),
        OutboxRow.due_at <= now,
    )
    waiting = {
        queue: (jobs, (now - oldest).total_seconds())
        for queue, jobs, oldest in session.execute(
            select(OutboxRow.queue, func.count(), func.min(OutboxRow.due_at))
            .where(*undone)
            .group_by(OutboxRow.queue)
        )
    }
    dead = session.scalar(select(func.count()).where(OutboxRow.state == OutboxState.DEAD)) or 0
    pending = session.scalar(select(func.count()).where(Contact.state == AnalysisState.PENDING)) or 0
    progress = session.get(Progress, "demonstration")
    return Backlog(
        jobs=sum(jobs for jobs, _ in waiting.values()),
        oldest_seconds=max((seconds for _, seconds in waiting.values()), default=None),
        by_priority=tuple((queue, *waiting[queue]) for queue in ANALYTICS_QUEUES if queue in waiting),
        dead_jobs=dead,
        contacts_pending=pending,
        demonstration_done=progress.done if progress else 0,
        demonstration_total=progress.total if progress else 0,
        demonstration_step=progress.step if progress else "",
        demonstration_moved_at=progress.moved_at if progress else None,
        demonstration_finished=progress is None or progress.finished_at is not None,
    )
