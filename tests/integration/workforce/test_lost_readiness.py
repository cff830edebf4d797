"""Who loses training or the confidentiality agreement covers nothing: the gap is seen and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.readiness import refused_for
from hotline.domain.roster_cover import Span
from hotline.routing.admission import papers_of, will_be_admitted
from hotline.routing.duty import somebody_is_rostered
from hotline.workforce.absences import _standing_by
from hotline.workforce.accounts import Accounts, PersonalFile
from hotline.workforce.coverage import coverage_now
from hotline.workforce.errors import HoursUncovered, ShiftRefused
from hotline.workforce.exits import candidates
from hotline.workforce.needed import week_of
from hotline.workforce.reminders import Reminders
from hotline.workforce.roster_facts import unable
from hotline.workforce.training import Entry, Trainings
from models.duty_requests import StaffNotice
from models.people import Person
from models.places import Centre
from models.readiness import Admission, TrainingRecord
from models.vocabulary import Role, ShiftKind
from models.vocabulary_readiness import AdmissionState, TrainingKind, TrainingResult
from models.vocabulary_roster import NoticeKind
from models.workforce import Shift
from tests.factories import NOW
from tests.roster_kit import KEY, MONDAY, Rostering


@pytest.fixture
def roster(engine: Engine) -> Rostering:
    return Rostering(engine)


def loses_the_agreement(roster: Rostering, person_id: int) -> None:
    """As an administrator empties the date on the person's page."""
    with Session(roster.engine) as session:
        person = session.get_one(Person, person_id)
        file = PersonalFile(person.name, person.role, person.centre_id, None, person.trained_at, None)
    Accounts(roster.work, KEY, str).change(person_id, file, by_id=roster.supervisor)


def told(roster: Rostering, kind: NoticeKind) -> list[tuple[int, datetime | None]]:
    with Session(roster.engine) as session:
        rows = session.scalars(select(StaffNotice).where(StaffNotice.kind == kind).order_by(StaffNotice.id))
        return [(row.person_id, row.starts_at) for row in rows]


def shifts_of(roster: Rostering, person_id: int) -> Sequence[Shift]:
    return [one for one in roster.all_shifts() if one.person_id == person_id]


def test_a_lost_agreement_leaves_gaps_that_are_seen_told_and_no_longer_counted(roster: Rostering) -> None:
    roster.a_covered_week()
    person, first = roster.people[0], roster.at(0, 0)
    own = shifts_of(roster, person)
    assert own
    assert roster.empty(first, roster.at(7, 0)) == []

    loses_the_agreement(roster, person)

    gaps = roster.empty(first, roster.at(7, 0))
    assert sum(gap.minutes for gap in gaps) == sum(8 * 60 for _ in own)
    with Session(roster.engine) as session:
        assert unable(session, roster.centre_id, Span(first, roster.at(7, 0))) == {one.id for one in own}
        centre = session.get_one(Centre, roster.centre_id)
        week = week_of(session, centre, MONDAY, 7, roster.clock())
        hours = {hour.starts_at: hour.rostered for day in week.days for hour in day}
        assert hours[own[0].starts_at] == 0
        cover = coverage_now(session, own[0].starts_at)
        assert [one.rostered for one in cover.centres] == [0, 0]
        assert not somebody_is_rostered(session, own[0].starts_at)

    Reminders(roster.work).look()
    near = [one.starts_at for one in own if one.starts_at <= roster.clock() + timedelta(days=3)]
    assert sorted(told(roster, NoticeKind.NOT_ADMITTED)) == sorted(
        (who, at) for at in near for who in (person, roster.supervisor)
    )
    assert told(roster, NoticeKind.GAP), "the gap that they leave is warned of as any other"
    Reminders(roster.work).look()
    assert len(told(roster, NoticeKind.NOT_ADMITTED)) == 2 * len(near), "once each"


def test_what_another_roster_rests_on_is_still_kept_and_the_lost_shift_may_go(roster: Rostering) -> None:
    """The hours of who lost admission are empty already: to take them out empties nothing more."""
    roster.a_covered_week()
    person = roster.people[0]
    loses_the_agreement(roster, person)
    roster.shifts.remove(shifts_of(roster, person)[0].id, by_id=roster.supervisor)
    other = next(one for one in roster.all_shifts() if one.person_id != person)
    with pytest.raises(HoursUncovered):
        roster.shifts.remove(other.id, by_id=roster.supervisor)


def test_a_draft_that_still_names_them_is_refused_and_another_person_mends_it(roster: Rostering) -> None:
    roster.a_covered_week(days=2)
    person = roster.people[0]
    loses_the_agreement(roster, person)
    draft = roster.a_draft(2)
    with pytest.raises(ShiftRefused) as refused:
        roster.publish(draft)
    assert "no_confidentiality" in str(refused.value.details)


def test_a_voided_training_takes_the_shifts_out_of_the_count_and_a_new_one_brings_them_back(
    roster: Rostering,
) -> None:
    roster.a_covered_week()
    person = roster.people[1]
    trainings = Trainings(roster.work, KEY)
    with Session(roster.engine) as session, session.begin():
        session.get_one(Person, person).trained_at = None
    passed = Entry(
        TrainingKind.PRE_SERVICE, "岗前", NOW - timedelta(days=30), 40, TrainingResult.PASSED, None, ""
    )
    trainings.record([person], passed, by_id=roster.supervisor)
    span = roster.at(0, 0), roster.at(7, 0)
    assert roster.empty(*span) == []
    with Session(roster.engine) as session:
        record = session.scalars(select(TrainingRecord.id)).one()
    trainings.void(record, by_id=roster.supervisor)
    assert roster.empty(*span) != []
    trainings.record([person], replace(passed, title="岗前补训"), by_id=roster.supervisor)
    assert roster.empty(*span) == []


def test_a_stand_by_who_may_not_answer_is_no_exit_and_is_not_called(roster: Rostering) -> None:
    person = roster.people[4]
    roster.contacts.save(person, "13912345678", "")
    wanted = [roster.wanted(roster.people[n], 0, 8 * n, 8 * n + 8) for n in range(2)]
    roster.publish(roster.a_draft(1, *wanted, roster.wanted(person, 0, 16, 24, ShiftKind.STANDBY)))
    evening = roster.at(0, 16), roster.at(0, 24)
    assert roster.empty(*evening) == []
    loses_the_agreement(roster, person)
    assert [(gap.starts_at, gap.ends_at) for gap in roster.empty(*evening)] == [evening]
    with Session(roster.engine) as session:
        assert _standing_by(session, roster.centre_id, roster.at(0, 17)) == []
        assert candidates(session, roster.centre_id, Span(*evening)) == []


def test_a_supervisors_leave_makes_the_shift_count_again_to_its_end(roster: Rostering) -> None:
    roster.a_covered_week()
    person = roster.people[0]
    loses_the_agreement(roster, person)
    shift = shifts_of(roster, person)[0]
    with Session(roster.engine) as session, session.begin():
        leave = Admission(person_id=person, lacks=[], state=AdmissionState.GRANTED, until=shift.ends_at)
        session.add(leave)
    assert roster.empty(shift.starts_at, shift.ends_at) == []
    following = shifts_of(roster, person)[1]
    assert roster.empty(following.starts_at, following.ends_at) != []


def test_the_condition_of_a_roster_says_what_the_rule_of_the_queue_says(roster: Rostering) -> None:
    """Every mixture of dates, account, role and leave, beside `refused_for` at the begin of the shift."""
    roster.a_covered_week(days=1)
    shift = roster.all_shifts()[0]
    start = shift.starts_at
    dates = (None, start - timedelta(days=1), start, start + timedelta(hours=1))
    leaves = (None, start, shift.ends_at)
    with Session(roster.engine) as session:
        person = session.get_one(Person, shift.person_id)
        asked = select(Shift.id).where(Shift.id == shift.id, will_be_admitted())
        for trained, signed, until, active in product(dates, dates, leaves, (True, False)):
            person.trained_at, person.confidentiality_signed_at, person.active = trained, signed, active
            leave = None
            if until is not None:
                leave = Admission(person_id=person.id, lacks=[], state=AdmissionState.GRANTED, until=until)
                session.add(leave)
            session.flush()
            wanted = not refused_for(papers_of(session, person), start)
            assert (session.scalar(asked) is not None) is wanted, (trained, signed, until, active)
            if leave is not None:
                session.delete(leave)
        person.active, person.trained_at, person.confidentiality_signed_at = True, start, start
        person.role = Role.OFFICIAL
        session.flush()
        assert session.scalar(asked) is None, "who answers no calls any more"
        session.rollback()
