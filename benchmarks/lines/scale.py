"""What a night costs, and whether what runs with every call grows with the years behind it."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from agent_console.queries_explorer import Filters, explore
from agent_console.queries_issues import issue_page
from analytics.days import day_of
from benchmarks.lines.house import House, mend_ids
from benchmarks.lines.told import tell
from benchmarks.lines.years import WINDOW, Years
from models.surveillance import Contact, DayCount
from models.unit_of_work import system_clock

Job = Callable[[House, date], object]


def scale(contacts: int, texts: int, folder: Path, url: str) -> None:
    house = House(url, folder)
    today = day_of(system_clock())
    years = Years(house.engine, house.embedder, texts)
    years.found(today)
    tell(f"{texts:,} contacts of {WINDOW} days are written")
    years.fill(today - timedelta(days=WINDOW - 1), today, texts)
    mend_ids(house)
    tell("their days are counted, all at once as after an upgrade")
    house.pipeline.count(today, ask_next=False, stress=False)
    answers = {}
    seasons = max(0, round(contacts / texts) - 1)
    for size, older in ((texts, 0), (texts * (1 + seasons), seasons)):
        if older:
            tell(f"{size - texts:,} older contacts and their counts are written")
            years.repeat(older, tell)
            mend_ids(house)
        answers[size] = _measured(house, url, folder, today)
        if not seasons:
            break
    with Session(house.engine) as session:
        rows = session.scalar(select(func.count()).select_from(DayCount))
    sizes = list(answers)
    print(
        f"\n{texts:,} texts in {WINDOW} days; PostgreSQL, {house.embedder.dimension} numbers a vector; ",
        end="",
    )
    print(f"{rows:,} counts (series x place x day) in the end")
    print(f"| | {sizes[0]:,} contacts in all | {sizes[-1]:,} in all | ratio |\n|---|---|---|---|")
    for name, value in answers[sizes[-1]].items():
        small = answers[sizes[0]][name]
        print(f"| {name} | {small:.3f} | {value:.3f} | {value / max(small, 1e-9):.2f} |")
    print("wanted: the pass under 60 s and 2 GB; ratios near 1")


def _measured(house: House, url: str, folder: Path, today: date) -> dict[str, float]:
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    found: dict[str, float] = {}
    for name, job, times in (("nightly pass", _night, 2), ("detection", _detection, 3)):
        tell(f"{name}, {times} times in a process of its own")
        first, *again, memory = _alone(url, folder, today, job, times)
        found |= {f"{name}, CPU s": first[1], f"{name}, s": first[0], f"{name}, most memory, GB": memory}
        found[f"{name} again, CPU s"] = min(part[1] for part in again)
    tell("what runs with every call")
    return found | {f"{name}, s": taken for name, taken in _everyday(house, today).items()}


def _night(house: House, day: date) -> object:
    return house.pipeline.regroup(day, ask_next=False)


def _detection(house: House, day: date) -> object:
    return house.pipeline.detect(day)


def _run(url: str, folder: str, day: date, job: Job, times: int, pipe: Any) -> None:
    """Seconds and CPU of each turn, then the most memory of the process in GB."""
    house, answers = House(url, Path(folder)), []
    for _ in range(times):
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        job(house, day)
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        answers.append((time.perf_counter() - began, cpu))
    pipe.send((*answers, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2))


def _alone(url: str, folder: Path, day: date, job: Job, times: int) -> Any:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(url, str(folder), day, job, times, there), daemon=True)
    process.start()
    there.close()
    answer = here.recv()
    process.join()
    return answer


def _everyday(house: House, day: date) -> dict[str, float]:
    """Seconds of what runs with each call: median of seven."""
    with Session(house.engine) as session:
        ids = session.scalars(
            select(Contact.call_id).where(Contact.day == day).order_by(Contact.id).limit(8)
        ).all()
        members = func.count().label("members")
        counted = select(Contact.issue_id, members).where(Contact.issue_id.is_not(None))
        largest = (
            session.execute(counted.group_by(Contact.issue_id).order_by(members.desc()).limit(1))
            .one()
            .issue_id
        )
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
    for _ in ids:
        for name, read in (
            ("page of the largest issue", lambda session: issue_page(session, largest, day)),
            ("explorer, 28 days", lambda session: explore(session, Filters(last=day))),
        ):
            began = time.perf_counter()
            with Session(house.engine) as session:
                read(session)
            taken.setdefault(name, []).append(time.perf_counter() - began)
    # The first of each is left out: caches are cold.
    return {name: statistics.median(rows[1:]) for name, rows in taken.items()}
