"""How many clean legs one core of the exchange carries, and how late the other one is heard.

    python benchmarks/exchange.py [--legs 26 40 60 80] [--scripted 100 200] [--rounds 3] [--alone]

The exchange runs on one core, the far ends on another: pairs in conferences of two, each sending a tone of
its own and judged by the tone that it hears (share of 100 ms windows that hold the partner's tone and nothing
else). Beside it, in the same run and with the same far ends, a bare aiortc loop that sends every frame back.
Medians over the rounds; what others took of the core is printed, because a shared machine takes ticks away.
--alone (root) schedules both sides before everybody else, which is what a machine of their own would do.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psutil
import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.lines.databases import versions  # noqa: E402
from tests.conftest import free_port  # noqa: E402

ACCOUNT, TOKEN = "AC" + "a" * 32, "benchmark-token"
KEY, SECRET, APPLICATION = "SK" + "b" * 32, "benchmark-secret-of-enough-length", "AP" + "c" * 32
NUMBER = "12356"
CLEAN = 0.99
DOCUMENT = '<Response>{}<Dial><Conference beep="false" waitUrl="">{}</Conference></Dial></Response>'


class Rooms(BaseHTTPRequestHandler):
    """The application: whoever calls goes into the room that he names; `before` writes what comes first."""

    before: Callable[[str], str] | None = None
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        pass

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        room = (fields.get("room") or fields.get("From") or ["none"])[0]
        body = DOCUMENT.format(self.before(room) if self.before else "", room).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server:
    """One process on one core, and what it used of that core."""

    def __init__(self, command: list[str], url: str, core: int, alone: bool, **environment: str) -> None:
        self.url, self.core = url, core
        self._process = subprocess.Popen(
            pinned(core, alone) + command, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 30
        while True:
            with contextlib.suppress(requests.RequestException, ValueError):
                self.health()
                break
            if time.monotonic() > end or self._process.poll() is not None:
                raise SystemExit(f"{command} did not start")
            time.sleep(0.1)

    def get(self, path: str) -> bytes:
        answer = requests.get(self.url + path, auth=(ACCOUNT, TOKEN), timeout=10)
        return answer.content

    def health(self) -> dict[str, Any]:
        return dict(json.loads(self.get("/exchange/health")))

    def seconds_used(self) -> tuple[float, float, float]:
        """(our processor time, busy time of the whole core, wall clock)."""
        own = psutil.Process(self._process.pid).cpu_times()
        core = psutil.cpu_times(percpu=True)[self.core]
        return own.user + own.system, sum(core) - core.idle - core.iowait, time.monotonic()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()


def pinned(core: int, alone: bool) -> list[str]:
    """The words that start a command on that core alone."""
    return [*(["chrt", "-r", "1"] if alone else []), "taskset", "-c", str(core)]


def measure(server: Server, core: int, alone: bool, **plan: Any) -> dict[str, Any]:
    """One round: the far ends' own account, and the server's ticks and processor time meanwhile."""
    plan |= {"url": server.url, "account": ACCOUNT, "token": TOKEN, "key": KEY, "secret": SECRET,
             "application": APPLICATION, "number": NUMBER}  # fmt: skip
    process = subprocess.Popen(
        [*pinned(core, alone), sys.executable, "-m", "benchmarks.lines.generator", json.dumps(plan)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, Any] = {}
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        told = json.loads(line)
        if told["event"] == "measuring":
            begin, health = server.seconds_used(), server.health()
        elif told["event"] == "measured":
            end, after = server.seconds_used(), server.health()
            wall = end[2] - begin[2]
            found["core"] = (end[0] - begin[0]) / wall
            found["others"] = max(0.0, (end[1] - begin[1] - end[0] + begin[0]) / wall)
            found["late"] = after.get("late_ticks", 0) - health.get("late_ticks", 0)
            found["ticks"] = after.get("ticks", 0) - health.get("ticks", 0)
        else:
            found |= {k: v for k, v in told.items() if k not in ("event", "late", "ticks")}
            found["far_late"] = told["late"] / max(1, told["ticks"])
    if process.wait(30) or "shares" not in found:
        return {"failed": process.stderr.read()[-600:]}
    return found


@contextlib.contextmanager
def exchange(core: int, alone: bool, before: Callable[[str], str] | None = None) -> Iterator[Server]:
    """`before`: words of the document, for a room, that stand before its conference."""
    handler = type("RoomsWithWords", (Rooms,), {"before": staticmethod(before) if before else None})
    rooms = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    rooms.daemon_threads = True
    threading.Thread(target=rooms.serve_forever, daemon=True).start()
    application = f"http://127.0.0.1:{rooms.server_address[1]}"
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "HOTLINE_CARRIER_ACCOUNT_SID": ACCOUNT,
            "HOTLINE_CARRIER_AUTH_TOKEN": TOKEN,
            "HOTLINE_CARRIER_API_KEY_SID": KEY,
            "HOTLINE_CARRIER_API_KEY_SECRET": SECRET,
            "HOTLINE_CARRIER_TWIML_APP_SID": APPLICATION,
            "HOTLINE_EXCHANGE_PORT": str(port),
            "HOTLINE_DATA_DIR": folder,
            "HOTLINE_WEBHOOK_BASE_URL": application,
            "HOTLINE_FALLBACK_URL": application + "/fallback",
            "HOTLINE_NUMBER": NUMBER,
            "HOTLINE_CARRIER_BASE_URL": f"http://127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "hotline.commands.exchange", "serve"]
        server = Server(command, f"http://127.0.0.1:{port}", core, alone, **environment)
        try:
            yield server
        finally:
            server.stop()
            rooms.shutdown()


@contextlib.contextmanager
def echo(core: int, alone: bool) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.lines.echo", str(port)]
    server = Server(command, f"http://127.0.0.1:{port}", core, alone)
    try:
        yield server
    finally:
        server.stop()


def report(name: str, legs: int, rounds: list[dict[str, Any]]) -> dict[str, float] | None:
    """One line; medians over the rounds that ran."""
    ran = [r for r in rounds if "failed" not in r]
    if not ran:
        print(f"{name:<10}{legs:>5} legs: failed: {rounds[-1]['failed'].strip().splitlines()[-1:]}")
        return None
    middle = {
        "clean": statistics.median(sum(s >= CLEAN for s in r["shares"]) / len(r["shares"]) for r in ran),
        "windows": statistics.median(statistics.mean(r["shares"]) for r in ran),
        "core": statistics.median(r["core"] for r in ran),
        "others": statistics.median(r["others"] for r in ran),
        "late": statistics.median(r["late"] / max(1, r["ticks"]) for r in ran),
        "far_late": statistics.median(r["far_late"] for r in ran),
    }
    late = f"{middle['late']:8.3%}" if ran[0]["ticks"] else "       –"
    print(
        f"{name:<10}{legs:>5} legs: {middle['clean']:6.1%} clean, {middle['windows']:7.2%} of windows; "
        f"late ticks {late}; {middle['core']:5.1%} of a core, {middle['core'] / legs:6.2%} a leg; "
        f"others there {middle['others']:4.0%}, far ends late {middle['far_late']:.2%}"
    )
    times = sorted(t for r in ran for t in r["latency"])
    if times:
        ninth = times[int(len(times) * 0.9)]
        print(f"{'':<10}      one-way latency: median {statistics.median(times) * 1000:.0f} ms, "
              f"90 % {ninth * 1000:.0f} ms, {len(times)} bursts")  # fmt: skip
    return middle


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--legs", type=int, nargs="*", default=[26, 40, 60, 80])
    parser.add_argument("--scripted", type=int, nargs="*", default=[100, 200])
    parser.add_argument("--bare", type=int, nargs="*", default=[10, 26])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="before everybody else here; needs root")
    chosen = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    first, second = cores[0], cores[-1]
    print(versions("aiortc", "aiohttp", "av", "numpy"))
    print(f"{len(cores)} cores, load {os.getloadavg()[0]:.1f}, {'alone' if chosen.alone else 'shared'}; "
          f"exchange on core {first}, far ends on core {second}")  # fmt: skip
    jobs = [("bare echo", "echo", n) for n in chosen.bare]
    jobs += [("browsers", "exchange", n) for n in chosen.legs]
    jobs += [("scripted", "scripted", n) for n in chosen.scripted]
    results: dict[tuple[str, int], list[dict[str, Any]]] = {(kind, n): [] for _, kind, n in jobs}
    for _ in range(chosen.rounds):
        for _name, kind, legs in jobs:
            legs_even = legs + legs % 2
            with echo(first, chosen.alone) if kind == "echo" else exchange(first, chosen.alone) as server:
                plan = {
                    "kind": kind,
                    "legs": legs_even,
                    "seconds": chosen.seconds,
                    "latency": kind != "scripted",
                }
                results[kind, legs].append(measure(server, second, chosen.alone, **plan))
    middles = {(kind, n): report(name, n + n % 2, results[kind, n]) for name, kind, n in jobs}
    for n in sorted(set(chosen.bare) & set(chosen.legs)):
        bare, ours = middles["echo", n], middles["exchange", n]
        if bare and ours:
            print(
                f"at {n} legs the exchange uses {ours['core'] / bare['core']:.2f} of what the bare loop uses"
            )
    clean = [n for (kind, n), m in middles.items() if kind == "exchange" and m and m["clean"] >= 0.999]
    print(f"most browser legs that were all clean: {max(clean, default=0)}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
