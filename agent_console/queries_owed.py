"""What the shift and the machines owe, for boards: call-backs, duties, signals, the backlog of analytics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from hotline.care.escalation import high_follow_up_overdue
from models.base import Base
from models.calls import Callback
from models.care import FollowUp
from models.duty_requests import Absence
from models.outbox import OutboxRow, Progress
from models.seats import Seat
from models.surveillance import Alert, Contact, Signal
from models.vocabulary import AnalysisState, CallbackKind, CallbackState, OutboxState
from models.vocabulary_surveillance import AlertState, SignalState

ANALYTICS_QUEUES = ("urgent", "danger", "work", "speech", "bulk")
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
class Owed:
    duties: Duties
    backlog: Backlog
    urgent_callbacks: tuple[UrgentCallback, ...]
    absent: int
    """Rostered seats whose person did not come."""


def read_owed(session: Session, now: datetime) -> Owed:
    """The counts in one question: each is small, and every board asks for all of them."""
    due = Callback.closed_at.is_(None)
    still_trying = Callback.state.in_(
        (CallbackState.DUE, CallbackState.IN_LINE, CallbackState.WITH_SUPERVISOR)
    )
    counted = session.execute(
        select(
            _count(Callback, due, Callback.kind.not_in((CallbackKind.MESSAGE, CallbackKind.FOLLOW_UP))),
            _count(Callback, Callback.kind != CallbackKind.FOLLOW_UP, still_trying, Callback.due_at < now),
            _count(Callback, due, Callback.kind == CallbackKind.MESSAGE),
            _count(FollowUp, high_follow_up_overdue(now)),
            _count(Signal, Signal.state == SignalState.NEW),
            _count(Alert, Alert.state == AlertState.AWAITING_SIGNATURE),
            _count(Absence, Absence.ended_at.is_(None)),
            _count(OutboxRow, OutboxRow.state == OutboxState.DEAD),
            _count(Contact, Contact.state == AnalysisState.PENDING),
        )
    ).one()
    *of_duties, absent, dead_jobs, pending = (int(number) for number in counted)
    return Owed(
        duties=Duties(*of_duties),
        backlog=_backlog(session, now, dead_jobs, pending),
        urgent_callbacks=_urgent_callbacks(session),
        absent=absent,
    )


def _count(table: type[Base], *where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*where).scalar_subquery()


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


def _backlog(session: Session, now: datetime, dead_jobs: int, pending: int) -> Backlog:
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
    progress = session.get(Progress, "demonstration")
    return Backlog(
        jobs=sum(jobs for jobs, _ in waiting.values()),
        oldest_seconds=max((seconds for _, seconds in waiting.values()), default=None),
        by_priority=tuple((queue, *waiting[queue]) for queue in ANALYTICS_QUEUES if queue in waiting),
        dead_jobs=dead_jobs,
        contacts_pending=pending,
        demonstration_done=progress.done if progress else 0,
        demonstration_total=progress.total if progress else 0,
        demonstration_step=progress.step if progress else "",
        demonstration_moved_at=progress.moved_at if progress else None,
        demonstration_finished=progress is None or progress.finished_at is not None,
    )
