"""Where every series rises at once, a detection still reads the contacts once, and one serves all who ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from analytics.days import HOTLINE_ZONE
from analytics.steps.count import Count
from analytics.steps.detect import Detect
from models.outbox import OutboxRow
from models.surveillance import Signal
from models.vocabulary import OutboxState
from models.vocabulary_record import Population, Problem
from tests.integration.pipeline.situations import TODAY, Hotline
from tests.integration.pipeline.test_signals_of_counts import contacts, usual
from tests.integration.statements import statements_of

READS_CONTACTS = re.compile(r"\b(FROM|JOIN) contact\b")
PLACES = ("990101", "990102", "990200", "000000")


def rise(hotline: Hotline, problems: Sequence[Problem], places: Sequence[str]) -> None:
    contacts(
        hotline,
        [
            (f"r-{problem}-{population}-{place}-{n}", n % 3, place, problem, population)
            for problem in problems
            for population in (Population.STUDENT, Population.PUBLIC)
            for place in places
            for n in range(6)
        ],
    )


def detected(hotline: Hotline) -> tuple[int, int, int]:
    """(signals, alarms behind them, statements that read the contacts) of a detection."""
    with statements_of(hotline.engine, whole=True) as asked:
        ids = Detect(hotline.work)(TODAY)
    with hotline.session() as session:
        signals = session.scalars(select(Signal).where(Signal.id.in_(ids))).all()
    reads = sum(READS_CONTACTS.search(statement) is not None for statement in asked)
    return len(signals), sum(1 + len(signal.evidence) for signal in signals), reads


def test_a_hundred_alarms_read_the_contacts_as_often_as_a_few(hotline: Hotline) -> None:
    usual(hotline)
    rise(hotline, [Problem.WORK], PLACES[:1])
    Count(hotline.work, HOTLINE_ZONE, 0)(TODAY, ask_next=False)
    _, few, reads_of_few = detected(hotline)
    rise(hotline, [problem for problem in Problem if problem is not Problem.WORK], PLACES)
    Count(hotline.work, HOTLINE_ZONE, 0)(TODAY, ask_next=False)
    signals, many, reads_of_many = detected(hotline)
    assert few < 10 < 100 < many
    assert signals > 5
    assert reads_of_many == reads_of_few == 2, "who was heard, and what changed at the hotline itself"


def test_no_writer_waits_while_a_detection_reads_the_contacts(hotline: Hotline) -> None:
    if hotline.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's readers keep no writer waiting")
    usual(hotline)
    rise(hotline, [Problem.WORK, Problem.SLEEP], PLACES)
    Count(hotline.work, HOTLINE_ZONE, 0)(TODAY, ask_next=False)
    with statements_of(hotline.engine, whole=True, begins=True) as asked:
        assert Detect(hotline.work)(TODAY)
    begun, read = "", 0
    for statement in asked:
        if statement.startswith("BEGIN"):
            begun = statement
        elif READS_CONTACTS.search(statement):
            read += 1
            assert begun == "BEGIN", "a unit that only reads"
    assert read == 2
    assert any(statement == "BEGIN IMMEDIATE" for statement in asked)


def waiting(hotline: Hotline) -> list[OutboxRow]:
    with hotline.session() as session:
        asked = select(OutboxRow).where(OutboxRow.kind == "detect").order_by(OutboxRow.id)
        return list(session.scalars(asked))


def test_a_detection_that_has_not_begun_serves_all_and_a_running_one_is_followed_by_one(
    hotline: Hotline,
) -> None:
    usual(hotline)
    count = Count(hotline.work, HOTLINE_ZONE, 20)
    for _ in range(4):
        count(TODAY)
    assert [row.payload["day"] for row in waiting(hotline)] == [TODAY.isoformat()]
    with hotline.session() as session, session.begin():
        session.execute(update(OutboxRow).values(state=OutboxState.LEASED))
    for _ in range(4):
        count(TODAY)
    assert [row.state for row in waiting(hotline)] == [OutboxState.LEASED, OutboxState.DUE]


def test_a_detection_that_failed_is_tried_as_soon_as_there_is_something_new_to_judge(
    hotline: Hotline,
) -> None:
    usual(hotline)
    count = Count(hotline.work, HOTLINE_ZONE, 20)
    count(TODAY)
    due_at = waiting(hotline)[0].due_at
    with hotline.session() as session, session.begin():
        session.execute(update(OutboxRow).values(due_at=due_at + timedelta(hours=1), fault="ValueError"))
    count(TODAY)
    assert [row.due_at for row in waiting(hotline)] == [due_at]
