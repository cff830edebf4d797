"""The counts of a day, made anew from the contacts: the answer depends on nothing but them.

A contact counts in its own place and in every place above it. A person counts when they were not heard in
that series and place on the six days before, so that a contact that comes, changes or goes moves the counts
of its own day and the six after it: all seven are made anew. Calls stand beside.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta, tzinfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from analytics.days import day_of
from analytics.flag.counts import WINDOW_DAYS, counted_days
from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import is_counted, series_of
from analytics.steps.stress import raise_stress_signals
from analytics.steps.understand import once_more
from models.surveillance import Contact, DayCount
from models.unit_of_work import UnitOfWork, Work

Key = tuple[str, str, date]


class Count:
    """The job `count {day}`. `detect_delay_seconds` lets the calls of a busy moment share one detection."""

    def __init__(self, work: Work, zone: tzinfo, detect_delay_seconds: int) -> None:
        self._work = work
        self._zone = zone
        self._detect_delay_seconds = detect_delay_seconds

    def __call__(self, day: date, *, ask_next: bool = True, stress: bool = True) -> None:
        with self._work() as unit:
            for first, last in _spans(unit.session, day):
                _replace(unit.session, first, last)
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
        # A late note changes the counts of seven days, and so the weeks that end on thirteen: today's too.
        for judged in sorted({day, max(day, min(today, day + timedelta(days=2 * WINDOW_DAYS - 2)))}):
            payload = {"day": judged.isoformat()}
            unit.ask("detect", "work", f"detect:{judged.isoformat()}:{bucket}", payload, unit.now + wait)


def _spans(session: Session, day: date) -> list[tuple[date, date]]:
    """What is made anew: the day and the six after it, and once all days before it that were never counted
    (after an upgrade that changed the rule)."""
    latest = session.scalar(select(func.max(Contact.day))) or day
    spans = [(day, max(day, min(latest, day + timedelta(days=WINDOW_DAYS - 1))))]
    if session.scalars(select(DayCount.id).where(DayCount.day != day).limit(1)).first() is None:
        at = session.scalar(select(func.min(Contact.day)).where(is_counted()))
        while at is not None and at < day:
            end = min(day - timedelta(days=1), at + timedelta(days=27))
            spans.append((at, end))
            at = end + timedelta(days=1)
    return spans


def _replace(session: Session, first: date, last: date) -> None:
    counts = counts_of(session, first, last)
    session.execute(delete(DayCount).where(DayCount.day >= first, DayCount.day <= last))
    session.add_all(
        DayCount(series=series, place_code=place, day=day, persons=persons, calls=calls)
        for (series, place, day), (persons, calls) in sorted(counts.items())
    )
    session.flush()


def counts_of(session: Session, first: date, last: date) -> dict[Key, tuple[int, int]]:
    """(series, place, day) -> (persons, calls), for the days from `first` to `last` on which anybody rang."""
    tree = PlaceTree.load(session)
    columns = (Contact.person_hash, Contact.place_code, Contact.day, Contact.problem, Contact.population)
    asked = select(*columns, Contact.issue_id).where(is_counted())
    those = select(Contact.person_hash).where(is_counted(), Contact.day >= first, Contact.day <= last)
    before = first - timedelta(days=WINDOW_DAYS - 1)
    rows = [
        *session.execute(asked.where(Contact.day >= first, Contact.day <= last)),
        # Of the days before, only who was heard again matters.
        *session.execute(
            asked.where(Contact.day >= before, Contact.day < first, Contact.person_hash.in_(those))
        ),
    ]
    heard: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    calls: dict[Key, int] = defaultdict(int)
    for row in rows:
        for place in pooled_codes(tree, row.place_code):
            for series in series_of(row.issue_id, row.problem, row.population):
                heard[series, place, row.person_hash].add(row.day)
                if row.day >= first:
                    calls[series, place, row.day] += 1
    persons: dict[Key, int] = defaultdict(int)
    for (series, place, _), days in heard.items():
        for day in counted_days(days):
            persons[series, place, day] += 1
    return {key: (persons[key], number) for key, number in calls.items()}
