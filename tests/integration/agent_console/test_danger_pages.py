"""The danger protocol on its pages: a person ticks, decides with a ground, previews, and closes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.audit import AuditLine
from models.calls import Call
from models.care import Danger
from models.danger_protocol import CallerAsk, DangerReport, DangerTick, Debrief
from models.linkage import Linkage
from models.network import PartnerLine
from models.people import Person
from models.seats import Seat
from models.vocabulary import CallState, DangerState
from models.vocabulary_network import PartnerKind
from tests import factories
from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]
LONG_DISTANCE = "0990-120"


class OnTheLine:
    """The operator of the talk in danger, at their browser."""

    def __init__(self, console: Console, night: Night) -> None:
        self.console, self.danger_id, self.call_id = console, night.danger.id, night.danger.call_id
        with console.records() as session:
            seat = session.scalars(select(Seat).where(Seat.call_id == self.call_id)).one()
            self.person = session.get_one(Person, seat.person_id)
            session.add(
                PartnerLine(
                    name_zh="云州市急救指挥中心",
                    name_en="Yunzhou ambulance centre",
                    kind=PartnerKind.AMBULANCE,
                    number=LONG_DISTANCE,
                    place_code="990100",
                )
            )
        self.client = console.signed_in(self.person)
        self.token = csrf_of(self.client, "/desk/")

    def does(self, path: str, client: FlaskClient | None = None, **fields: str) -> str:
        answer = (client or self.client).post(
            f"/dangers/{self.danger_id}/{path}", data={"csrf_token": self.token, **fields}
        )
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def line(busy: Busy) -> OnTheLine:
    return OnTheLine(*busy)


def test_the_checklist_is_ticked_by_a_person_and_every_answer_stays(line: OnTheLine) -> None:
    line.does("ticks", step="keep_line", answer="done")
    page = line.does("ticks", step="keep_line", answer="not_possible")

    assert line.person.name in page
    with line.console.records() as session:
        ticks = session.scalars(select(DangerTick).order_by(DangerTick.id)).all()
        assert [str(tick.answer) for tick in ticks] == ["done", "not_possible"]
    refused = line.client.post(
        f"/dangers/{line.danger_id}/ticks", data={"csrf_token": line.token, "step": "none", "answer": "done"}
    )
    assert refused.status_code == 409


def test_the_form_names_the_command_centre_of_the_persons_place_and_audits_the_number(
    line: OnTheLine,
) -> None:
    form = line.client.get(f"/dangers/{line.danger_id}/_report?to=120").text

    assert LONG_DISTANCE in form
    assert "13900001234" in form
    with line.console.records() as session:
        shown = session.scalars(select(AuditLine).where(AuditLine.action == "number.shown")).one()
        assert (shown.subject, shown.reason) == (f"call:{line.call_id}", "danger")
    grid = line.client.get(f"/dangers/{line.danger_id}/_report?to=grid").text
    assert "13900001234" not in grid
    assert "紧急保护生命" not in grid


def test_a_decision_is_previewed_word_for_word_and_begins_the_hand_off(line: OnTheLine) -> None:
    wish = {"to": "120", "ground": "life", "field_place": "临湖区湖滨路 8 号", "field_state": "服药后清醒"}
    preview = line.does("preview", **wish)
    assert "临湖区湖滨路 8 号" in preview
    assert "我决定告知" in preview
    with line.console.records() as session:
        assert session.scalars(select(DangerReport)).all() == []

    line.does("reports", decision="told", **wish)

    with line.console.records() as session:
        report = session.scalars(select(DangerReport)).one()
        linkage = session.scalars(select(Linkage)).one()
        assert report.fields == {"place": "临湖区湖滨路 8 号", "state": "服药后清醒"}
        assert (report.decided_by_id, report.linkage_id) == (line.person.id, linkage.id)
        assert (linkage.service, linkage.told) == ("120", "临湖区湖滨路 8 号；服药后清醒")


def test_nothing_leaves_without_a_ground_and_the_preview_says_why(line: OnTheLine) -> None:
    preview = line.does("preview", to="township", field_place="临湖区")
    refused = line.does("reports", to="grid", ground="life", field_place="临湖区", decision="told")

    assert "请选择依据" in preview
    assert "我决定告知" not in preview
    assert "社区网格只在收治入院后" in refused
    with line.console.records() as session:
        assert session.scalars(select(DangerReport)).all() == []


def test_a_hand_off_without_rescue_needs_the_next_step(line: OnTheLine) -> None:
    line.does("reports", to="110", ground="life", field_place="临湖区", decision="told")
    with line.console.records() as session:
        linkage_id = session.scalars(select(Linkage.id)).one()
    refused = line.does(f"linkages/{linkage_id}", reached="no", reference="2026-1188")
    assert "请写明下一步" in refused
    line.does(f"linkages/{linkage_id}", reached="no", next_step="再请派出所上门，姐姐同去")
    with line.console.records() as session:
        linkage = session.scalars(select(Linkage)).one()
        assert (linkage.reference, str(linkage.reached)) == ("2026-1188", "no")
        assert linkage.next_step == "再请派出所上门，姐姐同去"


def test_one_press_shows_the_number_and_leaves_a_line(line: OnTheLine) -> None:
    assert "13900001234" in line.does("number")
    with line.console.records() as session:
        assert [one.reason for one in session.scalars(select(AuditLine)) if one.action == "number.shown"] == [
            "danger"
        ]


def test_another_operator_finds_nothing_here(busy: Busy, line: OnTheLine) -> None:
    console, night = busy
    stranger = console.signed_in(night.people.operator)
    for path in (f"{line.danger_id}/_steps", f"{line.danger_id}/_decisions", f"calls/{line.call_id}/_panel"):
        assert stranger.get(f"/dangers/{path}").status_code == 404
    assert (
        console.signed_in(night.people.official).get(f"/dangers/{line.danger_id}/_steps").status_code == 403
    )


def test_a_closed_danger_waits_for_its_debrief(busy: Busy, line: OnTheLine) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    token = csrf_of(supervisor, "/supervisor/")
    path = f"/supervisor/dangers/{line.danger_id}"
    supervisor.post(
        f"{path}/close",
        data={"csrf_token": token, "outcome": "家人已到身边", "not_called": "本人平静，家人已到"},
    )
    closed = supervisor.get(path).text
    assert "还没有记录" in closed
    assert "等督导处理" not in closed, "whoever closed it dealt with it"
    debrief = f"/dangers/{line.danger_id}/debrief"
    empty = supervisor.post(debrief, data={"csrf_token": token, "rest_minutes": "30"}, follow_redirects=True)
    assert "请写明提供了哪些支持" in empty.text
    given = {"csrf_token": token, "support": ["talk", "rest"], "accepted": ["rest"], "rest_minutes": "30"}
    supervisor.post(debrief, data=given)
    with console.records() as session:
        record = session.scalars(select(Debrief)).one()
        assert (record.operator_id, record.led_by_id) == (line.person.id, night.people.supervisor.id)
        assert (record.support, record.accepted, record.rest_minutes) == (["talk", "rest"], ["rest"], 30)
        assert session.get_one(Danger, line.danger_id).state is DangerState.CLOSED


def test_the_way_into_the_talk_is_there_as_soon_as_somebody_answers(busy: Busy, line: OnTheLine) -> None:
    """The sheet is opened while the call still waits; its head is asked for anew as the call goes on."""
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    with console.records() as session:
        call = session.get_one(Call, session.get_one(Danger, line.danger_id).call_id)
        call.state = CallState.QUEUED
    assert 'data-role="listen"' not in supervisor.get(f"/supervisor/dangers/{line.danger_id}").text
    with console.records() as session:
        session.get_one(Call, call.id).state = CallState.TALKING
    head = supervisor.get(f"/supervisor/dangers/{line.danger_id}/now").text
    assert 'data-role="listen"' in head
    assert "call.answered from:body" in head
    assert "<html" not in head


def test_a_web_caller_is_asked_on_their_own_page_and_may_decline(console: Console) -> None:
    caller = console.client()
    token = csrf_of(caller, "/call/")
    caller.post("/call/token", data={"csrf_token": token})
    identity = console.exchange.identities[-1]
    with console.records() as session:
        centre = factories.a_centre(session)
        operator = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, operator)
        call = factories.a_talk(session, seat)
        call.caller_number, call.caller_hash = None, factories.number_hash(f"client:{identity}")
    danger_id = console.parts.danger.raise_danger(call.id, "desk", operator.id)
    assert "asks" not in caller.get("/call/place").get_json()

    desk = console.signed_in(operator)
    desk.post(f"/dangers/{danger_id}/ask", data={"csrf_token": csrf_of(desk, "/desk/")})
    assert caller.get("/call/place").get_json()["asks"] is True
    answer = {"csrf_token": token, "place": "临湖区湖滨路 8 号", "number": "13800009999"}
    assert caller.post("/call/where", data=answer).status_code == 204
    assert "asks" not in caller.get("/call/place").get_json()

    shown = desk.get(f"/dangers/{danger_id}/_contact").text
    assert "临湖区湖滨路 8 号" in shown
    assert "13800009999" in shown
    assert caller.post("/call/where", data=answer).status_code == 409
    desk.post(f"/dangers/{danger_id}/ask", data={"csrf_token": csrf_of(desk, "/desk/")})
    caller.post("/call/where", data={**answer, "refuse": "yes"})
    with console.records() as session:
        last = session.scalars(select(CallerAsk).order_by(CallerAsk.id.desc())).first()
        assert last is not None
        assert (str(last.state), last.place, last.number) == ("refused", None, None)
