"""Administrators keep people, seats and addresses; each change stands in the audit with before and after."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from hotline.routing.errors import UnknownSeat
from hotline.routing.seats import Seats
from models.audit import AuditLine
from models.people import Person
from models.places import Mechanism
from models.seats import SeatEvent
from models.workforce import Shift
from tests.boards_kit import NOW, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]
FILE = {
    "name": "田野",
    "role": "operator",
    "trained_at": "2026-11-01",
    "confidentiality_signed_at": "2026-11-02",
}


def audit(console: Console, action: str) -> list[AuditLine]:
    with console.records() as session:
        return list(session.scalars(select(AuditLine).where(AuditLine.action == action)))


def test_a_new_person_gets_a_password_that_is_shown_once_and_works(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {**FILE, "login": "Tianye", "centre_id": str(night.centres[0].id)}
    form["csrf_token"] = csrf_of(client, "/administration/people")

    page = client.post("/administration/people/new", data=form).text

    found = re.search(r'data-role="password">([^<]+)<', page)
    assert found is not None
    with console.records() as session:
        person = session.scalars(select(Person).where(Person.login == "tianye")).one()
    assert found.group(1) not in client.get(f"/administration/people/{person.id}").text
    fresh = console.client()
    entered = fresh.post(
        "/sign-in", data={"login": "tianye", "password": found.group(1), "csrf_token": csrf_of(fresh)}
    )
    assert entered.status_code == 302
    lines = audit(console, "person.create")
    assert len(lines) == 1
    assert found.group(1) not in (lines[0].reason or "")


def test_what_is_wrong_is_said_and_what_was_typed_stays(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {**FILE, "login": "tianye", "csrf_token": csrf_of(client, "/administration/people")}

    answer = client.post("/administration/people/new", data=form)

    assert answer.status_code == 422
    assert "接线员须属于一个中心" in answer.text
    assert 'value="田野"' in answer.text
    taken = client.post(
        "/administration/people/new", data={**form, "login": "shen", "centre_id": str(night.centres[0].id)}
    )
    assert "这个账号已有人使用" in taken.text


def test_a_change_is_audited_with_before_and_after(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    person = night.people.operator
    form = {**FILE, "name": "方宜宁", "centre_id": str(night.centres[1].id)}
    form["csrf_token"] = csrf_of(client, "/administration/people")

    assert client.post(f"/administration/people/{person.id}", data=form).status_code == 303

    changes = json.loads(audit(console, "person.change")[0].reason or "")
    assert changes["name"] == ["方宜", "方宜宁"]
    assert changes["centre_id"] == [night.centres[0].id, night.centres[1].id]
    assert "role" not in changes


def test_closing_an_account_ends_its_sessions_at_once(busy: Busy) -> None:
    console, night = busy
    admin, victim = console.signed_in(night.people.administrator), console.signed_in(night.people.second)
    assert victim.get("/supervisor/").status_code == 200

    admin.post(
        f"/administration/people/{night.people.second.id}/active",
        data={"active": "no", "csrf_token": csrf_of(admin, "/administration/people")},
    )

    assert victim.get("/supervisor/").status_code == 302
    with console.records() as session:
        assert not session.get_one(Person, night.people.second.id).active


def test_nobody_who_talks_with_a_caller_is_cut_off(busy: Busy) -> None:
    console, night = busy
    admin = console.signed_in(night.people.administrator)
    talking = night.seats[0].person_id

    answer = admin.post(
        f"/administration/people/{talking}/active",
        data={"active": "no", "csrf_token": csrf_of(admin, "/administration/people")},
    )

    assert answer.status_code == 409
    assert "此人正在通话" in answer.text


def test_the_last_administrator_stays(busy: Busy) -> None:
    console, night = busy
    admin = console.signed_in(night.people.administrator)
    form = {"active": "no", "csrf_token": csrf_of(admin, "/administration/people")}

    answer = admin.post(f"/administration/people/{night.people.administrator.id}/active", data=form)

    assert answer.status_code == 409
    with console.records() as session:
        assert session.get_one(Person, night.people.administrator.id).active


def test_an_address_keeps_its_secret_and_refuses_an_open_line(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "place_code": "990102",
        "name_zh": "临湖区联防联控机制",
        "name_en": "Linhu office",
        "webhook_url": "http://example.org/hook",
        "secret": "a secret of the receiver",
        "csrf_token": csrf_of(client, "/administration/mechanisms"),
    }

    assert "https://" in client.post("/administration/mechanisms", data=form).text
    form["webhook_url"] = "https://example.org/hook"
    page = client.post("/administration/mechanisms", data=form, follow_redirects=True).text

    assert "临湖区联防联控机制" in page
    assert "a secret of the receiver" not in page
    with console.records() as session:
        saved = session.scalars(select(Mechanism).where(Mechanism.place_code == "990102")).one()
        assert saved.webhook_secret == "a secret of the receiver"
    assert "a secret of the receiver" not in (audit(console, "mechanism.save")[0].reason or "")


def test_a_seat_is_added_once_and_the_least_number_is_kept(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    token = csrf_of(client, "/administration/centres")
    path = f"/administration/centres/{night.centres[0].id}"

    assert client.post(f"{path}/seats", data={"label": "21", "csrf_token": token}).status_code == 303
    assert client.post(f"{path}/seats", data={"label": "21", "csrf_token": token}).status_code == 422
    assert client.post(path, data={"minimum_seats": "0", "csrf_token": token}).status_code == 422
    police = client.post(path, data={"minimum_seats": "3", "standby_phone": "110", "csrf_token": token})
    assert (police.status_code, "只在有生命危险时由人拨打" in police.text) == (422, True)
    assert client.post(path, data={"minimum_seats": "3", "csrf_token": token}).status_code == 303
    changes = json.loads(audit(console, "centre.change")[0].reason or "")
    assert changes == {"minimum_seats": [2, 3]}


def test_the_chain_is_whole_until_somebody_changes_a_line(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    token = csrf_of(client, "/administration/audit")
    client.post("/administration/audit/check", data={"csrf_token": token})

    assert (
        'data-role="chain-ok"' in client.post("/administration/audit/check", data={"csrf_token": token}).text
    )
    with console.records() as session:
        session.execute(text("UPDATE audit_line SET subject = 'call:999' WHERE id = 1"))
    assert (
        'data-role="chain-broken"'
        in client.post("/administration/audit/check", data={"csrf_token": token}).text
    )


def test_a_seat_with_history_is_retired_and_brought_back_and_meanwhile_nobody_signs_on(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    seat = night.seats[-1]
    token = csrf_of(client, "/administration/centres")
    with console.records() as session, session.begin():
        session.add(SeatEvent(seat_id=seat.id, at=NOW, kind="signed_on", data={}))

    kept = client.post(f"/administration/seats/{seat.id}/remove", data={"csrf_token": token})
    assert kept.status_code == 409
    assert "可以停用" in kept.text
    where = f"/administration/seats/{seat.id}/retire"
    assert client.post(where, data={"csrf_token": token, "on": "yes"}).status_code == 303
    assert "恢复坐席 12" in client.get("/administration/centres").text
    with pytest.raises(UnknownSeat):
        Seats(console.parts.work, console.parts.audit_key).sign_on(night.people.operator.id, seat.id)
    desk = console.signed_in(night.people.operator)
    option = f'<option value="{seat.id}">'
    with console.records() as session, session.begin():
        session.get_one(Person, night.people.operator.id).centre_id = seat.centre_id
    assert option not in desk.get("/desk/_bar").text
    board = console.signed_in(night.people.supervisor).get("/supervisor/_live").text
    assert f'data-seat="{seat.id}"' not in board

    assert client.post(where, data={"csrf_token": token, "on": "no"}).status_code == 303
    assert option in desk.get("/desk/_bar").text
    assert [json.loads(line.reason or "") for line in audit(console, "seat.retire")] == [
        {"retired": [False, True]}
    ]
    assert len(audit(console, "seat.bring_back")) == 1


def test_a_seat_in_use_or_with_a_shift_ahead_is_not_retired(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    token = csrf_of(client, "/administration/centres")
    taken, free = night.seats[0], night.seats[-1]

    answer = client.post(f"/administration/seats/{taken.id}/retire", data={"csrf_token": token, "on": "yes"})
    assert answer.status_code == 409
    assert "有人正在这个坐席上" in answer.text
    with console.records() as session, session.begin():
        session.add(
            Shift(
                centre_id=free.centre_id,
                person_id=night.people.operator.id,
                seat_id=free.id,
                starts_at=NOW,
                ends_at=NOW + timedelta(hours=8),
            )
        )
    answer = client.post(f"/administration/seats/{free.id}/retire", data={"csrf_token": token, "on": "yes"})
    assert answer.status_code == 409
    assert "还有未结束的班次" in answer.text
