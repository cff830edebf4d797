"""Days of calls with their log, notes and contacts, for reports; and a second count that knows no query."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.papers.desk import Papers
from hotline.bootstrap.reporting import BOOKS
from models.calls import Call, CallEvent
from models.notes import Note
from models.places import Centre
from models.surveillance import Contact
from models.vocabulary import AnalysisState, CallOutcome, CallState, NoteState
from models.vocabulary_record import CallType, Disposition, Population, Problem
from tests.integration.pipeline.situations import AUDIT_KEY, Hotline

FIRST = date(2026, 11, 1)
PROVINCE, CITY = "990000", "990100"
PLACES = ("990101", "990101", "990102", "990200", "000000")
PROBLEMS = (Problem.EMOTION, Problem.EMOTION, Problem.WORK, Problem.SLEEP, Problem.LOVE)
POPULATIONS = (Population.PUBLIC, Population.PUBLIC, Population.STUDENT, Population.SEVERE_DISORDER)


def papers_of(hotline: Hotline) -> Papers:
    return Papers(hotline.work, AUDIT_KEY, BOOKS)


def some_days(hotline: Hotline, days: int, calls_a_day: int = 40, seed: int = 3) -> None:
    """From FIRST on. A fifth of the calls is not answered; some people ring more than once."""
    chance = random.Random(seed)
    with hotline.session() as session, session.begin():
        centre = Centre(name_zh="澜州中心", name_en="Lanzhou", place_code=CITY)
        session.add(centre)
        session.flush()
        for day in (FIRST + timedelta(days=n) for n in range(days)):
            for n in range(calls_a_day):
                _call(session, chance, day, n, centre.id)
    hotline.now = datetime(FIRST.year, FIRST.month, FIRST.day, 1, tzinfo=UTC) + timedelta(days=days)


def _call(session: Session, chance: random.Random, day: date, number: int, centre_id: int) -> None:
    # The hotline's day begins at 16:00 of the day before in UTC.
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    arrived = begin + timedelta(minutes=1 + number * 35 % 1430)
    answered = arrived + timedelta(seconds=chance.randrange(3, 40)) if chance.random() < 0.8 else None
    waited = chance.randrange(12, 90)
    person = f"person-{chance.randrange(700)}"
    call = Call(
        number_dialled="12356",
        caller_hash=person,
        centre_id=centre_id,
        state=CallState.ENDED,
        outcome=CallOutcome.ANSWERED if answered else CallOutcome.ABANDONED,
        ended_by="caller",
        state_since=arrived,
        arrived_at=arrived,
        answered_at=answered,
        ended_at=(answered or arrived) + timedelta(seconds=600 if answered else waited),
    )
    session.add(call)
    session.flush()
    for kind, at in (
        ("arrived", arrived),
        ("queued", arrived),
        ("talking", answered),
        ("ended", call.ended_at),
    ):
        if at is not None:
            session.add(CallEvent(call_id=call.id, at=at, kind=kind))
    if answered is None:
        return
    place, problem = chance.choice(PLACES), chance.choice(PROBLEMS)
    population, risk = chance.choice(POPULATIONS), chance.choice((1, 1, 1, 1, 3))
    told = chance.choice((Disposition.CLOSED, Disposition.CLOSED, Disposition.REFERRAL))
    session.add(
        Note(
            call_id=call.id, revision=1, state=NoteState.CLOSED, call_type=CallType.SUPPORT,
            population=population, problem=problem, place_code=place, risk_level=risk, disposition=told,
            fields={}, created_at=arrived, saved_at=call.ended_at, closed_at=call.ended_at,
        )
    )  # fmt: skip
    session.add(
        Contact(
            call_id=call.id, state=AnalysisState.DONE, day=day, person_hash=person, place_code=place,
            problem=str(problem.value), population=str(population.value), risk_level=risk,
        )
    )  # fmt: skip


def count_by_hand(
    session: Session, first: date, last: date, label: Callable[[Contact, Note], str | None]
) -> dict[str, int]:
    """Distinct persons by label: plain loops over the notes that the event log's calls have."""
    talked = {line.call_id for line in session.scalars(select(CallEvent)) if line.kind == "talking"}
    notes = {note.call_id: note for note in session.scalars(select(Note))}
    persons: dict[str, set[str]] = defaultdict(set)
    for contact in session.scalars(select(Contact)):
        if contact.call_id not in talked or not first <= contact.day <= last:
            continue
        name = label(contact, notes[contact.call_id])
        if name is not None:
            persons[name].add(contact.person_hash)
    return {name: len(found) for name, found in persons.items()}
