"""Scales: consent first, kept item by item, sealed at rest; consultations and the duty of a minor's call."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from hotline.care.assessments import Assessments, scored_in
from hotline.care.consultations import Consultations, consultations_of, open_consultations
from hotline.care.errors import (
    AnswersInvalid,
    ConsentFirst,
    NoSuchConsultation,
    NoSuchForcedReport,
    NoSuchScale,
    OpinionIncomplete,
    OutcomeMissing,
    TextIncomplete,
)
from hotline.care.forced_reports import ForcedReports, duty_of, open_duties
from hotline.care.notes import Notes
from hotline.care.scale_files import TWELVE_ELEMENTS, library
from hotline.care.scale_texts import ScaleTexts, on_file
from hotline.domain.scale_text import template_of
from models.assessments import Assessment, ScaleConsent
from models.audit import AuditLine
from models.events import RiskMarked
from models.notes import Note, RiskChange
from models.unit_of_work import UnitOfWork
from models.vocabulary import ConsentState, SeatState
from models.vocabulary_care import ConsultationState, ForcedReportState, Recommendation
from tests import factories
from tests.fakes import Bulletin, StoppedClock

KEY = b"an audit key for tests, 32 bytes."


@dataclass
class House:
    engine: Engine
    bulletin: Bulletin
    call_id: int
    person_id: int
    scales: Assessments
    texts: ScaleTexts
    consultations: Consultations
    duties: ForcedReports
    notes: Notes

    def session(self) -> Session:
        return Session(self.engine)

    def has_the_text_of(self, code: str) -> None:
        self.texts.file(
            code,
            a_text(code),
            version="试用 1",
            source="测试用出处",
            permission="测试用许可",
            by_id=self.person_id,
        )

    def actions(self) -> list[str]:
        with self.session() as session:
            return list(session.scalars(select(AuditLine.action).order_by(AuditLine.id)))


def a_text(code: str) -> bytes:
    """A made-up text: the project holds no Chinese items of its own."""
    entry = library()[code]
    lines = template_of(entry.rule, entry.items_en, entry.options_en).splitlines()
    rows = [lines[0]]
    for line in lines[1:]:
        kind, number, _zh, rest = line.split(",", 3)
        if entry.rule.total_most is not None and kind == "item":
            rest = f",{5 if number == '1' else 1}"
        rows.append(f"{kind},{number},测试用文字{number},{rest}")
    return "\n".join(rows).encode()


@pytest.fixture
def house(engine: Engine) -> House:
    bulletin, clock = Bulletin(), StoppedClock(factories.NOW)

    def work() -> UnitOfWork:
        return UnitOfWork(engine, clock, bulletin.publish)

    with Session(engine) as session:
        factories.a_province(session)
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        call = factories.a_talk(session, factories.a_seat(session, centre, person, SeatState.TALKING))
        session.commit()
        return House(
            engine,
            bulletin,
            call.id,
            person.id,
            Assessments(work, KEY),
            ScaleTexts(work, KEY),
            Consultations(work, KEY),
            ForcedReports(work, KEY),
            Notes(work, KEY),
        )


def test_no_scale_has_a_text_until_somebody_files_one(house: House) -> None:
    with house.session() as session:
        assert all(one.text is None for one in on_file(session).values())
    with pytest.raises(NoSuchScale):
        house.scales.consent(house.call_id, "PHQ-9", house.person_id, True)


def test_a_text_needs_source_and_permission(house: House) -> None:
    with pytest.raises(TextIncomplete) as refused:
        house.texts.file(
            "PHQ-9", a_text("PHQ-9"), version="1", source=" ", permission="", by_id=house.person_id
        )
    assert refused.value.details["fields"] == ["source", "permission"]
    house.has_the_text_of("PHQ-9")
    house.texts.withdraw("PHQ-9", house.person_id)
    with house.session() as session:
        assert on_file(session)["PHQ-9"].text is None
    assert house.actions() == ["scale_text.filed", "scale_text.withdrawn"]


def test_consent_comes_first_and_a_refusal_is_an_outcome(house: House) -> None:
    house.has_the_text_of("PHQ-9")
    with pytest.raises(ConsentFirst):
        house.scales.record(house.call_id, "PHQ-9", house.person_id, {1: 1})
    house.scales.consent(house.call_id, "PHQ-9", house.person_id, False)
    with pytest.raises(ConsentFirst):
        house.scales.record(house.call_id, "PHQ-9", house.person_id, {1: 1})
    with house.session() as session:
        assert session.scalars(select(ScaleConsent.state)).all() == [ConsentState.REFUSED]
        assert session.scalars(select(Assessment)).all() == []


def test_answers_are_kept_one_by_one_and_scored_when_whole(house: House) -> None:
    house.has_the_text_of("PHQ-9")
    house.scales.consent(house.call_id, "PHQ-9", house.person_id, True)
    part = house.scales.record(house.call_id, "PHQ-9", house.person_id, {1: 3, 9: 1})
    assert (part.total, part.alarms) == (None, (9,))
    with pytest.raises(AnswersInvalid):
        house.scales.record(house.call_id, "PHQ-9", house.person_id, {1: 4})
    whole = house.scales.record(
        house.call_id, "PHQ-9", house.person_id, dict.fromkeys(range(1, 9), 1) | {9: 1}
    )
    assert whole.total == 9
    with house.session() as session:
        (row,) = scored_in(session, house.call_id)
    assert (row.total, row.band.code if row.band else None, row.source) == (9, "mild", "测试用出处")


def test_a_score_raises_nothing_by_itself(house: House) -> None:
    house.notes.save(house.call_id, house.person_id, 0, {"summary": "聊了睡眠"})
    house.has_the_text_of("PHQ-9")
    house.scales.consent(house.call_id, "PHQ-9", house.person_id, True)
    house.scales.record(house.call_id, "PHQ-9", house.person_id, dict.fromkeys(range(1, 10), 3))
    with house.session() as session:
        note = session.scalars(select(Note)).one()
        assert (note.risk_level, note.risk_floor) == (None, 0)
        assert session.scalars(select(RiskChange)).all() == []


def test_the_twelve_elements_raise_the_floor_and_never_lower_it(house: House) -> None:
    house.notes.save(house.call_id, house.person_id, 0, {"summary": "聊了睡眠"})
    house.has_the_text_of(TWELVE_ELEMENTS)
    house.scales.consent(house.call_id, TWELVE_ELEMENTS, house.person_id, True)
    answers = dict.fromkeys(range(1, 13), 0)
    house.scales.record(house.call_id, TWELVE_ELEMENTS, house.person_id, answers | {1: 5, 2: 1, 3: 1, 4: 1})
    house.scales.consent(house.call_id, TWELVE_ELEMENTS, house.person_id, True)
    house.scales.record(house.call_id, TWELVE_ELEMENTS, house.person_id, answers)
    with house.session() as session:
        assert session.scalars(select(Note.risk_floor)).one() == 3
        change = session.scalars(select(RiskChange)).one()
    assert (change.to_level, change.person_id) == (3, None)
    told = [event for event in house.bulletin.told if isinstance(event, RiskMarked)]
    assert told == [RiskMarked(house.call_id, 3)]
    assert house.notes.save(house.call_id, house.person_id, 1, {"summary": "聊了睡眠。"}).risk_level == 3


def test_answers_and_opinions_lie_sealed_in_the_database(house: House) -> None:
    house.has_the_text_of("GAD-7")
    house.scales.consent(house.call_id, "GAD-7", house.person_id, True)
    house.scales.record(house.call_id, "GAD-7", house.person_id, dict.fromkeys(range(1, 8), 2))
    house.consultations.ask(house.call_id, house.person_id, "请看是否需要转介", None)
    with house.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT answers, result FROM assessment")).all())
        stored += str(connection.execute(text("SELECT question FROM consultation")).all())
    assert "total" not in stored
    assert "moderate" not in stored
    assert "转介" not in stored


def test_withdrawn_consent_takes_answers_and_result_away(house: House) -> None:
    house.has_the_text_of("PHQ-2")
    house.scales.consent(house.call_id, "PHQ-2", house.person_id, True)
    house.scales.record(house.call_id, "PHQ-2", house.person_id, {1: 1, 2: 2})
    house.scales.withdraw(house.call_id, "PHQ-2", house.person_id)
    with house.session() as session:
        row = session.scalars(select(Assessment)).one()
        assert (row.answers, row.result) == (None, None)
        assert scored_in(session, house.call_id)[0].withdrawn
    with pytest.raises(ConsentFirst):
        house.scales.record(house.call_id, "PHQ-2", house.person_id, {1: 1})


def test_an_authority_chooses_its_cut_offs_and_old_results_keep_theirs(house: House) -> None:
    house.has_the_text_of("PHQ-9")
    house.scales.consent(house.call_id, "PHQ-9", house.person_id, True)
    answers = dict.fromkeys(range(1, 10), 0) | {1: 3, 2: 3, 3: 1}
    house.scales.record(house.call_id, "PHQ-9", house.person_id, answers)
    house.texts.choose("PHQ-9", "shanghai", house.person_id)
    with pytest.raises(NoSuchScale):
        house.texts.choose("PHQ-9", "no such set", house.person_id)
    house.scales.consent(house.call_id, "PHQ-9", house.person_id, True)
    house.scales.record(house.call_id, "PHQ-9", house.person_id, answers)
    with house.session() as session:
        bands = [row.band.code for row in scored_in(session, house.call_id) if row.band]
    assert bands == ["positive", "mild"]


def test_a_consultation_goes_up_and_comes_back_with_a_named_expert(house: House) -> None:
    asked = house.consultations.ask(house.call_id, house.person_id, "是否需要个体干预", None)
    house.consultations.send(asked, house.person_id, "市精神卫生中心")
    with pytest.raises(OpinionIncomplete):
        house.consultations.answer(
            asked, house.person_id, expert=" ", opinion="可以", at=None, recommendation=Recommendation.NONE
        )
    house.consultations.answer(
        asked,
        house.person_id,
        expert="陈医生",
        opinion="先做个体干预，两周后复评",
        at=None,
        recommendation=Recommendation.INDIVIDUAL,
    )
    with house.session() as session:
        (row,) = consultations_of(session, house.call_id)
        assert open_consultations(session) == []
    assert (row.state, row.expert, row.recommendation) == (
        ConsultationState.ANSWERED,
        "陈医生",
        Recommendation.INDIVIDUAL,
    )
    with pytest.raises(NoSuchConsultation):
        house.consultations.withdraw(asked, house.person_id)


def test_signs_of_harm_to_a_minor_open_one_duty_that_a_named_person_closes(house: House) -> None:
    content = {"age_band": "14-17", "minor_harm": "yes"}
    house.notes.save(house.call_id, house.person_id, 0, content)
    house.notes.save(house.call_id, house.person_id, 1, {**content, "minor_harm": "no"})
    with house.session() as session:
        assert [duty.call_id for duty in open_duties(session)] == [house.call_id]
    with pytest.raises(OutcomeMissing):
        house.duties.reported(house.call_id, house.person_id, "", "", "说了情况")
    house.duties.reported(house.call_id, house.person_id, "云州市公安局", "A-17", "住处、时间和伤情")
    with house.session() as session:
        duty = duty_of(session, house.call_id)
    assert duty is not None
    assert (duty.state, duty.reported_to) == (ForcedReportState.REPORTED, "云州市公安局")
    with pytest.raises(NoSuchForcedReport):
        house.duties.not_sent(house.call_id, house.person_id, "误记")
    assert house.actions().count("forced_report.opened") == 1


def test_a_duty_may_be_weighed_and_not_sent_with_why(house: House) -> None:
    house.notes.save(house.call_id, house.person_id, 0, {"minor_harm": "yes"})
    with pytest.raises(OutcomeMissing):
        house.duties.not_sent(house.call_id, house.person_id, " ")
    house.duties.not_sent(house.call_id, house.person_id, "说的是十年前，已成年，不同意")
    with house.session() as session:
        assert open_duties(session) == []
