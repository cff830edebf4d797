"""Live captions: from a spoken word to its partial on the desk's socket, for 1, 4 and 8 streams at once.

The door runs in a process of its own and gets the sound in real time over its own websocket, both tracks,
as a carrier sends it. A character counts from its end in the sound (by the model's own word times) to the
first message that holds it. CPU is what that process used for a second of a stream, as a ratio to a bare
KaldiRecognizer loop (accept and partial each tenth of a second, both tracks) on the same sound in the same
run.

    python benchmarks/captions.py        needs the test model in ../shared (HOTLINE_SHARED)
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from analytics.models_store import load_manifest  # noqa: E402
from analytics.transcribe import VoskTranscriber  # noqa: E402
from hotline.bootstrap.captions import RiskRules  # noqa: E402
from hotline.telephony.captions.door import CaptionsDoor  # noqa: E402
from hotline.telephony.captions.ears import Ears  # noqa: E402
from hotline.telephony.captions.lane import LONGEST_BYTES, QUIET_BYTES  # noqa: E402
from hotline.telephony.captions.media import RATE, pcm_of  # noqa: E402
from hotline.telephony.captions.tokens import CaptionTokens  # noqa: E402
from tests.captions_kit import CarrierStream, DeskSocket, ServedDoor, mulaw_of  # noqa: E402
from tests.journeys.sound import read, write_speech  # noqa: E402

SHARED = Path(os.environ.get("HOTLINE_SHARED") or REPOSITORY.parent / "shared")
SECRET = "a benchmark's secret"  # noqa: S105 - opens nothing
PIECE = RATE // 10
PHRASES = ("我 最近 总是 失眠", "晚上 害怕 焦虑")


def model() -> VoskTranscriber:
    card = load_manifest()["vosk-zh-toy"]
    return VoskTranscriber(SHARED / "models" / "vosk-zh-toy", card, allow_test_models=True)


def sound() -> np.ndarray:
    """Words that the model knows, 8 kHz, with pauses: others make it slow, as no real model is."""
    pieces = []
    with tempfile.TemporaryDirectory() as folder:
        for words in PHRASES:
            samples, _ = read(write_speech(Path(folder) / "said.wav", words).read_bytes())
            pieces += [samples[:, 0], np.zeros(int(1.6 * RATE))]
    return np.concatenate(pieces).astype("<i2")


def serve(pipe: Connection) -> None:
    speech = model()
    door = CaptionsDoor(
        ears=Ears(lambda: speech, 2), mark=RiskRules(), keep=lambda _c, _m: None, tokens=CaptionTokens(SECRET)
    )
    served = ServedDoor(door)
    pipe.send(served.port)
    pipe.recv()
    served.stop()


def bare(speech: VoskTranscriber, samples: np.ndarray) -> float:
    """CPU seconds for both tracks of one stream; utterances end at the same pauses as in a lane."""
    began = time.process_time()
    for pcm in (pcm_of(mulaw_of(samples)), bytes(2 * len(samples))):
        live, said, since, began_at = speech.live(RATE), "", 0, 0
        for at in range(0, len(pcm), PIECE * 2):
            if live.accept(pcm[at : at + PIECE * 2]) is not None:
                said = ""
            elif live.partial != said:
                began_at = began_at if said else at
                said, since = live.partial, at
            elif said and (at - since >= QUIET_BYTES or at - began_at >= LONGEST_BYTES):
                live.finish()
                said = ""
    return time.process_time() - began


def one_stream(port: int, call_id: int, samples: np.ndarray, delays: list[float], missed: list[int]) -> None:
    tokens = CaptionTokens(SECRET)
    desk = DeskSocket(port, tokens.for_desk(call_id, 1))
    stream = CarrierStream(port, tokens.for_stream(call_id, 0.0))
    silence = np.zeros(160, np.int16)
    sent: list[float] = []
    began = time.monotonic()
    for index in range(len(samples) // 160):
        time.sleep(max(0.0, began + index * 0.02 - time.monotonic()))
        stream.frame(samples[index * 160 : (index + 1) * 160])
        stream.frame(silence, "outbound")
        sent.append(time.monotonic())
    time.sleep(2.0)
    stream.stop()
    time.sleep(0.5)
    told = [(at, m) for at, m in list(desk.told) if m["type"] == "line" and m["lane"] == "caller"]
    finals = [m for _, m in told if m["final"]]
    for final in finals:
        for offset, end in enumerate(word_ends(final)):
            spoken_at = sent[min(int(end / 0.02), len(sent) - 1)]
            seen = [
                at
                for at, m in told
                if m["id"] == final["id"] and len(m["text"]) > offset and at >= spoken_at - 1
            ]
            (delays.append(max(0.0, min(seen) - spoken_at)) if seen else missed.append(1))
    desk.close()
    stream.close()


_ENDS: dict[str, list[float]] = {}


def word_ends(final: dict[str, object]) -> list[float]:
    """The second at which each character of this line was spoken to its end, by an offline pass."""
    return _ENDS.get(str(final["text"]), [])


def learn_ends(speech: VoskTranscriber, samples: np.ndarray) -> float:
    """Offline pass through the same lane code; returns the sound's length in seconds."""
    from hotline.telephony.captions.lane import Lane, Line

    live = speech.live(RATE)
    ends: list[tuple[str, list[float]]] = []

    class Watched:
        def accept(self, pcm: bytes) -> object:
            return self._keep(live.accept(pcm))

        def finish(self) -> object:
            return self._keep(live.finish())

        @property
        def partial(self) -> str:
            return live.partial

        def _keep(self, spoken: object) -> object:
            if spoken is not None:
                letters = [w.end_seconds for w in spoken.words for _ in w.text]  # type: ignore[attr-defined]
                ends.append((spoken.text, letters))  # type: ignore[attr-defined]
            return spoken

    told: list[object] = []
    lane = Lane("caller", Watched(), 0.0, told.append, None)  # type: ignore[arg-type]
    pcm = pcm_of(mulaw_of(samples))
    for number, at in enumerate(range(0, len(pcm), 320), start=1):
        if lane.hear(pcm[at : at + 320], number):
            while lane.work():
                continue
    lane.end()
    lane.work()
    assert any(isinstance(line, Line) for line in told)
    _ENDS.update(ends)
    return len(samples) / RATE


def main() -> None:
    speech, samples = model(), sound()
    seconds = learn_ends(speech, samples)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,), daemon=True)
    process.start()
    port = here.recv()
    watched = psutil.Process(process.pid)
    print(
        f"{seconds:.1f} s of speech and pauses a stream; partial on the socket after the end of a character"
    )
    for streams in (1, 4, 8):
        alone = statistics.median(bare(speech, samples) for _ in range(3)) / seconds
        before = sum(watched.cpu_times()[:2])
        delays: list[float] = []
        missed: list[int] = []
        threads = [
            threading.Thread(target=one_stream, args=(port, 100 * streams + n, samples, delays, missed))
            for n in range(streams)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        used = (sum(watched.cpu_times()[:2]) - before) / streams / seconds
        if len(delays) < 2:
            print(f"{streams} streams: nothing was heard", flush=True)
            continue
        cuts = statistics.quantiles(delays, n=20)
        print(
            f"{streams} streams: p50 {1000 * statistics.median(delays):.0f} ms, p95 {1000 * cuts[-1]:.0f} ms"
            f" ({len(delays)} characters); {100 * used:.2f} % of a core a stream,"
            f" {used / alone:.2f} times a bare recogniser ({100 * alone:.2f} %)",
            flush=True,
        )
    here.send("end")
    process.join(10)


if __name__ == "__main__":
    main()
