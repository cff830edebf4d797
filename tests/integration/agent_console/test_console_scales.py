"""Scales on the desk, consultations with the supervisor, texts with the administrator; older notes shown."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hotline.care.scale_texts import ScaleTexts
from models.assessments import Assessment, Consultation
from models.audit import AuditLine
from models.calls import Call
from models.forced_reports import ForcedReport
from models.notes import Note
from models.seats import Seat
from models.vocabulary import Role, SeatState
from models.vocabulary_care import ConsultationState, ForcedReportState
from tests import factories
from tests.console_kit import AUDIT_KEY, Console, csrf_of
from tests.integration.care.test_scales_in_a_talk import a_text


@dataclass
class Browser:
    client: FlaskClient
    csrf: str

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **fields: object) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.csrf, **fields})


@dataclass
class Desk(Browser):
    call: Call

    @property
    def scales(self) -> str:
        return f"/desk/calls/{self.call.id}/scales"


def signed_in(console: Console, role: Role) -> Browser:
    with console.records() as session:
        person = factories.a_person(session, role, login=str(role))
    client = console.signed_in(person)
    return Browser(client, csrf_of(client, "/"))


@pytest.fixture
def desk(console: Console) -> Desk:
    with console.records() as session:
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE)
        call = factories.a_talk(session, session.get_one(Seat, seat.id))
    client = console.signed_in(person)
    csrf = client.get("/session/token").json["csrf"]
    return Desk(client, csrf, call)


def a_text_on_file(console: Console, code: str = "PHQ-9") -> None:
    with console.records() as session:
        keeper = factories.a_person(session, Role.ADMINISTRATOR, login="keeper")
    ScaleTexts(console.parts.work, AUDIT_KEY).file(
        code, a_text(code), version="试用 1", source="测试用出处", permission="测试用许可", by_id=keeper.id
    )


def test_without_a_text_no_scale_is_offered_and_the_page_says_why(desk: Desk) -> None:
    page = desk.get(desk.scales).text
    assert "还没有经核实出处和许可的中文量表文本" in page
    assert "PHQ-9" in page
    assert 'data-role="open-scale"' not in page
    assert desk.post(f"{desk.scales}/PHQ-9/consent", granted="yes").status_code == 409


def test_consent_then_items_then_a_screening_with_its_source(console: Console, desk: Desk) -> None:
    a_text_on_file(console)
    asked = desk.get(f"{desk.scales}?open=PHQ-9").text
    assert "您愿意吗" in asked
    assert "测试用文字1" not in asked
    opened = desk.post(f"{desk.scales}/PHQ-9/consent", granted="yes").text
    assert "测试用文字1" in opened
    assert "测试用出处" in opened
    assert "Little interest or pleasure" in opened
    answers = {f"item_{number}": 1 for number in range(1, 9)}
    kept = desk.post(f"{desk.scales}/PHQ-9", **answers)
    assert (kept.text, kept.headers.get("HX-Trigger")) == ("", None)
    shown = desk.post(f"{desk.scales}/PHQ-9", finish="yes", item_9=1, **answers)
    assert shown.headers["HX-Trigger"] == "scale.alarm"
    assert "总分 9" in shown.text
    assert "筛查：轻度范围" in shown.text
    assert "诊断" not in shown.text.replace("不是诊断", "")
    with console.records() as session:
        assert len(session.scalars(select(Assessment)).all()) == 1
        assert "scale.read" in session.scalars(select(AuditLine.action)).all()


def test_a_refusal_is_kept_and_nothing_is_asked(console: Console, desk: Desk) -> None:
    a_text_on_file(console)
    page = desk.post(f"{desk.scales}/PHQ-9/consent", granted="no").text
    assert "不做" in page
    assert desk.post(f"{desk.scales}/PHQ-9", item_1=1).status_code == 409


def test_another_operator_reaches_no_scale_of_this_call(console: Console, desk: Desk) -> None:
    a_text_on_file(console)
    with console.records() as session:
        other = factories.a_person(session, login="other", centre=None)
    stranger = console.signed_in(other)
    assert stranger.get(desk.scales).status_code == 404


def test_a_consultation_is_asked_on_the_desk_and_answered_by_the_supervisor(
    console: Console, desk: Desk
) -> None:
    assert "申请会诊" in desk.post(f"/desk/calls/{desk.call.id}/consultations", question="是否个体干预").text
    supervisor = signed_in(console, Role.SUPERVISOR)
    assert "是否个体干预" in supervisor.get("/supervisor/consultations/").text
    with console.records() as session:
        asked = session.scalars(select(Consultation.id)).one()
    supervisor.post(f"/supervisor/consultations/{asked}/send", sent_to="市精神卫生中心")
    incomplete = supervisor.post(f"/supervisor/consultations/{asked}/answer", expert="陈医生", opinion="可以")
    assert incomplete.status_code == 409
    supervisor.post(
        f"/supervisor/consultations/{asked}/answer",
        expert="陈医生",
        opinion="两周后复评",
        at="2026-11-22T20:00",
        recommendation="individual",
    )
    with console.records() as session:
        assert session.get_one(Consultation, asked).state is ConsultationState.ANSWERED
    assert "陈医生" in desk.get(desk.scales).text
    assert "个体干预" in supervisor.get(f"/calls/{desk.call.id}").text


def test_the_duty_of_a_minor_stands_on_desk_and_board_until_it_is_closed(
    console: Console, desk: Desk
) -> None:
    desk.client.post(
        f"/desk/calls/{desk.call.id}/note",
        json={"base_revision": 0, "content": {"age_band": "<14", "minor_harm": "yes"}},
        headers={"X-CSRFToken": desk.csrf, "Accept": "application/json"},
    )
    assert "强制报告" in desk.get(desk.scales).text
    supervisor = signed_in(console, Role.SUPERVISOR)
    assert f'data-duty="{desk.call.id}"' in supervisor.get("/supervisor/consultations/").text
    path = f"/desk/calls/{desk.call.id}/forced-report"
    assert desk.post(path, outcome="reported", to="", reason="情况").status_code == 409
    desk.post(path, outcome="reported", to="云州市公安局", reason="伤情和住处")
    with console.records() as session:
        assert session.scalars(select(ForcedReport.state)).one() is ForcedReportState.REPORTED
    assert f'data-duty="{desk.call.id}"' not in supervisor.get("/supervisor/consultations/").text


def test_an_administrator_files_a_text_or_is_told_every_fault(console: Console) -> None:
    chief = signed_in(console, Role.ADMINISTRATOR)
    template = chief.get("/administration/scales/PHQ-9/template.csv")
    assert "Little interest or pleasure in doing things" in template.text
    told = {"version": "1", "source": "出处", "permission": "许可"}
    faulty = chief.post(
        "/administration/scales/PHQ-9/text", file=(io.BytesIO(template.data), "phq.csv"), **told
    )
    assert faulty.status_code == 422
    assert "缺指导语" in faulty.text
    filed = chief.post(
        "/administration/scales/PHQ-9/text", file=(io.BytesIO(a_text("PHQ-9")), "phq.csv"), **told
    )
    assert filed.status_code == 303
    assert "文本已存：1" in chief.get("/administration/scales/").text
    assert chief.post("/administration/scales/PHQ-9/cut-offs", cut_offs="shanghai").status_code == 303
    assert chief.post("/administration/scales/PHQ-9/cut-offs", cut_offs="none such").status_code == 404
    assert chief.post("/administration/scales/PHQ-9/withdraw").status_code == 303
    assert "文本已存：1" not in chief.get("/administration/scales/").text


def test_an_older_note_is_shown_by_its_own_form(console: Console, desk: Desk) -> None:
    with console.records() as session:
        session.add(
            Note(
                call_id=desk.call.id,
                form_version="2026-11",
                fields={"sex": "f", "two_weeks": "no"},
                created_at=factories.NOW,
                saved_at=factories.NOW,
            )
        )
    page = desk.get("/desk/_main").text
    assert "表 2026-11 版" in page
    assert 'name="interventions"' not in page
    assert 'name="guardian"' not in page
    supervisor = signed_in(console, Role.SUPERVISOR)
    shown = supervisor.get(f"/calls/{desk.call.id}").text
    assert "按填写时的表 2026-11 版显示" in shown
    assert "两周内的首问" in shown


def test_no_official_page_carries_a_score(console: Console, desk: Desk) -> None:
    a_text_on_file(console)
    desk.post(f"{desk.scales}/PHQ-9/consent", granted="yes")
    answers = {f"item_{number}": 3 for number in range(1, 10)}
    desk.post(f"{desk.scales}/PHQ-9", finish="yes", **answers)
    with console.records() as session:
        official = factories.a_person(session, Role.OFFICIAL, login="official", place_code=None)
    client = console.signed_in(official)
    page = client.get("/", follow_redirects=True).text
    assert "筛查" not in page
    assert "PHQ" not in page
    assert client.get(desk.scales).status_code == 403
    assert client.get("/supervisor/consultations/").status_code == 403
