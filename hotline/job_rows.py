"""One row of the outbox is leased, run by its handler, and marked done, by whatever process.

A fault puts it back with a growing delay and keeps its kind only, since an error's message may hold what a
caller said. The lease is short and renewed while the process lives. A long job calls `give_way` between its
pieces, so that danger waits for no worker to be done with it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, case, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hotline.job_attempt import BEAT_SECONDS, Attempt, lease_seconds
from models.outbox import AGAIN, OutboxRow
from models.unit_of_work import Clock
from models.vocabulary import OutboxState

log = logging.getLogger("hotline.jobs")

CARRIER = "carrier"
RQ_QUEUES = ("urgent", "danger", "work", "speech", "bulk")
PRIORITY = {name: place for place, name in enumerate((CARRIER, *RQ_QUEUES))}
AHEAD = ("urgent", "danger")
"""What a running job of any queue behind gives way to."""
ATTEMPT_SECONDS = {CARRIER: 20, "urgent": 600, "danger": 1800, "work": 1800, "speech": 1800, "bulk": 3600}
"""So long one attempt may take."""
ONE_AT_A_TIME = {"detect": 600}
"""Kinds of which one row runs at once, whatever the number of workers, with the seconds of an attempt: where
every series rises a detection is long, and a second one would keep the danger queue waiting."""
TURN_SECONDS = 5
LOOK_SECONDS = 1.0
"""So often a job that gives way looks for what goes before it."""
LOOK_ROWS = 20
LONGEST_DELAY_SECONDS = 3600
CARRIER_ATTEMPTS = 8
"""After that a carrier command is dead: reconciliation mends what it meant to do."""
BY_PRIORITY = (case(PRIORITY, value=OutboxRow.queue), OutboxRow.due_at)

Handlers = Mapping[str, Callable[[dict[str, Any]], None]]


class Deferred(Exception):
    """Raised by a handler to be called again later: no fault, a matter of waiting."""

    def __init__(self, seconds: float) -> None:
        super().__init__("not yet")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Leased:
    row_id: int
    kind: str
    queue: str
    payload: dict[str, Any]
    attempts: int

    @property
    def seconds(self) -> int:
        """How long the lease holds: of the carrier's commands, which are short, as long as an attempt."""
        most = attempt_seconds(self.kind, self.queue)
        return most if self.queue == CARRIER else lease_seconds(self.attempts, most)


_running: ContextVar[tuple[RowRunner, Attempt] | None] = ContextVar("running", default=None)


def give_way() -> None:
    """Called by a long job between its pieces, with no transaction open: what waits in a queue of `AHEAD`
    before its own, and nobody has taken, is run here and now; then the job goes on where it was."""
    running = _running.get()
    if running is not None:
        runner, attempt = running
        runner.run_before(attempt)


class RowRunner:
    """Leases and runs one row by its handler; safe to call twice, from anywhere."""

    def __init__(
        self, engine: Engine, clock: Clock, handlers: Handlers, beat_seconds: float = BEAT_SECONDS
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._handlers = handlers
        self._beat_seconds = beat_seconds
        self._look_at = 0.0

    def knows(self, kind: str) -> bool:
        return kind in self._handlers

    def run(self, row_id: int) -> None:
        leased = self._lease(row_id)
        if leased is None:
            return
        kind, attempts = leased.kind, leased.attempts
        try:
            self._attempt(leased)
        except Deferred as wait:
            self._put_back(leased, wait.seconds, None)
        except Exception as error:
            log.exception("%s of row %s failed, attempt %s", kind, row_id, attempts)
            if leased.queue == CARRIER and attempts >= CARRIER_ATTEMPTS:
                self._finish(leased, OutboxState.DEAD, type(error).__name__)
            else:
                delay = 1.0 if leased.queue == CARRIER else 5.0
                self._put_back(
                    leased, min(delay * 2 ** (attempts - 1), LONGEST_DELAY_SECONDS), type(error).__name__
                )
        else:
            self._finish(leased, OutboxState.DONE, None)

    def run_before(self, attempt: Attempt) -> None:
        """See `give_way`."""
        if time.monotonic() < self._look_at:
            return
        try:
            waiting = self._waiting_before(attempt.queue)
            for row_id, kind, queue in waiting:
                with attempt.paused(attempt_seconds(kind, queue)):
                    self.run(row_id)
        except SQLAlchemyError as error:
            # Whoever gave way is not to fail for it; the row waits for the sweep.
            log.warning("what waits could not be run: %s", type(error).__name__)
            waiting = []
        # What was run asks for the next step: it is looked for at once.
        self._look_at = 0.0 if waiting else time.monotonic() + LOOK_SECONDS

    def _attempt(self, leased: _Leased) -> None:
        if leased.queue == CARRIER:
            self._handlers[leased.kind](leased.payload)
            return
        seconds = attempt_seconds(leased.kind, leased.queue)
        with Attempt(leased.queue, seconds, lambda: self._renew(leased), self._beat_seconds) as attempt:
            before = _running.set((self, attempt))
            try:
                self._handlers[leased.kind](leased.payload)
            finally:
                _running.reset(before)

    def _waiting_before(self, queue: str) -> Sequence[Any]:
        ahead = AHEAD[: AHEAD.index(queue)] if queue in AHEAD else AHEAD
        if not ahead:
            return []
        with Session(self._engine.execution_options(reads_only=True)) as session:
            return session.execute(
                select(OutboxRow.id, OutboxRow.kind, OutboxRow.queue)
                .where(OutboxRow.queue.in_(ahead), OutboxRow.kind.in_(self._handlers), free_at(self._clock()))
                .order_by(*BY_PRIORITY)
                .limit(LOOK_ROWS)
            ).all()

    def _lease(self, row_id: int) -> _Leased | None:
        now = self._clock()
        with Session(self._engine) as session, session.begin():
            row = session.get(OutboxRow, row_id, with_for_update=True)
            if row is None or row.kind not in self._handlers or not _is_free(row, now):
                return None
            if row.kind in ONE_AT_A_TIME and _another_runs(session, row, now):
                row.state, row.leased_until = OutboxState.DUE, None
                row.due_at = now + timedelta(seconds=TURN_SECONDS)
                return None
            row.state = OutboxState.LEASED
            row.attempts += 1
            payload = {**row.payload, AGAIN: True} if row.attempts > 1 else dict(row.payload)
            leased = _Leased(row.id, row.kind, row.queue, payload, row.attempts)
            row.leased_until = now + timedelta(seconds=leased.seconds)
            return leased

    def _renew(self, leased: _Leased) -> None:
        self._write(leased, leased_until=self._clock() + timedelta(seconds=leased.seconds))

    def _put_back(self, leased: _Leased, seconds: float, fault: str | None) -> None:
        self._write(
            leased,
            state=OutboxState.DUE,
            due_at=self._clock() + timedelta(seconds=seconds),
            leased_until=None,
            fault=fault,
        )

    def _finish(self, leased: _Leased, state: OutboxState, fault: str | None) -> None:
        self._write(leased, state=state, done_at=self._clock(), leased_until=None, fault=fault)

    def _write(self, leased: _Leased, **values: Any) -> None:
        """Nothing is written by an attempt whose lease ran out and was followed by another."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(OutboxRow)
                .where(
                    OutboxRow.id == leased.row_id,
                    OutboxRow.state == OutboxState.LEASED,
                    OutboxRow.attempts == leased.attempts,
                )
                .values(**values)
            )


def attempt_seconds(kind: str, queue: str) -> int:
    """So long one attempt may take."""
    return ONE_AT_A_TIME.get(kind, ATTEMPT_SECONDS[queue])


def _another_runs(session: Session, row: OutboxRow, now: datetime) -> bool:
    """SQLite writes one at a time as it is; elsewhere two workers that lease two rows at once would each look
    before the other wrote."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"one at a time: {row.kind}"))))
    running = select(OutboxRow.id).where(
        OutboxRow.kind == row.kind,
        OutboxRow.id != row.id,
        OutboxRow.state == OutboxState.LEASED,
        OutboxRow.leased_until > now,
    )
    return session.scalars(running.limit(1)).first() is not None


def _is_free(row: OutboxRow, now: datetime) -> bool:
    if row.state is OutboxState.DUE:
        return row.due_at <= now
    return row.state is OutboxState.LEASED and (row.leased_until is None or row.leased_until <= now)


def free_at(now: datetime) -> ColumnElement[bool]:
    """`_is_free` as a condition: due, or left leased by a process that died."""
    return or_(
        and_(OutboxRow.state == OutboxState.DUE, OutboxRow.due_at <= now),
        and_(OutboxRow.state == OutboxState.LEASED, OutboxRow.leased_until <= now),
    )
