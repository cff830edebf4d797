"""The counts of a day, made anew from the contacts in it: the answer depends on nothing but them.

A contact counts in its own place and in every place above it; distinct persons by keyed hash, calls beside.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta, tzinfo

from sqlalchemy import delete, select

from analytics.days import day_of
from analytics.flag.detect import WINDOW_DAYS
from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import is_counted, issue_series, problem_series
from analytics.steps.stress import raise_stress_signals
from analytics.steps.understand import once_more
from models.surveillance import Contact, DayCount
from models.unit_of_work import UnitOfWork, Work


class Count:
    """The job `count {day}`. `detect_delay_seconds` lets the calls of a busy moment share one detection."""

    def __init__(self, work: Work, zone: tzinfo, detect_delay_seconds: int) -> None:
        self._work = work
        self._zone = zone
        self._detect_delay_seconds = detect_delay_seconds

    def __call__(self, day: date, *, ask_next: bool = True, stress: bool = True) -> None:
        with self._work() as unit:
            counts = count_of(unit, day)
            unit.session.execute(delete(DayCount).where(DayCount.day == day))
            unit.session.add_all(
                DayCount(series=series, place_code=place, day=day, persons=len(persons), calls=calls)
                for (series, place), (persons, calls) in sorted(counts.items())
            )
            if stress:
                raise_stress_signals(unit, day)
            if ask_next:
                self._ask_detect(unit, day)

    def _ask_detect(self, unit: UnitOfWork, day: date) -> None:
        delay = self._detect_delay_seconds
        at = unit.now.timestamp()
        bucket = str(int(at // delay)) if delay else once_more()
        wait = timedelta(seconds=delay - at % delay) if delay else timedelta()
        today = day_of(unit.now, self._zone)
        # A late note changes the seven days that begin with its own: today is judged too.
        for judged in sorted({day, max(day, min(today, day + timedelta(days=WINDOW_DAYS - 1)))}):
            payload = {"day": judged.isoformat()}
            unit.ask("detect", "work", f"detect:{judged.isoformat()}:{bucket}", payload, unit.now + wait)


def count_of(unit: UnitOfWork, day: date) -> dict[tuple[str, str], tuple[set[str], int]]:
    """(series, place) -> (persons, number of calls)."""
    tree = PlaceTree.load(unit.session)
    rows = unit.session.execute(
        select(Contact.person_hash, Contact.place_code, Contact.problem, Contact.issue_id).where(
            is_counted(), Contact.day == day
        )
    ).all()
    persons: dict[tuple[str, str], set[str]] = defaultdict(set)
    calls: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        names = []
        if row.issue_id is not None:
            names.append(issue_series(row.issue_id))
        if row.problem is not None:
            names.append(problem_series(row.problem))
        for name in names:
            for place in pooled_codes(tree, row.place_code):
                persons[name, place].add(row.person_hash)
                calls[name, place] += 1
    return {key: (found, calls[key]) for key, found in persons.items()}
