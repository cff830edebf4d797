"""Runs the outbox: the rows and their leases are the truth, RQ merely wakes a worker.

`sweep` (the clock) re-wakes what is due and what a dead process left leased. Rows of the queue `carrier` run
at once in the process that wrote them, so that a call never waits for Redis or a worker.

The JSON serializer is RQ's own; pickle is never used. The job holds a row's id and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.job_rows import BY_PRIORITY, CARRIER, RQ_QUEUES, RowRunner, attempt_seconds, free_at
from models.outbox import OutboxRow
from models.unit_of_work import Clock

log = logging.getLogger("hotline.jobs")

SWEEP_ROWS = 200
WAKING = (OutboxRow.id, OutboxRow.kind, OutboxRow.queue, OutboxRow.attempts)


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
        with Session(self._engine) as session:
            rows = session.execute(
                select(*WAKING)
                .where(OutboxRow.queue.in_(queues), free_at(self._clock()))
                # Of a long backlog, too, the first that are woken are those that matter most.
                .order_by(*BY_PRIORITY)
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
                    timeout=attempt_seconds(kind, queue),
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
