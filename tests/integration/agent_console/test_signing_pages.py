"""Signing from a phone-sized page, the duty list, exercises, the feed, and what an operator sees of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import select

from analytics.alerts.cap import faults_of
from models.alerting import SigningDuty, Subscription
from models.notes import Note
from models.people import Person
from models.places import Mechanism
from models.surveillance import Alert, Delivery, Signal
from models.vocabulary_alerting import BodyKind, RejectionCause
from models.vocabulary_surveillance import AlertLevel, AlertState, SignalState
from tests.boards_kit import CALLER_NUMBER, NOW, SECRET_WORDS, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]
TOKEN = "a token of the city's own system"


def post(client: FlaskClient, path: str, **form: object) -> int:
    form["csrf_token"] = csrf_of(client, "/sign/")
    return client.post(path, data=form).status_code


def drafted(busy: Busy) -> int:
    console, night = busy
    return console.parts.review.verify(
        night.signal.id, night.people.supervisor.id, AlertLevel.ORANGE, "抽查属实"
    )


def issued(busy: Busy) -> int:
    console, night = busy
    alert_id = drafted(busy)
    console.parts.review.sign(alert_id, night.people.second.id)
    return alert_id


def test_the_second_person_signs_on_the_phones_page_and_the_first_is_told_why_not(busy: Busy) -> None:
    console, night = busy
    with console.records() as session:
        session.add(
            Mechanism(
                place_code="990100",
                name_zh="云州公安",
                name_en="Police",
                kind=BodyKind.POLICE,
                email="p@y.example",
            )
        )
    alert_id = drafted(busy)
    first, second = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)

    assert "须由另一位督导签发" in first.get(f"/sign/{alert_id}").text
    page = second.get(f"/sign/{alert_id}").text
    assert 'data-role="sign"' in page
    assert "云州公安" in page
    assert "checked" not in page.split("云州公安")[0].rsplit("<label", 1)[-1], (
        "the police is never chosen beforehand"
    )
    assert post(second, f"/sign/{alert_id}", step="sign") == 303
    with console.records() as session:
        assert session.get_one(Alert, alert_id).state is AlertState.ISSUED
        told = {d.mechanism.name_zh for d in session.scalars(select(Delivery))}
    assert told == {"云州市联防联控机制办公室"}


def test_an_update_is_drafted_by_one_and_signed_by_another(busy: Busy) -> None:
    console, night = busy
    alert_id = issued(busy)
    first, second = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)
    assert post(first, f"/sign/{alert_id}", step="update", level="", reason="增多") == 422
    assert post(first, f"/sign/{alert_id}", step="update", level="red", reason="仍在增多") == 303
    page = second.get(f"/sign/{alert_id}").text
    assert "仍在增多" in page
    message_id = page.split('name="message_id" value="')[1].split('"')[0]
    assert post(first, f"/sign/{alert_id}", step="sign_change", message_id=message_id) == 409
    assert post(second, f"/sign/{alert_id}", step="sign_change", message_id=message_id) == 303
    with console.records() as session:
        alert = session.get_one(Alert, alert_id)
        assert (alert.version, alert.level, alert.state) == (2, AlertLevel.RED, AlertState.ISSUED)
    xml = second.get(f"/sign/{alert_id}/cap.xml").data
    assert faults_of(xml) == ()
    assert b"<msgType>Update</msgType>" in xml


def test_the_duty_list_takes_a_deputy_and_refuses_the_same_person(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    form = {
        "person_id": night.people.supervisor.id,
        "deputy_id": night.people.supervisor.id,
        "starts_at": "2026-11-22T20:00",
        "ends_at": "2026-11-23T08:00",
        "email": "shen@h.example",
    }
    assert post(client, "/sign/duties", **form) == 409
    assert post(client, "/sign/duties", **(form | {"deputy_id": night.people.second.id})) == 303
    assert "现在值班 沈知" in client.get("/sign/").text
    with console.records() as session:
        duty_id = session.scalars(select(SigningDuty.id)).one()
    assert post(client, f"/sign/duties/{duty_id}/remove") == 303


def test_a_rejection_names_its_cause_and_like_signals_are_shown(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    with console.records() as session:
        day = night.signal.last_day - timedelta(days=60)
        past = Signal(
            kind=night.signal.kind,
            series=night.signal.series,
            place_code="990102",
            onset_day=day,
            last_day=day,
            observed=8,
            expected=2.0,
            upper=5.0,
            p_value=0.01,
            q_value=0.02,
            history_days=300,
            method="noufaily",
            method_version="1",
            raised_at=NOW - timedelta(days=60),
            due_at=NOW - timedelta(days=59),
        )
        session.add(past)
        session.flush()
        past_id = past.id
    form = {"decision": "reject", "cause": "natural", "reason": "各不相同"}
    assert post(client, f"/signals/{past_id}/decision", **form) == 303
    page = client.get(f"/signals/{night.signal.id}").text
    assert RejectionCause.NATURAL.zh in page.split('data-role="similar"')[1].split("</section>")[0]
    assert (
        post(
            client, f"/signals/{night.signal.id}/decision", decision="merge", into=past_id, reason="同一事件"
        )
        == 303
    )
    with console.records() as session:
        assert session.get_one(Signal, night.signal.id).state is SignalState.MERGED


def test_an_exercise_is_marked_for_officials(busy: Busy) -> None:
    console, night = busy
    first, second = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)
    form = {"place_code": "990100", "kind": "stress_event", "level": "red", "task": "半小时内签收"}
    assert post(first, "/sign/exercise", **form) == 303
    with console.records() as session:
        alert_id = session.scalars(select(Alert.id).where(Alert.is_exercise.is_(True))).one()
    assert post(second, f"/sign/{alert_id}", step="sign") == 303
    official = console.signed_in(night.people.official)
    page = official.get(f"/alerts/{alert_id}").text
    assert "【演练】" in page
    assert "没有真实来电" in page
    assert second.get(f"/signals/{_signal_of(console, alert_id)}").status_code == 200


def _signal_of(console: Console, alert_id: int) -> int:
    with console.records() as session:
        return session.get_one(Alert, alert_id).signal_id


def test_the_feed_is_closed_without_its_token_and_holds_number_level_and_link(busy: Busy) -> None:
    console, _ = busy
    with console.records() as session:
        body = session.scalars(select(Mechanism).where(Mechanism.place_code == "990100")).one()
        body.feed_token_hash = hashlib.sha256(TOKEN.encode()).hexdigest()
    alert_id = issued(busy)
    client = console.client()
    assert client.get("/feeds/alerts.atom").status_code == 401
    assert (
        client.get("/feeds/alerts.atom", headers={"Authorization": "Bearer " + "x" * 30}).status_code == 401
    )
    answer = client.get("/feeds/alerts.atom", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    names = {"a": "http://www.w3.org/2005/Atom"}
    feed = etree.fromstring(answer.data)
    (entry,) = feed.findall("a:entry", names)
    assert entry.findtext("a:title", namespaces=names) == "提示 〔2026〕1号（二级）签发"
    assert entry.find("a:link", names).get("href").endswith(f"/alerts/{alert_id}")
    with console.records() as session:
        title = session.get_one(Alert, alert_id).title
    for word in (title, "云州市", SECRET_WORDS, CALLER_NUMBER):
        assert word not in answer.text
    again = client.get("/feeds/alerts.atom", headers={"Authorization": f"Bearer {TOKEN}"})
    assert etree.fromstring(again.data).findtext("a:entry/a:id", namespaces=names) == entry.findtext(
        "a:id", namespaces=names
    )


def test_an_official_subscribes_and_reads_the_cap_file_of_the_own_place_alone(busy: Busy) -> None:
    console, night = busy
    alert_id = issued(busy)
    official, other = console.signed_in(night.people.official), console.signed_in(night.people.other_official)
    token = csrf_of(official, "/alerts/")
    wish = {"csrf_token": token, "email": "gu@y.example", "level": "orange", "updates": "yes"}
    assert official.post("/alerts/subscription", data=wish).status_code == 303
    assert official.post("/alerts/subscription", data=wish | {"email": "no"}).status_code == 409
    with console.records() as session:
        assert session.scalars(select(Subscription.email)).one() == "gu@y.example"
    assert faults_of(official.get(f"/alerts/{alert_id}/cap.xml").data) == ()
    assert other.get(f"/alerts/{alert_id}/cap.xml").status_code == 404
    assert (
        official.post("/alerts/subscription", data={"csrf_token": token, "wish": "none"}).status_code == 303
    )


def test_the_operator_sees_that_it_is_being_handled(busy: Busy) -> None:
    console, night = busy
    alert_id = issued(busy)
    with console.records() as session:
        note = session.scalars(select(Note).where(Note.call_id.is_not(None)).order_by(Note.id)).first()
        assert note is not None
        call_id, person = note.call_id, note.person_id
        note.place_code = "990102"
    client = console.signed_in(_person(console, person))
    page = client.get(f"/desk/calls/{call_id}/handled").text
    assert "已报当地" in page
    console.parts.answers.acknowledge(alert_id, night.people.official.id)
    console.parts.answers.own(alert_id, night.people.official.id)
    assert "有专人承办" in client.get(f"/desk/calls/{call_id}/handled").text
    assert console.signed_in(night.people.operator).get(f"/desk/calls/{call_id}/handled").status_code == 404


def _person(console: Console, person_id: int | None) -> Person:
    with console.records() as session:
        return session.get_one(Person, person_id)
