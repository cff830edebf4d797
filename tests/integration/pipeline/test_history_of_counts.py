"""Counts that a worker keeps between two detections are those of the rows; no issue's number comes twice."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE
from analytics.steps.count import Count, Recount
from analytics.steps.history import CountHistory
from analytics.steps.registry import next_issue_id
from models.surveillance import Contact, CountedDay, DayCount, Issue
from models.vocabulary_record import Population, Problem
from tests.integration.pipeline.situations import NOW, TODAY, Hotline
from tests.integration.pipeline.test_signals_of_counts import contacts
from tests.integration.statements import statements_of

PLACES = ("990101", "990102")


def test_kept_counts_equal_the_rows_whatever_was_counted_anew_cleared_or_judged_late(
    hotline: Hotline,
) -> None:
    chance, history = random.Random(3), CountHistory()
    count, judged = Count(hotline.work, HOTLINE_ZONE, 0), 0
    with hotline.session() as session, session.begin():
        issue = Issue(name="欠薪", embedder="tests", created_at=NOW, first_day=TODAY, last_day=TODAY)
        session.add(issue)
        session.flush()
        issue_id = issue.id
    for round_ in range(14):
        back = chance.choice([0, 0, 1, 9, 30, 200])
        contacts(
            hotline,
            [
                (f"c{round_}-{n}", back + n % 3, chance.choice(PLACES), Problem.SLEEP, Population.STUDENT)
                for n in range(4)
            ],
        )
        count(TODAY - timedelta(days=back + chance.choice([0, 2])), ask_next=False, stress=False)
        if round_ % 4 == 1:
            _all_into(hotline, issue_id)
            Recount(hotline.work, HOTLINE_ZONE)({"issue_id": issue_id})
        if round_ == 9:
            with hotline.session() as session, session.begin():
                for kind in (DayCount, CountedDay):
                    session.execute(delete(kind))
        for ahead in (0, -chance.choice([5, 60]), round_ * 9):
            day = TODAY + timedelta(days=ahead)
            with hotline.session() as session:
                kept, rows = history.load(session, day), _rows_say(session, day)
            assert (kept is None) == (rows is None)
            if kept is not None and rows is not None:
                judged += 1
                assert kept[:2] == rows[:2]
                assert np.array_equal(kept[2], rows[2])
    assert judged > 20


def test_a_second_detection_reads_no_day_that_was_not_counted_anew(hotline: Hotline) -> None:
    contacts(
        hotline,
        [(f"c{back}", back, "990101", Problem.SLEEP, Population.STUDENT) for back in range(40)],
    )
    count, history = Count(hotline.work, HOTLINE_ZONE, 0), CountHistory()
    count(TODAY, ask_next=False, stress=False)
    read = []
    for again in range(3):
        if again == 2:
            count(TODAY, ask_next=False, stress=False)
        with hotline.session() as session, statements_of(hotline.engine) as seen:
            history.load(session, TODAY)
        read.append(len(seen))
    whole, nothing, one_day = read
    assert (nothing, one_day) == (1, 2)
    assert whole > 2


def test_no_number_of_an_issue_is_given_twice_though_all_issues_go(hotline: Hotline) -> None:
    given: list[int] = []
    for _ in range(3):
        with hotline.session() as session, session.begin():
            for _ in range(2):
                given.append(next_issue_id(session))
                session.add(
                    Issue(
                        id=given[-1],
                        name="欠薪",
                        embedder="tests",
                        created_at=NOW,
                        first_day=TODAY,
                        last_day=TODAY,
                    )
                )
            session.flush()
            session.execute(delete(Issue))
    assert len(set(given)) == len(given)
    assert given == sorted(given)


def _all_into(hotline: Hotline, issue_id: int) -> None:
    with hotline.session() as session, session.begin():
        for contact in session.scalars(select(Contact)):
            contact.issue_id = issue_id


def _rows_say(session: Session, day: date) -> tuple[list[tuple[str, str]], list[date], np.ndarray] | None:
    """The plain way: all rows of five years."""
    rows = session.scalars(
        select(DayCount).where(DayCount.day >= day - timedelta(days=364 * 5), DayCount.day <= day)
    ).all()
    if not rows:
        return None
    keys, first = sorted({(row.series, row.place_code) for row in rows}), min(row.day for row in rows)
    counts = np.zeros((len(keys), (day - first).days + 1), np.int32)
    for row in rows:
        counts[keys.index((row.series, row.place_code)), (row.day - first).days] = row.persons
    return keys, [first + timedelta(days=n) for n in range(counts.shape[1])], counts
