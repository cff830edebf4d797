"""Who gets in, and what a page may do once it is open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from agent_console import sign_in
from agent_console.app import create_app
from agent_console.parts import ConsoleParts
from agent_console.permissions import (
    PUBLIC,
    RouteWithoutPermission,
    close_every_route,
    may,
    permission_of,
)
from agent_console.throttle import LIMITS
from models.participation import Participation
from models.people import Person, SignInAttempt
from models.seats import Seat
from models.vocabulary import Role, SeatState
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState
from tests import factories
from tests.console_kit import Console, build_console, csrf_of
from tests.fakes import StoppedClock

OPEN_ON_PURPOSE = {
    "static",
    "sign_in.home",
    "sign_in.form",
    "sign_in.enter",
    "sign_in.leave",
    "sign_in.choose_language",
    "caller.page",
    "caller.token",
    "caller.place_in_line",
    "caller.say",
    "caller.where",
    "sheet.worker",
    "feeds.alerts",  # for a system of a body, by its own token
    "roster_mine.feed",  # for a calendar, by the secret in its address
    "evaluation.form",  # for an evaluator, by a token that ends
    "evaluation.fetch",
}


def test_every_route_names_its_permission_and_only_these_are_open(console: Console) -> None:
    found = {
        rule.endpoint: permission_of(console.app, rule.endpoint) for rule in console.app.url_map.iter_rules()
    }
    assert all(found.values())
    assert {endpoint for endpoint, permission in found.items() if permission == PUBLIC} <= OPEN_ON_PURPOSE


def test_a_route_without_a_permission_stops_the_start(console: Console) -> None:
    app = Flask("careless")
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/forgotten", view_func=lambda: "open to all", endpoint="forgotten")
    app.register_blueprint(bare)
    with pytest.raises(RouteWithoutPermission, match="/forgotten"):
        close_every_route(app)


def test_nobody_signed_in_reaches_no_closed_route(console: Console) -> None:
    client = console.client()
    token = csrf_of(client)
    for rule in console.app.url_map.iter_rules():
        if permission_of(console.app, rule.endpoint) == PUBLIC:
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<int:{argument}>", "1").replace(f"<{argument}>", "x")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method, headers={"X-CSRFToken": token})
            refused = answer.status_code in (401, 403) or (
                answer.status_code == 302 and answer.headers["Location"].endswith("/sign-in")
            )
            assert refused, f"{method} {path} answered {answer.status_code}"


def test_a_person_of_another_role_is_refused_on_every_route_of_a_role(console: Console) -> None:
    with console.records() as session:
        official = factories.a_person(session, Role.OFFICIAL, place_code="990100")
    client = console.signed_in(official)
    token = client.get("/session/token").json["csrf"]
    for rule in console.app.url_map.iter_rules():
        permission = permission_of(console.app, rule.endpoint)
        if permission == PUBLIC or may(Role.OFFICIAL, permission):
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<int:{argument}>", "1").replace(f"<{argument}>", "x")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert client.open(path, method=method, headers={"X-CSRFToken": token}).status_code == 403, path


def test_signing_in_says_the_same_whichever_was_wrong(console: Console) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    client = console.client()
    token = csrf_of(client)
    wrong_password = client.post(
        "/sign-in", data={"login": person.login, "password": "wrong", "csrf_token": token}
    )
    wrong_login = client.post(
        "/sign-in", data={"login": "nobody-here", "password": factories.PASSWORD, "csrf_token": token}
    )
    assert wrong_password.status_code == wrong_login.status_code == 401

    def said(page: str) -> str:
        """The page without its token, which is new each time."""
        return re.sub(r"[\w.-]{60,}", "", page)

    assert said(wrong_password.text).replace(person.login, "") == said(wrong_login.text).replace(
        "nobody-here", ""
    )


def test_the_sixth_try_waits_and_the_right_password_too(console: Console, clock: StoppedClock) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    client = console.client()
    token = csrf_of(client)

    def attempt(password: str) -> int:
        return client.post(
            "/sign-in", data={"login": person.login, "password": password, "csrf_token": token}
        ).status_code

    assert [attempt("wrong") for _ in range(5)] == [401] * 5
    assert attempt(factories.PASSWORD) == 429
    clock.advance(minutes=16)
    assert attempt(factories.PASSWORD) == 302


def test_an_official_who_signs_in_sees_what_waits_for_them_first(console: Console) -> None:
    with console.records() as session:
        official = factories.a_person(session, Role.OFFICIAL, place_code="990100")
    answer = console.signed_in(official).get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/alerts/"


class Watched:
    """A password check that looks at the records while it runs."""

    def __init__(self, console: Console, looks: Callable[[Session], object]) -> None:
        self._console, self._looks = console, looks
        self.seen: list[object] = []

    def verify(self, password_hash: str, password: str) -> bool:
        with self._console.records() as session:
            self.seen.append(self._looks(session))
        return PasswordHasher().verify(password_hash, password)

    def check_needs_rehash(self, _password_hash: str) -> bool:
        return False


def test_while_a_password_is_checked_others_can_write_and_the_try_is_already_counted(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow check must not hold the write lock that a caller's webhook needs, nor let side by side guesses
    go uncounted."""

    def looks(session: Session) -> int:
        factories.a_person(session, login="came-meanwhile")
        return session.query(SignInAttempt).count()

    with console.records() as session:
        person = factories.a_person(session)
    watched = Watched(console, looks)
    monkeypatch.setattr(sign_in, "hasher", watched)
    console.signed_in(person)
    assert watched.seen == [3]
    with console.records() as session:
        assert session.query(SignInAttempt).count() == 0


def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.records() as session:
        person_id = factories.a_person(session, login="linxiao").id

    def looks(session: Session) -> None:
        session.get_one(Person, person_id).session_epoch += 1

    monkeypatch.setattr(sign_in, "hasher", Watched(console, looks))
    client = console.client()
    form = {"login": "linxiao", "password": factories.PASSWORD, "csrf_token": csrf_of(client)}
    client.post("/sign-in", data=form)
    assert client.get("/session/token").status_code in (302, 401)


def test_a_database_that_is_overrun_says_come_back_and_reads_nothing_more(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    client = console.signed_in(person)

    def none_free(*_: object, **__: object) -> Session:
        raise PoolTimeout("no connection")

    monkeypatch.setattr(ConsoleParts, "reading", none_free)
    answer = client.get("/desk/_bar")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "通话不受影响" in answer.text


def test_failed_tries_are_kept_without_login_or_address(console: Console) -> None:
    client = console.client()
    client.post("/sign-in", data={"login": "linxiao", "password": "x", "csrf_token": csrf_of(client)})
    with console.records() as session:
        kept = [attempt.key_hash for attempt in session.query(SignInAttempt)]
    assert len(kept) == 3
    assert not any("linxiao" in key or "127.0.0.1" in key for key in kept)


@pytest.mark.parametrize(("hops", "alone"), [(0, False), (1, True)])
def test_behind_a_proxy_each_address_is_slowed_down_by_itself_only_when_it_is_trusted(
    console: Console, hops: int, alone: bool
) -> None:
    """Without the setting the header is a stranger's word: one guesser must not pass as many."""
    parts = replace(console.parts, settings=replace(console.parts.settings, trusted_proxies=hops))
    app = create_app(parts)
    client = app.test_client()
    token = csrf_of(client)
    answer = None
    for _ in range(LIMITS["pair"] + 1):
        answer = _tries(client, token, "203.0.113.7, 198.51.100.1")
    assert answer == 429
    # The first entry is what the asker wrote; the last one, what our proxy saw.
    assert _tries(client, token, "192.0.2.99, 198.51.100.1") == 429
    assert _tries(client, token, "203.0.113.7, 198.51.100.2") == (401 if alone else 429)
    app.extensions["console_realtime"].close()


def _tries(client: FlaskClient, token: str, forwarded: str) -> int:
    form = {"login": "linxiao", "password": "x", "csrf_token": token}
    return client.post("/sign-in", data=form, headers={"X-Forwarded-For": forwarded}).status_code


def test_a_person_who_left_is_out_at_once(console: Console) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    client = console.signed_in(person)
    assert client.get("/session/token").status_code == 200
    with console.records() as session:
        session.get_one(Person, person.id).session_epoch += 1
    assert client.get("/session/token").status_code == 302


def test_stillness_signs_out_but_never_from_a_seat_at_work(console: Console, clock: StoppedClock) -> None:
    with console.records() as session:
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.TALKING)
    client = console.signed_in(person)
    clock.advance(minutes=40)
    assert client.get("/session/token").status_code == 200
    with console.records() as session:
        session.get_one(Seat, seat.id).state = SeatState.PAUSED
    clock.advance(minutes=16)
    assert client.get("/session/token").status_code == 302


def test_who_listens_to_a_talk_is_not_signed_out_of_it(console: Console, clock: StoppedClock) -> None:
    with console.records() as session:
        centre = factories.a_centre(session)
        operator = factories.a_person(session, login="operator", centre=centre)
        supervisor = factories.a_person(session, Role.SUPERVISOR, login="supervisor")
        call = factories.a_talk(session, factories.a_seat(session, centre, operator, SeatState.TALKING))
        listening = Participation(
            call_id=call.id,
            role=ParticipantRole.SUPERVISOR,
            person_id=supervisor.id,
            mode=AudioMode.LISTEN,
            mode_wanted=AudioMode.LISTEN,
            state=ParticipationState.IN,
            asked_at=clock(),
            deadline_at=clock(),
        )
        session.add(listening)
    client = console.signed_in(supervisor)
    clock.advance(minutes=40)
    assert client.get("/session/token", headers={"X-Hotline-Passive": "1"}).status_code == 200
    with console.records() as session:
        session.get_one(Participation, listening.id).state = ParticipationState.LEFT
    assert client.get("/session/token").status_code == 302


def test_refreshes_by_timer_are_no_sign_of_a_person(console: Console, clock: StoppedClock) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    client = console.signed_in(person)
    for _ in range(4):
        clock.advance(minutes=4)
        answer = client.get("/session/token", headers={"X-Hotline-Passive": "1"})
    assert answer.status_code == 302


def test_a_change_without_the_token_is_refused_and_says_what_to_do(console: Console) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    client = console.signed_in(person)
    answer = client.post("/theme", data={"theme": "dark"})
    assert answer.status_code == 400
    assert "重新打开这一页" in answer.text
    with console.records() as session:
        assert session.get_one(Person, person.id).theme == "auto"


def test_every_answer_carries_the_strict_headers(console: Console) -> None:
    client = console.client()
    for path in ("/sign-in", "/no-such-page", "/static/css/base.css"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "ws://127.0.0.1:8002" in policy
        assert headers["Permissions-Policy"].startswith("microphone=(self)")
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_plain_http(
    console: Console, clock: StoppedClock
) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    secure = build_console(console.engine, clock, console.parts.keyring, public_url="https://hotline.example")
    client = secure.client()
    page = client.get("/sign-in", base_url="https://hotline.example")
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        base_url="https://hotline.example",
        data={"login": person.login, "password": factories.PASSWORD, "csrf_token": token},
    )
    secure.close()
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 302
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_language_and_theme_stay_with_the_person(console: Console) -> None:
    with console.records() as session:
        person = factories.a_person(session)
    client = console.signed_in(person)
    token = client.get("/session/token").json["csrf"]
    client.post("/language", data={"language": "en", "csrf_token": token})
    client.post("/theme", data={"theme": "dark", "csrf_token": token})
    elsewhere = console.signed_in(person)
    page = elsewhere.get("/no-such-page").text
    assert 'lang="en"' in page
    assert 'data-theme="dark"' in page


def test_the_way_back_never_leads_elsewhere(console: Console) -> None:
    client = console.client()
    token = csrf_of(client)
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = client.post("/language", data={"language": "en", "back": target, "csrf_token": token})
        assert answer.headers["Location"] == "/"
