"""Administrators keep lines, agreements, partners, rules and skills; every change is audited."""

from __future__ import annotations

import json

from sqlalchemy import select, text

from hotline.routing.policy import policy_of
from models.audit import AuditLine
from models.network import OverflowAgreement, PartnerLine, PhoneLine
from models.seats import Seat
from models.skills import PersonSkill
from models.vocabulary_network import Strategy
from tests import factories
from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]
PAGES = ("/administration/lines", "/administration/partners", "/administration/rules")


def changes(console: Console, action: str) -> dict[str, list[object]]:
    with console.records() as session:
        line = session.scalars(
            select(AuditLine).where(AuditLine.action == action).order_by(AuditLine.id.desc())
        ).first()
        assert line is not None
        return dict(json.loads(line.reason or "{}"))


def test_only_administrators_open_these_pages_in_both_languages(busy: Busy) -> None:
    console, night = busy
    outsider = console.signed_in(night.people.operator)
    client = console.signed_in(night.people.administrator)
    for page in PAGES:
        assert outsider.get(page).status_code == 403
        assert client.get(page).status_code == 200
    client.set_cookie("language", "en")
    english = client.get("/administration/rules", headers={"Accept-Language": "en"}).text
    assert english


def test_an_old_and_a_new_number_stand_beside_each_other_and_no_number_twice(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "csrf_token": csrf_of(client, "/administration/lines"),
        "number": "0571-8512 3456",
        "name_zh": "原市热线",
        "name_en": "Former city line",
        "centre_id": str(night.centres[0].id),
        "language": "zh",
        "active": "yes",
    }
    assert client.post("/administration/lines", data=form).status_code == 303
    again = client.post("/administration/lines", data=form)
    assert again.status_code == 422
    assert "这个号码已经登记" in again.text
    assert "原市热线" in again.text, "what was typed stays"
    with console.records() as session:
        line = session.scalars(select(PhoneLine).where(PhoneLine.number == "057185123456")).one()
    retired = {**form, "line_id": str(line.id)}
    del retired["active"]
    assert client.post("/administration/lines", data=retired).status_code == 303
    assert changes(console, "line.save") == {"active": [True, False]}


def test_an_agreement_is_added_changed_and_removed(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "csrf_token": csrf_of(client, "/administration/lines"),
        "from_centre_id": str(night.centres[0].id),
        "to_centre_id": str(night.centres[1].id),
        "after_seconds": "15",
        "hours": "1-5 18:00-08:00； 67 00:00-24:00",
        "active": "yes",
    }
    assert client.post("/administration/agreements", data=form).status_code == 303
    with console.records() as session:
        agreement = session.scalars(select(OverflowAgreement)).one()
    assert agreement.hours == ["1-5 18:00-08:00", "67 00:00-24:00"]
    assert client.post("/administration/agreements", data=form).status_code == 422
    wrong = client.post("/administration/agreements", data={**form, "hours": "早八点"})
    assert wrong.status_code == 422
    assert "时段写作" in wrong.text
    same = {**form, "to_centre_id": form["from_centre_id"]}
    assert client.post("/administration/agreements", data=same).status_code == 422
    changed = {**form, "agreement_id": str(agreement.id), "after_seconds": "40"}
    assert client.post("/administration/agreements", data=changed).status_code == 303
    assert changes(console, "agreement.save") == {"after_seconds": [15, 40]}
    gone = client.post(f"/administration/agreements/{agreement.id}/remove", data=form)
    assert gone.status_code == 303
    assert changes(console, "agreement.remove")["after_seconds"] == [40, None]
    with console.records() as session:
        assert session.scalars(select(OverflowAgreement)).first() is None


def test_a_partners_number_is_sealed_and_emergency_lines_take_no_overflow(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "csrf_token": csrf_of(client, "/administration/partners"),
        "name_zh": "云州青少年服务台",
        "name_en": "Yunzhou youth line",
        "kind": "youth_line",
        "number": "0571 12355",
        "hours": "1-5 09:00-21:00",
        "groups": ["youth"],
        "takes_overflow": "yes",
        "active": "yes",
    }
    assert client.post("/administration/partners", data=form).status_code == 303
    with console.records() as session:
        partner = session.scalars(select(PartnerLine)).one()
        stored = session.execute(text("SELECT number FROM partner_line")).scalar_one()
    assert (partner.number, partner.groups) == ("057112355", ["youth"])
    assert "12355" not in stored
    assert "057112355" not in client.get(f"/administration/partners?edit={partner.id}").text
    assert changes(console, "partner.save")["number"] == [None, "…"] or changes(console, "partner.save")[
        "number"
    ] == ["", "…"]
    kept = {**form, "partner_id": str(partner.id), "number": "", "name_zh": "云州 12355"}
    assert client.post("/administration/partners", data=kept).status_code == 303
    with console.records() as session:
        assert session.get_one(PartnerLine, partner.id).number == "057112355"
    for other in ({"kind": "police", "number": "110"}, {"kind": "hotline", "number": "0571-110"}):
        refused = client.post("/administration/partners", data={**form, **other})
        assert refused.status_code == 422
        assert "只在有生命危险时由人拨打" in refused.text
    assert client.post(f"/administration/partners/{partner.id}/remove", data=form).status_code == 303
    held = changes(console, "partner.remove")
    assert (held["name_zh"], held["number"]) == (["云州 12355", None], ["…", None])


def test_the_rules_are_set_within_bounds_and_audited(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "csrf_token": csrf_of(client, "/administration/rules"),
        "credit_danger": "45",
        "credit_risk_history": "20",
        "credit_operator_lost": "20",
        "credit_transferred": "0",
        "credit_transfer_bounced": "15",
        "credit_repeat_after_risk": "10",
        "credit_minor": "10",
        "most_credit_seconds": "60",
        "strategy": "ring_several",
        "keeping": "supervisor",
        "ring_at_once": "4",
        "keep_from_seats": "3",
        "city_after_seconds": "5",
        "province_after_seconds": "15",
        "anywhere_after_seconds": "30",
        "partner_after_seconds": "300",
        "skill_after_seconds": "20",
        "language_after_seconds": "120",
        "known_operator_seconds": "0",
        "wrap_up_seconds": "180",
        "wrap_up_over_seconds": "10",
        "rest_after_decline_seconds": "60",
        "rest_after_no_answer_seconds": "0",
        "nuisance_calls": "4",
        "nuisance_window_seconds": "90",
        "nuisance_lasts_seconds": "12",
        "nuisance_repeated_from": "3",
        "nuisance_repeated_within_seconds": "5",
        "nuisance_repeated_lasts_seconds": "3",
    }
    too_hard = client.post("/administration/rules", data={**form, "nuisance_calls": "0"})
    assert too_hard.status_code == 422, "no setting shuts a number out"
    answer = client.post("/administration/rules", data={**form, "most_credit_seconds": "999"})
    assert answer.status_code == 422
    assert "数目不在可选范围内" in answer.text
    assert client.post("/administration/rules", data=form).status_code == 303
    with console.records() as session:
        policy = policy_of(session)
    assert (policy.strategy, policy.ring_at_once) == (Strategy.RING_SEVERAL, 4)
    assert policy.credits.most_seconds == 3600
    assert policy.credits.seconds[next(r for r in policy.credits.seconds if r == "danger")] == 2700
    audited = changes(console, "routing.save")
    assert audited["ring_at_once"] == [3, 4]
    assert audited["most_credit_seconds"] == [5400, 3600]
    assert audited["wrap_up_over_seconds"] == [300, 600], "ten minutes, kept in seconds"
    assert audited["nuisance_lasts_seconds"] == [86400, 12 * 3600]
    assert audited["nuisance_repeated_lasts_seconds"] == [7 * 86400, 3 * 86400]
    again = client.get("/administration/rules").text
    assert 'name="nuisance_window_seconds" min="15" max="1440" value="90"' in again


def test_skills_are_kept_with_level_and_day_and_the_seat_gives_them_at_once(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    person = night.people.operator
    with console.records() as session, session.begin():
        seat = session.scalars(select(Seat).where(Seat.person_id == person.id)).first()
        if seat is None:
            centre = session.merge(night.centres[0])
            seat = factories.a_seat(session, centre, session.merge(person), label="77")
        seat_id = seat.id
    form = {
        "csrf_token": csrf_of(client, f"/administration/people/{person.id}"),
        "level_mn": "4",
        "level_study": "5",
        "weekdays_study": "2",
    }
    url = f"/administration/people/{person.id}/skills"
    assert client.post(url, data=form).status_code == 303
    with console.records() as session:
        rows = session.scalars(select(PersonSkill).where(PersonSkill.person_id == person.id)).all()
        assert {row.skill: (row.level, row.weekdays) for row in rows} == {"mn": (4, ""), "study": (5, "2")}
        assert session.get_one(Seat, seat_id).profile.endswith("mn:4,study:5@2")
    assert changes(console, "skills.save") == {"skills": [{}, {"mn": [4, ""], "study": [5, "2"]}]}
    assert client.post(url, data={**form, "weekdays_study": "8"}).status_code == 422


def test_a_seat_that_nobody_used_can_be_removed_and_one_with_a_history_stays(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    token = csrf_of(client, "/administration/centres")
    with console.records() as session, session.begin():
        centre = session.merge(night.centres[0])
        fresh = factories.a_seat(session, centre, label="91").id
        used = factories.a_seat(session, centre, label="92")
        call = factories.a_waiting_call(session)
        call.seat_id = used.id
        session.flush()
        used_id = used.id
    assert client.post(f"/administration/seats/{fresh}/remove", data={"csrf_token": token}).status_code == 303
    kept = client.post(f"/administration/seats/{used_id}/remove", data={"csrf_token": token})
    assert kept.status_code == 409
    assert "不能删除，可以停用" in kept.text
    with console.records() as session:
        assert session.get(Seat, fresh) is None
        assert session.get(Seat, used_id) is not None
    assert changes(console, "seat.remove") == {"label": ["91", None]}
