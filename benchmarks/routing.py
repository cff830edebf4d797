"""The router's cost: durable assignments a second, and what a decision costs when thousands wait.

    python benchmarks/routing.py [--calls 300] [--rounds 3]

1. Assignments. Ours: the real `Offers.distribute()`: rule asked; offer, call, seat, both event logs and the
   outbox row that rings the seat written, in one commit. Bare: the least that a queue can do, by the driver
   alone, on the same database with the same durability: one transaction an assignment, which takes the first
   row (`SELECT ... FOR UPDATE SKIP LOCKED`, on SQLite BEGIN IMMEDIATE), marks it and commits. "With our
   rows": the same loop that also leaves the rows that ours leaves; still no rule, no need, no order.
   Ours is shown twice. `batch`: many seats are free, and a transaction makes up to 50 assignments, as after a
   rush; its ratio to bare is the one asked for (at least 0.5). `one`: a single seat becomes free and a
   transaction of its own assigns it, as in a quiet hour: the honest price of a single decision.
   A durable step waits for the disk: so does a commit of PostgreSQL, and of SQLite with synchronous=FULL. As
   the product runs it (WAL, NORMAL) a commit of SQLite survives the death of every process and waits for no
   disk: there bare measures how fast C code changes a page, and the ratio says what our rules cost in
   Python, not what a durable step costs.
2. A decision's cost when one seat becomes free: with 5,000 waiting and 1,000 seats at most 3 times that with
   50 and 10.

Rounds of ours and of bare alternate; the ratio is of medians, so that a busy machine hurts both. It does not
hurt both alike: bare waits for its turn at each commit. So the processor time of each is printed beside it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, event, insert, text, update  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from benchmarks.lines.bare_queue import Bare, Pace, on_postgres, on_sqlite, pace  # noqa: E402
from benchmarks.lines.databases import postgres, versions  # noqa: E402
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

    def assign_all(self, calls: int) -> Pace:
        """Of so many assignments when all seats are free."""
        # One seat more than calls: the rules in force may keep one for an imminent danger.
        self.fill(calls, calls + 1, calls + 1)
        with pace(calls) as found:
            made = len(self.offers.distribute())
        assert made == calls, (made, calls)
        return found[0]

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


def cost(name: str, hall: Hall, bare: Bare, calls: int, rounds: int) -> None:
    hall.assign_all(min(calls, 60))  # statements are compiled once
    batches, ones, least, whole = [], [], [], []
    for _ in range(rounds):
        least.append(bare.rate(calls, whole=False))
        batches.append(hall.assign_all(calls))
        whole.append(bare.rate(calls, whole=True))
        ones.append(1 / statistics.median(hall.assign_one_by_one(calls, 50, 40)))
    bottom, batch, same = (statistics.median(p.a_second for p in paces) for paces in (least, batches, whole))
    used, ours, rows = (statistics.median(p.processor_ms for p in paces) for paces in (least, batches, whole))
    one = statistics.median(ones)
    print(
        f"{name:<11} bare {bottom:6.0f}/s, with our rows {same:6.0f}/s   batch {batch:5.0f}/s, "
        f"ratio {batch / bottom:4.2f} ({batch / same:4.2f} to our rows)   "
        f"one {one:4.0f}/s, ratio {one / bottom:4.2f} ({one / same:4.2f})\n"
        f"{'':<11} processor time of this process for each: bare {used:.2f} ms, with our rows {rows:.2f} ms, "
        f"batch {ours:.2f} ms"
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
    print(versions("pgserver", "psycopg", "SQLAlchemy"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with postgres(folder) as url:
            file = f"sqlite:///{folder}"
            halls: dict[str, tuple[Hall, Bare]] = {
                "PostgreSQL": (Hall(url), on_postgres(url)),
                "SQLite FULL": (Hall(f"{file}/full.db", full=True), on_sqlite(folder / "bare.db", "FULL")),
                "SQLite": (Hall(f"{file}/hall.db"), on_sqlite(folder / "bare.db", "NORMAL")),
            }
            print("durable assignments a second")
            for name, (hall, bare) in halls.items():
                cost(name, hall, bare, asked.calls, asked.rounds)
            print("\na decision when one seat becomes free")
            for name, (hall, _) in halls.items():
                size(name, hall, asked.rounds)
            for hall, _ in halls.values():
                hall.engine.dispose()


if __name__ == "__main__":
    main()
