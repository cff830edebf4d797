"""Pages of what follows a contact: what they show, refuse, keep on screen, and write into the audit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.audit import AuditLine
from models.calls import Call, Callback
from models.care import FollowUp
from models.duties import Appointment, Duty, Handover
from models.entries import ContactEntry
from models.forced_reports import ForcedReport
from models.notes import FORM_VERSION, Note
from models.people import Person
from models.referrals import Referral
from models.vocabulary import CallbackKind, FollowUpState, NoteState, Role, SeatState
from models.vocabulary_after import DutyKind, DutyState, HandoverState, ReferralState
from models.vocabulary_care import ForcedReportState
from models.vocabulary_record import CallType, Population
from tests import factories
from tests.console_kit import Console

NOW = factories.NOW
NUMBER = "13800002716"
WORDS = "丧夫两月，夜里难熬"


@dataclass
class Browser:
    client: FlaskClient
    person: Person
    csrf: str

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, follow_redirects=True)

    def post(self, path: str, **fields: object) -> TestResponse:
        return self.client.post(path, data=fields, headers={"X-CSRFToken": self.csrf})


@dataclass
class Night:
    console: Console
    me: Browser
    other: Browser
    supervisor: Browser
    call_id: int
    follow_up_id: int

    def actions(self) -> list[str]:
        with self.console.records() as session:
            return list(session.scalars(select(AuditLine.action).order_by(AuditLine.id)))


@pytest.fixture
def night(console: Console) -> Night:
    """One R3 contact of mine, closed yesterday, with a follow-up that fell due an hour ago."""
    with console.records() as session:
        centre = factories.a_centre(session)
        me = factories.a_person(session, name="林晓", centre=centre)
        other = factories.a_person(session, name="罗敏", centre=centre)
        chief = factories.a_person(session, Role.SUPERVISOR, name="沈知", centre=centre)
        seat = factories.a_seat(session, centre, me, SeatState.AVAILABLE)
        call = factories.an_ended_talk(session, seat, number=NUMBER)
        call.centre_id = centre.id
        seat.state, seat.call_id = SeatState.AVAILABLE, None
        session.add(
            Note(
                call_id=call.id,
                person_id=me.id,
                call_type=CallType.SUPPORT,
                population=Population.PUBLIC,
                risk_level=3,
                state=NoteState.CLOSED,
                place_code="990102",
                fields={"sex": "f", "age_band": "25-34"},
                summary=WORDS,
                created_at=NOW,
                saved_at=NOW,
                closed_at=NOW,
            )
        )
        due = FollowUp(call_id=call.id, rule="R3-D1", due_at=NOW - timedelta(hours=1), preferred_id=me.id)
        session.add(due)
        session.flush()
    people = []
    for person in (me, other, chief):
        client = console.signed_in(person)
        people.append(Browser(client, person, client.get("/session/token").json["csrf"]))
    return Night(console, *people, call.id, due.id)


def test_what_is_due_today_is_the_shifts_and_shows_no_number(night: Night) -> None:
    page = night.other.get("/duties/").text
    for word in ("R3 第 1 天", "优先：林晓", "已过时", "138 **** 2716"):
        assert word in page
    assert NUMBER not in page
    assert WORDS not in page


def test_who_is_owed_a_call_is_rung_from_the_same_page(night: Night) -> None:
    with night.console.records() as session:
        callback = Callback(
            call_id=night.call_id, kind=CallbackKind.WISH, asked_at=NOW, due_at=NOW - timedelta(minutes=1)
        )
        session.add(callback)
        session.flush()
    assert "回拨请求" in night.other.get("/duties/").text
    assert night.other.post(f"/duties/callbacks/{callback.id}/dial").status_code == 303
    assert night.console.desk.asked[-1] == ("call_back", (callback.id, night.other.person.id))


def test_a_follow_up_keeps_what_was_typed_when_something_is_missing(night: Night) -> None:
    path = f"/duties/follow-ups/{night.follow_up_id}"
    assert WORDS in night.other.get(path).text
    answer = night.other.post(path, result="reached", assessment="夜里能睡四小时", rerated="2")
    assert answer.status_code == 422
    for word in ("夜里能睡四小时", "请写心理疏导", "请写健康指导", "等级比上次低"):
        assert word in answer.text
    answer = night.other.post(
        path,
        result="reached",
        assessment="夜里能睡四小时",
        counselling="倾听",
        guidance="固定起床时间",
        rerated="2",
        rerated_why="没有想法，家人同住",
    )
    assert answer.status_code == 303
    with night.console.records() as session:
        row = session.get_one(FollowUp, night.follow_up_id)
        assert (row.state, row.done_by_id, row.rerated) == (FollowUpState.DONE, night.other.person.id, 2)
    assert {"follow_up.read", "follow_up.done"} <= set(night.actions())
    assert night.other.get(path).status_code == 404


def test_overdue_at_high_risk_stands_on_the_supervisors_board(night: Night) -> None:
    board = night.supervisor.get("/supervisor/").text
    part = board[board.index('id="board-escalated"') :]
    assert f"/duties/follow-ups/{night.follow_up_id}" in part
    assert "转到督导：高危过时" in night.supervisor.get("/duties/").text
    assert "转到督导：高危过时" not in night.me.get("/duties/").text


def test_a_timeline_opens_only_after_the_person_was_confirmed(night: Night) -> None:
    path = f"/timeline/{night.call_id}"
    gate = night.me.get(path)
    assert "先确认是同一人" in gate.text
    assert WORDS not in gate.text
    assert night.me.post(f"{path}/confirm").status_code == 303
    page = night.me.get(path).text
    assert WORDS in page
    assert "R3 第 1 天" in page
    assert "先确认是同一人" in night.other.get(path).text, "another operator confirms for themselves"
    assert night.actions().count("timeline.opened") == 1
    assert WORDS in night.supervisor.get(path).text


def test_a_contact_that_is_nobodys_affair_does_not_exist(night: Night) -> None:
    with night.console.records() as session:
        far = factories.a_centre(session, "990200", "石门中心")
        foreign = factories.a_waiting_call(session, number="13900001111", centre=far)
    for path in ("timeline/{}", "appointments/of/{}", "referrals/of/{}"):
        assert night.me.get("/" + path.format(foreign.id)).status_code == 404
        assert night.me.get("/" + path.format(10_000)).status_code == 404


def test_what_another_centre_owes_is_dialled_and_closed_by_nobody_else(night: Night) -> None:
    with night.console.records() as session:
        far = factories.a_centre(session, "990200", "石门中心")
        foreign = factories.a_waiting_call(session, number="13900001111", centre=far)
        due = FollowUp(call_id=foreign.id, rule="R3-D1", due_at=NOW)
        duty = Duty(call_id=foreign.id, kind=DutyKind.TRACK, opened_at=NOW, due_at=NOW)
        session.add_all([due, duty])
        session.flush()
    assert night.me.post(f"/duties/follow-ups/{due.id}/dial").status_code == 404
    assert (
        night.me.post(f"/duties/tasks/{duty.id}/close", outcome="done", outcome_text="x").status_code == 404
    )
    assert night.console.desk.asked == []


def test_two_numbers_are_joined_only_with_a_reason_and_only_among_ones_own(night: Night) -> None:
    night.me.post("/entries/new", channel="05", happened_at="2026-11-21T10:00", minutes="50")
    with night.console.records() as session:
        visit = session.scalars(select(ContactEntry.call_id)).one()
    path = f"/timeline/{night.call_id}"
    form = night.me.get(f"/desk/_main?call={visit}").text
    assert 'id="note-form"' in form, "no number is on file, and none is needed"
    assert "面询 · 人工登记" in form
    night.me.post(f"{path}/confirm")
    night.me.post(f"{path}/link", other=str(visit), reason="")
    night.me.post(f"{path}/link", other="99999", reason="本人说过")
    page = night.me.get(path).text
    assert "没有这个来电编号" in page
    assert "请写明怎样确认" in page
    assert "1 次接触" in page
    night.me.post(f"{path}/link", other=str(visit), reason="本人说上周来过")
    assert "2 个号码已确认是同一人" in night.me.get(path).text


def test_a_visit_is_entered_beside_the_call_and_written_in_the_same_form(night: Night) -> None:
    answer = night.me.post(
        "/entries/new", channel="05", happened_at="2026-11-21T10:00", minutes="50", beside=str(night.call_id)
    )
    assert answer.status_code == 303
    with night.console.records() as session:
        entry = session.scalars(select(ContactEntry)).one()
        note = session.scalars(select(Note).where(Note.call_id == entry.call_id)).one()
        assert (entry.late, note.state, note.form_version) == (False, NoteState.DRAFT, FORM_VERSION)
    assert "登记未完成，继续" in night.me.get("/desk/").text
    night.me.post(f"/timeline/{night.call_id}/confirm")
    page = night.me.get(f"/timeline/{night.call_id}").text
    assert "面询" in page
    assert "2 次接触" in page


def test_a_paper_form_counts_on_its_own_day_and_among_no_calls_that_rang(night: Night) -> None:
    wrong = night.me.post("/entries/new", channel="01", happened_at="2026-11-20T22:10", minutes="20")
    assert wrong.status_code == 422
    assert "纸质登记表的编号" in wrong.text
    assert "2026-11-20T22:10" in wrong.text
    before = re.findall(r'data-figure="[a-z]+">[^<]*', night.supervisor.get("/supervisor/").text)
    fields = {"channel": "01", "happened_at": "2026-11-22T22:10", "minutes": "20", "form_number": "纸-0042"}
    assert night.me.post("/entries/new", **fields).status_code == 303
    assert night.me.post("/entries/new", **fields).status_code == 409
    assert re.findall(r'data-figure="[a-z]+">[^<]*', night.supervisor.get("/supervisor/").text) == before
    with night.console.records() as session:
        call = session.scalars(select(Call).join(ContactEntry)).one()
    assert call.arrived_at.isoformat() == "2026-11-22T14:10:00+00:00"
    found = night.me.get("/my-notes/?day=2026-11-22&unfinished=yes").text
    assert '<span class="tag">补录</span>' in found[found.index(f'data-call="{call.id}"') :]
    assert "没有这样的登记" in night.me.get("/my-notes/?day=2026-11-20&unfinished=yes").text


def test_own_notes_are_found_by_day_type_and_level_and_by_no_word(night: Night) -> None:
    row = f'data-call="{night.call_id}"'
    assert row in night.me.get("/my-notes/?day=2026-11-22&type=02&level=3").text
    for elsewhere in ("day=2026-11-21", "type=03", "level=2", "unfinished=yes"):
        assert row not in night.me.get(f"/my-notes/?{elsewhere}").text
    assert row in night.me.get("/my-notes/?q=%E4%B8%A7%E5%A4%AB&level=x&day=x").text, "words filter nothing"
    assert row not in night.other.get("/my-notes/").text
    assert WORDS in night.me.get(f"/my-notes/{night.call_id}").text
    assert night.other.get(f"/my-notes/{night.call_id}").status_code == 404
    assert "note.read" in night.actions()


def test_a_referral_is_seen_whole_before_it_goes(night: Night) -> None:
    path = f"/referrals/of/{night.call_id}"
    assert "精神专科" in night.me.get(path).text
    form = {
        "target": "psychiatry",
        "unit_name": "云州市第一医院",
        "ground": "consent",
        "fields": ["contact", "age_band"],
        "request": "请安排本周门诊",
        "how": "telephone",
        "step": "preview",
    }
    refused = night.me.post(path, **form)
    assert refused.status_code == 422
    assert "本人还没有同意" in refused.text
    assert "请安排本周门诊" in refused.text
    assert night.me.post(f"{path}/consent", target="psychiatry", state="granted").status_code == 303
    shown = night.me.post(path, **form).text
    preview = shown[shown.index('data-role="preview"') :]
    for word in (NUMBER, "25–34岁", "请安排本周门诊"):
        assert word in preview
    assert WORDS not in preview
    seal = re.search(r'name="seal" value="([0-9a-f]{64})"', shown)
    assert seal is not None
    stale = night.me.post(path, **{**form, "step": "send", "request": "别的要求", "seal": seal[1]})
    assert stale.status_code == 409
    sent = night.me.post(path, **{**form, "step": "send", "seal": seal[1]})
    assert sent.status_code == 303
    sheet = sent.headers["Location"]
    assert "请安排本周门诊" in night.me.get(sheet).text
    assert night.me.post(f"{sheet}/answer", state="accepted", reply="").status_code == 422
    assert night.me.post(f"{sheet}/answer", state="accepted", reply="门诊王医生，周二").status_code == 303
    with night.console.records() as session:
        assert session.scalars(select(Referral)).one().state is ReferralState.ACCEPTED
    assert {"sharing.granted", "referral.sent", "referral.accepted"} <= set(night.actions())


def test_a_forced_task_is_closed_only_with_its_outcome(night: Night) -> None:
    with night.console.records() as session:
        duty = Duty(
            call_id=night.call_id, kind=DutyKind.REGISTER, opened_at=NOW, due_at=NOW - timedelta(minutes=5)
        )
        session.add(duty)
        session.flush()
    path = f"/duties/tasks/{duty.id}/close"
    assert night.other.post(path, outcome="done", outcome_text=" ").status_code == 422
    assert night.other.post(path, outcome="nonsense", outcome_text="x").status_code == 400
    assert night.other.post(path, outcome="handed_on", outcome_text="疾控值班，编号 7").status_code == 303
    with night.console.records() as session:
        assert session.get_one(Duty, duty.id).state is DutyState.DONE


def test_a_forced_report_stands_with_the_shifts_tasks_until_somebody_ends_it(night: Night) -> None:
    with night.console.records() as session:
        session.add(ForcedReport(call_id=night.call_id, opened_at=NOW, due_at=NOW - timedelta(minutes=5)))

    page = night.other.get("/duties/").text
    assert f'data-report="{night.call_id}"' in page
    assert "没有待办的登记、上报、跟踪或未成年人事项" not in page
    assert "强制报告" in night.supervisor.get("/supervisor/live").text
    address = f"/duties/forced-reports/{night.call_id}/close"
    lacking = night.other.post(address, outcome="reported", reason="已口头说明")
    assert lacking.status_code == 422
    assert "已口头说明" in lacking.text, "what was typed stays"

    told = night.other.post(address, outcome="reported", to="河西派出所", reason="已口头说明")

    assert told.status_code == 303
    assert "data-report" not in night.other.get("/duties/").text
    with night.console.records() as session:
        report = session.scalars(select(ForcedReport)).one()
        assert (report.state, report.closed_by_id) == (ForcedReportState.REPORTED, night.other.person.id)


def test_appointments_are_agreed_as_a_series(night: Night) -> None:
    path = f"/appointments/of/{night.call_id}"
    form = {
        "method": "face_to_face",
        "minutes": "50",
        "worker_id": str(night.me.person.id),
        "every_days": "7",
    }
    assert night.me.post(path, **form, times="3", starts_at="").status_code == 422
    assert night.me.post(path, **form, times="3", starts_at="2026-11-24T14:00").status_code == 303
    with night.console.records() as session:
        assert len(session.scalars(select(Appointment)).all()) == 3
    assert "面对面" in night.other.get(path).text


def test_the_hand_over_is_one_page_from_offer_to_record(night: Night) -> None:
    item = f"follow_up:{night.follow_up_id}"
    page = night.me.get("/handover/").text
    assert "没有负责人" in page
    assert item in page
    nobody = night.me.post("/handover/offer", item=item, to_id="")
    assert nobody.status_code == 303
    night.me.post("/handover/offer", item=item, to_id=str(night.other.person.id), told="晚八点后再打")
    offered = night.other.get("/handover/").text
    assert "请您接手" in offered
    assert "晚八点后再打" in offered
    with night.console.records() as session:
        (row,) = session.scalars(select(Handover))
    night.other.post("/handover/answer", handover=str(row.id), answer="accept")
    with night.console.records() as session:
        assert session.get_one(Handover, row.id).state is HandoverState.ACCEPTED
    assert "林晓 → 罗敏" in night.supervisor.get("/handover/").text
    night.supervisor.post("/handover/take", item=item)
    with night.console.records() as session:
        last = session.scalars(select(Handover).order_by(Handover.id.desc())).first()
    assert last is not None
    assert (last.state, last.from_id) == (HandoverState.TAKEN, night.other.person.id)


@pytest.mark.parametrize("path", ["/duties/", "/handover/", "/my-notes/", "/entries/new"])
def test_officials_and_administrators_have_no_such_page(console: Console, path: str) -> None:
    with console.records() as session:
        people = [
            factories.a_person(session, Role.OFFICIAL, name="顾明远", place_code="990100"),
            factories.a_person(session, Role.ADMINISTRATOR, name="管理员"),
        ]
    for person in people:
        assert console.signed_in(person).get(path).status_code == 403
