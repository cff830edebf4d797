"""Call-backs at the desk and limits at the board: what is shown, and which use case each button asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.call_back_words import CallDirection, TryResult
from models.calls import Call, Callback, CallbackTry
from models.nuisance import CallerLimit
from models.people import Person
from models.seats import Seat
from models.vocabulary import CallbackKind, CallbackState, CallState, Role, SeatState
from tests import factories
from tests.console_kit import Console, csrf_of

NUMBER = "13800002716"
NOW = factories.NOW


@pytest.fixture
def operator(console: Console) -> Person:
    with console.records() as session:
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        factories.a_seat(session, centre, person, SeatState.AVAILABLE)
    return person


def seat_of(session: Session, person: Person) -> Seat:
    return session.query(Seat).filter(Seat.person_id == person.id).one()


def a_callback(session: Session, kind: CallbackKind = CallbackKind.WISH) -> Callback:
    wish = factories.a_waiting_call(session, number=NUMBER)
    wish.state = CallState.ENDED
    callback = Callback(call_id=wish.id, kind=kind, asked_at=NOW, due_at=NOW + timedelta(minutes=15))
    session.add(callback)
    session.flush()
    return callback


def one_that_prepares(session: Session, person: Person) -> Call:
    """An outbound call whose operator is up, and whose person was not rung yet; one try failed before."""
    callback = a_callback(session)
    before, call = (factories.a_waiting_call(session, number=NUMBER) for _ in range(2))
    before.state = CallState.ENDED
    call.direction, call.carrier_sid = CallDirection.OUTBOUND, None
    seat = seat_of(session, person)
    call.state, call.seat_id, call.person_id, call.operator_sid = (
        CallState.CONNECTING,
        seat.id,
        person.id,
        "CAoperator",
    )
    seat.state, seat.call_id = SeatState.TALKING, call.id
    session.add(
        CallbackTry(callback_id=callback.id, call_id=before.id, dialled_at=NOW, result=TryResult.BUSY)
    )
    session.add(CallbackTry(callback_id=callback.id, call_id=call.id))
    session.flush()
    return call


def test_a_call_back_is_prepared_without_a_note_and_says_how_to_keep_it_private(
    console: Console, operator: Person
) -> None:
    with console.records() as session:
        call_id = one_that_prepares(session, operator).id
    client = console.signed_in(operator)
    for path in ("/desk/_bar", "/desk/_main", "/desk/"):
        page = client.get(path).text
        assert "2716" not in page.replace("138 **** 2716", "")
        assert f"prepare:{call_id}" in page
        assert "已试 1 次，上次：占线" in page
    assert "先确认是本人" in client.get("/desk/_main").text
    assert 'data-call-back="dial"' in client.get("/desk/_bar").text
    assert 'id="note-form"' not in client.get("/desk/_main").text


def test_a_dropped_line_asks_for_the_call_back_before_anything_else(
    console: Console, operator: Person
) -> None:
    with console.records() as session:
        seat = seat_of(session, operator)
        call = factories.an_ended_talk(session, seat, number=NUMBER)
        callback = a_callback(session, CallbackKind.DROPPED)
        callback.call_id, callback.seat_id, callback.danger = call.id, seat.id, True
    page = console.signed_in(operator).get("/desk/_bar").text
    assert 'data-role="dropped-line"' in page
    assert 'data-call-back="now"' in page
    with console.records() as session:
        supervisor = factories.a_person(session, Role.SUPERVISOR)
    board = console.signed_in(supervisor).get("/supervisor/").text
    assert "高危通话中断" in board
    assert "坐席 07 正在立即回拨" in board


def test_each_button_asks_its_use_case(console: Console, operator: Person) -> None:
    client = console.signed_in(operator)
    headers = {"X-CSRFToken": client.get("/session/token").json["csrf"], "Accept": "application/json"}
    for path, fields in (
        ("/desk/callbacks/3/call", {}),
        ("/desk/callbacks/3/hand-over", {}),
        ("/desk/calls/4/dial", {}),
        ("/desk/calls/4/give-back", {}),
        ("/desk/calls/4/not-the-person", {"result": "machine"}),
        ("/desk/calls/4/owe", {}),
    ):
        assert client.post(path, data=fields, headers=headers).status_code == 204
    me = operator.id
    assert console.desk.asked == [
        ("call_back", (3, me)),
        ("hand_over", (3, me)),
        ("dial", (4, me)),
        ("give_back", (4, me)),
        ("not_the_person", (4, me, TryResult.MACHINE)),
        ("offer_for_silence", (4, me)),
    ]
    refused = client.post("/desk/calls/4/not-the-person", data={"result": "reached"}, headers=headers)
    assert refused.status_code == 400


def test_the_list_of_owed_calls_offers_one_click_and_no_number(console: Console, operator: Person) -> None:
    with console.records() as session:
        callback = a_callback(session)
        heard = a_callback(session, CallbackKind.MESSAGE)
        heard.state = CallbackState.NO_NUMBER
    page = console.signed_in(operator).get("/desk/_lists").text
    assert f"/desk/callbacks/{callback.id}/call" in page
    assert f"/desk/callbacks/{heard.id}/call" not in page
    assert NUMBER not in page


def test_a_supervisor_sees_each_limit_with_its_end_and_lifts_it_with_a_reason(console: Console) -> None:
    with console.records() as session:
        supervisor = factories.a_person(session, Role.SUPERVISOR)
        call = factories.a_waiting_call(session, number=NUMBER)
        limit = CallerLimit(
            caller_hash=call.caller_hash,
            calls=3,
            window_seconds=3600,
            reason="nuisance",
            call_id=call.id,
            set_at=NOW,
            expires_at=NOW + timedelta(hours=24),
        )
        session.add(limit)
        session.flush()
        limit_id = limit.id
    client = console.signed_in(supervisor)
    page = client.get("/supervisor/limits/").text
    assert "每 60 分钟最多 3 通" in page
    assert "138 **** 2716" in page
    assert NUMBER not in page
    token = csrf_of(client, "/supervisor/limits/")
    client.post(f"/supervisor/limits/{limit_id}/lift", data={"why": "误标", "csrf_token": token})
    client.post(
        f"/supervisor/limits/{limit_id}/extend",
        data={"why": "又打来", "hours": "72", "csrf_token": token},
    )
    assert console.desk.asked == [
        ("lift", (limit_id, supervisor.id, "误标")),
        ("extend_limit", (limit_id, supervisor.id, 72, "又打来")),
    ]


def test_a_danger_that_was_not_reached_is_tried_again_or_ended_by_a_supervisor_alone(
    console: Console,
) -> None:
    with console.records() as session:
        supervisor = factories.a_person(session, Role.SUPERVISOR)
        callback = a_callback(session)
        callback.danger, callback.state = True, CallbackState.WITH_SUPERVISOR
        callback_id = callback.id
    client = console.signed_in(supervisor)
    token = csrf_of(client, "/supervisor/")
    assert "有危险，没有联系上" in client.get("/supervisor/").text
    close = f"/supervisor/callbacks/{callback_id}/close"
    client.post(close, data={"why": " ", "csrf_token": token})
    client.post(f"/supervisor/callbacks/{callback_id}/try-again", data={"csrf_token": token})
    client.post(close, data={"why": "社区已上门，人安全", "csrf_token": token})
    assert console.desk.asked == [
        ("closed", (callback_id, supervisor.id, CallbackState.DUE)),
        ("closed", (callback_id, supervisor.id, CallbackState.DONE)),
    ]
