"""The counts of a day, made anew from the contacts: the answer depends on nothing but them.

A contact counts in its own place and in every place above it. A person counts when they were not heard in
that series and place on the six days before, so that a contact that comes, changes or goes moves the counts
of its own day and the six after it: all seven are made anew. Calls stand beside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta, tzinfo
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from analytics.days import day_of
from analytics.flag.counts import WINDOW_DAYS, counted_days
from analytics.issues.line import roots
from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import in_series, is_counted, issue_series, series_of
from analytics.steps.ask_detect import ask_detect
from analytics.steps.history import HISTORY_DAYS, mark_counted
from analytics.steps.stress import raise_stress_signals
from analytics.steps.understand import once_more
from models.outbox import OutboxRow
from models.surveillance import Contact, DayCount, Issue
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import OutboxState

Key = tuple[str, str, date]
_COUNTS_LOCK = 0x636F756E74


class Count:
    """The job `count {day}`. `detect_delay_seconds` lets the calls of a busy moment share one detection."""

    def __init__(self, work: Work, zone: tzinfo, detect_delay_seconds: int) -> None:
        self._work = work
        self._zone = zone
        self._detect_delay_seconds = detect_delay_seconds

    def __call__(self, day: date, *, ask_next: bool = True, stress: bool = True) -> None:
        with self._work() as unit:
            one_counts_at_a_time(unit.session)
            _answer_all_that_wait(unit, day)
            for first, last in _spans(unit.session, day):
                _replace(unit.session, first, last)
            if stress:
                raise_stress_signals(unit, day)
            if ask_next:
                self._ask_detect(unit, day)

    def _ask_detect(self, unit: UnitOfWork, day: date) -> None:
        delay = self._detect_delay_seconds
        wait = timedelta(seconds=delay - unit.now.timestamp() % delay) if delay else timedelta()
        today = day_of(unit.now, self._zone)
        # A late note changes the counts of seven days, and so the weeks that end on thirteen: today's too.
        for judged in sorted({day, max(day, min(today, day + timedelta(days=2 * WINDOW_DAYS - 2)))}):
            ask_detect(unit, judged, unit.now + wait)


def _answer_all_that_wait(unit: UnitOfWork, day: date) -> None:
    """Whoever asked for this day until now is answered by this count: the contacts they asked for are read
    after their rows are. A backlog of hundreds of calls is one count, not hundreds."""
    waiting = unit.session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.kind == "count",
            OutboxRow.state == OutboxState.DUE,
            OutboxRow.due_at <= unit.now,
            OutboxRow.key.startswith(f"count:{day.isoformat()}:"),
        )
        .with_for_update(skip_locked=True)
    )
    for row in waiting:
        row.state, row.done_at = OutboxState.DONE, unit.now
    unit.session.flush()


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
    mark_counted(session, [first + timedelta(days=n) for n in range((last - first).days + 1)])


def counts_of(session: Session, first: date, last: date) -> dict[Key, tuple[int, int]]:
    """(series, place, day) -> (persons, calls), for the days from `first` to `last` on which anybody rang."""
    tree, whole = PlaceTree.load(session), roots(session)
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
            issue_id = whole.get(row.issue_id, row.issue_id)
            for series in series_of(issue_id, row.problem, row.population):
                heard[series, place, row.person_hash].add(row.day)
                if row.day >= first:
                    calls[series, place, row.day] += 1
    return _persons_and_calls(heard, calls)


def _persons_and_calls(
    heard: Mapping[tuple[str, str, str], set[date]], calls: Mapping[Key, int]
) -> dict[Key, tuple[int, int]]:
    persons: dict[Key, int] = defaultdict(int)
    for (series, place, _), days in heard.items():
        for day in counted_days(days):
            persons[series, place, day] += 1
    return {key: (persons[key], number) for key, number in calls.items()}


class Recount:
    """The job `recount {issue_id}`: people merged, split or parted the issue, and its series is made anew
    over the five years that are judged by, so that what is expected of it rests on the calls in it now. A
    merged issue has no series of its own."""

    def __init__(self, work: Work, zone: tzinfo) -> None:
        self._work = work
        self._zone = zone

    def __call__(self, payload: dict[str, Any]) -> None:
        issue_id = int(payload["issue_id"])
        series = issue_series(issue_id)
        with self._work() as unit:
            session = unit.session
            one_counts_at_a_time(session)
            issue = session.get(Issue, issue_id)
            if issue is None:
                return
            today = day_of(unit.now, self._zone)
            since = today - timedelta(days=HISTORY_DAYS)
            counts = counts_of_issue(session, issue_id, since) if issue.alias_of_id is None else {}
            standing = (DayCount.series == series, DayCount.day >= since)
            before = session.scalars(select(DayCount.day).where(*standing).distinct()).all()
            mark_counted(session, {*before, *(day for _, _, day in counts)})
            session.execute(delete(DayCount).where(*standing))
            session.add_all(
                DayCount(series=series, place_code=place, day=day, persons=persons, calls=calls)
                for (_, place, day), (persons, calls) in sorted(counts.items())
            )
            ask_detect(unit, today)


def counts_of_issue(session: Session, issue_id: int, since: date) -> dict[Key, tuple[int, int]]:
    """As `counts_of`, of one issue with all that is merged into it, from a day on."""
    tree, series = PlaceTree.load(session), issue_series(issue_id)
    heard: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    calls: dict[Key, int] = defaultdict(int)
    columns = (Contact.person_hash, Contact.place_code, Contact.day)
    inside = (in_series(series), Contact.day > since - timedelta(days=WINDOW_DAYS))
    for person, code, day in session.execute(select(*columns).where(*inside)):
        for place in pooled_codes(tree, code):
            heard[series, place, person].add(day)
            if day >= since:
                calls[series, place, day] += 1
    return _persons_and_calls(heard, calls)


def ask_recount(unit: UnitOfWork, issue_id: int) -> None:
    unit.ask("recount", "work", f"recount:{issue_id}:{once_more()}", {"issue_id": issue_id})


def one_counts_at_a_time(session: Session) -> None:
    """Two workers that made the same days anew would each read before the other wrote. SQLite writes one at
    a time as it is."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _COUNTS_LOCK})
