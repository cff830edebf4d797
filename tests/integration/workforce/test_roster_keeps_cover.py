"""Whatever is drafted, published, swapped, granted, called for or ended: no accepted roster leaves a minute
with neither a seat nor an exit, over two weeks, in zones with and without summer time. It counts itself."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span
from hotline.workforce.directory import Directory
from hotline.workforce.drafts import WantedShift
from hotline.workforce.errors import Refused
from hotline.workforce.summons import Summoning
from models.duty_requests import DutyContact, Summons
from models.network import OverflowAgreement
from models.places import Centre
from models.roster import DraftShift, NamedExit, OpenShift, RosterDraft
from models.vocabulary import ShiftKind
from models.vocabulary_roster import AskState, ExitKind, LeaveKind, OpenState, SummonsAnswer
from models.workforce import Shift
from tests.factories import a_person
from tests.fakes import StoppedClock
from tests.grounds import SqliteGround
from tests.roster_kit import KEY, Rostering

CENTRE, NUMBER = st.integers(0, 1), st.integers(0, 10**6)
HOUR, LENGTH = st.integers(0, 24 * 14), st.sampled_from((1, 4, 8, 24, 60))
DAYS = 14
PLACES = (
    ("Asia/Shanghai", date(2026, 11, 23)),
    ("Europe/Berlin", date(2026, 10, 19)),
    ("America/New_York", date(2027, 3, 8)),
    ("Australia/Lord_Howe", date(2027, 3, 29)),
    ("America/Santiago", date(2027, 8, 30)),
)
"""Two weeks each, with the night in them on which the clocks change: an hour back, an hour forward, half an
hour, and a midnight that does not exist; China has none. The second centre keeps China's clock."""
PHONE = "13912345678"
MINUTE = timedelta(minutes=1)


def minutes_without(roster: Rostering, centre_id: int) -> int:
    """Of the two weeks, counted from the rows alone, minute by minute: no seat, no stand-by with a telephone,
    no named exit behind which somebody is."""
    begin, end = roster.at(0, 0, centre_id), roster.at(DAYS, 0, centre_id)

    def minutes(spans: Iterable[tuple[datetime, datetime]]) -> NDArray[np.bool_]:
        held = np.zeros((end - begin) // MINUTE, dtype=bool)
        for start, stop in spans:
            # A minute that is covered in part is not covered.
            held[max(0, -((begin - start) // MINUTE)) : max(0, (stop - begin) // MINUTE)] = True
        return held

    with Session(roster.engine) as session:
        shifts = session.scalars(select(Shift)).all()
        phones = {one.person_id for one in session.scalars(select(DutyContact)) if one.phone}
        exits = session.scalars(select(NamedExit).where(NamedExit.centre_id == centre_id)).all()
        telephone = session.get_one(Centre, centre_id).standby_phone

    def seats(of: int) -> NDArray[np.bool_]:
        rows = [one for one in shifts if one.centre_id == of and one.kind is ShiftKind.SEAT]
        return minutes((one.starts_at, one.ends_at) for one in rows)

    held = seats(centre_id)
    held |= minutes(
        (one.starts_at, one.ends_at)
        for one in shifts
        if one.centre_id == centre_id and one.kind is ShiftKind.STANDBY and one.person_id in phones
    )
    for one in exits:
        named = minutes([(one.starts_at, one.ends_at)])
        if one.to_centre_id is not None:
            held |= named & seats(one.to_centre_id)
        elif telephone:
            held |= named
    return int((~held).sum())


class AnybodyAsks(RuleBasedStateMachine):
    """Two weeks of two centres, published from patterns; then whatever people ask for, sensible or not."""

    ground: ClassVar[SqliteGround]

    @initialize(place=st.sampled_from(PLACES))
    def two_weeks_are_published(self, place: tuple[str, date]) -> None:
        zone, monday = place
        self.roster = roster = Rostering(self.ground.fresh()[0], zone, monday)
        roster.clock.advance(hours=-40)  # Monday has begun nowhere
        self.centres = (roster.centre_id, roster.other_id)
        with Session(roster.engine) as session, session.begin():
            session.get_one(Centre, roster.centre_id).standby_phone = "0990-555-8021"
            session.add(OverflowAgreement(from_centre_id=roster.centre_id, to_centre_id=roster.other_id))
            third = a_person(session, centre=session.get_one(Centre, roster.other_id), name="辛").id
        roster.contacts.save(roster.people[4], PHONE, "")
        self.people = {roster.centre_id: roster.people, roster.other_id: [*roster.elsewhere, third]}
        for centre_id in self.centres:
            for n, starts in enumerate(("00:00", "08:00", "16:00")):
                person = self.people[centre_id][n]
                roster.a_pattern(
                    centre_id=centre_id, name=starts, person_id=person, starts=starts, minutes=480
                )
        roster.a_pattern(person_id=roster.people[4], kind=ShiftKind.STANDBY, starts="04:00", minutes=480)
        for centre_id in self.centres:
            roster.publish(roster.a_draft(DAYS, centre_id=centre_id))

    def tries(self, step: Callable[[], object]) -> None:
        with contextlib.suppress(Refused):
            step()

    def person(self, centre: int, n: int) -> int:
        people = self.people[self.centres[centre]]
        return people[n % len(people)]

    def shift(self, n: int) -> Shift:
        shifts = self.roster.all_shifts()
        return shifts[n % len(shifts)]

    def ids(self, query: Select[tuple[int]]) -> Sequence[int]:
        with Session(self.roster.engine) as session:
            return session.scalars(query).all()

    def span(self, hour: int, length: int) -> tuple[datetime, datetime]:
        begin = self.roster.at(0, hour)
        return begin, begin + timedelta(hours=length)

    @rule(centre=CENTRE, n=NUMBER, hour=HOUR, length=LENGTH)
    def leave(self, centre: int, n: int, hour: int, length: int) -> None:
        leaves, boss = self.roster.leaves, self.roster.supervisor

        def step() -> None:
            asked = leaves.ask(self.person(centre, n), LeaveKind.OTHER, *self.span(hour, length))
            leaves.grant(asked, by_id=boss)

        self.tries(step)

    @rule(n=NUMBER, m=NUMBER, back=st.booleans())
    def swap(self, n: int, m: int, back: bool) -> None:
        swaps = self.roster.swaps
        one, other = self.shift(n), self.shift(m)
        to = other.person_id if back else self.person(self.centres.index(one.centre_id), m)

        def step() -> None:
            asked = swaps.ask(one.id, to, other.id if back else None, from_id=one.person_id)
            if swaps.accept(asked, to) is AskState.ACCEPTED:
                swaps.grant(asked, by_id=self.roster.supervisor, reason="说好了")

        self.tries(step)

    @rule(n=NUMBER)
    def a_shift_is_taken_out(self, n: int) -> None:
        self.tries(lambda: self.roster.shifts.remove(self.shift(n).id, by_id=self.roster.supervisor))

    @rule(by_phone=st.booleans(), hour=HOUR, length=LENGTH)
    def an_exit_is_named(self, by_phone: bool, hour: int, length: int) -> None:
        kind = ExitKind.STANDBY_PHONE if by_phone else ExitKind.AGREEMENT
        roster, to = self.roster, None if by_phone else self.centres[1]
        self.tries(
            lambda: roster.exits.name(
                self.centres[0], kind, *self.span(hour, length), by_id=roster.supervisor, to_centre_id=to
            )
        )

    @rule(n=NUMBER)
    def an_exit_is_ended(self, n: int) -> None:
        exits = self.ids(select(NamedExit.id).order_by(NamedExit.id))
        if exits:
            exit_id = exits[n % len(exits)]
            self.tries(lambda: self.roster.exits.end(exit_id, by_id=self.roster.supervisor))

    @rule(n=NUMBER, centre=CENTRE, m=NUMBER)
    def an_open_shift_is_given(self, n: int, centre: int, m: int) -> None:
        open_ = self.ids(select(OpenShift.id).where(OpenShift.state == OpenState.OPEN).order_by(OpenShift.id))
        if open_:
            boss, person = self.roster.supervisor, self.person(centre, m)
            open_id = open_[n % len(open_)]
            self.tries(lambda: self.roster.open_shifts.take(open_id, person, by_id=boss, reason="缺人"))

    @rule(hour=HOUR, length=LENGTH)
    def the_stand_by_is_called_for_a_gap_and_says_yes(self, hour: int, length: int) -> None:
        summoning = Summoning(self.roster.work, KEY)

        def step() -> None:
            span = Span(*self.span(hour, length))
            summoning.call_standby(self.centres[0], span, by_id=self.roster.supervisor)
            for summons in self.ids(select(Summons.id).where(Summons.answer == SummonsAnswer.WAITING)):
                summoning.answer(summons, True)

        self.tries(step)

    @rule(phone=st.sampled_from(("", PHONE)))
    def the_stand_by_changes_the_telephone(self, phone: str) -> None:
        self.tries(lambda: self.roster.contacts.save(self.roster.people[4], phone, ""))

    @rule(phone=st.sampled_from((None, "0990-555-8021")))
    def the_centre_changes_its_telephone(self, phone: str | None) -> None:
        directory = Directory(self.roster.work, KEY)
        boss = self.roster.supervisor
        self.tries(
            lambda: directory.change_centre(
                self.centres[0], by_id=boss, minimum_seats=1, standby_phone=phone, keep_phone=False
            )
        )

    @rule(
        centre=CENTRE,
        first=st.integers(0, DAYS - 1),
        days=st.integers(1, 9),
        without=st.lists(NUMBER, max_size=2),
        to_nobody=st.booleans(),
    )
    def some_days_are_published_anew(
        self, centre: int, first: int, days: int, without: list[int], to_nobody: bool
    ) -> None:
        roster, centre_id = self.roster, self.centres[centre]
        begin = roster.monday + timedelta(days=first)
        last = min(begin + timedelta(days=days - 1), roster.monday + timedelta(days=DAYS - 1))
        draft = roster.drafts.begin(centre_id, begin, last, by_id=roster.supervisor)

        def step() -> None:
            rows = list(self.ids(select(DraftShift.id).order_by(DraftShift.id)))
            for n in without:
                if rows:
                    row_id = rows.pop(n % len(rows))
                    if to_nobody:
                        roster.drafts.change(draft, row_id, self.given_to_nobody(row_id))
                    else:
                        roster.drafts.remove(draft, row_id)
            roster.publish(draft)

        self.tries(step)
        if self.ids(select(RosterDraft.id)):
            roster.drafts.discard(draft, by_id=roster.supervisor)

    def given_to_nobody(self, row_id: int) -> WantedShift:
        with Session(self.roster.engine) as session:
            row = session.get_one(DraftShift, row_id)
            return WantedShift(None, row.kind, row.starts_at, row.ends_at)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.roster.clock.advance(hours=hours)

    @invariant()
    def no_minute_is_without_a_seat_or_an_exit(self) -> None:
        if hasattr(self, "roster"):
            for centre_id in self.centres:
                assert minutes_without(self.roster, centre_id) == 0


@pytest.mark.timeout(180)
def test_no_accepted_roster_leaves_a_minute_with_neither_seat_nor_exit(sqlite_ground: SqliteGround) -> None:
    AnybodyAsks.ground = sqlite_ground
    # Without shrinking: a history of two weeks shrinks for minutes, and its steps are printed as they are.
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        AnybodyAsks,
        settings=settings(
            max_examples=int(os.environ.get("HOTLINE_ROSTER_HISTORIES", "10")),
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


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
