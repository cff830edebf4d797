"""The desk shows what is so, keeps what was written, and shows a number only with a line in the audit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hotline.routing.errors import CannotBeReady, HandOverOwed, SeatTaken
from models import events
from models.audit import AuditLine
from models.calls import Call, Consent, Offer
from models.care import Danger, FollowUp
from models.network import PartnerLine
from models.notes import Note, NoteRevision
from models.people import Person
from models.places import Centre
from models.seats import Seat
from models.vocabulary import ConsentState, NoteState, SeatState
from models.vocabulary_network import PartnerKind
from tests import factories
from tests.console_kit import Console
from tests.fakes import StoppedClock

NUMBER = "13800002716"


@dataclass
class Desk:
    """One operator's browser."""

    client: FlaskClient
    person: Person
    seat: Seat
    centre: Centre
    csrf: str

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers={"HX-Request": "true"})

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(
            path, data=fields, headers={"X-CSRFToken": self.csrf, "Accept": "application/json"}
        )

    def save(self, call: Call, base: int, **content: object) -> TestResponse:
        return self.client.post(
            f"/desk/calls/{call.id}/note",
            json={"base_revision": base, "content": content},
            headers={"X-CSRFToken": self.csrf, "Accept": "application/json"},
        )


@pytest.fixture
def desk(console: Console) -> Desk:
    with console.records() as session:
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE)
    client = console.signed_in(person)
    return Desk(client, person, seat, centre, client.get("/session/token").json["csrf"])


def a_talk(console: Console, desk: Desk) -> Call:
    with console.records() as session:
        return factories.a_talk(session, session.get_one(Seat, desk.seat.id), number=NUMBER)


def an_offer(console: Console, desk: Desk, *, danger: bool = False) -> Offer:
    with console.records() as session:
        call = factories.a_waiting_call(session, number=NUMBER, danger=danger)
        seat = session.get_one(Seat, desk.seat.id)
        seat.state, seat.call_id = SeatState.OFFERED, call.id
        offer = Offer(
            call_id=call.id,
            seat_id=seat.id,
            person_id=desk.person.id,
            made_at=factories.NOW,
            deadline_at=factories.NOW + timedelta(seconds=20),
        )
        session.add(offer)
        session.flush()
        return offer


def mode_of(page: str) -> str:
    found = re.search(r'data-mode="(\w+)"', page)
    assert found
    return found.group(1)


def test_the_bar_follows_the_seat(console: Console, desk: Desk) -> None:
    assert mode_of(desk.get("/desk/_bar").text) == "idle"
    with console.records() as session:
        session.get_one(Seat, desk.seat.id).state = SeatState.PAUSED
    assert mode_of(desk.get("/desk/_bar").text) == "setup"
    offer = an_offer(console, desk)
    assert mode_of(desk.get("/desk/_bar").text) == "offer"
    with console.records() as session:
        session.delete(session.get_one(Offer, offer.id))
    a_talk(console, desk)
    assert mode_of(desk.get("/desk/_bar").text) == "call"


def test_an_offer_shows_the_masked_number_where_how_long_and_why(console: Console, desk: Desk) -> None:
    an_offer(console, desk, danger=True)
    page = desk.get("/desk/_bar").text
    assert "138 **** 2716" in page
    assert "临湖区" in page
    assert "1:24" in page
    assert "按了危险键 −60 分钟 · 已等 1 分钟" in page
    assert 'role="alert"' in page


def test_no_page_of_the_desk_carries_the_number(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    for path in ("/desk/", "/desk/_bar", "/desk/_main", f"/desk/_side/{call.id}", "/desk/_lists"):
        page = desk.get(path)
        assert page.status_code == 200
        assert NUMBER not in page.text
        assert "2716" not in page.text.replace("138 **** 2716", "")


def test_showing_a_number_needs_a_reason_and_leaves_a_line(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    asked = desk.post(f"/desk/calls/{call.id}/number")
    assert NUMBER not in asked.text
    assert "审计" in asked.text
    assert NUMBER in desk.post(f"/desk/calls/{call.id}/number", reason="断线后要回拨").text
    with console.records() as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "number.shown")).one()
    assert (line.person_id, line.subject, line.reason) == (desk.person.id, f"call:{call.id}", "断线后要回拨")


def test_danger_shows_the_number_at_once_and_still_leaves_a_line(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    desk.post(f"/desk/calls/{call.id}/danger")
    assert NUMBER in desk.post(f"/desk/calls/{call.id}/number").text
    with console.records() as session:
        assert session.scalars(select(AuditLine).where(AuditLine.action == "number.shown")).one()
        assert session.scalars(select(Danger)).one().raised_by_id == desk.person.id


def test_another_operator_reaches_nothing_of_this_call(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    with console.records() as session:
        other = factories.a_person(session, centre=None)
    client = console.signed_in(other)
    headers = {"X-CSRFToken": client.get("/session/token").json["csrf"], "Accept": "application/json"}
    for verb in ("end", "hold", "danger", "help", "number", "same-person", "finish", "consent", "note"):
        answer = client.post(f"/desk/calls/{call.id}/{verb}", data={"on": "yes"}, headers=headers)
        assert answer.status_code == 404, verb
    assert client.get(f"/desk/_side/{call.id}").status_code == 404
    assert client.get(f"/desk/_main?call={call.id}").status_code == 404
    assert console.desk.asked == []


def test_the_note_saves_itself_and_stands_there_after_a_reload(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    desk.get("/desk/_main")
    saved = desk.save(call, 0, call_type="02", summary="睡不好")
    assert saved.json is not None
    assert saved.json["revision"] == 1
    assert "第 1 版" in saved.json["saved"]
    page = desk.get("/desk/").text
    assert "睡不好" in page
    assert 'data-revision="1"' in page


def test_what_was_saved_outlives_the_session(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    desk.save(call, 0, summary="第一句")
    with console.records() as session:
        session.get_one(Person, desk.person.id).session_epoch += 1
    late = desk.save(call, 1, summary="第一句，第二句")
    assert late.status_code == 401
    again = console.signed_in(desk.person)
    token = again.get("/session/token").json["csrf"]
    kept = again.post(
        f"/desk/calls/{call.id}/note",
        json={"base_revision": 1, "content": {"summary": "第一句，第二句"}},
        headers={"X-CSRFToken": token},
    )
    assert kept.status_code == 200
    with console.records() as session:
        assert session.scalars(select(Note)).one().summary == "第一句，第二句"


def test_a_second_tab_is_told_and_sees_both(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    desk.save(call, 0, summary="第一个窗口", sex="f")
    conflict = desk.save(call, 0, summary="第二个窗口", sex="f")
    assert conflict.status_code == 409
    assert conflict.json is not None
    assert conflict.json["code"] == "note_changed_elsewhere"
    assert conflict.json["content"]["summary"] == "第一个窗口"
    assert conflict.json["differing"] == ["摘要"]
    assert desk.save(call, conflict.json["revision"], summary="第二个窗口", sex="f").status_code == 200


def test_bad_input_is_named_and_nothing_of_it_is_kept(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    refused = desk.save(call, 0, population="P77", summary="字")
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["fields"] == ["population"]
    with console.records() as session:
        assert session.scalars(select(NoteRevision)).all() == []


def test_some_populations_stand_apart_as_noted_only_when_the_caller_says_so(
    console: Console, desk: Desk
) -> None:
    a_talk(console, desk)
    page = desk.get("/desk/_main").text
    group = re.search(r'<optgroup label="只在来电人自己说起时记，不问不猜">(.*?)</optgroup>', page, re.S)
    assert group is not None
    assert re.findall(r'value="(P\d\d)"', group.group(1)) == ["P16", "P17", "P18", "P21"]
    assert page.count('value="P18"') == 1


def test_finishing_waits_for_the_end_of_the_talk_and_for_the_form(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    desk.save(call, 0, call_type="10")
    assert desk.post(f"/desk/calls/{call.id}/finish").status_code == 409
    with console.records() as session:
        ended = session.get_one(Call, call.id)
        ended.state, ended.ended_at = ended.state.__class__.ENDED, factories.NOW
        session.get_one(Seat, desk.seat.id).state = SeatState.WRAP_UP
    desk.save(call, 1, call_type="02")
    refused = desk.post(f"/desk/calls/{call.id}/finish")
    assert refused.json is not None
    assert "summary" in refused.json["missing"]
    desk.save(call, 2, call_type="11")
    assert desk.post(f"/desk/calls/{call.id}/finish").status_code == 204
    assert ("finish", (desk.person.id,)) in console.desk.asked
    with console.records() as session:
        assert session.scalars(select(Note)).one().state is NoteState.CLOSED


def test_each_button_asks_its_use_case(console: Console, desk: Desk) -> None:
    offer = an_offer(console, desk)
    desk.post(f"/desk/offers/{offer.id}/decline")
    call = a_talk(console, desk)
    me = desk.person.id
    desk.post(f"/desk/calls/{call.id}/hold", on="yes")
    desk.post(f"/desk/calls/{call.id}/pause-recording", on="no")
    desk.post(f"/desk/calls/{call.id}/help")
    desk.post(f"/desk/calls/{call.id}/end")
    desk.post("/desk/wrap-up/extend")
    assert console.desk.asked == [
        ("decline", (offer.id, me)),
        ("hold", (call.id, me, True)),
        ("pause_recording", (call.id, me, False)),
        ("ask_help", (call.id, me)),
        ("end", (call.id, me)),
        ("extend", (me, 300)),
    ]


def test_refusing_the_recording_stops_it_and_is_written_down(console: Console, desk: Desk) -> None:
    call = a_talk(console, desk)
    desk.post(f"/desk/calls/{call.id}/consent", kind="recording", on="no")
    assert ("refuse_recording", (call.id, desk.person.id, "caller_says_no")) in console.desk.asked
    with console.records() as session:
        assert session.scalars(select(Consent)).one().state is ConsentState.REFUSED


def test_the_desk_says_why_it_cannot_be_ready(console: Console, desk: Desk) -> None:
    console.desk.refuse["choose_status"] = CannotBeReady(reason="no_microphone")
    refused = desk.post("/desk/status", status="ready")
    assert refused.status_code == 409
    assert refused.json is not None
    assert "听不到麦克风的声音" in refused.json["title"]


def test_a_taken_seat_is_refused_in_words(console: Console, desk: Desk) -> None:
    console.desk.refuse["sign_on"] = SeatTaken(seat_id=1)
    refused = desk.post("/desk/sign-on", seat="1")
    assert refused.json is not None
    assert "已有人在岗" in refused.json["title"]


def test_a_dead_device_is_reported_with_its_reason(console: Console, desk: Desk) -> None:
    desk.post("/desk/device", live="no", reason="no_sound")
    desk.post("/desk/device", live="yes", reason="")
    assert console.desk.asked == [
        ("report_device", (desk.person.id, False, "no_sound")),
        ("report_device", (desk.person.id, True, None)),
    ]


def test_a_softphone_rings_for_its_own_seat_alone(console: Console, desk: Desk) -> None:
    desk.post("/desk/softphone")
    assert console.exchange.identities == [f"seat_{desk.seat.id}"]
    with console.records() as session:
        session.get_one(Seat, desk.seat.id).person_id = None
    assert desk.post("/desk/softphone").status_code == 409


def test_earlier_contents_open_only_once_the_person_is_confirmed(console: Console, desk: Desk) -> None:
    with console.records() as session:
        seat = session.get_one(Seat, desk.seat.id)
        earlier = factories.an_ended_talk(session, seat, number=NUMBER)
        earlier.arrived_at = factories.NOW - timedelta(days=3)
        session.add(
            Note(
                call=earlier,
                person_id=desk.person.id,
                risk_level=3,
                summary="以往说过的话",
                fields={},
                created_at=factories.NOW,
                saved_at=factories.NOW,
            )
        )
    call = a_talk(console, desk)
    page = desk.get("/desk/_main").text
    assert "R3" in page
    assert "以往说过的话" not in page
    assert "以往说过的话" in desk.post(f"/desk/calls/{call.id}/same-person").text
    with console.records() as session:
        opened = session.scalars(select(AuditLine).where(AuditLine.action == "history.opened")).one()
    assert opened.subject == f"call:{earlier.id}"


def test_a_follow_up_is_dialled_from_the_desk_by_whoever_is_on_duty(console: Console, desk: Desk) -> None:
    with console.records() as session:
        other = factories.a_person(session, name="罗敏", centre=desk.centre)
        call = factories.an_ended_talk(session, session.get_one(Seat, desk.seat.id), number=NUMBER)
        follow_up = FollowUp(call_id=call.id, rule="R3-D1", due_at=factories.NOW, preferred_id=other.id)
        session.add(follow_up)
    page = desk.get("/desk/_lists").text
    assert "R3 第 1 天" in page
    assert NUMBER not in page
    assert desk.post(f"/duties/follow-ups/{follow_up.id}/dial").status_code == 204
    verb, arguments = console.desk.asked[-1]
    with console.records() as session:
        callback = session.get_one(FollowUp, follow_up.id).callback
        assert callback is not None
    assert (verb, arguments) == ("call_back", (callback.id, desk.person.id))


def test_leaving_is_refused_with_what_is_left_and_how_to_mend_it(console: Console, desk: Desk) -> None:
    console.desk.refuse["sign_off"] = HandOverOwed(
        items=[{"kind": "follow_up", "id": 7, "level": 3}, {"kind": "note", "id": 9, "level": 4}]
    )
    answer = desk.post("/desk/sign-off")
    assert answer.status_code == 409
    told = answer.json["title"] + answer.json["advice"]
    for word in ("到期随访（R3）1 项", "未完成的登记（R4）1 项", "交接班", "督导接手"):
        assert word in told


def test_an_offer_reaches_the_seat_at_once_and_others_never(
    console: Console, desk: Desk, clock: StoppedClock
) -> None:
    with console.records() as session:
        other = factories.a_person(session, centre=None)
        factories.a_seat(session, desk.centre, other, SeatState.AVAILABLE, label="08")
    sockets = console.app.extensions["console_realtime"].sockets
    mine = sockets.test_client(console.app, flask_test_client=desk.client)
    theirs = sockets.test_client(console.app, flask_test_client=console.signed_in(other))
    console.bulletin.publish([events.OfferMade(5, 6, desk.seat.id)], [])
    facts = [message["args"][0] for message in mine.get_received() if message["name"] == "fact"]
    assert facts == [{"name": "offer.made", "data": {"offer_id": 5, "call_id": 6, "seat_id": desk.seat.id}}]
    # The others hear how many wait and are free, and nothing of the offer.
    heard = [message["args"][0] for message in theirs.get_received() if message["name"] == "facts"]
    told = [fact["name"] for facts in heard for fact in facts]
    assert set(told) <= {"desk.figures"}


def test_pages_learn_that_the_server_hears_nothing_of_the_others_also_those_that_come_then(
    console: Console, desk: Desk
) -> None:
    sockets = console.app.extensions["console_realtime"].sockets
    early = sockets.test_client(console.app, flask_test_client=desk.client)
    console.bulletin.publish([events.LinkLost()], [])
    late = sockets.test_client(console.app, flask_test_client=desk.client)
    console.bulletin.publish([events.LinkBack()], [])
    last = sockets.test_client(console.app, flask_test_client=desk.client)
    heard = [
        [told["args"][0]["name"] for told in one.get_received() if told["name"] == "fact"]
        for one in (early, late, last)
    ]
    assert heard == [["link.lost", "link.back"], ["link.lost", "link.back"], []]


def test_a_socket_without_a_session_is_refused(console: Console) -> None:
    sockets = console.app.extensions["console_realtime"].sockets
    stranger = sockets.test_client(console.app, flask_test_client=console.client())
    assert not stranger.is_connected()


def test_every_fragment_answers_in_english_too(console: Console, desk: Desk) -> None:
    a_talk(console, desk)
    desk.post("/language", language="en")
    page = desk.get("/desk/").text
    assert "Suicide risk" in page
    without_names = re.sub(r"<input[^>]*>|林晓?|中文", "", page)
    assert re.findall(r"[㐀-鿿]+", without_names) == []


def test_the_transfer_panel_says_which_rescue_lines_hold_for_the_place_or_asks_for_it(
    console: Console, desk: Desk
) -> None:
    call = a_talk(console, desk)
    with console.records() as session:
        line = PartnerLine(
            name_zh="云州市公安指挥中心",
            name_en="Yunzhou police",
            kind=PartnerKind.POLICE,
            number="0571110",
            place_code="990100",
        )
        session.add(line)
        session.get_one(Call, call.id).place_code = None
    unknown = desk.get(f"/desk/calls/{call.id}/_transfer").text
    assert 'data-role="place-unknown"' in unknown
    assert 'data-to="110"' in unknown
    desk.save(call, 0, place_code="990102")
    known = desk.get(f"/desk/calls/{call.id}/_transfer").text
    assert 'data-role="place-unknown"' not in known
    assert f'data-to="partner:{line.id}"' in known
    assert "云州市公安指挥中心" in known
    assert "0571110" not in known
    assert 'data-to="120"' in known
    assert "名录里没有当地的 120 119" in known
