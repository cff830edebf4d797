"""Who needs help reaches the page without an account, and sees their own place in line alone."""

from __future__ import annotations

from agent_console.rate_limit import RateLimit
from hotline.care.consents import Consents
from models.calls import Call
from models.places import Organisation
from models.vocabulary import CallState, ConsentKind, ConsentState
from tests import factories
from tests.console_kit import Console, csrf_of


def test_the_page_offers_a_person_and_the_emergency_numbers(console: Console) -> None:
    page = console.client().get("/call/").text
    assert all(number in page for number in ('href="tel:110"', 'href="tel:120"', 'href="tel:12356"'))
    assert "马上通话" in page
    assert "checked" not in page


def test_the_demonstration_says_that_nobody_answers(console: Console) -> None:
    with console.records() as session:
        session.query(Organisation).update({"is_demonstration": True})
    assert "这是演示系统，没有人值守" in console.client().get("/call/").text


def test_a_token_comes_under_an_identity_that_nobody_can_guess(console: Console) -> None:
    first, second = console.client(), console.client()
    for client in (first, second):
        answer = client.post("/call/token", headers={"X-CSRFToken": csrf_of(client, "/call/")})
        assert answer.status_code == 200
    one, other = console.exchange.identities
    assert one != other
    assert len(one) == len("caller_") + 24


def test_renewing_a_token_keeps_the_identity(console: Console) -> None:
    client = console.client()
    headers = {"X-CSRFToken": csrf_of(client, "/call/")}
    client.post("/call/token", headers=headers)
    client.post("/call/token", data={"renew": "yes"}, headers=headers)
    client.post("/call/token", headers=headers)
    one, renewed, fresh = console.exchange.identities
    assert one == renewed != fresh


def test_a_caller_sees_the_place_of_their_own_call_alone(console: Console) -> None:
    client, stranger = console.client(), console.client()
    client.post("/call/token", headers={"X-CSRFToken": csrf_of(client, "/call/")})
    stranger.post("/call/token", headers={"X-CSRFToken": csrf_of(stranger, "/call/")})
    identity = console.exchange.identities[0]
    with console.records() as session:
        call = factories.a_waiting_call(session, number=f"client:{identity}")
    assert client.get("/call/place").json == {
        "state": "waiting",
        "ahead": 1,
        "wait": "大约 5 到 8 分钟",
        "on_duty": True,
    }
    assert stranger.get("/call/place").json == {"state": "none"}
    assert console.client().get("/call/place").json == {"state": "none"}
    with console.records() as session:
        session.get_one(Call, call.id).state = CallState.TALKING
    assert client.get("/call/place").json == {"state": "talking"}


def test_the_token_needs_the_page_it_came_from(console: Console) -> None:
    assert console.client().post("/call/token").status_code == 400


def test_an_address_that_asks_without_end_is_told_to_dial(console: Console) -> None:
    console.app.extensions["caller_limits"]["calls"] = RateLimit(3, 600)
    client = console.client()
    headers = {"X-CSRFToken": csrf_of(client, "/call/"), "Accept": "application/json"}
    answers = [client.post("/call/token", headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "110" in answers[-1].json["advice"]


def test_in_a_talk_the_page_tells_danger_and_no_recording_for_its_own_call(console: Console) -> None:
    client, stranger = console.client(), console.client()
    headers = {"X-CSRFToken": csrf_of(client, "/call/")}
    client.post("/call/token", headers=headers)
    with console.records() as session:
        call = factories.a_waiting_call(session, number=f"client:{console.exchange.identities[0]}")
        call.state = CallState.TALKING
    stranger_headers = {"X-CSRFToken": csrf_of(stranger, "/call/")}
    assert stranger.post("/call/say", data={"what": "danger"}, headers=stranger_headers).status_code == 404
    assert client.post("/call/say", data={"what": "danger"}, headers=headers).status_code == 204
    assert client.post("/call/say", data={"what": "no-recording"}, headers=headers).status_code == 204
    assert client.post("/call/say", data={"what": "anything"}, headers=headers).status_code == 400
    with console.records() as session:
        assert session.get_one(Call, call.id).danger
        state = Consents.state_of(session, call.id)
    assert state[ConsentKind.RECORDING] is state[ConsentKind.ANALYSIS] is ConsentState.REFUSED
