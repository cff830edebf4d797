"""Signals out of counts alone: one for an event, with its calls, area, evidence and possible causes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from analytics.days import HOTLINE_ZONE
from analytics.steps.count import Count
from analytics.steps.detect import Detect
from models.calls import Call
from models.notes import Note
from models.places import Organisation
from models.surveillance import Contact, DayCount, Signal
from models.vocabulary import AnalysisState
from models.vocabulary_record import Population, Problem
from models.vocabulary_surveillance import PossibleCause, SignalState
from tests.integration.pipeline.situations import TODAY, Hotline

DAYS = 34


def contacts(hotline: Hotline, rows: list[tuple[str, int, str, Problem, Population]]) -> None:
    """(caller, days ago, place, problem, population) each, as `understand` leaves them: no text at all."""
    with hotline.session() as session, session.begin():
        for number, (caller, back, place, problem, population) in enumerate(rows):
            day = TODAY - timedelta(days=back)
            at = hotline.now - timedelta(days=back, hours=number % 4)
            call = Call(
                number_dialled="12356", caller_hash=caller, state_since=at, arrived_at=at, answered_at=at
            )
            call.outcome = "answered"  # type: ignore[assignment]
            session.add(call)
            session.flush()
            session.add_all(
                [
                    Note(
                        call_id=call.id,
                        person_id=None,
                        problem=problem,
                        place_code=place,
                        created_at=at,
                        saved_at=at,
                    ),
                    Contact(
                        call_id=call.id,
                        state=AnalysisState.DONE,
                        day=day,
                        person_hash=caller,
                        place_code=place,
                        problem=str(problem),
                        population=str(population),
                    ),
                ]
            )


def usual(hotline: Hotline) -> None:
    contacts(
        hotline,
        [
            (f"usual-{back}-{number}", back, "990101", problem, Population.PUBLIC)
            for back in range(1, DAYS)
            for number, problem in enumerate((Problem.SLEEP, Problem.FAMILY, Problem.SLEEP))
        ],
    )


def judged(hotline: Hotline, *days: int) -> list[Signal]:
    for back in days or (0,):
        day = TODAY - timedelta(days=back)
        Count(hotline.work, HOTLINE_ZONE, 0)(day, ask_next=False)
        Detect(hotline.work)(day)
    with hotline.session() as session:
        return list(session.scalars(select(Signal).order_by(Signal.id)))


def test_students_of_two_counties_are_one_signal_of_their_city_with_its_area(hotline: Hotline) -> None:
    usual(hotline)
    contacts(
        hotline,
        [
            (f"student-{n}", n % 3, place, Problem.STUDY, Population.STUDENT)
            for n in range(16)
            for place in (("990101", "990102")[n % 2],)
        ]
        + [("student-1", 0, "990102", Problem.STUDY, Population.STUDENT)] * 4,
    )
    signal = judged(hotline)[0]
    assert len(judged(hotline)) == 1, "looked at twice, one event is one signal"
    assert (signal.series, signal.place_code) == ("problem:M:P19", "990100")
    assert (signal.observed, signal.calls) == (16, 20)
    assert signal.expected < 1 < signal.upper < 16
    assert {row["place"] for row in signal.area} == {"990101", "990102"}
    assert sum(row["observed"] for row in signal.area) == 16
    named = {(row["series"], row["place"]) for row in signal.evidence}
    assert {("problem:M:P19", "990101"), ("problem:M", "990100"), ("problem:M:P19", "990000")} <= named


def test_a_rise_that_spreads_from_a_county_to_its_city_stays_one_signal(hotline: Hotline) -> None:
    usual(hotline)
    first = [(f"a-{n}", 2, "990101", Problem.WORK, Population.PUBLIC) for n in range(7)]
    contacts(hotline, first)
    signals = judged(hotline, 2)
    assert [(s.series, s.place_code) for s in signals] == [("problem:N", "990101")]
    contacts(hotline, [(f"b-{n}", 0, "990102", Problem.WORK, Population.PUBLIC) for n in range(7)])
    signals = judged(hotline, 0)
    assert [(s.place_code, s.observed, s.state) for s in signals] == [("990100", 14, SignalState.NEW)]
    assert signals[0].onset_day == TODAY - timedelta(days=2)


def test_a_problem_that_turns_out_to_be_of_one_population_stays_one_signal(hotline: Hotline) -> None:
    usual(hotline)
    contacts(hotline, [(f"a-{n}", 3, "990101", Problem.STUDY, Population.PUBLIC) for n in range(5)])
    assert [s.series for s in judged(hotline, 3)] == ["problem:M"]
    contacts(hotline, [(f"s-{n}", 0, "990101", Problem.STUDY, Population.STUDENT) for n in range(12)])
    assert [(s.series, s.observed) for s in judged(hotline, 0)] == [("problem:M", 17)]


def test_unknown_places_are_a_stratum_of_their_own(hotline: Hotline) -> None:
    usual(hotline)
    contacts(hotline, [(f"x-{n}", 0, "000000", Problem.WORK, Population.PUBLIC) for n in range(8)])
    assert [(s.place_code, s.observed) for s in judged(hotline)] == [("000000", 8)]
    with hotline.session() as session:
        assert set(session.scalars(select(DayCount.place_code).where(DayCount.series == "problem:N"))) == {
            "000000"
        }


def test_one_caller_who_rings_each_day_raises_nothing(hotline: Hotline) -> None:
    usual(hotline)
    contacts(hotline, [("one", n % 7, "990101", Problem.WORK, Population.PUBLIC) for n in range(30)])
    assert judged(hotline, *range(7)) == []


def test_demonstration_contacts_count_while_the_hotline_is_a_demonstration(hotline: Hotline) -> None:
    usual(hotline)
    contacts(hotline, [(f"d-{n}", 0, "990101", Problem.WORK, Population.PUBLIC) for n in range(9)])
    with hotline.session() as session, session.begin():
        session.execute(update(Contact).where(Contact.problem == "N").values(is_demonstration=True))
    assert judged(hotline) == []
    with hotline.session() as session, session.begin():
        session.execute(update(Organisation).values(is_demonstration=True))
        session.execute(update(Contact).values(is_demonstration=True))
    signals = judged(hotline)
    assert [signal.is_demonstration for signal in signals] == [True]


def test_a_day_counted_for_the_first_time_counts_all_that_was_before(hotline: Hotline) -> None:
    usual(hotline)
    Count(hotline.work, HOTLINE_ZONE, 0)(TODAY, ask_next=False)
    with hotline.session() as session:
        days = set(session.scalars(select(DayCount.day)))
    assert days == {TODAY - timedelta(days=back) for back in range(1, DAYS)}


@pytest.mark.parametrize("cause", list(PossibleCause))
def test_a_change_at_the_hotline_is_shown_as_a_possible_cause(hotline: Hotline, cause: PossibleCause) -> None:
    usual(hotline)
    contacts(hotline, [(f"r-{n}", n % 3, "990101", Problem.WORK, Population.PUBLIC) for n in range(24)])
    operator, other = hotline.person("operator"), hotline.person("first")
    with hotline.session() as session, session.begin():
        rows = session.execute(select(Contact, Call).join(Call, Contact.call_id == Call.id)).all()
        for contact, call in rows:
            rise = contact.problem == "N"
            call.person_id = other
            if cause is PossibleCause.SEATS and rise and call.id % 2:
                call.person_id = operator
            if cause is PossibleCause.OPENING_HOURS and rise:
                call.answered_at = call.answered_at - timedelta(hours=9)
            if cause is PossibleCause.CODING and rise:
                note = session.scalars(select(Note).where(Note.call_id == call.id)).one()
                note.form_version = "2027-01"
    signal = judged(hotline)[0]
    assert signal.possible_causes == [str(cause)]
