"""Live captions: how soon a spoken word is read, what it costs, and that a call never feels them.

    python benchmarks/captions.py [--parts words call] [--streams 1 2 4] [--rounds 3] [--alone]

words  The door runs in a process of its own and gets the sound in real time over its own websocket, caller
       and operator speaking in turn, each on a track. A character counts from its end in the sound (by the
       model's own word times) to the first message on the desk's socket that holds it: 500 ms at most is
       wanted. CPU is what that process used for a second of a stream, beside a bare KaldiRecognizer loop on
       both tracks in the same run, which does what any such loop must: it accepts a tenth of a second, asks
       for the partial, ends an utterance at a pause, and, as the lane, leaves the model alone while nobody
       speaks. Without that gate it would feed silence to a model that silence slows down most of all.
call   Ten legs in pairs on the exchange, judged by their tones as in `benchmarks/exchange.py`: without
       streams, with every leg streamed on both tracks to a receiver that takes the connection and reads
       nothing, and to a captions process that is drowned (a test model has never heard tones, and loses
       itself in them). Late ticks, clean windows and one-way latency must be the same. --alone (root):
       exchange and far ends go before everybody else, as on machines of their own.

Both need the test model in ../shared (HOTLINE_SHARED); its words say nothing about a real model's quality.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import multiprocessing
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
from aiohttp import web

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import exchange  # noqa: E402
from benchmarks.lines.databases import versions  # noqa: E402
from benchmarks.lines.spoken import FRAME, MODEL, Samples, bare, ends_of_words, model, talk  # noqa: E402
from hotline.bootstrap.captions import RiskRules  # noqa: E402
from hotline.telephony.captions.door import CaptionsDoor  # noqa: E402
from hotline.telephony.captions.ears import Ears  # noqa: E402
from hotline.telephony.captions.media import CALLER, OPERATOR, RATE  # noqa: E402
from hotline.telephony.captions.tokens import CaptionTokens  # noqa: E402
from tests.captions_kit import CarrierStream, DeskSocket, ServedDoor  # noqa: E402

SECRET = "a benchmark's secret"  # noqa: S105 - opens nothing
WANTED_SECONDS = 0.5
LEGS = 10


def serve(pipe: Connection) -> None:
    speech = model()
    door = CaptionsDoor(
        ears=Ears(lambda: speech, 2), mark=RiskRules(), keep=lambda _c, _m: None, tokens=CaptionTokens(SECRET)
    )
    pipe.send(ServedDoor(door).port)
    pipe.recv()


@contextlib.contextmanager
def captions_process() -> Iterator[tuple[int, psutil.Process]]:
    """Its port, and the process."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv(), psutil.Process(process.pid)
    finally:
        process.kill()  # one that is drowned would go on for minutes
        process.join()


# -- words
@dataclass
class Heard:
    """Seconds from a character's end to its first sight, by lane; `unknown`: lines with other words."""

    delays: dict[str, list[float]] = field(default_factory=lambda: {CALLER: [], OPERATOR: []})
    unknown: int = 0


def one_stream(
    port: int, call_id: int, tracks: dict[str, Samples], ends: dict[str, list[float]], heard: Heard
) -> None:
    tokens = CaptionTokens(SECRET)
    desk = DeskSocket(port, tokens.for_desk(call_id, 1))
    stream = CarrierStream(port, tokens.for_stream(call_id, 0.0))
    sent: list[float] = []
    began = time.monotonic()
    for index in range(len(tracks[CALLER]) // FRAME):
        time.sleep(max(0.0, began + index * 0.02 - time.monotonic()))
        for lane, track in ((CALLER, "inbound"), (OPERATOR, "outbound")):
            stream.frame(tracks[lane][index * FRAME : (index + 1) * FRAME], track)
        sent.append(time.monotonic())
    time.sleep(2.0)
    stream.stop()
    time.sleep(0.5)
    told = [(at, m) for at, m in list(desk.told) if m["type"] == "line"]
    for final in (m for _, m in told if m["final"] and m["text"]):
        heard.unknown += final["text"] not in ends
        for offset, after in enumerate(ends.get(final["text"], [])):
            spoken_at = sent[min(int((final["at"] + after) / 0.02), len(sent) - 1)]
            same = [at for at, m in told if m["id"] == final["id"] and len(m["text"]) > offset]
            # A partial may run ahead of the word's end, which is no delay.
            heard.delays[final["lane"]].append(max(0.0, min(same) - spoken_at))
    desk.close()
    stream.close()


def words(counts: list[int]) -> None:
    speech, tracks = model(), talk()
    ends, seconds = ends_of_words(speech, tracks), len(tracks[CALLER]) / RATE
    print(f"{seconds:.1f} s of talk a stream; from the end of a character to the desk's socket")
    with captions_process() as (port, watched):
        for streams in counts:
            alone = statistics.median(bare(speech, tracks) for _ in range(3)) / seconds
            before, heard = sum(watched.cpu_times()[:2]), Heard()
            threads = [
                threading.Thread(target=one_stream, args=(port, 100 * streams + n, tracks, ends, heard))
                for n in range(streams)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            used = (sum(watched.cpu_times()[:2]) - before) / streams / seconds
            for lane, delays in heard.delays.items():
                cuts = statistics.quantiles(delays, n=20)
                soon = statistics.mean(delay <= WANTED_SECONDS for delay in delays)
                print(f"{streams} streams, {lane:<8}: half within {1000 * cuts[9]:4.0f} ms, 95 % within "
                      f"{1000 * cuts[18]:4.0f} ms, {soon:.1%} within 500 ms, of {len(delays)}")  # fmt: skip
            print(
                f"           {100 * used:.2f} % of a core a stream, {used / alone:.2f} times a bare "
                f"recogniser ({100 * alone:.2f} %); {heard.unknown} lines in other words",
                flush=True,
            )


# -- call
class DeafDoor:
    """Takes the connection and never reads from it."""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/media", self._media)
        return app

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await asyncio.Event().wait()
        return socket


def streamed_to(port: int) -> Callable[[str], str]:
    tokens, numbers = CaptionTokens(SECRET), itertools.count(1)

    def start(_room: str) -> str:
        token = tokens.for_stream(next(numbers), 0.0)
        return (
            f'<Start><Stream url="ws://127.0.0.1:{port}/media" track="both_tracks">'
            f'<Parameter name="token" value="{token}"/></Stream></Start>'
        )

    return start


def call(rounds: int, alone: bool) -> None:
    cores = sorted(os.sched_getaffinity(0))
    print(f"\n{LEGS} legs in pairs; exchange on core {cores[0]}, far ends on core {cores[-1]}")
    deaf = ServedDoor(DeafDoor())  # type: ignore[arg-type]
    plan = {"kind": "exchange", "legs": LEGS, "seconds": 6.0, "latency": True}
    results: dict[str, list[dict[str, Any]]] = {"no stream": [], "deaf": [], "drowned": []}
    used = []
    for _ in range(rounds):
        for name, start in (("no stream", None), ("deaf", streamed_to(deaf.port))):
            with exchange.exchange(cores[0], alone, before=start) as server:
                results[name].append(exchange.measure(server, cores[-1], alone, **plan))
        with captions_process() as (port, watched):
            before, began = sum(watched.cpu_times()[:2]), time.monotonic()
            with exchange.exchange(cores[0], alone, before=streamed_to(port)) as server:
                results["drowned"].append(exchange.measure(server, cores[-1], alone, **plan))
            used.append((sum(watched.cpu_times()[:2]) - before) / (time.monotonic() - began))
    for name, runs in results.items():
        exchange.report(name, LEGS, runs)
    print(f"the drowned captions process used {statistics.median(used):.0%} of a core")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="*", choices=("words", "call"), default=("words", "call"))
    parser.add_argument("--streams", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="before everybody else here; needs root")
    chosen = parser.parse_args()
    print(f"{versions('vosk', 'aiohttp', 'aiortc')}, model {MODEL}; load {os.getloadavg()[0]:.1f}")
    if "words" in chosen.parts:
        words(chosen.streams)
    if "call" in chosen.parts:
        call(chosen.rounds, chosen.alone)


if __name__ == "__main__":
    main()
