"""The product's parts of analytics on one database, its workers as processes, and a Redis of their own."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import func, select

from analytics.cluster import StaticEmbedder
from analytics.pipeline import Job, Pipeline
from benchmarks.lines.spoken import model
from hotline.job_rows import RowRunner, give_way
from hotline.jobs import Dispatcher, work_forever
from hotline.processes.own_redis import find_redis_server
from models.base import make_engine
from models.calls import Call
from models.crypto import Keyring
from models.surveillance import Issue
from models.unit_of_work import UnitOfWork, system_clock

REDIS_PORT = 9179
KEY = bytes(range(32))


def keyring() -> Keyring:
    return Keyring({"benchmark": KEY})


class House:
    """The product's parts on one database: units of work that wake the queue, the runner and its jobs."""

    def __init__(self, url: str, folder: Path, redis: Redis | None = None) -> None:
        self.engine = make_engine(url, keyring())
        self.folder = folder
        self.speech, self.embedder = None, StaticEmbedder()
        self.pipeline = Pipeline(
            self.work,
            keyring(),
            folder,
            lambda _l: self.speech,
            lambda _l: self.embedder,
            audit_key=b"b" * 32,
            give_way=give_way,
        )
        self.runner = RowRunner(self.engine, system_clock, _timed(self.pipeline.jobs(), folder))
        self.redis = redis
        self.dispatcher = (
            Dispatcher(self.engine, system_clock, redis, self.runner, ThreadPoolExecutor(1))
            if redis
            else None
        )

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, system_clock, self._publish)

    def _publish(self, _events: Any, rows: Any) -> None:
        if self.dispatcher is not None:
            self.dispatcher.wake(rows)


def _timed(jobs: dict[str, Job], folder: Path) -> dict[str, Job]:
    """Each with a line of what it took in a file of this process."""

    def timed(kind: str, job: Job) -> Job:
        def run(payload: dict[str, Any]) -> None:
            began, cpu = time.perf_counter(), time.process_time()
            try:
                job(payload)
            finally:
                taken = f"{kind}\t{time.perf_counter() - began}\t{time.process_time() - cpu}\n"
                with (folder / f"jobs-{os.getpid()}.tsv").open("a") as lines:
                    lines.write(taken)

        return run

    return {kind: timed(kind, job) for kind, job in jobs.items()}


def taken_by_jobs(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """kind -> (seconds, CPU seconds) of each run, whichever worker ran it."""
    taken: dict[str, list[tuple[float, float]]] = {}
    for path in folder.glob("jobs-*.tsv"):
        for line in path.read_text().splitlines():
            kind, seconds, cpu = line.split("\t")
            taken.setdefault(kind, []).append((float(seconds), float(cpu)))
    return taken


def worker(url: str, folder: str, ready: Any) -> None:
    house = House(url, Path(folder), Redis(port=REDIS_PORT))
    house.speech = model()  # type: ignore[assignment]
    house.pipeline.load_models()
    ready.release()
    assert house.redis is not None
    work_forever(house.redis, house.runner)


@contextmanager
def redis_server(folder: Path) -> Iterator[Redis]:
    asked = [find_redis_server(), "--port", str(REDIS_PORT), "--bind", "127.0.0.1", "--save", "", "--dir"]
    process = subprocess.Popen([*asked, str(folder)], stdout=subprocess.DEVNULL)
    client = Redis(port=REDIS_PORT)
    try:
        for _ in range(100):
            try:
                client.ping()
                break
            except Exception:
                time.sleep(0.05)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait()


def mend_ids(house: House) -> None:
    """Rows came with their ids: the server's own numbering goes on after them."""
    with house.engine.begin() as connection:
        for table in (Call.__table__, Issue.__table__):
            highest = select(func.max(table.c.id)).scalar_subquery()
            connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))
