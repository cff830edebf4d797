"""How many of the carrier's questions are answered a second, beside a plain view under the same server.

    python benchmarks/webhooks.py [--parts door consoles set-up] [--databases sqlite postgresql] [--rounds 5]
                                  [--seconds 4] [--connections 8] [--consoles 500] [--calls 10]

door      `voice` is a new call: signature, history, call, event, greeting. The plain view checks the
          signature, reads one row, writes call, event and outbox in one transaction of the same database with
          the same settings, and answers a TwiML of the same length. Both run under the product's own gunicorn
          settings, in turn, and the median of the turns' ratios is what counts (at least 0.7; p99 under
          twice). `empty` answers nothing. `way` is a caller's whole way: greeting, queue, two rounds of
          waiting, hang-up, which does far more than the plain view; every request is counted. All seats are
          on duty and in a talk.
consoles  `voice` alone and beside consoles that are signed in and hold a socket each at the pages, a process
          of their own as in production (less than a tenth less than before and after them).
set-up    The whole product with its embedded exchange, one call after another: ring -> first sound of the
          greeting; a key in it -> the seat rings; the seat answers -> both are in the talk and are heard.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.lines.databases import postgres, versions  # noqa: E402
from benchmarks.lines.doors import Doors  # noqa: E402
from benchmarks.lines.set_up import set_up  # noqa: E402
from tests.journeys.product import Product  # noqa: E402

KINDS = ("plain", "voice", "way", "empty")
PARTS = ("door", "consoles", "set-up")
SETTLE_SECONDS = 5.0


def traffic(doors: Doors, kind: str, seconds: float, connections: int) -> dict[str, float]:
    url = doors.plain_url if kind in ("plain", "empty") else doors.carrier_url
    plan = {"kind": kind, "url": url, "base": url, "token": doors.token, "seconds": seconds,
            "connections": connections}  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.lines.carrier_traffic", json.dumps(plan)],
        cwd=ROOT, capture_output=True, text=True, timeout=seconds + 60, check=False,
    )  # fmt: skip
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    found: dict[str, float] = json.loads(run.stdout)
    if found["refused"]:
        print(f"  {kind}: {found['refused']:.0f} answers were refusals")
    return found


@contextlib.contextmanager
def consoles(doors: Doors, count: int) -> Iterator[psutil.Process]:
    """The process that plays them all, once they have joined and it is quiet around them."""
    account = next(a for a in doors.product.accounts() if a["role"] == "supervisor")
    plan = {
        "url": doors.product.url,
        "name": account["name"],
        "password": account["password"],
        "consoles": count,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lines.consoles", json.dumps(plan)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    joined = json.loads(process.stdout.readline() or "{}").get("joined", 0)
    time.sleep(SETTLE_SECONDS)
    try:
        yield psutil.Process(process.pid)
    finally:
        told, _ = process.communicate("")
        last = json.loads(told)
        print(
            f"  {joined} consoles joined, {last['alive']} still there at the end, {last['facts']} facts told"
        )


def cpu_seconds(process: psutil.Process) -> float:
    """Of the process and those that it forked."""
    return sum(sum(each.cpu_times()[:2]) for each in [process, *process.children(recursive=True)])


def ratio(found: dict[str, list[dict[str, float]]], one: str, other: str, what: str) -> float:
    pairs = zip(found[one], found[other], strict=True)
    return statistics.median(a[what] / b[what] for a, b in pairs)


def at_the_door(doors: Doors, chosen: argparse.Namespace) -> None:
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for turn in range(chosen.rounds):
        for kind in KINDS if turn % 2 == 0 else KINDS[::-1]:
            found[kind].append(traffic(doors, kind, chosen.seconds, chosen.connections))
    for kind, runs in found.items():
        middle = {name: statistics.median(run[name] for run in runs) for name in ("a_second", "p50", "p99")}
        print(f"  {kind:<6} {middle['a_second']:7.1f} a second, half within {middle['p50'] * 1000:6.1f} ms, "
              f"99 % within {middle['p99'] * 1000:6.1f} ms")  # fmt: skip
    print(f"  voice / plain view {ratio(found, 'voice', 'plain', 'a_second'):.2f} (at least 0.7), "
          f"p99 {ratio(found, 'voice', 'plain', 'p99'):.2f} times (under 2); "
          f"way / plain view {ratio(found, 'way', 'plain', 'a_second'):.2f}; "
          f"voice / empty view {ratio(found, 'voice', 'empty', 'a_second'):.2f}")  # fmt: skip


def beside_consoles(doors: Doors, chosen: argparse.Namespace) -> None:
    def voice() -> float:
        traffic(doors, "voice", 1.0, chosen.connections)  # whoever was idle is awake again
        return traffic(doors, "voice", chosen.seconds, chosen.connections)["a_second"]

    alone, beside, pages, played = [voice()], [], [], []
    for _ in range(chosen.rounds):
        with consoles(doors, chosen.consoles) as players:
            watched = ((doors.process_of("web"), pages), (players, played))
            begun, used = time.monotonic(), [cpu_seconds(process) for process, _ in watched]
            beside.append(voice())
            spent = time.monotonic() - begun
            for (process, shares), earlier in zip(watched, used, strict=True):
                shares.append((cpu_seconds(process) - earlier) / spent)
        time.sleep(2)
        alone.append(voice())
    print(f"  meanwhile the pages used {statistics.median(pages):.1%} of a core, and the process that plays "
          f"the consoles {statistics.median(played):.1%}")  # fmt: skip
    around = [(one + other) / 2 for one, other in itertools.pairwise(alone)]
    falls = statistics.median(1 - b / a for a, b in zip(around, beside, strict=True))
    print(f"  voice {statistics.median(alone):.1f} a second alone, {statistics.median(beside):.1f} beside "
          f"{chosen.consoles} consoles: falls by {falls:.1%} (less than 10 %)")  # fmt: skip


def run(database: str, chosen: argparse.Namespace) -> None:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = {"WEB_THREADS": str(min(1000, chosen.consoles + 40))}
        if database == "postgresql":
            settings["DATABASE_URL"] = stack.enter_context(postgres(folder))
        doors = Doors(folder, **settings)
        stack.callback(doors.close)
        doors.open()
        served = f"{doors.settings.carrier_processes} processes of {doors.settings.carrier_threads} threads"
        print(f"{database}: {chosen.connections} connections, {served}, load {os.getloadavg()[0]:.1f}")
        for kind in KINDS:
            traffic(doors, kind, 1.0, chosen.connections)
        if "door" in chosen.parts:
            at_the_door(doors, chosen)
        if "consoles" in chosen.parts:
            beside_consoles(doors, chosen)


def run_set_up(database: str, calls: int) -> None:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = {}
        if database == "postgresql":
            settings["DATABASE_URL"] = stack.enter_context(postgres(folder))
        product = Product(folder, **settings)
        stack.callback(product.stop)
        product.prepare()
        product.start()
        print(
            f"{database}: the whole product, {calls} calls one after another, load {os.getloadavg()[0]:.1f}"
        )
        told = set_up(product, calls)
        for words, name in (("ring -> greeting heard", "greeting_heard"), ("key -> seat rings", "seat_rung"),
                            ("seat answers -> talk both ways", "talk")):  # fmt: skip
            spans = sorted(1000 * getattr(one, name) for one in told)
            print(f"  {words:<31} median {statistics.median(spans):5.0f} ms, longest {spans[-1]:5.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--consoles", type=int, default=500)
    parser.add_argument("--calls", type=int, default=10)
    chosen = parser.parse_args()
    print(versions("pgserver", "psycopg", "SQLAlchemy", "Flask", "gunicorn", "twilio"))
    for database in chosen.databases:
        if {"door", "consoles"} & set(chosen.parts):
            run(database, chosen)
        if "set-up" in chosen.parts:
            run_set_up(database, chosen.calls)


if __name__ == "__main__":
    main()
