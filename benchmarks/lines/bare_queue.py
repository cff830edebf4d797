"""The queue to compare with: the least that a durable dequeue is, on either database, by the driver alone."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

TAKE = "SELECT id FROM bare WHERE state = 'queued' ORDER BY key LIMIT 1"
TAKE_AND_LOCK = TAKE + " FOR UPDATE SKIP LOCKED"
TABLES = {
    "bare": "id INTEGER PRIMARY KEY, key FLOAT, state TEXT, seat INTEGER",
    "bare_seat": "id INTEGER PRIMARY KEY, state TEXT, call INTEGER",
    "bare_offer": "id INTEGER PRIMARY KEY, call INTEGER, seat INTEGER, state TEXT",
    "bare_log": "subject INTEGER, kind TEXT, data TEXT",
    "bare_outbox": "key TEXT PRIMARY KEY, kind TEXT, state TEXT",
}


@dataclass(frozen=True)
class Pace:
    a_second: float
    processor_ms: float
    """Of this process, for each; a database's own process is not in it."""


@contextlib.contextmanager
def pace(count: int) -> Iterator[list[Pace]]:
    """What the block did `count` times, put into the list at its end."""
    found: list[Pace] = []
    began, used = time.perf_counter(), time.process_time()
    yield found
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    found.append(Pace(count / seconds, 1000 * processor / count))


@dataclass(frozen=True)
class Bare:
    """A queue by the driver alone: each assignment is one transaction of its own, as durable as ours."""

    connect: Callable[[], Any]
    mark: str
    """How the driver writes a parameter."""
    take: str
    begin: str = ""

    def rate(self, calls: int, whole: bool) -> Pace:
        """Of so many assignments. `whole`: it leaves the rows that ours leaves: offer, seat, logs, outbox."""
        with contextlib.closing(self.connect()) as connection:
            self._prepare(connection, calls)
            with pace(calls) as found:
                for seat in range(calls):
                    if self.begin:
                        connection.execute(self.begin)
                    self._assign(lambda words, *values: connection.execute(
                        words.replace("?", self.mark), values), seat, whole)  # fmt: skip
                    connection.commit()
            return found[0]

    def _prepare(self, connection: Any, calls: int) -> None:
        for table, columns in TABLES.items():
            connection.execute(f"DROP TABLE IF EXISTS {table}")
            connection.execute(f"CREATE TABLE {table} ({columns})")
        connection.execute("CREATE INDEX bare_order ON bare (state, key)")
        fill = "INSERT INTO bare VALUES (?, ?, 'queued', NULL)".replace("?", self.mark)
        seats = "INSERT INTO bare_seat VALUES (?, 'available', NULL)".replace("?", self.mark)
        cursor = connection.cursor()
        cursor.executemany(fill, [(n, n) for n in range(calls)])
        cursor.executemany(seats, [(n,) for n in range(calls)])
        connection.commit()

    def _assign(self, run: Callable[..., Any], seat: int, whole: bool) -> None:
        (call,) = run(self.take).fetchone()
        run("UPDATE bare SET state = 'offered', seat = ? WHERE id = ?", seat, call)
        if whole:
            run("UPDATE bare_seat SET state = 'offered', call = ? WHERE id = ?", call, seat)
            run("INSERT INTO bare_offer VALUES (?, ?, ?, 'made')", call, call, seat)
            run("INSERT INTO bare_log VALUES (?, 'offer_made', ?)", call, str(seat))
            run("INSERT INTO bare_log VALUES (?, 'offered', ?)", seat, str(call))
            run("INSERT INTO bare_outbox VALUES (?, 'ring_seat', 'due')", f"ring_seat:{call}")


def on_sqlite(path: Path, synchronous: str) -> Bare:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        return connection

    return Bare(connect, "?", TAKE, begin="BEGIN IMMEDIATE")


def on_postgres(url: str) -> Bare:
    return Bare(lambda: psycopg.connect(url.replace("+psycopg", "")), "%s", TAKE_AND_LOCK)
