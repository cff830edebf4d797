"""500 signed-in consoles on one web process, while 20 changes a second are committed.

    python benchmarks/console.py [--database sqlite|postgresql] [--boards 20] [--desks 480] [--seconds 30]
                                 [--part fan-out|peer|pages]

`fan-out`: from the commit to the browser, of an offer at its seat, and of every change at every board (the
message, the board's parts that were fetched for it, and the figures of the day in them); messages and page
requests a second; then a hundred desks lose their socket, are offered calls meanwhile, and come back.
`peer`: bare Flask-SocketIO under the same server sends each change to each. `pages`: weight of each page, as
its files are and as they travel, and its first paint in Chromium with an empty cache.
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
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.lines.console_changes import Changes  # noqa: E402
from benchmarks.lines.console_house import House, await_url  # noqa: E402
from benchmarks.lines.databases import postgres  # noqa: E402
from benchmarks.lines.page_weight import weigh  # noqa: E402
from tests.conftest import free_port  # noqa: E402

QUIET = 100
QUIET_OFFERS = 20


class Crowd:
    """The consoles' own process, which is asked by lines."""

    def __init__(self, plan: dict[str, Any], sessions: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.lines.fan_out", json.dumps(plan)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.joined = self.ask(json.dumps(sessions))["joined"]

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


def delays(seen: list[list[Any]], committed: dict[tuple[str, int], float]) -> list[float]:
    """Milliseconds of each arrival after its commit. A seat that changes twice counts from the later commit
    that had been made by then."""
    return sorted(
        1000 * (at - committed[kind, number])
        for kind, number, at in seen
        if (kind, number) in committed and committed[kind, number] <= at
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
        "quiet": QUIET,
    }
    crowd, changes = Crowd(plan, house.sessions()), Changes(house)
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
    print(line("offer, commit to its desk", delays(seen["offered"], changes.committed), 300))
    print(line("boards, commit to message", delays(seen["told"], changes.committed)))
    print(line("boards, commit to fetched parts", delays(seen["shown"], changes.committed), 1500))
    print(line("boards, commit to the figures of the day", delays(seen["counted"], changes.committed), 1500))
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
    redis = house.settings.redis_url.get_secret_value()
    bare = house.start(
        [sys.executable, "-m", "benchmarks.lines.bare_fan_out",
         json.dumps({"port": port, "threads": count + 40, "redis": redis})]
    )  # fmt: skip
    await_url(f"http://127.0.0.1:{port}/sign-in", house.product.folder / "doors.log")
    crowd = Crowd({"url": f"http://127.0.0.1:{port}", "bare": count, "boards": [], "desks": []}, {})
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
