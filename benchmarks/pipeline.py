"""The whole pipeline: how fresh its figures are while calls come in, and what a night costs after years.

    python benchmarks/pipeline.py [--parts fresh scale] [--minutes 10] [--rate 200] [--talk 240]
                                  [--contacts 1000000] [--texts 100000]

fresh  PostgreSQL and Redis of the benchmark's own; two workers, each a process with the product's runner,
       queues, jobs and the test model of ../shared. Behind them lies a fortnight of contacts.
       Calls hang up as a Poisson stream of `--rate` an hour, in real time, each with a closed note and a
       sealed two-channel recording of `--talk` seconds. From hang-up to transcript, risk mark, issue, count
       and detection by the rows' own times: p95 under 60 s plus the recording's transcription is wanted.
       A real model takes longer by its own cost; the queue before it is what is measured here.
scale  `--texts` contacts in the last 90 days, then ten times as many in all, those older. The nightly pass
       (real job, a process of its own, cached vectors): under 60 s of CPU and 2 GB at most. Beside it
       what runs with every call, at both sizes: a ratio near 1 says that nothing grows with history.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import secrets
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.days import day_of  # noqa: E402
from benchmarks.lines.databases import postgres, versions  # noqa: E402
from benchmarks.lines.house import House, keyring, mend_ids, redis_server, worker  # noqa: E402
from benchmarks.lines.years import Years  # noqa: E402
from benchmarks.transcribe import a_call, mulaw_wav  # noqa: E402
from models.calls import Call, Consent  # noqa: E402
from models.notes import Note  # noqa: E402
from models.outbox import OutboxRow  # noqa: E402
from models.recordings import Recording, RiskMark, Transcript  # noqa: E402
from models.sealed_files import write_sealed  # noqa: E402
from models.surveillance import Contact  # noqa: E402
from models.unit_of_work import system_clock  # noqa: E402
from models.vocabulary import (  # noqa: E402
    CallOutcome,
    CallState,
    ConsentKind,
    ConsentState,
    NoteState,
    RecordingKind,
    RecordingState,
)
from models.vocabulary_record import CallType, Disposition, Population, Problem  # noqa: E402

WANTED_SECONDS = 60.0
FORTNIGHT = 14


# -- fresh
def fresh(minutes: float, rate: int, talk_seconds: int, folder: Path, url: str) -> None:
    chance = np.random.default_rng(7)
    today = day_of(system_clock())
    with redis_server(folder) as redis:
        house = House(url, folder, redis)
        years = Years(house.engine, house.embedder, 90 * 24 * rate)
        years.found(today)
        years.fill(today - timedelta(days=FORTNIGHT), today - timedelta(days=1), FORTNIGHT * 24 * rate)
        mend_ids(house)
        house.pipeline.count(today, ask_next=False, stress=False)
        sound = mulaw_wav(a_call(talk_seconds / 60))
        context = multiprocessing.get_context("spawn")
        ready = context.Semaphore(0)
        workers = [
            context.Process(target=worker, args=(url, str(folder), ready), daemon=True) for _ in range(2)
        ]
        for process in workers:
            process.start()
        for _ in workers:
            ready.acquire()
        try:
            calls = _calls_come(house, years, sound, minutes, rate, chance)
            _come_to_rest(house)
        finally:
            for process in workers:
                process.terminate()
        _report(house, calls, minutes, rate, talk_seconds)


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
        calls.append(_hangs_up(house, next(notes), sound))


def _hangs_up(house: House, summary: str, sound: bytes) -> int:
    """A call ends; its note is closed and its recording stored, as the product writes them."""
    with house.work() as unit:
        now, session = unit.now, unit.session
        call = Call(
            number_dialled="12356",
            caller_hash=secrets.token_hex(32),
            state=CallState.ENDED,
            outcome=CallOutcome.ANSWERED,
            state_since=now,
            arrived_at=now - timedelta(minutes=20),
            answered_at=now - timedelta(minutes=20),
            ended_at=now,
        )
        session.add(call)
        session.flush()
        for kind in (ConsentKind.ANALYSIS, ConsentKind.RECORDING):
            session.add(
                Consent(
                    call_id=call.id,
                    kind=kind,
                    state=ConsentState.GRANTED,
                    how="notice",
                    text_version="1",
                    at=now,
                )
            )
        session.add(
            Note(
                call_id=call.id,
                revision=1,
                state=NoteState.CLOSED,
                call_type=CallType.SUPPORT,
                population=Population.PUBLIC,
                problem=Problem.WORK,
                place_code="990101",
                risk_level=1,
                disposition=Disposition.CLOSED,
                fields={},
                summary=summary,
                created_at=now,
                saved_at=now,
                closed_at=now,
            )
        )
        recording = Recording(
            call_id=call.id,
            kind=RecordingKind.TALK,
            state=RecordingState.STORED,
            channels=2,
            started_at=now,
            stored_at=now,
        )
        session.add(recording)
        session.flush()
        recording.file_name = f"{recording.id}.sealed"
        write_sealed(house.folder / recording.file_name, [sound], keyring(), recording.seal_context)
        unit.ask("understand", "work", f"understand:{call.id}:1", {"call_id": call.id})
        unit.ask("transcribe", "work", f"transcribe:{recording.id}", {"recording_id": recording.id})
        return call.id


def _come_to_rest(house: House) -> None:
    assert house.dispatcher is not None
    for _ in range(600):
        house.dispatcher.sweep()
        with Session(house.engine) as session:
            open_rows = select(func.count()).where(OutboxRow.done_at.is_(None), OutboxRow.kind != "regroup")
            if not session.scalar(open_rows):
                return
        time.sleep(0.5)
    raise AssertionError("the queue did not come to rest")


def _report(house: House, calls: list[int], minutes: float, rate: int, talk_seconds: int) -> None:
    with Session(house.engine) as session:
        ended = dict(session.execute(select(Call.id, Call.ended_at).where(Call.id.in_(calls))).all())
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
    print(
        f"{len(calls)} calls in {minutes:g} minutes ({rate} an hour), {talk_seconds} s of talk each, "
        f"2 workers; {faults} jobs were tried again"
    )
    print("| from hang-up to | calls | p50 s | p95 s | wanted |\n|---|---|---|---|---|")
    for name, rows in (
        ("transcript", spoken),
        ("risk mark", marks),
        ("issue", grouped),
        ("count", list(counts.items())),
    ):
        waits = [(at - ended[call_id]).total_seconds() for call_id, at in rows if at and call_id in ended]
        if waits:
            print(
                f"| {name} | {len(waits)} | {statistics.median(waits):.1f} "
                f"| {np.percentile(waits, 95):.1f} | {WANTED_SECONDS:.0f} + transcription |"
            )
    if looks:
        print(
            f"| detection, from its count | {len(looks)} | {statistics.median(looks):.1f} "
            f"| {np.percentile(looks, 95):.1f} | 60 |"
        )


# -- scale
def night(url: str, folder: str, day: date, pipe: Any) -> None:
    """One nightly pass in a process of its own: its seconds, CPU and most memory."""
    house = House(url, Path(folder))
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    days = house.pipeline.regroup(day, ask_next=False)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    pipe.send((time.perf_counter() - began, cpu, after.ru_maxrss / 1024**2, len(days)))


def a_night(url: str, folder: Path, day: date) -> tuple[float, float, float, int]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=night, args=(url, str(folder), day, there), daemon=True)
    process.start()
    answer: tuple[float, float, float, int] = here.recv()
    process.join()
    return answer


def everyday(house: House, day: date) -> dict[str, float]:
    """CPU and waiting of what runs with each call: median of seven."""
    with Session(house.engine) as session:
        ids = session.scalars(
            select(Contact.call_id).where(Contact.day == day).order_by(Contact.id).limit(8)
        ).all()
    taken: dict[str, list[float]] = {"group a call": [], "count its day": [], "forget a call": []}
    for call_id in ids:
        with house.work() as unit:
            contact = unit.session.scalars(select(Contact).where(Contact.call_id == call_id)).one()
            contact.grouped_at = None
        for name, act in (
            ("group a call", lambda call_id=call_id: house.pipeline.group([call_id], ask_next=False)),
            ("count its day", lambda: house.pipeline.count(day, ask_next=False)),
            ("forget a call", lambda call_id=call_id: house.pipeline.forget(call_id)),
        ):
            began = time.perf_counter()
            act()
            taken[name].append(time.perf_counter() - began)
    # The first of each is left out: caches are cold.
    return {name: statistics.median(rows[1:]) for name, rows in taken.items()}


def scale(contacts: int, texts: int, folder: Path, url: str) -> None:
    house = House(url, folder)
    today = day_of(system_clock())
    years = Years(house.engine, house.embedder, texts)
    years.found(today)
    years.fill(today - timedelta(days=89), today, texts)
    mend_ids(house)
    with Session(house.engine) as session, session.begin():
        # The product counts anew what was never counted, once: not a part of any day here.
        session.execute(
            text(
                "INSERT INTO day_count (series, place_code, day, persons, calls) "
                "VALUES ('problem:A', '990000', :day, 1, 1)"
            ),
            {"day": today - timedelta(days=400)},
        )
    answers = {}
    for size in (texts, contacts):
        if size > texts:
            older = size - texts
            span = min(3650, round(90 * older / texts))
            years.fill(today - timedelta(days=89 + span), today - timedelta(days=90), older)
            mend_ids(house)
        with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        first, second = a_night(url, folder, today), a_night(url, folder, today)
        answers[size] = {
            "nightly pass, s": first[0],
            "nightly pass, CPU s": first[1],
            "most memory, GB": first[2],
            "the same night again, CPU s": second[1],
            **{f"{name}, s": taken for name, taken in everyday(house, today).items()},
        }
    small, large = answers[texts], answers[contacts]
    print(f"\n{texts:,} texts in 90 days; PostgreSQL, {house.embedder.dimension} numbers a vector")
    print(f"| | {texts:,} contacts in all | {contacts:,} in all | ratio |\n|---|---|---|---|")
    for name, value in large.items():
        print(f"| {name} | {small[name]:.3f} | {value:.3f} | {value / max(small[name], 1e-9):.2f} |")
    print("wanted: the pass under 60 s and 2 GB; ratios near 1")


def main() -> None:
    """Prints the tables of the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=("fresh", "scale"), default=["fresh", "scale"])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--talk", type=int, default=240)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--texts", type=int, default=100_000)
    asked = parser.parse_args()
    print(versions("sqlalchemy", "rq", "redis", "vosk", "numpy", "scikit-learn"))
    for part in asked.parts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with postgres(folder) as url:
                if part == "fresh":
                    fresh(asked.minutes, asked.rate, asked.talk, folder, url)
                else:
                    scale(asked.contacts, asked.texts, folder, url)


if __name__ == "__main__":
    main()
