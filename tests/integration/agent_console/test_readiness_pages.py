"""Readiness on the desk, on the board and on its pages: refused, asked, admitted; ledger, register, proof."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from agent_console.app import create_app
from hotline.routing.seats import Seats
from models.audit import AuditLine
from models.isolation import IsolationSite
from models.people import Person
from models.readiness import Admission, RestOffer, SupervisionRecord, TrainingRecord
from models.seats import Seat
from models.vocabulary import AgentStatus, Role, SeatState
from models.vocabulary_readiness import RestAnswer, Strain
from models.workforce import Shift
from tests import factories
from tests.boards_kit import NOW, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]


@pytest.fixture
def real(busy: Busy) -> Busy:
    """With the real use case behind the desk's sign-on."""
    console, night = busy
    console.close()
    console.parts = dataclasses.replace(
        console.parts, seats=Seats(console.parts.work, console.parts.audit_key)
    )
    console.app = create_app(console.parts)
    return console, night


def newcomer(console: Console, night: Night) -> tuple[Person, int]:
    """Neither trained nor sworn in, and an empty seat of their centre."""
    with console.records() as session:
        person = factories.a_person(session, name="新来的人", login="newcomer", centre=night.centres[0])
        person.trained_at = person.confidentiality_signed_at = None
        seat = factories.a_seat(session, night.centres[0], label="77")
        return person, seat.id


def posted(client: FlaskClient, path: str, page: str, **form: object) -> int:
    data = {"csrf_token": csrf_of(client, page), **form}
    return client.post(path, data=data).status_code


def test_an_untrained_person_is_refused_at_the_queue_and_admitted_by_a_supervisor_for_one_shift(
    real: Busy,
) -> None:
    console, night = real
    person, seat_id = newcomer(console, night)
    desk, board = console.signed_in(person), console.signed_in(night.people.supervisor)
    bar = desk.get("/desk/_bar").text
    assert "没有岗前培训合格的记录" in bar
    assert "请签署保密承诺，交管理员登记签署日期" in bar

    token = csrf_of(desk, "/desk/")
    refused = desk.post(
        "/desk/sign-on",
        data={"csrf_token": token, "seat": seat_id},
        headers={"Accept": "application/json"},
    )
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["code"] == "not_admitted"
    assert refused.json["reasons"] == ["no_training", "no_confidentiality"]
    assert "没有岗前培训合格的记录" in refused.json["title"]

    assert posted(desk, "/mine/ask-admission", "/desk/") == 204
    assert "等决定" in desk.get("/desk/_bar").text
    assert "新来的人" in board.get("/supervisor/live").text
    file = f"/readiness/people/{person.id}"
    assert "没有签署保密承诺的记录" in board.get(file).text
    bare = {"reason": "证书在路上", "what": "admit"}
    answer = board.post(f"{file}/admit", data={"csrf_token": csrf_of(board, file), **bare})
    assert answer.status_code == 422
    assert "证书在路上" in answer.text, "what was typed stays"
    assert posted(board, f"{file}/admit", file, **bare, vouched="yes") == 303

    assert desk.post("/desk/sign-on", data={"csrf_token": token, "seat": seat_id}).status_code == 204
    assert "督导准许您上岗到" in desk.get("/desk/_bar").text
    with console.records() as session:
        assert session.get_one(Seat, seat_id).person_id == person.id
        leave = session.scalars(select(Admission)).one()
        assert leave.until == NOW + timedelta(hours=12), "not rostered: half a day"
        line = session.scalars(select(AuditLine).where(AuditLine.action == "admission.grant")).one()
        assert "证书在路上" in (line.reason or "")
    assert (
        "新来的人"
        not in board.get("/supervisor/").text.split('id="board-asked-for"')[1].split("</section>")[0]
    )


def test_a_request_is_declined_with_a_reason_and_operators_admit_nobody(real: Busy) -> None:
    console, night = real
    person, _ = newcomer(console, night)
    desk, board = console.signed_in(person), console.signed_in(night.people.supervisor)
    assert (
        posted(desk, f"/readiness/people/{person.id}/admit", "/desk/", reason="我自己来", vouched="yes")
        == 403
    )
    posted(desk, "/mine/ask-admission", "/desk/")
    file = f"/readiness/people/{person.id}"
    with console.records() as session:
        ask = session.scalars(select(Admission.id)).one()
    form = {"what": "decline", "admission": ask, "reason": "今晚已有三人在岗"}
    assert posted(board, f"{file}/admit", file, **form) == 303
    assert "请当面联系督导" in desk.get("/desk/_bar").text


def test_rest_is_offered_on_the_desk_and_told_on_the_board(real: Busy) -> None:
    console, night = real
    with console.records() as session:
        person = factories.a_person(session, name="林晓", centre=night.centres[0])
        seat = factories.a_seat(session, night.centres[0], person, SeatState.AVAILABLE, label="78")
        offer = RestOffer(
            person_id=person.id,
            seat_id=seat.id,
            strain=Strain.HIGH_RISK,
            value=2,
            step=1,
            shift_began_at=NOW - timedelta(hours=5),
            offered_at=NOW,
        )
        session.add(offer)
        session.flush()
    desk = console.signed_in(person)
    assert "这一班已接 2 通高危来电" in desk.get("/desk/_bar").text
    assert (
        "这一班已接 2 通高危来电" in console.signed_in(night.people.supervisor).get("/supervisor/live").text
    )
    stranger = console.signed_in(night.people.operator)
    assert posted(stranger, f"/mine/rest/{offer.id}", "/desk/", answer="taken") == 404
    assert posted(desk, f"/mine/rest/{offer.id}", "/desk/", answer="taken") == 204
    with console.records() as session:
        assert session.get_one(RestOffer, offer.id).answer is RestAnswer.TAKEN
        assert session.get_one(Seat, seat.id).status is AgentStatus.AFTER_HARD_CALL
    assert "歇一会儿吧" not in desk.get("/desk/_bar").text


def test_one_training_is_written_down_for_several_people_and_the_behind_are_listed(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    with console.records() as session:
        for one in (night.people.operator, night.people.second):
            session.get_one(Person, one.id).trained_at = NOW - timedelta(days=500)
    page = "/readiness/trainings/"
    assert "系统培训 欠 4 次" in client.get(page).text
    form = {
        "kind": "system",
        "title": "危机干预进阶",
        "held_on": "2026-11-20",
        "hours": "6",
        "result": "passed",
        "score": "ninety",
    }
    people = [str(night.people.operator.id), str(night.people.second.id)]
    wrong = client.post(page, data={"csrf_token": csrf_of(client, page), "people": people, **form})
    assert wrong.status_code == 422
    assert "危机干预进阶" in wrong.text
    assert wrong.text.count(" checked") == 2, "whom one had ticked stays ticked"
    assert posted(client, page, page, people=people, **{**form, "score": "90"}) == 303
    file = f"/readiness/people/{night.people.operator.id}"
    assert "危机干预进阶" in client.get(file).text
    with console.records() as session:
        record = session.scalars(select(TrainingRecord).order_by(TrainingRecord.id)).first()
        assert record is not None
    assert posted(client, f"/readiness/trainings/{record.id}/void", file) == 303
    assert "已作废" in client.get(f"/readiness/people/{record.person_id}").text
    assert console.signed_in(night.people.operator).get(page).status_code == 403


def test_the_register_is_searched_by_paper_language_and_hour(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    person_id = night.people.operator.id
    file, register = f"/readiness/people/{person_id}", "/readiness/talent"
    form = {"kind": "counsellor", "title": "二级心理咨询师", "issued_on": "2015-06-01"}
    assert posted(client, f"{register}/{person_id}/certificates", file, **form) == 303
    form = {**form, "expires_on": "2014-01-01"}
    assert posted(client, f"{register}/{person_id}/certificates", file, **form) == 422
    assert posted(client, f"{register}/{person_id}/availability", file, hours="1-5 18:00-22:00") == 303
    assert posted(client, f"{register}/{person_id}/availability", file, hours="evenings") == 422

    def found(query: str) -> bool:
        return f'data-person="{person_id}"' in client.get(f"{register}/?{query}").text

    assert found("q=二级")
    assert found("kind=counsellor&ready=yes")
    assert found("at=2026-11-23T19:00"), "a Monday evening"
    assert not found("at=2026-11-22T19:00"), "a Sunday"
    assert not found("kind=nurse")
    assert not found("skill=mn")


def test_a_supervision_is_read_by_its_person_and_by_supervisors_of_their_centre_alone(busy: Busy) -> None:
    console, night = busy
    with console.records() as session:
        session.get_one(Person, night.people.supervisor.id).centre_id = night.centres[0].id
        session.get_one(Person, night.people.second.id).centre_id = night.centres[1].id
        session.get_one(Person, night.people.operator.id).centre_id = night.centres[0].id
    supervisor = console.signed_in(night.people.supervisor)
    person_id, page = night.people.operator.id, "/readiness/supervision/"
    form = {
        "person_id": person_id,
        "form": "individual",
        "minutes": 50,
        "held_at": "2026-11-22T20:00",
        "content": "怎样结束反复来电",
        "agreed": "下周再谈",
    }
    assert posted(supervisor, page, page, **{**form, "held_at": "2031-01-01T20:00"}) == 422
    assert posted(supervisor, page, page, **form) == 303
    second = console.signed_in(night.people.second)
    assert posted(second, page, page, **form) == 403
    file = f"/readiness/people/{person_id}"
    words = "怎样结束反复来电"
    assert words in supervisor.get(file).text
    assert words not in second.get(file).text
    assert words not in second.get(page).text
    assert words not in console.signed_in(night.people.administrator).get(file).text
    own = console.signed_in(night.people.operator)
    assert words in own.get("/mine/").text
    with console.records() as session:
        record = session.scalars(select(SupervisionRecord)).one()
    assert posted(own, f"/mine/supervision/{record.id}/read", "/mine/") == 303
    assert posted(second, f"/mine/supervision/{record.id}/read", "/mine/") == 404


def test_a_persons_figures_are_seen_by_the_supervisor_of_their_centre_alone(busy: Busy) -> None:
    console, night = busy
    with console.records() as session:
        other = factories.a_person(
            session, Role.SUPERVISOR, login="elsewhere", centre=night.centres[1], name="别处督导"
        )
        person = factories.a_person(session, name="在岗的人", centre=night.centres[0])
        session.add(
            Shift(
                centre_id=night.centres[0].id,
                person_id=person.id,
                starts_at=NOW - timedelta(hours=2),
                ends_at=NOW,
            )
        )
    page = "/supervisor/seat-figures/"
    assert "在岗的人" in console.signed_in(night.people.supervisor).get(page).text
    assert "在岗的人" not in console.signed_in(other).get(page).text
    assert console.signed_in(night.people.administrator).get(page).status_code == 403
    assert console.signed_in(night.people.supervisor).get(f"{page}?day=2031-01-01").status_code == 404


def test_the_proof_is_exported_with_uncovered_times_by_name(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    assert "7×24 覆盖证明" in client.get("/coverage/proof/").text
    answer = client.get("/coverage/proof/table.csv?first=2026-11-21&last=2026-11-22")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(rows) == 2 * 3, "two days of the whole line and two centres"
    for row in rows:
        assert int(row["covered_seconds"]) + int(row["uncovered_seconds"]) == int(row["seconds"])
    assert {int(row["seconds"]) for row in rows} == {24 * 3600, 24 * 3600 - 9 * 60}
    assert "没有日志" in rows[0]["uncovered"]
    for wrong in ("first=2026-01-01", "first=yesterday", "first=2026-11-23&last=2026-11-22"):
        assert client.get(f"/coverage/proof/?{wrong}").status_code == 404


def test_isolation_sites_are_held_against_six_to_nine_for_each_two_hundred(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    page = "/coverage/isolation-sites/"
    assert "18 至 27 人" in client.get(f"{page}?people=450").text
    form = {"name": "云州大酒店", "place_code": "990102", "people": "450", "workers": "11"}
    assert posted(client, page, page, **{**form, "people": "-3"}) == 422
    assert posted(client, page, page, **form) == 303
    assert "缺 7 人" in client.get(page).text
    with console.records() as session:
        site_id = session.scalars(select(IsolationSite.id)).one()
    assert posted(client, page, page, **{**form, "workers": "18"}, site_id=site_id) == 303
    assert "都够" in client.get(page).text
    assert posted(client, f"{page}{site_id}/close", page) == 303
    assert "云州大酒店" not in client.get(page).text
