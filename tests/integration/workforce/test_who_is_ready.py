"""The queue refuses who is not ready, a supervisor admits for one shift; trainings, rest and supervision."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.local_day import ZONE
from hotline.routing.errors import NotAdmitted
from hotline.workforce.admissions import Admissions
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.import_readiness import QualificationTable, TrainingTable
from hotline.workforce.imports import Imported, Imports, Kind
from hotline.workforce.readiness_policy import BOUNDS, decide_readiness_policy
from hotline.workforce.rest_offers import RestOffers, open_offer
from hotline.workforce.supervision_log import Meeting, SupervisionLog
from hotline.workforce.training import Entry, Trainings, years_of
from models.audit import AuditLine, broken_audit_line
from models.events import AdmissionChanged, RestOffered
from models.notes import Note
from models.people import Person
from models.readiness import Admission, Qualification, SupervisionRecord, TrainingRecord
from models.vocabulary import NoteState, Role, SeatState
from models.vocabulary_readiness import (
    AdmissionState,
    RestAnswer,
    Strain,
    SupervisionForm,
    TrainingKind,
    TrainingResult,
)
from models.workforce import Shift
from tests import factories
from tests.factories import NOW
from tests.integration.routing.house import House

KEY = b"audit key of the tests"
WHY = "培训证书在人事处，明早补录"


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


@pytest.fixture
def supervisor(house: House) -> int:
    with Session(house.engine) as session, session.begin():
        return factories.a_person(session, Role.SUPERVISOR, name="沈知").id


def take_away(house: House, person_id: int, *fields: str) -> None:
    with Session(house.engine) as session, session.begin():
        person = session.get_one(Person, person_id)
        for name in fields:
            setattr(person, name, None)


def a_training(kind: TrainingKind = TrainingKind.SYSTEM, days_ago: int = 10, **more: object) -> Entry:
    values = {
        "kind": kind,
        "title": "危机干预进阶",
        "held_at": NOW - timedelta(days=days_ago),
        "hours": 6.0,
        "result": TrainingResult.PASSED,
        "score": 88.0,
        "trainer": "何清",
    }
    return Entry(**{**values, **more})  # type: ignore[arg-type]


def test_an_untrained_person_is_refused_and_a_supervisor_admits_for_one_shift_with_a_reason(
    house: House, supervisor: int
) -> None:
    seat_id, person_id = house.an_empty_seat()
    take_away(house, person_id, "trained_at", "confidentiality_signed_at")
    with pytest.raises(NotAdmitted) as refusal:
        house.seats.sign_on(person_id, seat_id)
    assert refusal.value.details["reasons"] == ["no_training", "no_confidentiality"]

    admissions = Admissions(house.work, KEY)
    assert admissions.ask(person_id)
    assert not admissions.ask(person_id), "asked once"
    for wrong in ({"reason": "急"}, {"vouched": False}, {"by_id": person_id}):
        with pytest.raises(FieldWrong):
            admissions.admit(person_id, **{"by_id": supervisor, "reason": WHY, "vouched": True, **wrong})  # type: ignore[arg-type]
    with pytest.raises(NotAdmitted):
        house.seats.sign_on(person_id, seat_id)

    with Session(house.engine) as session, session.begin():
        shift = Shift(
            centre_id=house.centre_id,
            person_id=person_id,
            starts_at=NOW - timedelta(minutes=5),
            ends_at=NOW + timedelta(hours=6),
        )
        session.add(shift)
    until = admissions.admit(person_id, by_id=supervisor, reason=WHY, vouched=True)
    assert until == NOW + timedelta(hours=6), "the end of the rostered shift"
    house.sit_down(seat_id, person_id)
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    assert house.seat(seat_id).state is SeatState.TALKING

    with Session(house.engine) as session:
        leave = session.scalars(select(Admission)).one()
        assert (leave.state, leave.decided_by_id, leave.reason) == (AdmissionState.GRANTED, supervisor, WHY)
        line = session.scalars(select(AuditLine).where(AuditLine.action == "admission.grant")).one()
        assert (line.person_id, line.subject) == (supervisor, f"person:{person_id}")
        assert WHY in (line.reason or "")
        assert broken_audit_line(session, KEY) is None
    assert [event for event in house.bulletin.told if isinstance(event, AdmissionChanged)] == [
        AdmissionChanged(person_id)
    ] * 2

    house.stopped.advance(hours=6)
    other_seat, _ = house.an_empty_seat()
    with pytest.raises(NotAdmitted):
        house.seats.sign_on(person_id, other_seat)
    assert house.seat(seat_id).person_id == person_id, "whoever talks is not taken from the caller"


def test_leave_is_not_given_where_it_makes_no_sense(house: House, supervisor: int) -> None:
    _, person_id = house.an_empty_seat()
    admissions = Admissions(house.work, KEY)
    assert not admissions.ask(person_id), "nothing is lacking"
    with pytest.raises(FieldWrong):
        admissions.admit(person_id, by_id=supervisor, reason=WHY, vouched=True)
    with Session(house.engine) as session, session.begin():
        closed = session.get_one(Person, person_id)
        closed.active, closed.trained_at = False, None
    with pytest.raises(FieldWrong):
        admissions.admit(person_id, by_id=supervisor, reason=WHY, vouched=True)
    with pytest.raises(NotFound):
        admissions.decline(77, by_id=supervisor, reason=WHY)


def test_a_passed_training_before_service_opens_the_queue_and_a_voided_one_closes_it_again(
    house: House, supervisor: int
) -> None:
    seat_id, person_id = house.an_empty_seat()
    take_away(house, person_id, "trained_at")
    trainings = Trainings(house.work, KEY)
    failed = a_training(TrainingKind.PRE_SERVICE, result=TrainingResult.FAILED)
    assert trainings.record([person_id], failed, by_id=supervisor) == 1
    with pytest.raises(NotAdmitted):
        house.seats.sign_on(person_id, seat_id)
    passed = a_training(TrainingKind.PRE_SERVICE, days_ago=3)
    assert trainings.record([person_id], passed, by_id=supervisor) == 1
    assert trainings.record([person_id], passed, by_id=supervisor) == 0, "the same line once"
    house.seats.sign_on(person_id, seat_id)
    house.seats.sign_off(person_id)
    with Session(house.engine) as session:
        wrong = session.scalars(
            select(TrainingRecord.id).where(TrainingRecord.result == TrainingResult.PASSED)
        ).one()
    assert trainings.void(wrong, by_id=supervisor) == person_id
    with pytest.raises(NotAdmitted):
        house.seats.sign_on(person_id, seat_id)


def test_the_year_is_counted_and_only_warns(house: House, supervisor: int) -> None:
    seat_id, person_id = house.an_empty_seat()
    with Session(house.engine) as session, session.begin():
        session.get_one(Person, person_id).trained_at = NOW - timedelta(days=500)
    trainings = Trainings(house.work, KEY)
    for days in (10, 80):
        trainings.record([person_id, supervisor], a_training(days_ago=days), by_id=supervisor)
    for wrong in (
        a_training(title=""),
        a_training(days_ago=-2),
        a_training(score=101.0),
        a_training(TrainingKind.ASSESSMENT, result=TrainingResult.ATTENDED),
    ):
        with pytest.raises(FieldWrong):
            trainings.record([person_id], wrong, by_id=supervisor)
    with Session(house.engine) as session:
        year = years_of(session, [session.get_one(Person, person_id)], NOW)[person_id]
    assert {str(one.kind): (one.done, one.behind) for one in year} == {
        "system": (2, 2),
        "drill": (0, 2),
        "assessment": (0, 1),
    }
    house.seats.sign_on(person_id, seat_id)
    numbers = {**{name: bounds[0] for name, bounds in BOUNDS.items()}, "system_trainings": 2}
    decide_readiness_policy(house.work, KEY, numbers=numbers, person_id=supervisor)
    with Session(house.engine) as session:
        year = years_of(session, [session.get_one(Person, person_id)], NOW)[person_id]
        line = session.scalars(select(AuditLine).where(AuditLine.action == "policy.readiness")).one()
    assert not any(one.behind for one in year)
    assert json.loads(line.reason or "")["system_trainings"] == [4, 2]


def test_rest_is_offered_once_at_each_step_and_never_takes_the_seat_away(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    rests = RestOffers(house.work, ZONE)
    assert rests.look() == 0
    for number in range(4):
        call_id = house.a_caller_waits(sid=f"CA{number}", number=f"1380000000{number}")
        house.they_talk(call_id, f"leg{number}")
        with Session(house.engine) as session, session.begin():
            note = Note(call_id=call_id, person_id=person_id, created_at=NOW, saved_at=NOW)
            note.state = NoteState.CLOSED
            session.add(note)
        house.stopped.advance(minutes=20)
        house.conversation.caller_left(call_id, "caller")
        with Session(house.engine) as session, session.begin():
            # Rated when the talk was over: a line that drops at R3 would owe a call back first.
            session.scalars(select(Note).where(Note.call_id == call_id)).one().risk_level = 3
        house.wrap_up.finish(person_id)
        house.sit_down(seat_id, person_id)
        assert rests.look() == (1 if number in (1, 3) else 0), number
        assert rests.look() == 0, "told once"
    assert house.seat(seat_id).state is SeatState.AVAILABLE
    with Session(house.engine) as session:
        offer = open_offer(session, person_id, house.stopped.now)
    assert offer is not None
    assert (offer.strain, offer.value, offer.step) == (Strain.HIGH_RISK, 4, 2)
    with pytest.raises(NotFound):
        rests.answer(offer.id, person_id + 1, RestAnswer.TAKEN)
    rests.answer(offer.id, person_id, RestAnswer.LATER)
    assert RestOffered(person_id, seat_id) in house.bulletin.told


def test_a_supervision_is_sealed_at_rest_and_marked_read_by_its_person_alone(
    house: House, supervisor: int
) -> None:
    _, person_id = house.an_empty_seat()
    log = SupervisionLog(house.work, KEY)
    meeting = Meeting(
        NOW - timedelta(hours=1), 50, SupervisionForm.INDIVIDUAL, "怎样结束反复来电", "下周再谈"
    )
    record_id = log.write(person_id, meeting, by_id=supervisor)
    with pytest.raises(FieldWrong):
        log.write(supervisor, meeting, by_id=supervisor)
    with pytest.raises(NotFound):
        log.read(record_id, supervisor)
    log.read(record_id, person_id)
    with house.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT content FROM supervision_record").scalar_one()
    assert "反复来电" not in raw
    with Session(house.engine) as session:
        row = session.get_one(SupervisionRecord, record_id)
        assert (row.content, row.read_at) == ("怎样结束反复来电", NOW)


def test_trainings_and_qualifications_come_from_a_table_all_or_nothing(house: House, supervisor: int) -> None:
    _, person_id = house.an_empty_seat()
    take_away(house, person_id, "trained_at")
    with Session(house.engine) as session:
        login = session.get_one(Person, person_id).login

    def imports(kind: Callable[[], Kind]) -> Imports:
        return Imports(house.work, KEY, kind, "training.import")

    def trainings() -> TrainingTable:
        return TrainingTable(supervisor)

    heading = ",".join(TrainingTable.columns)
    good = f"{login},pre_service,岗前培训,2026-09-01,90,passed,91,省培训中心"
    wrong = f"nobody,yoga,,2031-01-01,many,attended,101,\n{login},考核,年度考核,2026-10-01,2,attended,,"
    refused = imports(trainings).carry_out(f"{heading}\n{good}\n{wrong}".encode(), by_id=supervisor)
    assert not isinstance(refused, Imported)
    assert {(fault.line, fault.column) for fault in refused.faults} >= {
        (3, "login"),
        (3, "kind"),
        (3, "hours"),
        (3, "held_on"),
        (4, "result"),
    }
    done = imports(trainings).carry_out(f"{heading}\n{good}".encode(), by_id=supervisor)
    assert isinstance(done, Imported)
    again = imports(trainings).preview(f"{heading}\n{good}\n{good}".encode())
    assert [fault.reason for fault in again.faults] == ["on_file", "on_file"]
    heading = ",".join(QualificationTable.columns)
    table = f"{heading}\n{login},心理咨询师,二级心理咨询师,2015-06-01,"
    assert isinstance(imports(QualificationTable).carry_out(table.encode(), by_id=supervisor), Imported)
    with Session(house.engine) as session:
        assert session.get_one(Person, person_id).trained_at is not None, "the queue admits now"
        assert session.scalars(select(Qualification.title)).one() == "二级心理咨询师"
