"""500 signed-in consoles on one web process, while 20 changes a second are committed.

    python benchmarks/console.py [--database sqlite|postgresql] [--boards 20] [--desks 480] [--seconds 30]
                                 [--part fan-out|peer|pages]

`fan-out`: from the commit to the browser, of an offer at its seat, and of every change at every board (the
message, and the board's parts that were fetched for it); messages and page requests a second; then a hundred
desks lose their socket, are offered calls meanwhile, and come back. `peer`: bare Flask-SocketIO under the
same server sends each change to each. `pages`: weight of each page, as its files are and as they travel,
and its first paint in Chromium with an empty cache.
Changes are committed by another process's unit of work and told over Redis, as the product does.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.lines.page_weight import weigh  # noqa: E402
from benchmarks.webhooks import postgres  # noqa: E402
from hotline.bootstrap.core import Core, make_core  # noqa: E402
from hotline.processes.own_redis import redis_process  # noqa: E402
from models.calls import Call, Offer  # noqa: E402
from models.events import CallEnded, CallQueued, Event, OfferEnded, OfferMade, SeatChanged  # noqa: E402
from models.seats import Seat  # noqa: E402
from models.vocabulary import CallOutcome, CallState, OfferState, Role, SeatState  # noqa: E402
from tests import factories  # noqa: E402
from tests.conftest import free_port  # noqa: E402
from tests.journeys.product import Product, eventually  # noqa: E402

CHANGES_A_SECOND = 20
QUIET = 100
QUIET_OFFERS = 20


class House:
    """Redis and the pages of a product, and the records of many desks."""

    def __init__(self, folder: Path, chosen: argparse.Namespace, **settings: str) -> None:
        threads = str(min(1000, chosen.boards + chosen.desks + 60))
        self.product = Product(folder, WEB_THREADS=threads, **settings)
        self.product.prepare()
        self.settings = self.product.settings()
        self.core: Core = make_core(self.settings)[0]
        self._processes: list[subprocess.Popen[Any]] = []
        self.boards = [f"board{n}" for n in range(chosen.boards)]
        self.desks = [f"desk{n}" for n in range(chosen.desks)]
        self.seats: list[int] = []
        self.centre_id = 0
        self._people()

    def _people(self) -> None:
        with Session(self.core.engine) as session, session.begin():
            centre = factories.a_centre(session, self._place(session), "测试中心")
            self.centre_id = centre.id
            for login in self.boards:
                factories.a_person(session, Role.SUPERVISOR, login=login, centre=centre)
            for n, login in enumerate(self.desks):
                person = factories.a_person(session, login=login, centre=centre)
                seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE, label=f"{n:03}")
                seat.state_since = seat.status_since = seat.seen_at = datetime.now(UTC)
                self.seats.append(seat.id)

    def _place(self, session: Session) -> str:
        from models.places import Organisation

        return session.query(Organisation).one().place_code

    def open(self) -> None:
        (self.settings.data_dir / "redis").mkdir(exist_ok=True, mode=0o700)
        self.start(list(redis_process(self.settings).command))
        eventually(self._redis_answers, "Redis answers")
        self.web = self.start([sys.executable, "-m", "hotline", "serve", "web"])
        await_url(f"{self.product.url}/sign-in", self.product.folder / "doors.log")

    def _redis_answers(self) -> bool:
        with contextlib.suppress(Exception):
            return bool(self.core.redis.ping())
        return False

    def start(self, command: list[str]) -> subprocess.Popen[Any]:
        log = (self.product.folder / "doors.log").open("ab")
        environment = {**self.product.environment, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        self._processes.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.core.engine.dispose()
        self.product.stop()


def await_url(url: str, log: Path) -> None:
    import requests

    end = time.monotonic() + 60
    while True:
        with contextlib.suppress(requests.RequestException):
            requests.get(url, timeout=2)
            return
        if time.monotonic() > end:
            raise SystemExit(log.read_text()[-3000:])
        time.sleep(0.2)


class Changes:
    """Commits that a busy night makes: calls that come and go, seats that change, offers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._calls: list[int] = []
        self._offers: list[tuple[int, int, int]] = []
        self._next = 0
        self.committed: dict[tuple[str, int], float] = {}
        self.offered: dict[int, int] = {}
        """Newest offer of each seat."""

    def one(self) -> None:
        kind = (
            "seat",
            "call",
            "offer",
            "seat",
            "offer-end",
            "call",
            "offer",
            "call-end",
            "seat",
            "offer-end",
        )
        {
            "seat": self._seat,
            "call": self._call,
            "call-end": self._call_end,
            "offer": lambda: self.offer(self._house.seats[self._next % len(self._house.seats)]),
            "offer-end": self._offer_end,
        }[kind[self._next % len(kind)]]()
        self._next += 1

    def _told(self, event: Event, number: int) -> None:
        self.committed[event.name, number] = time.time()

    def _seat(self) -> None:
        seat_id = self._house.seats[(self._next * 7) % len(self._house.seats)]
        with self._house.core.work() as unit:
            seat = unit.session.get(Seat, seat_id, with_for_update=True)
            assert seat is not None
            free = seat.state is SeatState.AVAILABLE
            seat.state = SeatState.PAUSED if free else SeatState.AVAILABLE
            seat.state_since = unit.now
            event = SeatChanged(seat_id, str(seat.state))
            unit.tell(event)
        self._told(event, seat_id)

    def _call(self) -> None:
        with self._house.core.work() as unit:
            call = factories.a_waiting_call(unit.session, waited_seconds=0, place_code=None)
            call.carrier_sid = f"CAbench{self._next:026}"
            call.arrived_at = call.state_since = unit.now
            call.queue_key, call.centre_id = unit.now.timestamp(), self._house.centre_id
            unit.session.flush()
            event = CallQueued(call.id)
            unit.tell(event)
        self._calls.append(call.id)
        self._told(event, call.id)

    def _call_end(self) -> None:
        if len(self._calls) < 4:
            return self._call()
        call_id = self._calls.pop(0)
        with self._house.core.work() as unit:
            call = unit.session.get(Call, call_id, with_for_update=True)
            assert call is not None
            call.state, call.ended_at, call.outcome = CallState.ENDED, unit.now, CallOutcome.ABANDONED
            event = CallEnded(call_id, str(call.outcome))
            unit.tell(event)
        self._told(event, call_id)
        return None

    def offer(self, seat_id: int) -> None:
        if not self._calls:
            self._call()
        call_id = self._calls[-1]
        with self._house.core.work() as unit:
            offer = Offer(
                call_id=call_id,
                seat_id=seat_id,
                made_at=unit.now,
                deadline_at=unit.now + timedelta(seconds=60),
            )
            unit.session.add(offer)
            seat = unit.session.get(Seat, seat_id, with_for_update=True)
            assert seat is not None
            seat.state, seat.call_id, seat.state_since = SeatState.OFFERED, call_id, unit.now
            unit.session.flush()
            event = OfferMade(offer.id, call_id, seat_id)
            unit.tell(event)
        self._offers.append((offer.id, call_id, seat_id))
        self.offered[seat_id] = offer.id
        self._told(event, offer.id)

    def _offer_end(self) -> None:
        if not self._offers:
            return self._seat()
        offer_id, call_id, seat_id = self._offers.pop(0)
        with self._house.core.work() as unit:
            offer, seat = unit.session.get(Offer, offer_id), unit.session.get(Seat, seat_id)
            assert offer is not None
            assert seat is not None
            offer.state = OfferState.WITHDRAWN
            seat.state, seat.call_id = SeatState.AVAILABLE, None
            event = OfferEnded(offer_id, call_id, seat_id, "withdrawn")
            unit.tell(event)
        self._told(event, offer_id)
        return None

    def steadily(self, seconds: float) -> float:
        """Changes a second that were really committed."""
        begun, made = time.monotonic(), 0
        while (passed := time.monotonic() - begun) < seconds:
            if made > passed * CHANGES_A_SECOND:
                time.sleep(0.005)
                continue
            self.one()
            made += 1
        return made / (time.monotonic() - begun)


class Crowd:
    """The consoles' own process, which is asked by lines."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.lines.fan_out", json.dumps(plan)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.joined = self._answer()["joined"]

    def ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        text = self._process.stdout.readline()
        if not text:
            raise SystemExit("the consoles' process ended")
        found: dict[str, Any] = json.loads(text)
        return found

    def close(self) -> None:
        self._process.stdin.close() if self._process.stdin else None
        self._process.wait(10)


def delays(seen: list[list[Any]], committed: dict[tuple[str, int], float], name: str = "") -> list[float]:
    """Milliseconds of each arrival after its commit. A seat that changes twice counts from the later commit
    that had been made by then."""
    return sorted(
        1000 * (at - committed[kind, number])
        for kind, number, at in seen
        if (kind, number) in committed and committed[kind, number] <= at and name in ("", kind)
    )


def line(name: str, found: list[float], bound: float | None = None) -> str:
    if not found:
        return f"  {name}: nothing arrived"
    p99 = found[int(0.99 * (len(found) - 1))]
    judged = "" if bound is None else f" (under {bound:.0f}: {'holds' if p99 < bound else 'DOES NOT HOLD'})"
    return f"  {name}: p50 {statistics.median(found):.0f} ms, p99 {p99:.0f} ms{judged}, {len(found)} arrivals"


def fan_out(house: House, chosen: argparse.Namespace) -> None:
    plan = {
        "url": house.product.url,
        "boards": house.boards,
        "desks": house.desks,
        "password": factories.PASSWORD,
        "quiet": QUIET,
    }
    crowd, changes = Crowd(plan), Changes(house)
    web = psutil.Process(house.web.pid)
    changes.steadily(3)
    before, used = crowd.ask("count"), cpu(web)
    begun = time.monotonic()
    rate = changes.steadily(chosen.seconds)
    seconds = time.monotonic() - begun
    after = crowd.ask("count")
    busy = (cpu(web) - used) / seconds
    threads = max(one.num_threads() for one in [web, *web.children()])
    messages, pages = ((after[what] - before[what]) / seconds for what in ("messages", "pages"))
    print(
        f"{chosen.database}: {crowd.joined} consoles ({len(house.boards)} boards), "
        f"{rate:.1f} changes a second, {threads} threads, web process {busy:.0%} of a core, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(
        f"  messages a second {messages:.0f} (at most 600), page requests a second {pages:.1f} (at most 50)"
    )
    crowd.ask("quiet")
    seats = house.seats[: min(QUIET, len(house.seats))]
    for seat_id in seats[:QUIET_OFFERS]:
        changes.offer(seat_id)
    resumed = crowd.ask("back")
    lost = [
        seat
        for n, seat in enumerate(seats[:QUIET_OFFERS])
        if resumed[house.desks[n]] != changes.offered[seat]
    ]
    seen = crowd.ask("end")
    crowd.close()
    print(line("offer, commit to its desk", delays(seen["told"], changes.committed, "offer.made"), 300))
    of_boards = [row for row in seen["told"] if row[0] != "offer.made"]
    print(line("boards, commit to message", delays(of_boards, changes.committed)))
    print(line("boards, commit to fetched parts", delays(seen["shown"], changes.committed), 1500))
    print(
        f"  after a reconnect of {len(seats)} desks: {len(lost)} of {QUIET_OFFERS} offers "
        "made meanwhile are not shown"
    )
    for fault in seen["failed"]:
        print(f"  ! {fault}")


def cpu(process: psutil.Process) -> float:
    """Seconds of a process and its children."""
    return sum(sum(one.cpu_times()[:2]) for one in [process, *process.children(recursive=True)])


def peer(house: House, chosen: argparse.Namespace) -> None:
    count = chosen.boards + chosen.desks
    port = free_port()
    redis = f"redis://127.0.0.1:{house.settings.redis_port}/0"
    bare = house.start(
        [sys.executable, "-m", "benchmarks.lines.bare_fan_out",
         json.dumps({"port": port, "threads": count + 40, "redis": redis})]
    )  # fmt: skip
    await_url(f"http://127.0.0.1:{port}/sign-in", house.product.folder / "doors.log")
    crowd = Crowd(
        {"url": f"http://127.0.0.1:{port}", "bare": count, "boards": [], "desks": [], "password": ""}
    )
    changes = Changes(house)
    changes.steadily(2)
    process = psutil.Process(bare.pid)
    before, used, begun = crowd.ask("count"), cpu(process), time.monotonic()
    changes.steadily(chosen.seconds)
    seconds = time.monotonic() - begun
    after, busy = crowd.ask("count"), (cpu(process) - used) / seconds
    seen = crowd.ask("end")
    crowd.close()
    threads = max(one.num_threads() for one in [process, *process.children()])
    print(f"bare Flask-SocketIO, each change to each of {count}: "
          f"{(after['messages'] - before['messages']) / seconds:.0f} messages a second, {threads} threads, "
          f"{busy:.0%} of a core")  # fmt: skip
    print(line("commit to message", delays(seen["told"], changes.committed)))


@contextlib.contextmanager
def house_of(chosen: argparse.Namespace) -> Iterator[House]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = {}
        if chosen.database == "postgresql":
            settings["DATABASE_URL"] = stack.enter_context(postgres(folder))
        house = House(folder, chosen, **settings)
        stack.callback(house.close)
        house.open()
        yield house


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", default="postgresql", choices=["sqlite", "postgresql"])
    parser.add_argument("--boards", type=int, default=20)
    parser.add_argument("--desks", type=int, default=480)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--part", choices=["fan-out", "peer", "pages"])
    chosen = parser.parse_args()
    with house_of(chosen) as house:
        if chosen.part in (None, "fan-out"):
            fan_out(house, chosen)
        if chosen.part in (None, "peer"):
            peer(house, chosen)
        if chosen.part in (None, "pages"):
            weigh(house.product)


if __name__ == "__main__":
    main()
