"""The router's cost: durable assignments a second, and what a decision costs when thousands wait.

    python benchmarks/routing.py [--calls 300] [--rounds 3]

1. Assignments. Ours: the real `Offers.distribute()`: rule asked; offer, call, seat, both event logs and the
   outbox row that rings the seat written, in one commit. Bare: the least that a queue can do, on the same
   database with the same durability: one transaction that takes the first row (`SELECT ... FOR UPDATE SKIP
   LOCKED`, on SQLite BEGIN IMMEDIATE), marks it and commits; no rule, no log, no outbox, by the driver alone.
   Ours is shown twice. `one`: a single seat becomes free and a transaction of its own assigns it, as in a
   quiet hour. `batch`: many seats are free and a transaction makes up to 50 assignments, as after a rush; the
   bare queue could take 50 rows at once too, but then it would be no measure of a durable step. The ratio
   asked for (at least 0.5) is that of `batch`; `one` is the honest price of a single decision. SQLite is
   measured twice: as the product runs it (WAL, synchronous=NORMAL: a commit survives the death of every
   process, the last ones not a power cut), and with FULL, where a commit waits for the disk as PostgreSQL's.
2. A decision's cost when one seat becomes free: with 5,000 waiting and 1,000 seats at most 3 times that with
   50 and 10.

Rounds of ours and of bare alternate; the ratio is of medians, so that a busy machine hurts both.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402
from sqlalchemy import Engine, event, insert, text, update  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from hotline.routing.offers import Offers  # noqa: E402
from models.base import make_engine  # noqa: E402
from models.calls import Call  # noqa: E402
from models.crypto import Keyring  # noqa: E402
from models.needs import Need, Profile  # noqa: E402
from models.people import Person  # noqa: E402
from models.places import Centre, Organisation, Place  # noqa: E402
from models.schema import Base  # noqa: E402
from models.seats import Seat  # noqa: E402
from models.unit_of_work import UnitOfWork  # noqa: E402
from models.vocabulary import AgentStatus, CallState, PlaceLevel, Role, SeatState  # noqa: E402

KEYRING = Keyring({"bench": bytes(range(32))})
START = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Hall:
    """A hotline with so many seats and so many who wait, on one database."""

    def __init__(self, url: str, *, full: bool = False) -> None:
        self.engine: Engine = make_engine(url, KEYRING)
        if full:
            event.listen(self.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=FULL"))
        Base.metadata.drop_all(self.engine)
        Base.metadata.create_all(self.engine)
        with Session(self.engine) as session, session.begin():
            session.add(Place(code="990000", name_zh="省", name_en="Province", level=PlaceLevel.PROVINCE))
            session.flush()
            session.add(
                Organisation(
                    name_zh="热线", name_en="Line", number="12356", place_code="990000", created_at=START
                )
            )
            centre = Centre(name_zh="中心", name_en="Centre", place_code="990000", minimum_seats=1)
            session.add(centre)
            session.flush()
            self.centre_id = centre.id
        self.now = START
        self.offers = Offers(lambda: UnitOfWork(self.engine, lambda: self.now, lambda *_told: None))

    def fill(self, calls: int, seats: int, free: int) -> None:
        """Anew: `calls` wait, `free` of `seats` are free and the others on a break."""
        with Session(self.engine) as session, session.begin():
            for table in reversed(Base.metadata.sorted_tables):
                if table.name in {"outbox", "offer", "call_event", "seat_event", "call", "seat", "person"}:
                    session.execute(table.delete())
            people = [
                {
                    "id": number,
                    "login": f"p{number}",
                    "name": "-",
                    "role": Role.OPERATOR,
                    "password_hash": "-",
                    "created_at": START,
                }
                for number in range(1, seats + 1)
            ]
            session.execute(insert(Person), people)
            session.execute(
                insert(Seat),
                [
                    {
                        "id": number,
                        "label": str(number),
                        "centre_id": self.centre_id,
                        "person_id": number,
                        "state": SeatState.AVAILABLE if number <= free else SeatState.TALKING,
                        "state_since": START,
                        "status": AgentStatus.READY,
                        "status_since": START,
                        "device_live": True,
                        "profile": Profile(self.centre_id).code,
                        "idle_since": START + timedelta(seconds=number),
                    }
                    for number in range(1, seats + 1)
                ],
            )
            session.execute(
                insert(Call),
                [
                    {
                        "carrier_sid": f"CA{number}",
                        "number_dialled": "12356",
                        "caller_number": None,
                        "caller_hash": "-",
                        "state": CallState.QUEUED,
                        "state_since": START,
                        "arrived_at": START,
                        "wants_since": START,
                        "queue_key": START.timestamp() + number,
                        "queue_reasons": [],
                        "need": Need().code,
                    }
                    for number in range(calls)
                ],
            )
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))

    def free(self, seat_id: int) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(
                update(Seat)
                .where(Seat.id == seat_id)
                .values(state=SeatState.AVAILABLE, call_id=None, idle_since=self.now)
            )

    def assign_all(self, calls: int) -> float:
        """Assignments a second when all seats are free."""
        # One seat more than calls: the rules in force may keep one for an imminent danger.
        self.fill(calls, calls + 1, calls + 1)
        began = time.perf_counter()
        made = len(self.offers.distribute())
        assert made == calls, (made, calls)
        return calls / (time.perf_counter() - began)

    def assign_one_by_one(self, calls: int, seats: int, times: int) -> list[float]:
        """Seconds of each decision: one seat becomes free, one call is assigned."""
        self.fill(calls, seats, 1)
        self.offers.distribute()  # the seat that stays free is the one kept back, if the rules keep one
        spans = []
        for seat_id in range(2, times + 2):
            self.free(seat_id)
            began = time.perf_counter()
            made = self.offers.distribute()
            spans.append(time.perf_counter() - began)
            assert len(made) == 1
        return spans


def bare_postgres(url: str, calls: int) -> float:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (id int PRIMARY KEY, key float8, state text, seat int)")
        connection.execute("CREATE INDEX ON bare (state, key)")
        connection.execute(
            "INSERT INTO bare SELECT n, n, 'queued', NULL FROM generate_series(1, %s) n", [calls]
        )
        connection.commit()
        began = time.perf_counter()
        for seat in range(calls):
            row = connection.execute(
                "SELECT id FROM bare WHERE state = 'queued' ORDER BY key LIMIT 1 FOR UPDATE SKIP LOCKED"
            ).fetchone()
            assert row is not None
            connection.execute("UPDATE bare SET state = 'offered', seat = %s WHERE id = %s", [seat, row[0]])
            connection.commit()
        return calls / (time.perf_counter() - began)


def bare_sqlite(folder: Path, calls: int, synchronous: str = "NORMAL") -> float:
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, key REAL, state TEXT, seat INTEGER)")
    connection.execute("CREATE INDEX bare_order ON bare (state, key)")
    connection.executemany("INSERT INTO bare VALUES (?, ?, 'queued', NULL)", [(n, n) for n in range(calls)])
    began = time.perf_counter()
    for seat in range(calls):
        connection.execute("BEGIN IMMEDIATE")
        (first,) = connection.execute(
            "SELECT id FROM bare WHERE state = 'queued' ORDER BY key LIMIT 1"
        ).fetchone()
        connection.execute("UPDATE bare SET state = 'offered', seat = ? WHERE id = ?", [seat, first])
        connection.execute("COMMIT")
    rate = calls / (time.perf_counter() - began)
    connection.close()
    return rate


def cost(name: str, hall: Hall, bare: Callable[[int], float], calls: int, rounds: int) -> None:
    hall.assign_all(min(calls, 60))  # statements are compiled once
    ours, ones, least = [], [], []
    for _ in range(rounds):
        least.append(bare(calls))
        ours.append(hall.assign_all(calls))
        ones.append(1 / statistics.median(hall.assign_one_by_one(calls, 50, 40)))
    bottom, batch, one = (statistics.median(rates) for rates in (least, ours, ones))
    print(
        f"{name:<11} bare {bottom:7.0f}/s   batch {batch:6.0f}/s, ratio {batch / bottom:4.2f}"
        f"   one {one:5.0f}/s, ratio {one / bottom:4.2f}"
    )


def size(name: str, hall: Hall, rounds: int) -> None:
    small, large = [], []
    for _ in range(rounds):
        small += hall.assign_one_by_one(50, 10, 9)
        large += hall.assign_one_by_one(5000, 1000, 40)
    one, other = statistics.median(small), statistics.median(large)
    print(
        f"{name:<11} 50 waiting, 10 seats {one * 1000:6.2f} ms"
        f"   5000 waiting, 1000 seats {other * 1000:6.2f} ms   ratio {other / one:4.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ.setdefault("XDG_RUNTIME_DIR", place)
        import pgserver

        server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        file = f"sqlite:///{folder}"
        halls: dict[str, tuple[Hall, Callable[[int], float]]] = {
            "PostgreSQL": (Hall(url), lambda n: bare_postgres(url, n)),
            "SQLite": (Hall(f"{file}/hall.db"), lambda n: bare_sqlite(folder, n)),
            "SQLite FULL": (Hall(f"{file}/full.db", full=True), lambda n: bare_sqlite(folder, n, "FULL")),
        }
        try:
            print("durable assignments a second")
            for name, (hall, bare) in halls.items():
                cost(name, hall, bare, asked.calls, asked.rounds)
            print("\na decision when one seat becomes free")
            for name, (hall, _) in halls.items():
                size(name, hall, asked.rounds)
        finally:
            for hall, _ in halls.values():
                hall.engine.dispose()
            server.cleanup()


if __name__ == "__main__":
    main()
