"""A hotline's own form: drafted, put in force, kept by the notes that were begun with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.errors import FormNotDraft, FormRefused, NoSuchForm, NoteInvalid
from hotline.care.form_files import raw_of
from hotline.care.form_versions import MOST_BYTES, FormVersions, form_on_file, raw_on_file, standing_version
from hotline.care.notes import Notes
from models.audit import AuditLine, broken_audit_line
from models.notes import FORM_VERSION, Note
from models.unit_of_work import UnitOfWork
from models.vocabulary import NoteState, Role, SeatState
from tests import factories
from tests.fakes import Bulletin, StoppedClock
from tests.integration.care.test_care_notes import COMPLETE, KEY

MEDICINE: dict[str, Any] = {
    "zh": "正在服药",
    "en": "Takes medicine",
    "kind": "one",
    "page": "service",
    "choices": [["own_1", "是", "Yes"], ["own_2", "否", "No"]],
}


@dataclass
class House:
    engine: Engine
    forms: FormVersions
    notes: Notes
    keeper: int
    operator: int

    def a_call(self) -> int:
        with Session(self.engine) as session:
            call = factories.a_waiting_call(session)
            session.commit()
            return call.id

    def standing(self) -> str:
        with Session(self.engine) as session:
            return standing_version(session)

    def audit(self) -> list[tuple[str, str, dict[str, Any]]]:
        with Session(self.engine) as session:
            assert broken_audit_line(session, KEY) is None
            return [
                (line.action, line.subject, json.loads(line.reason or "{}"))
                for line in session.scalars(
                    select(AuditLine).where(AuditLine.action.like("form.%")).order_by(AuditLine.id)
                )
            ]


@pytest.fixture
def house(engine: Engine) -> House:
    clock = StoppedClock(factories.NOW)
    with Session(engine) as session:
        factories.a_province(session)
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        factories.a_seat(session, centre, person, SeatState.TALKING)
        keeper = factories.a_person(session, Role.ADMINISTRATOR, login="keeper")
        session.commit()
        ids = keeper.id, person.id

    def work() -> UnitOfWork:
        return UnitOfWork(engine, clock, Bulletin().publish)

    return House(engine, FormVersions(work, KEY), Notes(work, KEY), *ids)


def test_new_notes_use_the_form_in_force_and_older_ones_keep_theirs(house: House) -> None:
    before = house.a_call()
    house.notes.open(before, house.operator)
    house.forms.begin("city-1", FORM_VERSION, house.keeper)
    house.forms.add_field("city-1", MEDICINE, ["02"], house.keeper)
    assert house.standing() == FORM_VERSION
    house.forms.put_in_force("city-1", "本市要问用药", house.keeper)
    assert house.standing() == "city-1"

    after = house.a_call()
    assert house.notes.open(after, house.operator).form.version == "city-1"
    assert house.notes.save(after, house.operator, 0, COMPLETE).missing == ["own_1"]
    with pytest.raises(NoteInvalid):
        house.notes.save(after, house.operator, 1, {**COMPLETE, "own_1": "own_3"})
    assert house.notes.save(after, house.operator, 1, {**COMPLETE, "own_1": "own_1"}).missing == []
    house.notes.close(after, house.operator)

    assert house.notes.open(before, house.operator).form.version == FORM_VERSION
    assert house.notes.save(before, house.operator, 0, COMPLETE).missing == []
    house.notes.close(before, house.operator)
    with Session(house.engine) as session:
        notes = {note.call_id: note for note in session.scalars(select(Note))}
        assert {note.state for note in notes.values()} == {NoteState.CLOSED}
        assert notes[after].fields["own_1"] == "own_1"

    house.forms.put_in_force(FORM_VERSION, "不再问", house.keeper)
    assert house.notes.open(house.a_call(), house.operator).form.version == FORM_VERSION
    with Session(house.engine) as session:
        assert form_on_file(session, notes[after].form_version).has("own_1")


def test_each_step_is_audited_with_before_and_after(house: House) -> None:
    house.forms.begin("city-1", FORM_VERSION, house.keeper)
    house.forms.add_field("city-1", MEDICINE, ["02"], house.keeper)
    with Session(house.engine) as session:
        own = next(one for one in raw_on_file(session, "city-1")["fields"] if one["code"] == "own_1")
    house.forms.change_field("city-1", {**own, "zh": "在服精神科药"}, ["01", "02"], house.keeper)
    house.forms.change_field("city-1", {**own, "zh": "在服精神科药"}, ["01", "02"], house.keeper)
    house.forms.leave_out("city-1", "marital", house.keeper)
    house.forms.take_back("city-1", "marital", house.keeper)
    house.forms.put_in_force("city-1", "试行", house.keeper)
    lines = house.audit()
    assert [(action, subject) for action, subject, _ in lines] == [
        ("form.begun", "form:city-1"),
        *[("form.changed", "form:city-1")] * 4,
        ("form.in_force", "form:city-1"),
    ]
    assert lines[1][2] == {"own_1": [None, "正在服药 | one | 是、否 | 02"]}
    assert lines[2][2] == {"own_1": ["正在服药 | one | 是、否 | 02", "在服精神科药 | one | 是、否 | 01 02"]}
    assert lines[3][2]["marital"][1] is None
    assert lines[5][2] == {"version": [FORM_VERSION, "city-1"], "reason": [None, "试行"]}


def test_a_version_that_was_in_force_never_changes(house: House) -> None:
    house.forms.begin("city-1", FORM_VERSION, house.keeper)
    house.forms.put_in_force("city-1", "试行", house.keeper)
    for step in (
        lambda: house.forms.add_field("city-1", MEDICINE, [], house.keeper),
        lambda: house.forms.leave_out("city-1", "marital", house.keeper),
        lambda: house.forms.discard("city-1", house.keeper),
    ):
        with pytest.raises(FormNotDraft):
            step()
    house.forms.begin("city-2", "city-1", house.keeper)
    house.forms.discard("city-2", house.keeper)
    with pytest.raises(NoSuchForm):
        house.forms.put_in_force("city-2", "试行", house.keeper)


def _codes(refused: pytest.ExceptionInfo[FormRefused]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_what_may_not_be_is_refused_and_nothing_is_changed(house: House) -> None:
    for name, code in (
        ("", "name_wrong"),
        ("2027-01", "name_wrong"),
        ("本市", "name_wrong"),
        ("city.json", "name_wrong"),
        (FORM_VERSION, "name_wrong"),
    ):
        with pytest.raises(FormRefused) as refused:
            house.forms.begin(name, FORM_VERSION, house.keeper)
        assert _codes(refused) == [code]
    house.forms.begin("city-1", FORM_VERSION, house.keeper)
    for change, code in (
        (lambda: house.forms.begin("city-1", FORM_VERSION, house.keeper), "name_taken"),
        (lambda: house.forms.leave_out("city-1", "minor_harm", house.keeper), "no_such_field"),
        (lambda: house.forms.leave_out("city-1", "sharing_agreed", house.keeper), "field_lost"),
        (lambda: house.forms.leave_out("city-1", "recommendations", house.keeper), "item_lost"),
        (lambda: house.forms.add_field("city-1", {**MEDICINE, "en": ""}, [], house.keeper), "words_missing"),
        (lambda: house.forms.put_in_force("city-1", "  ", house.keeper), "reason_missing"),
        (lambda: house.forms.put_in_force(FORM_VERSION, "再启用", house.keeper), "stands_already"),
        (lambda: house.forms.put_in_force("2026-11", "旧版", house.keeper), "field_lost"),
    ):
        with pytest.raises(FormRefused) as refused:
            change()
        assert code in _codes(refused)
    assert house.standing() == FORM_VERSION
    with Session(house.engine) as session:
        assert raw_on_file(session, "city-1")["left_out"] == []
    assert [action for action, _, _ in house.audit()] == ["form.begun"]


def test_a_file_of_another_hotline_becomes_a_draft(house: House) -> None:
    house.forms.begin("city-1", FORM_VERSION, house.keeper)
    house.forms.add_field("city-1", MEDICINE, ["02"], house.keeper)
    with Session(house.engine) as session:
        theirs = raw_on_file(session, "city-1")
    theirs |= {"version": "province-1"}
    assert house.forms.upload(json.dumps(theirs, ensure_ascii=False).encode(), house.keeper) == "province-1"
    assert house.standing() == FORM_VERSION
    house.forms.put_in_force("province-1", "全省统一", house.keeper)
    assert house.notes.open(house.a_call(), house.operator).form.has("own_1")

    unsafe = raw_of(FORM_VERSION) | {"version": "unsafe-1", "when": []}
    numbered = raw_of(FORM_VERSION) | {"version": "number-1"}
    numbered["fields"].append({**MEDICINE, "code": "own_1", "item": 26, "zh": 5})
    halved = raw_of(FORM_VERSION) | {"version": "half-1", "source": "\ud800"}
    listed = raw_of(FORM_VERSION) | {"version": "list-1", "when": [{"field": [], "needs": []}]}
    for sent, code in (
        (b"", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b"[]", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (json.dumps(numbered).encode(), "unreadable"),
        (json.dumps(halved).encode(), "unreadable"),
        (json.dumps(listed).encode(), "unreadable"),
        (b'{"version": "x"}', "unreadable"),
        (b" " * (MOST_BYTES + 1), "unreadable"),
        (json.dumps(unsafe).encode(), "when_changed"),
    ):
        with pytest.raises(FormRefused) as refused:
            house.forms.upload(sent, house.keeper)
        assert _codes(refused) == [code]
