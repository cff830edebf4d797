"""How long after hang-up a call's transcript, risk mark, issue, count and detection are there."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.days import day_of
from benchmarks.lines.hanging_up import hangs_up
from benchmarks.lines.house import House, mend_ids, redis_server, taken_by_jobs, worker
from benchmarks.lines.spoken import model
from benchmarks.lines.told import tell
from benchmarks.lines.years import Years
from benchmarks.transcribe import a_call, mulaw_wav
from models.calls import Call
from models.outbox import OutboxRow
from models.recordings import RiskMark, Transcript
from models.surveillance import Contact
from models.unit_of_work import system_clock

WANTED_SECONDS = 60.0
PAST_DAYS, WORKERS = 29, 2
LONGEST_REST_SECONDS = 900


def fresh(minutes: float, rate: int, past: int, talk_seconds: int, folder: Path, url: str) -> None:
    chance = np.random.default_rng(7)
    with redis_server(folder) as redis:
        house = House(url, folder, redis)
        years = _a_past(house, past)
        sound = mulaw_wav(a_call(talk_seconds / 60))
        own = _own_seconds(sound)
        tell(f"transcribing {talk_seconds} s of talk alone took {own:.1f} s; {WORKERS} workers start")
        context = multiprocessing.get_context("spawn")
        ready = context.Semaphore(0)
        workers = [
            context.Process(target=worker, args=(url, str(folder), ready), daemon=True)
            for _ in range(WORKERS)
        ]
        for process in workers:
            process.start()
        for _ in workers:
            ready.acquire()
        try:
            calls = _calls_come(house, years, sound, minutes, rate, chance)
            tell(f"{len(calls)} calls hung up; the queue drains")
            _come_to_rest(house)
        finally:
            for process in workers:
                process.terminate()
        print(
            f"\n{len(calls)} calls in {minutes:g} minutes ({rate} an hour), {talk_seconds} s of talk each, "
            f"which take {own:.1f} s to transcribe alone; {WORKERS} workers"
        )
        _report(house, calls, own)


def _a_past(house: House, rate: int) -> Years:
    """Contacts at an even rate over the days that detection needs before it judges."""
    today = day_of(system_clock())
    years = Years(house.engine, house.embedder, 90 * 24 * rate)
    years.found(today)
    count = PAST_DAYS * 24 * rate
    tell(f"{count:,} contacts of the last {PAST_DAYS} days are written")
    years.fill(today - timedelta(days=PAST_DAYS), today - timedelta(days=1), count)
    mend_ids(house)
    tell("their days are counted")
    house.pipeline.count(today, ask_next=False, stress=False)
    return years


def _own_seconds(sound: bytes) -> float:
    speech = model()
    began = time.perf_counter()
    speech.transcribe([sound])
    return time.perf_counter() - began


def _calls_come(
    house: House, years: Years, sound: bytes, minutes: float, rate: int, chance: np.random.Generator
) -> list[int]:
    notes, calls = years.spoken_notes(), []
    due = time.monotonic()
    end = due + 60 * minutes
    swept = 0.0
    while True:
        due += float(chance.exponential(3600 / rate))
        if due > end:
            return calls
        while (now := time.monotonic()) < due:
            if now - swept >= 1:
                assert house.dispatcher is not None
                house.dispatcher.sweep()
                swept = now
            time.sleep(min(0.2, max(0.0, due - now)))
        calls.append(hangs_up(house, next(notes), sound))
        if len(calls) % 10 == 0:
            tell(f"{len(calls)} calls")


def _come_to_rest(house: House) -> None:
    assert house.dispatcher is not None
    end = time.monotonic() + LONGEST_REST_SECONDS
    while time.monotonic() < end:
        house.dispatcher.sweep()
        with Session(house.engine) as session:
            # Time limits of a signal are due in hours: nobody waits for them here.
            soon = system_clock() + timedelta(minutes=1)
            open_rows = select(func.count()).where(
                OutboxRow.done_at.is_(None), OutboxRow.kind != "regroup", OutboxRow.due_at <= soon
            )
            if not session.scalar(open_rows):
                return
        time.sleep(0.5)
    raise AssertionError("the queue did not come to rest")


def _report(house: House, calls: list[int], own: float) -> None:
    with Session(house.engine) as session:
        asked = select(Call.id, Call.ended_at).where(Call.id.in_(calls))
        ended: dict[int, Any] = dict(session.execute(asked).all())
        spoken = session.execute(
            select(Transcript.call_id, Transcript.finished_at).where(Transcript.call_id.in_(calls))
        ).all()
        marks = session.execute(
            select(RiskMark.call_id, func.max(RiskMark.marked_at))
            .where(RiskMark.call_id.in_(calls))
            .group_by(RiskMark.call_id)
        ).all()
        grouped = session.execute(
            select(Contact.call_id, Contact.grouped_at).where(Contact.call_id.in_(calls))
        ).all()
        counts: dict[int, Any] = {}
        looks = []
        for row in session.scalars(select(OutboxRow).where(OutboxRow.kind.in_(("count", "detect")))):
            if row.done_at is None:
                continue
            if row.kind == "detect":
                looks.append((row.done_at - row.created_at).total_seconds())
                continue
            call_id = int(row.key.split(":")[2])
            counts[call_id] = max(row.done_at, counts.get(call_id, row.done_at))
        faults = session.scalar(select(func.count()).where(OutboxRow.attempts > 1))
    print(f"jobs that were tried again: {faults}")
    print("| from hang-up to | calls | p50 s | p95 s | wanted s |\n|---|---|---|---|---|")
    for name, rows in (
        ("transcript", spoken),
        ("risk mark", marks),
        ("issue", grouped),
        ("count", list(counts.items())),
    ):
        waits = [(at - ended[call_id]).total_seconds() for call_id, at in rows if at and call_id in ended]
        if waits:
            print(_line(name, waits, WANTED_SECONDS + own))
    if looks:
        print(_line("detection, from its count", looks, WANTED_SECONDS))
    print("\n| job | times | p50 s | p95 s | CPU s in all |\n|---|---|---|---|---|")
    for kind, rows in sorted(taken_by_jobs(house.folder).items()):
        walls = [seconds for seconds, _ in rows]
        cpu = sum(seconds for _, seconds in rows)
        middle, late = statistics.median(walls), np.percentile(walls, 95)
        print(f"| {kind} | {len(rows)} | {middle:.2f} | {late:.2f} | {cpu:.1f} |")


def _line(name: str, waits: list[float], wanted: float) -> str:
    return (
        f"| {name} | {len(waits)} | {statistics.median(waits):.1f} "
        f"| {np.percentile(waits, 95):.1f} | {wanted:.0f} |"
    )
