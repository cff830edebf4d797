"""The outbox with its runner, its dispatcher and a worker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import hotline.jobs
from hotline.job_rows import RQ_QUEUES, Deferred, RowRunner
from hotline.jobs import Dispatcher
from models.outbox import OutboxRow
from models.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "13800138000"


class SetClock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class House:
    """The outbox with its runner, dispatcher and one burst worker."""

    def __init__(self, engine: Engine, redis: Redis) -> None:
        redis.flushall()
        self.engine, self.redis, self.clock = engine, redis, SetClock()
        self.done: list[dict[str, Any]] = []
        self.handlers = {"note": self.done.append, "fail": self._fail, "wait": self._wait}
        self.runner = RowRunner(engine, self.clock, self.handlers)
        self.threads = ThreadPoolExecutor(2)
        self.dispatcher = Dispatcher(engine, self.clock, redis, self.runner, self.threads)

    def _fail(self, payload: dict[str, Any]) -> None:
        raise ValueError(f"the caller said {SECRET}")

    def _wait(self, payload: dict[str, Any]) -> None:
        raise Deferred(30)

    def ask(self, kind: str, queue: str, key: str) -> None:
        with UnitOfWork(self.engine, self.clock, lambda _, rows: self.dispatcher.wake(rows)) as unit:
            unit.ask(kind, queue, key, {"call_id": 7})

    def work(self) -> None:
        hotline.jobs._runner = self.runner
        queues = [Queue(name, connection=self.redis, serializer=JSONSerializer) for name in RQ_QUEUES]
        SimpleWorker(queues, connection=self.redis, serializer=JSONSerializer).work(
            burst=True, logging_level="ERROR"
        )

    def row(self, key: str) -> OutboxRow:
        with Session(self.engine) as session:
            return session.scalars(select(OutboxRow).where(OutboxRow.key == key)).one()
