"""Runs the outbox: the rows and their leases are the truth, RQ merely wakes a worker.

A row is leased, run, and marked done; a fault puts it back with a growing delay and keeps its kind only,
since an error's message may hold what a caller said. `sweep` (the clock) re-wakes what is due and what a
dead process left leased. Rows of the queue `carrier` run at once in the process that wrote them, so that
a call never waits for Redis or a worker.

The JSON serializer is RQ's own; pickle is never used. The job holds a row's id and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from models.outbox import AGAIN, OutboxRow
from models.unit_of_work import Clock
from models.vocabulary import OutboxState

log = logging.getLogger("hotline.jobs")

CARRIER = "carrier"
RQ_QUEUES = ("urgent", "danger", "work", "speech", "bulk")
PRIORITY = {name: place for place, name in enumerate((CARRIER, *RQ_QUEUES))}
LEASE_SECONDS = {CARRIER: 20, "urgent": 600, "danger": 1800, "work": 1800, "speech": 1800, "bulk": 3600}
ONE_AT_A_TIME = {"detect": 600}
"""Kinds of which one row runs at once, whatever the number of workers, with the seconds of their lease: where
every series rises a detection is long, and a second one would keep the danger queue waiting. The lease is
short since a worker that was killed holds it until it ends."""
TURN_SECONDS = 5
LONGEST_DELAY_SECONDS = 3600
CARRIER_ATTEMPTS = 8
"""After that a carrier command is dead: reconciliation mends what it meant to do."""
SWEEP_ROWS = 200
WAKING = (OutboxRow.id, OutboxRow.kind, OutboxRow.queue, OutboxRow.attempts)

Handlers = Mapping[str, Callable[[dict[str, Any]], None]]


class Deferred(Exception):
    """Raised by a handler to be called again later: no fault, a matter of waiting."""

    def __init__(self, seconds: float) -> None:
        super().__init__("not yet")
        self.seconds = seconds


class RowRunner:
    """Leases and runs one row by its handler; safe to call twice, from anywhere."""

    def __init__(self, engine: Engine, clock: Clock, handlers: Handlers) -> None:
        self._engine = engine
        self._clock = clock
        self._handlers = handlers

    def knows(self, kind: str) -> bool:
        return kind in self._handlers

    def run(self, row_id: int) -> None:
        leased = self._lease(row_id)
        if leased is None:
            return
        kind, payload, attempts, queue = leased
        try:
            self._handlers[kind](payload)
        except Deferred as wait:
            self._put_back(row_id, wait.seconds, None)
        except Exception as error:
            log.exception("%s of row %s failed, attempt %s", kind, row_id, attempts)
            if queue == CARRIER and attempts >= CARRIER_ATTEMPTS:
                self._finish(row_id, OutboxState.DEAD, type(error).__name__)
            else:
                delay = 1.0 if queue == CARRIER else 5.0
                self._put_back(
                    row_id, min(delay * 2 ** (attempts - 1), LONGEST_DELAY_SECONDS), type(error).__name__
                )
        else:
            self._finish(row_id, OutboxState.DONE, None)

    def _lease(self, row_id: int) -> tuple[str, dict[str, Any], int, str] | None:
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
            row.leased_until = now + timedelta(seconds=lease_seconds(row.kind, row.queue))
            payload = {**row.payload, AGAIN: True} if row.attempts > 1 else dict(row.payload)
            return row.kind, payload, row.attempts, row.queue

    def _put_back(self, row_id: int, seconds: float, fault: str | None) -> None:
        self._write(
            row_id,
            state=OutboxState.DUE,
            due_at=self._clock() + timedelta(seconds=seconds),
            leased_until=None,
            fault=fault,
        )

    def _finish(self, row_id: int, state: OutboxState, fault: str | None) -> None:
        self._write(row_id, state=state, done_at=self._clock(), leased_until=None, fault=fault)

    def _write(self, row_id: int, **values: Any) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(**values))


def lease_seconds(kind: str, queue: str) -> int:
    """So long one attempt may take."""
    return ONE_AT_A_TIME.get(kind, LEASE_SECONDS[queue])


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


class Dispatcher:
    """Wakes whoever runs a row: this process for `carrier`, an RQ worker for the rest."""

    def __init__(
        self, engine: Engine, clock: Clock, redis: Redis, runner: RowRunner, threads: Executor
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._runner = runner
        self._threads = threads
        self._queues = {name: Queue(name, connection=redis, serializer=JSONSerializer) for name in RQ_QUEUES}

    def wake(self, row_ids: Sequence[int]) -> None:
        """Called after commit with the new rows; those due later wait for the sweep."""
        if not row_ids:
            return
        now = self._clock()
        with Session(self._engine) as session:
            rows = session.execute(
                select(*WAKING).where(OutboxRow.id.in_(row_ids), OutboxRow.due_at <= now)
            ).all()
        self._wake(rows)

    def sweep(self, queues: Sequence[str] = (CARRIER, *RQ_QUEUES)) -> int:
        """Wake what is due or was left leased by a process that died. Returns how many."""
        now = self._clock()
        due = and_(OutboxRow.state == OutboxState.DUE, OutboxRow.due_at <= now)
        left = and_(OutboxRow.state == OutboxState.LEASED, OutboxRow.leased_until <= now)
        with Session(self._engine) as session:
            rows = session.execute(
                select(*WAKING)
                .where(OutboxRow.queue.in_(queues), or_(due, left))
                # Of a long backlog, too, the first that are woken are those that matter most.
                .order_by(case(PRIORITY, value=OutboxRow.queue), OutboxRow.due_at)
                .limit(SWEEP_ROWS)
            ).all()
        self._wake(rows)
        return len(rows)

    def _wake(self, rows: Sequence[Any]) -> None:
        for row_id, kind, queue, attempts in rows:
            if queue == CARRIER:
                if self._runner.knows(kind):
                    self._threads.submit(self._runner.run, row_id)
                continue
            try:
                # One job an attempt: a second wake of a row still queued changes nothing, and a job that a
                # killed worker left 'started' in Redis does not stand in the way of the next attempt.
                self._queues[queue].enqueue_call(
                    run_row,
                    args=(row_id,),
                    job_id=f"row-{row_id}-{attempts}",
                    unique=True,
                    timeout=lease_seconds(kind, queue),
                    result_ttl=0,
                    failure_ttl=60,
                )
            except DuplicateJobError:
                continue
            except RedisError:
                log.warning("Redis is away; %s waits for the sweep", kind)
                return


_runner: RowRunner | None = None
"""RQ finds a job's function by its name, so the worker's door puts its runner here, once."""


def run_row(row_id: int) -> None:
    if _runner is None:
        raise RuntimeError("run_row is called by a worker alone")
    _runner.run(row_id)


def work_forever(redis: Redis, runner: RowRunner) -> None:
    """Run jobs in this process until told to end, urgent ones first.

    No fork: a model is loaded once a worker, and no work-horse can outlive its worker.
    """
    global _runner
    _runner = runner
    queues = [Queue(name, connection=redis, serializer=JSONSerializer) for name in RQ_QUEUES]
    worker = SimpleWorker(queues, connection=redis, serializer=JSONSerializer, log_job_description=False)
    worker.work(logging_level="WARNING")
