"""Whatever is drafted, published, swapped, granted or ended: no accepted roster leaves a minute with neither
a seat nor an exit, in zones with and without summer time. The test counts by itself, minute by minute."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.workforce.errors import Refused
from models.duty_requests import DutyContact
from models.places import Centre
from models.roster import DraftShift, NamedExit, OpenShift
from models.vocabulary import ShiftKind
from models.vocabulary_roster import AskState, ExitKind, LeaveKind, OpenState
from models.workforce import Shift
from tests.fakes import StoppedClock
from tests.grounds import SqliteGround
from tests.roster_kit import Rostering

DAYS = 2
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


def minutes_without(roster: Rostering, begin: datetime, end: datetime) -> list[datetime]:
    """Counted from the rows alone: a seat, a stand-by with a telephone, or an exit at every minute."""
    with Session(roster.engine) as session:
        shifts = session.scalars(select(Shift).where(Shift.centre_id == roster.centre_id)).all()
        phones = {one.person_id for one in session.scalars(select(DutyContact)) if one.phone}
        exits = session.scalars(select(NamedExit).where(NamedExit.centre_id == roster.centre_id)).all()
    held = [(one.starts_at, one.ends_at) for one in shifts if one.kind is ShiftKind.SEAT]
    held += [
        (one.starts_at, one.ends_at)
        for one in shifts
        if one.kind is ShiftKind.STANDBY and one.person_id in phones
    ]
    held += [(one.starts_at, one.ends_at) for one in exits]
    found, moment = [], begin
    while moment < end:
        if not any(start <= moment < stop for start, stop in held):
            found.append(moment)
        moment += timedelta(minutes=1)
    return found


def a_step(roster: Rostering, chance: random.Random) -> Callable[[], object]:
    """One thing that somebody asks for, sensible or not."""
    shifts = roster.all_shifts()
    people, boss = roster.people, roster.supervisor
    with Session(roster.engine) as session:
        open_ = session.scalars(select(OpenShift.id).where(OpenShift.state == OpenState.OPEN)).all()
        exits = session.scalars(select(NamedExit.id)).all()
    begin = roster.at(0, chance.randrange(0, 24 * DAYS))
    end = begin + timedelta(hours=chance.choice((1, 4, 8)))
    one, other = chance.choice(shifts), chance.choice(shifts)

    def leave() -> object:
        asked = roster.leaves.ask(chance.choice(people), LeaveKind.OTHER, begin, end)
        return roster.leaves.grant(asked, by_id=boss)

    def swap() -> object:
        back = other.id if other.person_id != one.person_id and chance.random() < 0.7 else None
        to = other.person_id if back else chance.choice(people)
        asked = roster.swaps.ask(one.id, to, back, from_id=one.person_id)
        if roster.swaps.accept(asked, to) is AskState.ACCEPTED:
            roster.swaps.grant(asked, by_id=boss, reason="说好了")
        return asked

    def exit_() -> object:
        return roster.exits.name(roster.centre_id, ExitKind.STANDBY_PHONE, begin, end, by_id=boss)

    def republish() -> object:
        draft = roster.drafts.begin(
            roster.centre_id,
            begin.date(),
            (begin + timedelta(days=chance.randrange(0, 2))).date(),
            by_id=boss,
        )
        try:
            with Session(roster.engine) as session:
                rows = session.scalars(select(DraftShift.id)).all()
            for row in chance.sample(rows, min(len(rows), chance.randrange(0, 2))):
                roster.drafts.remove(draft, row)
            return roster.publish(draft)
        except Refused:
            roster.drafts.discard(draft, by_id=boss)
            raise

    steps: list[Callable[[], object]] = [
        leave,
        leave,
        swap,
        swap,
        republish,
        exit_,
        lambda: roster.shifts.remove(one.id, by_id=boss),
        lambda: roster.contacts.save(people[4], chance.choice(("", "13912345678")), ""),
    ]
    if open_:
        steps.append(lambda: roster.open_shifts.take(chance.choice(open_), chance.choice(people), by_id=boss))
    if exits:
        steps.append(lambda: roster.exits.end(chance.choice(exits), by_id=boss))
    return chance.choice(steps)


# Without shrinking: a history of ten steps shrinks for minutes, and zone and seed play it again as they are.
@settings(max_examples=14, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.sampled_from(ZONES), st.integers(0, 10**6))
def test_no_accepted_roster_leaves_a_minute_with_neither_seat_nor_exit(
    sqlite_ground: SqliteGround, zone: str, seed: int
) -> None:
    chance = random.Random(seed)
    roster = Rostering(sqlite_ground.fresh()[0], zone)
    roster.clock.advance(hours=-16)  # Monday has begun nowhere
    with Session(roster.engine) as session, session.begin():
        session.get_one(Centre, roster.centre_id).standby_phone = "0990-555-8021"
    roster.contacts.save(roster.people[4], "13912345678", "")
    wanted = [
        roster.wanted(roster.people[(day + n) % 4], day, 8 * n, 8 * n + 8)
        for day in range(DAYS)
        for n in range(3)
    ]
    wanted.append(roster.wanted(roster.people[4], 0, 4, 12, ShiftKind.STANDBY))
    roster.publish(roster.a_draft(DAYS, *wanted))
    begin, end = roster.at(0, 0), roster.at(DAYS, 0)
    assert minutes_without(roster, begin, end) == []
    accepted = 0
    for _ in range(10):
        try:
            a_step(roster, chance)()
            accepted += 1
        except Refused:
            continue
        assert minutes_without(roster, begin, end) == []
    assert roster.audited().count("roster.publish") >= 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_the_night_of_the_clock_change_is_published_without_a_missing_minute(
    sqlite_ground: SqliteGround, zone: str
) -> None:
    """Patterns of eight hours around the clock, over both changes of 2027."""
    roster = Rostering(sqlite_ground.fresh()[0], zone)
    for n, starts in enumerate(("06:00", "14:00", "22:00")):
        roster.a_pattern(name=starts, person_id=roster.people[n], starts=starts, minutes=480)
    days = (date(2027, 3, 12), date(2027, 3, 28), date(2027, 10, 30), date(2027, 11, 6))
    for day in days:
        roster.clock = StoppedClock(datetime.fromisoformat(f"{day - timedelta(days=4)}T12:00+00:00"))
        draft = roster.drafts.begin(
            roster.centre_id, day - timedelta(days=1), day + timedelta(days=2), by_id=roster.supervisor
        )
        _revision, found = roster.publishing.preview(draft)
        first = [gap for gap in found.gaps if gap.starts_at > found.window.starts_at]
        assert first == [], "the first hours before the first shift alone are empty"
        roster.drafts.discard(draft, by_id=roster.supervisor)
