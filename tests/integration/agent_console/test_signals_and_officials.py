"""From a signal to the official's answer, in the browser's words; and what an official never sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from agent_console.permissions import PUBLIC, Permission, permission_of
from agent_console.queries_signals import signal_page, signal_queue
from models.audit import AuditLine
from models.surveillance import Alert, Contact, Signal
from models.vocabulary_record import Population, Problem
from models.vocabulary_surveillance import AlertState, PossibleCause, SignalKind, SignalState
from tests.boards_kit import CALLER_NUMBER, NOW, SECRET_WORDS, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]


def decide(client: FlaskClient, signal_id: int, **form: str) -> int:
    form["csrf_token"] = csrf_of(client, "/signals/")
    return client.post(f"/signals/{signal_id}/decision", data=form).status_code


@pytest.fixture
def issued(busy: Busy) -> Iterator[tuple[Console, Night, int]]:
    """The night's signal, verified by one supervisor and signed by the other."""
    console, night = busy
    people = night.people
    alert_id = console.parts.review.verify(night.signal.id, people.supervisor.id, "orange", "抽查属实")
    console.parts.review.sign(alert_id, people.second.id)
    return console, night, alert_id


def test_the_queue_puts_the_nearest_deadline_of_a_stress_event_first(busy: Busy) -> None:
    console, _ = busy
    with console.records() as session:
        rows = signal_queue(session, NOW)

    assert [row.kind for row in rows[:2]] == [SignalKind.STRESS_EVENT, SignalKind.PROMINENT_ISSUE]
    assert rows[-1].state is SignalState.WATCHED


def test_the_charts_last_point_is_what_the_signal_observed(busy: Busy) -> None:
    console, night = busy
    with console.records() as session:
        page = signal_page(session, night.signal.id, NOW)
        contacts = session.scalars(select(Contact).where(Contact.issue_id == night.issue.id)).all()

    assert page is not None
    assert page.points[-1].observed == page.row.observed == page.persons
    in_window = [c for c in contacts if page.window_first <= c.day <= page.window_last]
    for share in page.places:
        assert share.persons == len({c.person_hash for c in in_window if c.place_code == share.code})
    for share in page.populations:
        assert share.persons == len({c.person_hash for c in in_window if c.population == share.code})


def test_the_page_tells_where_the_rise_is_what_else_rose_and_what_changed_here(busy: Busy) -> None:
    console, night = busy
    with console.records() as session, session.begin():
        signal = session.get_one(Signal, night.signal.id)
        signal.series, signal.issue_id = "problem:N:P19", None
        signal.possible_causes = [str(PossibleCause.SEATS), "a code of another version"]
        signal.area = [{"place": "990102", "observed": 7, "expected": 1.25}]
        signal.evidence = [
            {"series": "problem:N", "place": "990000", "observed": 11, "expected": 2.0, "q": 0.01},
            {
                "series": f"issue:{night.issue.id}",
                "place": "990100",
                "observed": 8,
                "expected": 1.0,
                "q": 0.02,
            },
        ]
    client = console.signed_in(night.people.supervisor)
    path = f"/signals/{night.signal.id}"

    page = client.get(path).text
    assert f"{Problem.WORK.zh} · {Population.STUDENT.zh}" in page
    assert PossibleCause.SEATS.zh in page
    assert "主要在哪里" in page
    assert "7 / 1.2" in page
    assert "11 / 2.0" in page
    assert night.issue.name in page
    token = csrf_of(client, path)
    client.post("/language", data={"language": "en", "csrf_token": token})
    page = client.get(path).text
    assert PossibleCause.SEATS.en in page
    assert "Mainly where" in page
    assert "Other counts above bound, same event" in page


def test_a_decision_needs_its_grounds_and_a_true_one_its_level(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)

    assert decide(client, night.signal.id, decision="verify", level="orange", reason=" ") == 422
    assert decide(client, night.signal.id, decision="verify", level="", reason="属实") == 422
    assert decide(client, night.signal.id, decision="", reason="属实") == 422
    with console.records() as session:
        assert session.scalars(select(Alert)).first() is None


def test_who_verified_is_told_why_they_cannot_sign_and_another_can(busy: Busy) -> None:
    console, night = busy
    first, second = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)
    path = f"/signals/{night.signal.id}"

    assert decide(first, night.signal.id, decision="verify", level="orange", reason="抽查 12 通属实") == 303
    page = first.get(path).text
    assert "您已核实，不能再签发" in page
    assert 'data-role="sign"' not in page
    with console.records() as session:
        alert_id = session.scalars(select(Alert.id)).one()
    forced = first.post(f"/signals/alerts/{alert_id}/sign", data={"csrf_token": csrf_of(first, path)})
    assert forced.status_code == 409
    assert "核实人不能签发自己核实的提示" in forced.text
    assert 'data-role="sign"' in second.get(path).text
    signed = second.post(f"/signals/alerts/{alert_id}/sign", data={"csrf_token": csrf_of(second, path)})
    assert signed.status_code == 303
    with console.records() as session:
        assert session.get_one(Alert, alert_id).state is AlertState.ISSUED


def test_examples_are_closed_until_opened_and_opening_is_audited(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    path = f"/signals/{night.signal.id}"

    assert "拖欠工资两个月" not in client.get(path).text
    opened = client.post(f"{path}/examples", data={"csrf_token": csrf_of(client, path)}).text

    assert opened.count("<li><span lang=") == 3
    with console.records() as session:
        lines = session.scalars(select(AuditLine).where(AuditLine.action == "signal.examples")).all()
    assert [(line.subject, line.person_id) for line in lines] == [
        (f"signal:{night.signal.id}", night.people.supervisor.id)
    ]


def test_an_official_acknowledges_acts_asks_and_closes(issued: tuple[Console, Night, int]) -> None:
    console, night, alert_id = issued
    official, hotline = console.signed_in(night.people.official), console.signed_in(night.people.supervisor)
    path = f"/alerts/{alert_id}"

    def post(step: str, **form: str) -> int:
        form["csrf_token"] = csrf_of(official, "/alerts/")
        return official.post(f"{path}/{step}", data=form).status_code

    assert "1 件待签收" in official.get("/alerts/").text
    assert post("write", kind="act", text="尚未签收") == 409
    assert post("acknowledge", text="已转人社") == 303
    assert post("own") == 303
    assert post("write", kind="ask", text="集中在哪个行业？") == 303
    assert "1 个询问待答复" in hotline.get("/signals/").text
    answered = hotline.post(
        f"/signals/alerts/{alert_id}/answer",
        data={"csrf_token": csrf_of(hotline, "/signals/"), "text": "以制造业为主，各行业均超过5人。"},
    )
    assert answered.status_code == 303
    assert post("write", kind="close", text="已公布办理方式") == 303
    page = official.get(path).text
    for words in ("签收", "已转人社", "集中在哪个行业", "以制造业为主", "已公布办理方式"):
        assert words in page
    assert "1 个询问待答复" not in hotline.get("/signals/").text


def test_an_official_of_another_place_sees_nothing_of_it(issued: tuple[Console, Night, int]) -> None:
    console, night, alert_id = issued
    other = console.signed_in(night.people.other_official)
    with console.records() as session:
        title = session.get_one(Alert, alert_id).title

    assert title not in other.get("/alerts/").text
    token = csrf_of(other, "/alerts/")
    assert other.get(f"/alerts/{alert_id}").status_code == 404
    assert other.get(f"/alerts/{alert_id}/bulletin").status_code == 404
    for step in ("acknowledge", "own", "write"):
        form = {"csrf_token": token, "kind": "act", "text": "看看"}
        assert other.post(f"/alerts/{alert_id}/{step}", data=form).status_code == 404
    with console.records() as session:
        assert session.get_one(Alert, alert_id).state is AlertState.ISSUED


def test_a_draft_is_no_officials_business(busy: Busy) -> None:
    console, night = busy
    alert_id = console.parts.review.verify(night.signal.id, night.people.supervisor.id, "orange", "属实")
    official = console.signed_in(night.people.official)

    assert official.get(f"/alerts/{alert_id}").status_code == 404
    assert "没有提示" in official.get("/alerts/").text


def test_an_officials_pages_hold_no_callers_word_number_or_single_day(
    issued: tuple[Console, Night, int],
) -> None:
    console, night, alert_id = issued
    official = console.signed_in(night.people.official)
    with console.records() as session:
        texts = {text for text in session.scalars(select(Contact.text)) if text}
        alert = session.get_one(Alert, alert_id)
        weeks = [point["persons"] for point in alert.content["chart"]["points"]]

    pages = [
        official.get(path).text
        for path in ("/alerts/", f"/alerts/{alert_id}", f"/alerts/{alert_id}/bulletin")
    ]

    assert texts
    for page in pages:
        assert SECRET_WORDS not in page
        assert CALLER_NUMBER not in page
        assert not [text for text in texts if text in page]
    assert len(weeks) == 8
    assert all(week is None or week == 0 or week >= 5 for week in weeks)


def test_an_official_is_refused_everything_but_alerts_and_reports(busy: Busy) -> None:
    console, night = busy
    official = console.signed_in(night.people.official)
    token = csrf_of(official, "/alerts/")
    allowed = {PUBLIC, Permission.SIGNED_IN, Permission.READ_ALERTS, Permission.READ_REPORTS}
    tried = 0
    for rule in console.app.url_map.iter_rules():
        if permission_of(console.app, rule.endpoint) in allowed:
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<int:{argument}>", "1").replace(f"<{argument}>", "x")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            tried += 1
            assert official.open(path, method=method, headers={"X-CSRFToken": token}).status_code == 403, path
    assert tried > 30


def test_reading_an_alert_leaves_a_line(issued: tuple[Console, Night, int]) -> None:
    console, night, alert_id = issued
    console.signed_in(night.people.official).get(f"/alerts/{alert_id}")

    with console.records() as session:
        lines = session.scalars(select(AuditLine).where(AuditLine.action == "alert.read")).all()
    assert [(line.subject, line.person_id) for line in lines] == [
        (f"alert:{alert_id}", night.people.official.id)
    ]
