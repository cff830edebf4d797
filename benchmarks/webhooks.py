"""How many of the carrier's questions are answered a second, beside a plain view under the same server.

    python benchmarks/webhooks.py [--databases sqlite postgresql] [--rounds 5] [--seconds 4]
                                  [--connections 8] [--consoles 500]

`voice` is a new call: signature, history, call, event, greeting. The plain view checks the signature, reads
one row, writes call, event and outbox in one transaction of the same database, and answers the same TwiML.
Both run under the product's own gunicorn settings, in turn, and the ratio of each turn is what counts.
`way` is a caller's whole way: greeting, queue, two rounds of waiting, hang-up; every request is counted.
Then the same with consoles connected to the pages beside it.
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

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.lines import plain_door  # noqa: E402
from hotline.processes.own_redis import redis_process  # noqa: E402
from hotline.telephony.prompts import GREETING  # noqa: E402
from models.base import make_engine  # noqa: E402
from models.crypto import Keyring  # noqa: E402
from tests.conftest import free_port  # noqa: E402
from tests.journeys.product import Product  # noqa: E402

KINDS = ("plain", "voice", "way", "empty")


class Doors:
    """The carrier's door and the pages of a product without its other processes, and the plain door."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.product = Product(folder, **settings)
        self.product.prepare()
        self.settings = self.product.settings()
        self._processes: list[subprocess.Popen[Any]] = []
        self.plain_url = f"http://127.0.0.1:{free_port()}"

    def open(self) -> None:
        (self.settings.data_dir / "redis").mkdir(exist_ok=True, mode=0o700)
        redis = redis_process(self.settings)
        self._start(list(redis.command))
        for door in ("carrier", "web"):
            self._start([sys.executable, "-m", "hotline", "serve", door])
        engine = make_engine(self.settings.database_url.get_secret_value(), Keyring({"k": bytes(32)}))
        plain_door.prepare(engine)
        engine.dispose()
        plan = {
            "port": int(self.plain_url.rpartition(":")[2]),
            "processes": self.settings.carrier_processes,
            "threads": self.settings.carrier_threads,
            "database": self.settings.database_url.get_secret_value(),
            "token": self.token,
            "base": self.plain_url,
            "document": document(),
        }
        self._start([sys.executable, "-m", "benchmarks.lines.plain_door", json.dumps(plan)])
        for url in (f"{self.carrier_url}/health", f"{self.product.url}/sign-in", f"{self.plain_url}/empty"):
            self._await(url)

    @property
    def token(self) -> str:
        return self.settings.carrier_auth_token.get_secret_value()

    @property
    def carrier_url(self) -> str:
        return self.settings.webhook_base_url

    def _start(self, command: list[str]) -> None:
        log = (self.product.folder / "doors.log").open("ab")
        environment = {**self.product.environment, "PYTHONPATH": str(ROOT)}
        self._processes.append(
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        )

    def _await(self, url: str) -> None:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(requests.RequestException):
                requests.get(url, timeout=2)
                return
            if time.monotonic() > end:
                raise SystemExit((self.product.folder / "doors.log").read_text()[-3000:])
            time.sleep(0.2)

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.product.stop()


def document() -> str:
    """As long as what the product answers to a new call."""
    body = "".join(f"<Say language='zh-CN'>{line}</Say>" for line in [str(GREETING)] * 2)
    return f"<?xml version='1.0' encoding='UTF-8'?><Response><Gather action='/key'>{body}</Gather></Response>"


def traffic(doors: Doors, kind: str, chosen: argparse.Namespace) -> dict[str, float]:
    url = doors.plain_url if kind in ("plain", "empty") else doors.carrier_url
    plan = {"kind": kind, "url": url, "base": url, "token": doors.token, "seconds": chosen.seconds,
            "connections": chosen.connections}  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.lines.carrier_traffic", json.dumps(plan)],
        cwd=ROOT, capture_output=True, text=True, timeout=chosen.seconds + 60, check=False,
    )  # fmt: skip
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    found: dict[str, float] = json.loads(run.stdout)
    if found["refused"]:
        print(f"  {kind}: {found['refused']:.0f} answers were refusals")
    return found


@contextlib.contextmanager
def consoles(doors: Doors, count: int) -> Iterator[None]:
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
    joined = json.loads(process.stdout.readline() or "{}")
    print(f"  {joined.get('joined', 0)} consoles are connected")
    try:
        yield
    finally:
        told, _ = process.communicate("")
        print(f"  consoles still connected at the end: {json.loads(told)['alive']}, facts told: "
              f"{json.loads(told)['facts']}")  # fmt: skip


def rounds(
    doors: Doors, kinds: tuple[str, ...], chosen: argparse.Namespace
) -> dict[str, list[dict[str, float]]]:
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for turn in range(chosen.rounds):
        for kind in kinds if turn % 2 == 0 else kinds[::-1]:
            found[kind].append(traffic(doors, kind, chosen))
    return found


def ratio(found: dict[str, list[dict[str, float]]], one: str, other: str, what: str) -> float:
    pairs = zip(found[one], found[other], strict=True)
    return statistics.median(a[what] / b[what] for a, b in pairs)


def report(found: dict[str, list[dict[str, float]]]) -> None:
    for kind, runs in found.items():
        middle = {name: statistics.median(run[name] for run in runs) for name in ("a_second", "p50", "p99")}
        print(f"  {kind:<6} {middle['a_second']:7.1f} a second, half within {middle['p50'] * 1000:6.1f} ms, "
              f"99 % within {middle['p99'] * 1000:6.1f} ms")  # fmt: skip


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
            traffic(doors, kind, argparse.Namespace(seconds=1.0, connections=chosen.connections))
        found = rounds(doors, KINDS, chosen)
        report(found)
        print(f"  voice / plain view {ratio(found, 'voice', 'plain', 'a_second'):.2f} (at least 0.7), "
              f"p99 {ratio(found, 'voice', 'plain', 'p99'):.2f} times (under 2); "
              f"way / plain view {ratio(found, 'way', 'plain', 'a_second'):.2f}; "
              f"voice / empty view {ratio(found, 'voice', 'empty', 'a_second'):.2f}")  # fmt: skip
        if not chosen.consoles:
            return
        before, beside = [], []
        for _ in range(chosen.rounds):
            before.append(traffic(doors, "voice", chosen)["a_second"])
            with consoles(doors, chosen.consoles):
                time.sleep(1)
                beside.append(traffic(doors, "voice", chosen)["a_second"])
            time.sleep(2)
        falls = statistics.median(1 - b / a for a, b in zip(before, beside, strict=True))
        print(f"  beside {chosen.consoles} consoles: falls by {falls:.1%} (less than 10 %)")


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    import pgserver

    folder.chmod(0o755)  # as root, the server runs as a user of its own

    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--consoles", type=int, default=500)
    chosen = parser.parse_args()
    for database in chosen.databases:
        run(database, chosen)


if __name__ == "__main__":
    main()
