"""The demonstration's roster, on any day of a week: the product itself would accept it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.demonstration.contacts import staff_by_city, write_contacts
from analytics.demonstration.organisation import NUMBER, seed_organisation
from analytics.demonstration.plan import plan
from analytics.demonstration.roster import leave_telephones
from analytics.papers.reception import Covered
from analytics.papers.telling_calls import covered_words
from hotline.bootstrap.reporting import covered_of
from hotline.domain.cover_proof import Cover
from hotline.domain.local_day import ZONE, local_day
from hotline.domain.roster_cover import Span
from hotline.domain.roster_pattern import at_wall
from hotline.routing.replay import replay
from hotline.workforce.absences import Absences
from hotline.workforce.cover_proof import cover_proof
from hotline.workforce.demand import recount
from hotline.workforce.drafts import Drafts
from hotline.workforce.gaps_ahead import gaps_ahead
from hotline.workforce.leaves import Leaves
from hotline.workforce.needed import week_of
from hotline.workforce.needed_parts import ALL_CALLERS, Part, lines_of
from hotline.workforce.open_shifts import OpenShifts, free_and_rested
from hotline.workforce.publishing import Publishing
from hotline.workforce.reminders import Reminders, thin_ahead
from hotline.workforce.roster_facts import breaches_of, exits_of, in_force, uncovered_of
from hotline.workforce.roster_policy import rules_of, standing_roster_policy
from hotline.workforce.swaps import Swaps
from hotline.workforce.training import years_of
from models.duty_requests import Absence, Leave, StaffNotice, Swap
from models.people import Person
from models.places import Centre
from models.roster import OpenShift, RosterDraft, ShiftPattern
from models.unit_of_work import UnitOfWork
from models.vocabulary import Role
from models.vocabulary_roster import AskState, NoticeKind, OpenReason
from tests import factories
from tests.fakes import Bulletin, StoppedClock
from tests.grounds import SqliteGround

KEY = b"audit key of the tests"
FRIDAY = datetime(2026, 11, 20, 4, 7, tzinfo=UTC)


class Demonstration:
    def __init__(self, ground: SqliteGround, now: datetime) -> None:
        self.engine = ground.fresh()[0]
        self.clock = StoppedClock(now)
        seed_organisation(self.work, str, now)

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, self.clock, Bulletin().publish)

    def day(self, ahead: int) -> date:
        return local_day(self.clock()) + timedelta(days=ahead)

    def moment(self, ahead: int, hour: int = 0) -> datetime:
        return at_wall(self.day(ahead), time(), ZONE, minutes=60 * hour)


# A day later and three hours later each time: every weekday, and every part of a day.
@pytest.fixture(params=range(7))
def shown(request: pytest.FixtureRequest, sqlite_ground: SqliteGround) -> Demonstration:
    return Demonstration(sqlite_ground, FRIDAY + timedelta(hours=27 * int(request.param)))


@pytest.fixture
def friday(sqlite_ground: SqliteGround) -> Demonstration:
    return Demonstration(sqlite_ground, FRIDAY)


def test_the_product_would_accept_it_and_everybody_rostered_is_there(shown: Demonstration) -> None:
    now = shown.clock()
    ahead = Span(now, shown.moment(13))
    with Session(shown.engine) as session:
        centres = session.scalars(select(Centre).order_by(Centre.id)).all()
        for centre in centres:
            assert uncovered_of(session, centre.id, ahead, in_force(session, ahead)) == []
        rules = rules_of(standing_roster_policy(session, None))
        whole = Span(shown.moment(-8), shown.moment(15))
        people = session.scalars(select(Person.id).where(Person.role == Role.OPERATOR)).all()
        broken = [one for person in people for one in breaches_of(session, person, whole, rules)]
        assert broken == []
        assert [
            one for centre in centres for one in thin_ahead(session, centre, now, timedelta(days=12))
        ] == []
    with Session(shown.engine) as session:
        assert replay(session).differences == []
    # Rostered and there: nobody is missing in the first minute.
    shown.clock.now = now + timedelta(seconds=30)
    Absences(shown.work, KEY).look()
    with Session(shown.engine) as session:
        assert session.scalars(select(Absence)).all() == []


def test_its_calls_find_enough_seats_but_for_one_evening_three_days_ahead(shown: Demonstration) -> None:
    """By the forecast from its own sixty days, on every weekday: what the coverage page shows first."""
    now = shown.clock()
    with shown.work() as unit:
        staff = staff_by_city(unit.session)
        for contacts in plan(now, ZONE):
            write_contacts(unit.session, contacts, staff, factories.number_hash, NUMBER, now)
    recount(shown.work, now - timedelta(days=61), now)
    with Session(shown.engine) as session:
        first, second = session.scalars(select(Centre).order_by(Centre.id)).all()
        [*gaps] = gaps_ahead(session, first, now, 7)
        assert gaps, "the evening that a leave left open"
        assert all(shown.moment(3, 16) <= gap.starts_at < gap.ends_at <= shown.moment(3, 24) for gap in gaps)
        assert {(gap.missing, gap.nobody) for gap in gaps} == {(1, False)}
        span = Span(gaps[0].starts_at, gaps[-1].ends_at)
        assert free_and_rested(session, first.id, span), "somebody could be asked"
        assert gaps_ahead(session, second, now, 7) == []
        week = week_of(session, second, shown.day(0), 7, now)
        away = [hour for hour in week.days[5] if hour.by_exit]
        assert [hour.starts_at.hour for hour in away] == list(range(8)), "the night that the first city takes"
        by_number = [
            sum(hour.callers for hour in week_of(session, first, shown.day(0), 1, now, part=part).days[0])
            for part in (ALL_CALLERS, *(Part(line_id=line.id) for line in lines_of(session, first)))
        ]
        assert len(by_number) == 3
        assert sum(by_number[1:]) == pytest.approx(by_number[0], rel=0.01)
        assert by_number[1] > 3 * by_number[2] > 0, "few still dial the old number"
    reminders = Reminders(shown.work)
    reminders.look()
    with Session(shown.engine) as session:
        told = session.scalars(select(StaffNotice.starts_at).where(StaffNotice.kind == NoticeKind.GAP)).all()
        assert set(told) == {gaps[0].starts_at} or gaps[0].starts_at >= now + timedelta(days=3)


def test_its_patterns_lay_out_the_following_week_without_a_fault(friday: Demonstration) -> None:
    drafts, publishing = Drafts(friday.work, KEY), Publishing(friday.work, KEY)
    with Session(friday.engine) as session:
        centres = session.scalars(select(Centre.id).order_by(Centre.id)).all()
        boss = session.scalars(select(Person.id).where(Person.role == Role.SUPERVISOR)).first()
        assert session.scalars(select(ShiftPattern)).all()
    assert boss is not None
    for centre_id in centres:
        draft_id = drafts.begin(centre_id, friday.day(14), friday.day(20), by_id=boss)
        revision, found = publishing.preview(draft_id)
        assert (found.gaps, found.faults, found.broken, found.thin, found.holes) == ((), (), (), (), ())
        assert found.open_shifts == 2, "the evenings of the weekend wait for who signs up"
        publishing.publish(draft_id, revision, by_id=boss)
    with Session(friday.engine) as session:
        assert session.scalars(select(RosterDraft)).all() == []


def test_what_waits_for_a_supervisor_can_be_decided(friday: Demonstration) -> None:
    with Session(friday.engine) as session:
        boss = session.scalars(select(Person.id).where(Person.role == Role.SUPERVISOR)).first() or 0
        leaves = {one.state: one for one in session.scalars(select(Leave))}
        swaps = {one.state: one for one in session.scalars(select(Swap))}
        [freed] = session.scalars(select(OpenShift).where(OpenShift.reason == OpenReason.LEAVE)).all()
        span = Span(freed.starts_at, freed.ends_at)
        takes = free_and_rested(session, freed.centre_id, span)[0].person_id
        behind = [
            person.name
            for person in session.scalars(select(Person).where(Person.role == Role.OPERATOR))
            if any(one.behind for one in years_of(session, [person], friday.clock())[person.id])
        ]
    assert set(leaves) == {AskState.ASKED, AskState.GRANTED}
    Leaves(friday.work, KEY).grant(leaves[AskState.ASKED].id, by_id=boss)
    Swaps(friday.work, KEY).grant(swaps[AskState.ACCEPTED].id, by_id=boss, reason="两人已商定")
    asked = swaps[AskState.ASKED]
    assert Swaps(friday.work, KEY).accept(asked.id, asked.to_id) in (AskState.ACCEPTED, AskState.GRANTED)
    OpenShifts(friday.work, KEY).take(freed.id, takes)
    assert len(behind) == 2, "trainings are due, not of everybody"
    Reminders(friday.work).look()
    with Session(friday.engine) as session:
        kinds = set(session.scalars(select(StaffNotice.kind)))
    assert NoticeKind.REMINDER in kinds
    assert NoticeKind.NOT_ADMITTED not in kinds


def test_a_report_owns_up_to_minutes_without_anybody() -> None:
    assert covered_words(Covered(days=5, proved=4, uncovered_seconds=61), 6) == (
        "7×24覆盖：有坐席日志的5日中4日每一刻都有坐席在岗或由指定出路接听；其余合计2分无人在岗，也没有出路。"
    )
    assert covered_words(Covered(), 1) == ""


def test_past_days_are_proved_by_seats_and_by_the_exit_that_was_named(friday: Demonstration) -> None:
    leave_telephones(friday.work)
    leave_telephones(friday.work)
    with Session(friday.engine) as session:
        whole, first, second = cover_proof(session, friday.day(-4), friday.day(-1), friday.clock(), ZONE)
        assert all(day.is_proved for place in (whole, first, second) for day in place.days)
        night = second.days[2]
        assert night.day == friday.day(-2)
        named = [one for one in night.by_exit if one.cover is Cover.NAMED]
        assert sum(one.seconds for one in named) > 7.8 * 3600
        assert {one.name_zh for one in named} == {first.name_zh}
        days = friday.moment(-4), friday.moment(0)
        told = covered_of(session, *days, None), covered_of(session, *days, (second.centre_id or 0,))
        assert [(one.days, one.proved, one.uncovered_seconds) for one in told] == [(4, 4, 0.0)] * 2
        assert told[0].exit_seconds == 0.0
        assert "每一刻都有坐席在岗" in covered_words(told[1], 4), "reports say so"
        assert "其中由指定出路接听7小时" in covered_words(told[1], 4)
        assert covered_of(session, friday.moment(-40), friday.moment(-39), None).days == 0
        tonight = Span(friday.moment(0, 16), friday.moment(1, 8))
        centre = session.scalars(select(Centre.id).order_by(Centre.id)).first() or 0
        assert exits_of(session, centre, tonight, in_force(session, tonight)) == [tonight]
