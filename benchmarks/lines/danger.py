"""How long a call in danger waits while every worker hears an ordinary recording."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

from sqlalchemy import select

from analytics.days import day_of
from benchmarks.lines.hanging_up import hangs_up
from benchmarks.lines.house import House, mend_ids, redis_server, worker
from benchmarks.lines.spoken import model
from benchmarks.lines.told import tell
from benchmarks.lines.years import Years
from benchmarks.transcribe import a_call, mulaw_wav
from models.recordings import Transcript
from models.unit_of_work import system_clock

COMES_AFTER_SECONDS = 3.0
DANGER_TALK_SECONDS = 20
LONGEST_SECONDS = 1800


def danger(talk_seconds: int, folder: Path, url: str) -> None:
    """One worker, one ordinary recording of `talk_seconds`; then a short one of a call at R3."""
    ordinary, short = (mulaw_wav(a_call(seconds / 60)) for seconds in (talk_seconds, DANGER_TALK_SECONDS))
    alone = [_own_seconds(sound) for sound in (ordinary, short)]
    with redis_server(folder) as redis:
        house = House(url, folder, redis)
        years = Years(house.engine, house.embedder, 1)
        years.found(day_of(system_clock()))
        mend_ids(house)
        context = multiprocessing.get_context("spawn")
        ready = context.Semaphore(0)
        process = context.Process(target=worker, args=(url, str(folder), ready), daemon=True)
        process.start()
        ready.acquire()
        try:
            notes = years.spoken_notes()
            first = hangs_up(house, next(notes), ordinary)
            time.sleep(COMES_AFTER_SECONDS)
            came = time.monotonic()
            second = hangs_up(house, next(notes), short, risk_level=3)
            waited = _until_heard(house, second) - came
            overtaken = not _heard(house, first)
            tell("danger is heard; the ordinary recording goes on")
            rest = _until_heard(house, first) - came
        finally:
            process.terminate()
            process.join()
    print(
        f"\none worker hears {talk_seconds} s of ordinary talk ({alone[0]:.1f} s alone); "
        f"after {COMES_AFTER_SECONDS:g} s {DANGER_TALK_SECONDS} s of a call at R3 ({alone[1]:.1f} s alone)"
    )
    print("| recording | transcript after (s) |\n|---|---|")
    print(f"| danger{', before the other' if overtaken else ''} | {waited:.1f} |")
    print(f"| ordinary, from the same moment | {rest:.1f} |")


def _own_seconds(sound: bytes) -> float:
    speech = model()
    began = time.perf_counter()
    speech.transcribe([sound])
    return time.perf_counter() - began


def _heard(house: House, call_id: int) -> bool:
    with house.work() as unit:
        unit.only_read()
        found = select(Transcript.id).where(
            Transcript.call_id == call_id, Transcript.finished_at.is_not(None)
        )
        return unit.session.scalars(found).first() is not None


def _until_heard(house: House, call_id: int) -> float:
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        if _heard(house, call_id):
            return time.monotonic()
        time.sleep(0.1)
    raise AssertionError("the recording was not heard")
