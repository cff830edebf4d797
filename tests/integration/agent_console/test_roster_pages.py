"""The roster on its pages: an empty hour refused, a gap filled three ways, requests of staff, the feed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.workforce.reminders import Reminders
from models.duty_requests import DutyContact, StaffNotice, Summons
from models.network import OverflowAgreement
from models.outbox import OutboxRow
from models.roster import NamedExit, OpenShift, RosterVersion
from models.vocabulary import ShiftKind
from models.vocabulary_roster import ExitKind, NoticeKind
from models.workforce import Shift
from tests import factories
from tests.boards_kit import NOW, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]
MONDAY = date(2026, 11, 23)


def fault(page: str) -> str:
    found = re.search(r'data-role="fault".*?</div>', page, re.S)
    return found.group(0) if found else ""


class Supervisor:
    def __init__(self, busy: Busy) -> None:
        self.console, self.night = busy
        self.client: FlaskClient = self.console.signed_in(self.night.people.supervisor)
        self.token = csrf_of(self.client, "/roster/")
        self.centre_id = self.night.centres[0].id

    def post(self, path: str, **form: object) -> tuple[int, str]:
        answer = self.client.post(path, data={"csrf_token": self.token, **form})
        return answer.status_code, answer.text

    def begins_a_draft(self) -> None:
        form = {"centre_id": self.centre_id, "first_day": MONDAY, "last_day": MONDAY + timedelta(days=6)}
        assert self.post("/roster/drafts/", **form)[0] == 303

    def writes(self, begin: str, end: str, **form: object) -> None:
        person = self.night.people.operator.id
        wanted = {
            "centre_id": self.centre_id,
            "draft_id": 1,
            "person_id": person,
            "starts_at": begin,
            "ends_at": end,
        }
        assert self.post("/roster/shifts", **{**wanted, **form})[0] == 303


def test_a_week_with_an_empty_hour_is_refused_on_the_page_until_somebody_answers_it(busy: Busy) -> None:
    boss = Supervisor(busy)
    with boss.console.records() as session:
        session.get_one(type(boss.night.centres[0]), boss.centre_id).standby_phone = "0990-555-8021"
    boss.begins_a_draft()
    for day in range(7):
        on = MONDAY + timedelta(days=day)
        # 04:00 to 05:00 of Saturday is forgotten.
        for begin, end in ((0, 4), (5, 24)) if day == 5 else ((0, 24),):
            ends = f"{on + timedelta(days=end // 24)}T{end % 24:02}:00"
            boss.writes(f"{on}T{begin:02}:00" if begin or day else f"{on}T00:01", ends)
    page = boss.client.get("/roster/drafts/1").text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    gap = re.search(r"11-28 04:00–11-28 05:00", page)
    assert gap is not None

    status, refused = boss.post("/roster/drafts/1/publish", revision=revision.group(1), reason="只此一周")

    assert status == 409
    assert "11-28 04:00 至 11-28 05:00（60 分钟）" in fault(refused)
    with boss.console.records() as session:
        assert session.scalars(select(RosterVersion)).all() == []
    spans = re.findall(r'name="from" value="([^"]+)"><input type="hidden" name="to" value="([^"]+)"', page)
    for begin, end in spans:
        form = {"centre_id": boss.centre_id, "from": begin, "to": end, "exit": "standby_phone::"}
        assert boss.post("/roster/drafts/1/exits", **form)[0] == 303
    assert boss.post("/roster/drafts/1/publish", revision=revision.group(1), reason="只此一周")[0] == 303
    with boss.console.records() as session:
        assert session.scalars(select(RosterVersion.number)).all() == [1]
    assert "第 1 版" in boss.client.get("/roster/?week=1").text


def test_a_gap_seen_three_days_ahead_is_warned_of_and_filled_in_three_ways(busy: Busy) -> None:
    """By a call to who stands by, by volunteers, and by the agreement with another city."""
    boss = Supervisor(busy)
    reminders = Reminders(boss.console.parts.work)
    assert reminders.look() > 0
    assert reminders.look() == 0, "each is said once"
    with boss.console.records() as session:
        warned = session.scalars(select(StaffNotice).where(StaffNotice.kind == NoticeKind.GAP)).all()
        assert {(one.person_id, one.centre_id) for one in warned} >= {
            (boss.night.people.supervisor.id, boss.centre_id)
        }
        begin = NOW.replace(hour=18, minute=0) + timedelta(days=2)  # 02:00 of Wednesday in China
        helper = boss.night.people.operator
        session.add(DutyContact(person_id=helper.id, phone="13900000001"))
        session.add(
            Shift(
                centre_id=boss.centre_id,
                person_id=helper.id,
                kind=ShiftKind.STANDBY,
                starts_at=begin,
                ends_at=begin + timedelta(hours=3),
            )
        )
        session.add(
            OverflowAgreement(
                from_centre_id=boss.centre_id, to_centre_id=boss.night.centres[1].id, after_seconds=20
            )
        )
        session.add(
            Shift(
                centre_id=boss.night.centres[1].id,
                person_id=factories.a_person(session, centre=boss.night.centres[1]).id,
                starts_at=begin,
                ends_at=begin + timedelta(hours=3),
            )
        )
        other_id = boss.night.centres[1].id
        # Tomorrow morning one sits where two are needed: a gap that is no emergency.
        session.add(
            Shift(
                centre_id=boss.centre_id,
                person_id=boss.night.people.second.id,
                starts_at=NOW + timedelta(hours=8),
                ends_at=NOW + timedelta(hours=14),
            )
        )
    page = boss.client.get(f"/coverage/?centre={boss.centre_id}").text
    assert "无人值守" in page
    assert re.search(r"缺 \d+ 席", page)
    span = {
        "centre_id": boss.centre_id,
        "from": begin.isoformat(),
        "to": (begin + timedelta(hours=3)).isoformat(),
    }

    for what, more in (
        ("standby", {}),
        ("volunteers", {}),
        ("exit", {"exit": f"agreement::{other_id}"}),
    ):
        assert boss.post("/roster/requests/fill", what=what, **span, **more)[0] == 303

    said = boss.client.get("/coverage/").text
    assert "已请 1 位备班人员上岗" in said
    with boss.console.records() as session:
        assert session.scalars(select(Summons.person_id)).all() == [helper.id]
        assert "call_standby" in session.scalars(select(OutboxRow.kind)).all()
        [open_id] = session.scalars(select(OpenShift.id)).all()
        asked = session.scalars(
            select(StaffNotice.person_id).where(StaffNotice.kind == NoticeKind.VOLUNTEERS)
        ).all()
        [exit_] = session.scalars(select(NamedExit)).all()
        assert (exit_.kind, exit_.to_centre_id) == (ExitKind.AGREEMENT, other_id)
    volunteer_id = next(one for one in asked if one != helper.id)
    with boss.console.records() as session:
        volunteer = session.get_one(type(helper), volunteer_id)
    client = boss.console.signed_in(volunteer)
    token = csrf_of(client, "/roster/mine")
    assert client.post(f"/roster/mine/open/{open_id}", data={"csrf_token": token}).status_code == 303
    with boss.console.records() as session:
        [shift] = session.scalars(
            select(Shift).where(Shift.person_id == volunteer_id, Shift.starts_at == begin)
        )
        assert shift.ends_at == begin + timedelta(hours=3)


def test_staff_ask_for_leave_and_swaps_and_a_supervisor_sees_and_decides(busy: Busy) -> None:
    boss = Supervisor(busy)
    console, operator = boss.console, boss.night.people.operator
    with console.records() as session:
        colleague = factories.a_person(session, centre=boss.night.centres[0], name="余青")
        begin = NOW + timedelta(days=2)
        shift = Shift(
            centre_id=boss.centre_id,
            person_id=operator.id,
            starts_at=begin,
            ends_at=begin + timedelta(hours=8),
        )
        cover = Shift(
            centre_id=boss.centre_id,
            person_id=boss.night.people.second.id,
            starts_at=begin,
            ends_at=begin + timedelta(hours=8),
        )
        session.add_all([shift, cover])
        session.flush()
        shift_id = shift.id
    client = console.signed_in(operator)
    token = csrf_of(client, "/roster/mine")
    swap = {"csrf_token": token, "shift_id": shift_id, "to_id": colleague.id}
    assert client.post("/roster/mine/swaps", data=swap).status_code == 303
    theirs = console.signed_in(colleague)
    answer = {"csrf_token": csrf_of(theirs, "/roster/mine"), "what": "accept"}
    assert theirs.post("/roster/mine/swaps/1", data=answer).status_code == 303
    leave = {
        "csrf_token": answer["csrf_token"],
        "kind": "sick",
        "starts_at": "2026-11-24T20:00",
        "ends_at": "2026-11-25T20:00",
        "note": "牙疼",
    }
    assert theirs.post("/roster/mine/leave", data=leave).status_code == 303
    page = boss.client.get("/roster/requests/").text
    assert "余青 · 病假" in page
    assert boss.post("/roster/requests/leave/1", what="grant")[0] == 303
    with console.records() as session:
        assert session.get(Shift, shift_id) is None
        assert [one.starts_at for one in session.scalars(select(OpenShift))] == [begin]


def test_the_calendar_link_is_shown_once_and_opens_without_a_session(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.operator)
    page = client.post(
        "/roster/mine/link", data={"csrf_token": csrf_of(client, "/roster/mine"), "what": "make"}
    ).text
    link = re.search(r'data-role="link-once">http://localhost(/roster/feed/[^<]+)<', page)
    assert link is not None
    assert link.group(1) not in client.get("/roster/mine").text
    calendar = console.client().get(link.group(1))
    assert (calendar.status_code, calendar.mimetype) == (200, "text/calendar")
    assert console.client().get("/roster/feed/of-nobody-at-all-in-this-house.ics").status_code == 404


def test_operators_see_their_own_page_alone_and_the_rules_are_the_administrators(busy: Busy) -> None:
    console, night = busy
    operator = console.signed_in(night.people.operator)
    assert operator.get("/roster/mine").status_code == 200
    for path in ("/roster/", "/roster/patterns/", "/roster/requests/", "/administration/roster/"):
        assert operator.get(path).status_code == 403
    client = console.signed_in(night.people.administrator)
    page = client.get("/administration/roster/").text
    form = dict(re.findall(r'type="number" name="(\w+)"[^>]*value="(\d+)"', page))
    form |= {"csrf_token": csrf_of(client, "/administration/roster/"), "rest_hours": "99"}
    wrong = client.post("/administration/roster/policy", data=form)
    assert wrong.status_code == 422
    assert 'value="99"' in wrong.text, "what was typed stays"
    assert client.post("/administration/roster/policy", data={**form, "rest_hours": "10"}).status_code == 303
