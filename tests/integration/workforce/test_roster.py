"""A roster is drafted, previewed, published and changed; no published minute is left with nobody."""

from __future__ import annotations

import json
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.roster_pattern import Differs
from hotline.workforce.accounts import Accounts
from hotline.workforce.calendar_feed import feed_of
from hotline.workforce.errors import (
    DraftChanged,
    ExitUnfit,
    FieldWrong,
    HoursUncovered,
    NotOpen,
    RulesBroken,
    ShiftRefused,
)
from hotline.workforce.holiday_calendar import Holidays, calendar_of
from hotline.workforce.imports import NotATable
from hotline.workforce.roster_import import RosterImport
from hotline.workforce.skill_needs import SkillNeeds
from models.audit import AuditLine
from models.duty_requests import StaffNotice
from models.network import OverflowAgreement, PartnerLine
from models.people import Person
from models.places import Centre
from models.roster import DraftShift, OpenShift, RosterVersion
from models.vocabulary import Role, ShiftKind
from models.vocabulary_network import PartnerKind
from models.vocabulary_roster import AskState, ExitKind, HolidayUse, LeaveKind, NoticeKind, OpenState
from models.workforce import Shift
from tests.factories import a_person
from tests.roster_kit import KEY, MONDAY, Rostering


@pytest.fixture
def roster(engine: Engine) -> Rostering:
    return Rostering(engine)


def test_a_week_with_an_empty_hour_is_refused_and_nothing_of_it_is_kept(roster: Rostering) -> None:
    day = [roster.wanted(roster.people[n], 0, 8 * n, 8 * n + 8) for n in range(2)]
    draft = roster.a_draft(1, *day)
    _revision, found = roster.publishing.preview(draft)
    assert [(gap.starts_at, gap.minutes) for gap in found.gaps] == [(roster.at(0, 16), 480)]

    with pytest.raises(HoursUncovered):
        roster.publish(draft)

    assert roster.all_shifts() == []
    with Session(roster.engine) as session:
        assert session.scalars(select(RosterVersion)).all() == []


def test_a_named_exit_lets_it_stand_where_the_exit_works_and_a_message_is_none(roster: Rostering) -> None:
    day = [roster.wanted(roster.people[n], 0, 8 * n, 8 * n + 8) for n in range(2)]
    draft = roster.a_draft(1, *day)
    gap = roster.at(0, 16), roster.at(1, 0)

    def name(kind: ExitKind, *, partner_id: int | None = None, to_centre_id: int | None = None) -> int:
        return roster.exits.name(
            roster.centre_id,
            kind,
            *gap,
            by_id=roster.supervisor,
            partner_id=partner_id,
            to_centre_id=to_centre_id,
        )

    with pytest.raises(ExitUnfit, match="exit_unfit"):
        name(ExitKind.STANDBY_PHONE)
    with pytest.raises(ExitUnfit):
        name(ExitKind.AGREEMENT, to_centre_id=roster.other_id)
    with Session(roster.engine) as session, session.begin():
        partner = PartnerLine(
            name_zh="伙伴",
            name_en="Partner",
            kind=PartnerKind.HOTLINE,
            number="0990555",
            takes_overflow=True,
            hours=["08:00-23:00"],
        )
        session.add(partner)
        session.flush()
        partner_id = partner.id
    with pytest.raises(ExitUnfit):
        name(ExitKind.PARTNER_LINE, partner_id=partner_id)
    with Session(roster.engine) as session, session.begin():
        line = session.get_one(PartnerLine, partner_id)
        line.hours, line.groups = [], ["youth"]
    with pytest.raises(ExitUnfit):
        name(ExitKind.PARTNER_LINE, partner_id=partner_id)
    with Session(roster.engine) as session, session.begin():
        session.get_one(PartnerLine, partner_id).groups = []
    exit_id = name(ExitKind.PARTNER_LINE, partner_id=partner_id)

    roster.publish(draft)

    assert roster.empty(roster.at(0, 0), roster.at(1, 0)) == []
    with pytest.raises(HoursUncovered):
        roster.exits.end(exit_id, by_id=roster.supervisor)


def test_what_was_previewed_is_what_is_published(roster: Rostering) -> None:
    draft = roster.a_draft(1, roster.wanted(roster.people[0], 0, 0, 24))
    revision, _found = roster.publishing.preview(draft)
    roster.drafts.add(draft, roster.wanted(roster.people[1], 0, 8, 16))
    with pytest.raises(DraftChanged):
        roster.publishing.publish(draft, revision, by_id=roster.supervisor, reason="急")


def test_rest_and_hours_ask_for_a_reason_and_two_places_at_once_are_never_allowed(roster: Rostering) -> None:
    draft = roster.a_draft(1, roster.wanted(roster.people[0], 0, 0, 24))
    _revision, found = roster.publishing.preview(draft)
    assert [one.code for one in found.broken] == ["shift_hours"]
    with pytest.raises(RulesBroken):
        roster.publish(draft, reason="")
    roster.drafts.add(draft, roster.wanted(roster.people[0], 0, 8, 16))
    with pytest.raises(ShiftRefused) as refused:
        roster.publish(draft)
    assert refused.value.faults == ["person_is_rostered"]


def test_what_stayed_the_same_keeps_its_row_through_the_next_version(roster: Rostering) -> None:
    roster.a_covered_week(3)
    before = {(one.starts_at, one.id) for one in roster.all_shifts()}
    draft = roster.a_draft(3)
    with Session(roster.engine) as session:
        first = session.scalars(select(DraftShift).order_by(DraftShift.starts_at)).first()
        assert first is not None
    roster.drafts.change(draft, first.id, roster.wanted(roster.people[4], 0, 0, 8))

    roster.publish(draft)

    after = {(one.starts_at, one.id) for one in roster.all_shifts()}
    assert len(before & after) == len(before) - 1
    with Session(roster.engine) as session:
        assert session.scalars(select(RosterVersion.number).order_by(RosterVersion.number)).all() == [1, 2]


def test_patterns_lay_out_a_draft_with_their_exceptions_holidays_and_leaves(roster: Rostering) -> None:
    Holidays(roster.work, KEY).write(date(2026, 11, 25), True, "测试节", "Test day", by_id=roster.supervisor)
    roster.a_pattern(
        name="日班", rule="FREQ=DAILY", starts="08:00", minutes=480, holidays=HolidayUse.NOT_THEN
    )
    night = roster.a_pattern(person_id=roster.people[1], starts="20:00", minutes=720)
    roster.patterns.differ(night, MONDAY, Differs(cancelled=True), by_id=roster.supervisor)
    leave = roster.leaves.ask(roster.people[1], LeaveKind.ANNUAL, roster.at(1, 0), roster.at(2, 0))
    roster.leaves.grant(leave, by_id=roster.supervisor)

    roster.a_draft(3)

    with Session(roster.engine) as session:
        rows = session.scalars(select(DraftShift).order_by(DraftShift.starts_at)).all()
    assert [(row.starts_at, row.person_id) for row in rows] == [
        (roster.at(0, 8), roster.people[0]),
        (roster.at(1, 8), roster.people[0]),
        (roster.at(1, 20), None),
        (roster.at(2, 20), roster.people[1]),
    ]


def test_how_one_date_differs_stands_in_the_audit_before_and_after(roster: Rostering) -> None:
    night = roster.a_pattern(person_id=roster.people[1], starts="20:00", minutes=720)
    for differs in (Differs(cancelled=True), Differs(minutes=600), None, None):
        roster.patterns.differ(night, MONDAY, differs, by_id=roster.supervisor)

    with Session(roster.engine) as session:
        said = session.scalars(
            select(AuditLine.reason).where(AuditLine.action == "pattern.differ").order_by(AuditLine.id)
        ).all()
    day = MONDAY.isoformat()
    assert [json.loads(reason or "")[day] for reason in said] == [
        [None, {"cancelled": True}],
        [{"cancelled": True}, {"minutes": 600}],
        [{"minutes": 600}, None],
    ]


def test_a_stand_by_with_a_telephone_is_an_exit_and_the_telephone_stays_while_it_is(
    roster: Rostering,
) -> None:
    wanted = [
        roster.wanted(roster.people[0], 0, 0, 20),
        roster.wanted(roster.people[1], 0, 20, 24, ShiftKind.STANDBY),
    ]
    draft = roster.a_draft(1, *wanted)
    with pytest.raises(HoursUncovered):
        roster.publish(draft)
    roster.contacts.save(roster.people[1], "139 1234 5678", "")

    roster.publish(draft)

    with pytest.raises(HoursUncovered):
        roster.contacts.save(roster.people[1], "", "")
    standby = next(one for one in roster.all_shifts() if one.kind is ShiftKind.STANDBY)
    with pytest.raises(HoursUncovered):
        roster.shifts.remove(standby.id, by_id=roster.supervisor)


def test_leave_is_granted_once_its_hours_are_covered_and_leaves_an_open_shift(roster: Rostering) -> None:
    roster.a_covered_week(1)
    who = roster.all_shifts()[0].person_id
    leave = roster.leaves.ask(who, LeaveKind.SICK, roster.at(0, 0), roster.at(0, 8), "发烧")
    with pytest.raises(HoursUncovered):
        roster.leaves.grant(leave, by_id=roster.supervisor)
    with Session(roster.engine) as session, session.begin():
        session.get_one(Centre, roster.centre_id).standby_phone = "0990-555-8021"
    roster.exits.name(
        roster.centre_id,
        ExitKind.STANDBY_PHONE,
        roster.at(0, 0),
        roster.at(0, 8),
        by_id=roster.supervisor,
    )

    assert roster.leaves.grant(leave, by_id=roster.supervisor) == 1

    with Session(roster.engine) as session:
        [one] = session.scalars(select(OpenShift).where(OpenShift.state == OpenState.OPEN))
    assert roster.open_shifts.take(one.id, roster.people[4])
    with pytest.raises(NotOpen):
        roster.open_shifts.take(one.id, roster.people[3])


def test_a_swap_counts_by_rule_where_nothing_breaks_and_waits_for_a_supervisor_else(
    roster: Rostering,
) -> None:
    roster.a_covered_week(2)
    first, second, third = roster.all_shifts()[:3]
    swap = roster.swaps.ask(first.id, second.person_id, second.id, from_id=first.person_id)
    assert roster.swaps.accept(swap, second.person_id) is AskState.GRANTED
    swapped = {one.id: one.person_id for one in roster.all_shifts()}
    assert (swapped[first.id], swapped[second.id]) == (second.person_id, first.person_id)

    given = roster.swaps.ask(third.id, swapped[second.id], None, from_id=third.person_id)
    assert roster.swaps.accept(given, swapped[second.id]) is AskState.ACCEPTED
    with pytest.raises(RulesBroken):
        roster.swaps.grant(given, by_id=roster.supervisor)
    roster.swaps.grant(given, by_id=roster.supervisor, reason="本人愿意，次日补休")
    assert roster.audited().count("swap.granted") == 2


def test_who_is_free_but_not_rested_may_not_sign_up(roster: Rostering) -> None:
    roster.a_covered_week(1)
    first = roster.all_shifts()[0]
    open_id, _asked = roster.open_shifts.offer(
        roster.centre_id, roster.at(0, 12), roster.at(0, 16), by_id=roster.supervisor, ask_volunteers=True
    )
    with pytest.raises(RulesBroken):
        roster.open_shifts.take(open_id, first.person_id)
    roster.policy(sign_up=0)
    with pytest.raises(FieldWrong):
        roster.open_shifts.take(open_id, roster.people[4])


def test_another_city_answers_only_while_it_has_seats_and_may_not_empty_them(roster: Rostering) -> None:
    with Session(roster.engine) as session, session.begin():
        session.add(OverflowAgreement(from_centre_id=roster.centre_id, to_centre_id=roster.other_id))
        shift = Shift(
            centre_id=roster.other_id,
            person_id=roster.elsewhere[0],
            starts_at=roster.at(0, 0),
            ends_at=roster.at(0, 16),
        )
        session.add(shift)
        session.flush()
        shift_id = shift.id

    def name(end: float) -> int:
        return roster.exits.name(
            roster.centre_id,
            ExitKind.AGREEMENT,
            roster.at(0, 0),
            roster.at(0, end),
            by_id=roster.supervisor,
            to_centre_id=roster.other_id,
        )

    with pytest.raises(ExitUnfit):
        name(24)
    name(16)
    with Session(roster.engine) as session, session.begin():
        session.get_one(Centre, roster.other_id).standby_phone = "0990-555-8022"
    own_exit = (roster.other_id, ExitKind.STANDBY_PHONE, roster.at(0, 0), roster.at(0, 16))
    roster.exits.name(*own_exit, by_id=roster.supervisor)
    with pytest.raises(HoursUncovered) as refused:
        roster.shifts.remove(shift_id, by_id=roster.supervisor)
    assert refused.value.centre_id == roster.centre_id


def test_a_wanted_skill_that_nobody_rostered_has_is_told_before_publishing(roster: Rostering) -> None:
    SkillNeeds(roster.work, KEY).add(roster.centre_id, "study", ["1 18:00-21:00"], by_id=roster.supervisor)
    draft = roster.a_draft(1, roster.wanted(roster.people[0], 0, 0, 24))
    [hole] = roster.publishing.preview(draft)[1].holes
    assert (hole.skill, hole.starts_at) == ("study", roster.at(0, 18))


def test_shifts_come_in_from_a_table_and_from_a_calendar_all_or_none(roster: Rostering) -> None:
    draft = roster.a_draft(7)
    brings = RosterImport(roster.work, KEY)
    with Session(roster.engine) as session:
        login = session.get_one(Person, roster.people[0]).login
    table = f"login,starts,ends,kind,seat\n{login},2026-11-23 08:00,2026-11-23 16:00,seat,\n"
    wrong = table + "nobody,2026-12-30 08:00,2026-12-30 07:00,seat,\n"
    faults = brings.table(draft, wrong.encode(), by_id=roster.supervisor).faults
    assert {(one.line, one.reason) for one in faults} == {
        (3, "unknown"),
        (3, "ends_before_start"),
        (3, "outside_draft"),
    }
    assert brings.table(draft, table.encode("gb18030"), by_id=roster.supervisor).shifts == 1
    assert brings.table(draft, table.encode(), by_id=roster.supervisor).shifts == 0, (
        "brought twice, there once"
    )
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261124T200000\r\n"
        "DTEND:20261125T080000\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEXDATE:20261125T200000\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    brought = brings.calendar(draft, roster.people[1], calendar.encode(), by_id=roster.supervisor)
    assert brought.shifts == 2
    with pytest.raises(NotATable):
        brings.calendar(draft, roster.people[1], b"not a calendar", by_id=roster.supervisor)


def test_the_secret_link_gives_ones_own_shifts_nobody_elses_name_and_ends_when_revoked(
    roster: Rostering,
) -> None:
    roster.a_covered_week(2)
    who = roster.people[0]
    token = roster.contacts.make_link(who)

    with Session(roster.engine) as session:
        feed = feed_of(session, token, roster.clock())
    assert feed is not None
    events = Calendar.from_ical(feed).walk("VEVENT")
    own = [one for one in roster.all_shifts() if one.person_id == who]
    assert [one.decoded("dtstart") for one in events] == [one.starts_at for one in own]
    assert not any(name in feed.decode() for name in "乙丙丁戊")
    newer = roster.contacts.make_link(who)
    with Session(roster.engine) as session:
        assert feed_of(session, token, roster.clock()) is None
        assert feed_of(session, newer, roster.clock()) is not None
    roster.contacts.revoke_link(who)
    with Session(roster.engine) as session:
        assert feed_of(session, newer, roster.clock()) is None


def test_holidays_come_from_the_library_and_an_administrator_writes_over_them(roster: Rostering) -> None:
    with Session(roster.engine) as session:
        calendar = calendar_of(session)
    assert calendar.is_off(date(2026, 10, 1))
    assert not calendar.is_off(date(2026, 10, 10))
    assert calendar.on(date(2026, 10, 10)) is not None, "a Saturday of work, in exchange"
    assert calendar.is_off(date(2027, 2, 6)), "Spring Festival, before the notice is out"
    Holidays(roster.work, KEY).write(date(2027, 2, 6), False, "上班", "Working", by_id=roster.supervisor)
    with Session(roster.engine) as session:
        assert not calendar_of(session).is_off(date(2027, 2, 6))


def test_a_shift_that_reaches_beyond_the_days_of_a_draft_still_covers_them(roster: Rostering) -> None:
    roster.publish(
        roster.a_draft(
            1, roster.wanted(roster.people[0], 0, 0, 16), roster.wanted(roster.people[1], 0, 16, 32)
        )
    )
    assert roster.empty(roster.at(0, 0), roster.at(1, 8)) == []
    draft = roster.a_draft(1)
    with Session(roster.engine) as session:
        last = session.scalars(select(DraftShift).order_by(DraftShift.starts_at.desc())).first()
        assert last is not None
    shorter = roster.wanted(roster.people[1], 0, 16, 24)
    roster.drafts.change(draft, last.id, shorter)
    with pytest.raises(HoursUncovered) as refused:
        roster.publish(draft)
    assert [(one.starts_at, one.minutes) for one in refused.value.spans] == [(roster.at(1, 0), 480)]


def test_an_account_that_is_closed_is_no_longer_rostered_and_supervisors_know(roster: Rostering) -> None:
    roster.a_covered_week(2)
    who = roster.people[0]
    own = [one.starts_at for one in roster.all_shifts() if one.person_id == who]
    with Session(roster.engine) as session, session.begin():
        boss = a_person(session, Role.ADMINISTRATOR).id
    Accounts(roster.work, KEY, lambda word: word).deactivate(who, by_id=boss)
    assert who not in {one.person_id for one in roster.all_shifts()}
    with Session(roster.engine) as session:
        assert session.scalars(select(OpenShift.starts_at).order_by(OpenShift.id)).all() == own
        told = session.scalars(select(StaffNotice.person_id).where(StaffNotice.kind == NoticeKind.GAP))
        assert set(told) == {roster.supervisor}
