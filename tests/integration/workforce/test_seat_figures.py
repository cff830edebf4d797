"""Figures of seats by hour, centre and person equal the board's and a recount; the day's cover is proved."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.cover_proof import Cover
from hotline.domain.local_day import ZONE, day_start, local_day
from hotline.domain.seat_time import together
from hotline.workforce.cover_proof import cover_proof
from hotline.workforce.seat_figures import Period, offers_that_rang
from hotline.workforce.seat_log import seat_histories
from hotline.workforce.standing import Scope, standing
from models.duty_requests import DutyContact
from models.network import PartnerLine
from models.notes import Note
from models.people import Person
from models.places import Centre
from models.roster import NamedExit
from models.seats import SeatEvent
from models.vocabulary import NoteState, ShiftKind
from models.vocabulary_network import PartnerKind
from models.vocabulary_roster import ExitKind
from models.workforce import Shift
from tests.factories import NOW
from tests.integration.routing.house import House
from tests.recount import recount

MORNING = day_start(NOW)
"""Midnight in China before `NOW`, which is 23:51."""


def at(hours: float) -> datetime:
    return MORNING + timedelta(hours=hours)


@pytest.fixture
def played(engine: Engine) -> tuple[House, int, int]:
    """A day: one seat here from 08:00 to 16:30 with two talks, one there from 09:00 on. Ids of the people."""
    house = House(engine)
    clock = house.stopped
    clock.now = at(8)
    _, person = house.a_ready_seat()
    clock.now = at(9)
    _, other = house.a_ready_seat(centre_id=house.other_centre_id)
    with Session(engine) as session, session.begin():
        for person_id, centre_id, begins, ends in (
            (person, house.centre_id, 7.5, 15.5),
            (other, house.other_centre_id, 9, 17),
        ):
            session.add(
                Shift(centre_id=centre_id, person_id=person_id, starts_at=at(begins), ends_at=at(ends))
            )
    for number, hour in enumerate((9.5, 10.25, 14.0)):
        clock.now = at(hour)
        call_id = house.a_caller_waits(f"CA{number}", f"1380000000{number}")
        offer = house.offer_of(call_id)
        if number == 1:
            house.offers.decline(offer.id, offer.person_id or 0)
            house.sit_down(offer.seat_id, offer.person_id or 0)
            offer = house.offer_of(call_id)
        clock.advance(seconds=8)
        house.they_talk(call_id, f"leg{number}")
        with Session(engine) as session, session.begin():
            note = Note(call_id=call_id, person_id=offer.person_id, created_at=at(9), saved_at=at(9))
            note.state = NoteState.CLOSED
            session.add(note)
        clock.advance(minutes=25)
        house.conversation.caller_left(call_id, "caller")
        clock.advance(minutes=4)
        house.wrap_up.finish(offer.person_id or 0)
        house.sit_down(offer.seat_id, offer.person_id or 0)
    clock.now = at(16.5)
    house.seats.sign_off(person)
    clock.now = NOW
    return house, person, other


def test_a_day_by_hour_and_centre_equals_the_board_and_the_recount(played: tuple[House, int, int]) -> None:
    house, _, _ = played
    with Session(house.engine) as session:
        period = Period(session, MORNING, NOW)
        places = {one.centre_id: one.use for one in period.places()}
        hours = period.hours(None)
        counted = recount(session, MORNING, NOW)
        board = standing(session, NOW)
    for scope, use in (
        (Scope(), places[None]),
        *((Scope(centre_id=c), places[c]) for c in (house.centre_id, house.other_centre_id)),
    ):
        row = board.row(scope)
        assert row is not None
        assert use.figures == row.figures
    whole = places[None]
    assert (whole.figures.received, whole.figures.answered) == (counted.received, counted.answered) == (3, 3)
    assert whole.time.occupancy == pytest.approx(counted.occupancy)
    assert whole.figures.aht_seconds == pytest.approx(counted.aht)
    assert len(hours) == 24
    assert sum(hour.figures.answered for hour in hours) == counted.answered
    for kind in ("ready", "talking", "wrap_up", "paused"):
        assert sum(getattr(hour.time, kind) for hour in hours) == pytest.approx(getattr(whole.time, kind))
    minutes = sum(hour.covered * (hour.ends_at - hour.starts_at).total_seconds() for hour in hours) / 60
    assert whole.covered * (NOW - MORNING).total_seconds() / 60 == pytest.approx(minutes)
    # The seat of 石门 sits on; before 08:00 nobody was there.
    assert minutes == pytest.approx((NOW - at(8)).total_seconds() / 60)


def test_a_persons_figures_are_their_time_their_roster_and_what_rang(played: tuple[House, int, int]) -> None:
    house, person, other = played
    with Session(house.engine) as session:
        people = session.scalars(select(Person).where(Person.id.in_((person, other)))).all()
        period, rang = Period(session, MORNING, NOW), offers_that_rang(session, MORNING, NOW)
        used = period.people(people, rang)
        hours = {one.id: period.person_by_hour(one, rang) for one in people}
        talks = recount(session, MORNING, NOW).answered
    mine = {one.person_id: one for one in used}
    assert mine[person].rostered_seconds == 8 * 3600
    assert mine[person].adherence == pytest.approx(7.5 / 8), "half an hour late; staying longer adds nothing"
    assert mine[person].signed_on_seconds == pytest.approx(8.5 * 3600)
    assert mine[other].adherence == 1
    assert sum(one.answered for one in used) == talks
    assert sum(one.rang for one in used) == talks + 1, "one offer was declined"
    assert sum(one.time.talking for one in used) == pytest.approx(3 * 25 * 60)
    assert all(one.answer_rate is not None and 0 < one.answer_rate <= 1 for one in used)
    for whole in used:
        own = hours[whole.person_id]
        assert [hour.starts_at for hour in own] == sorted({hour.starts_at for hour in own})
        for count in ("rang", "answered"):
            assert sum(getattr(hour, count) for hour in own) == getattr(whole, count)
        for length in ("signed_on_seconds", "rostered_seconds"):
            assert sum(getattr(hour, length) for hour in own) == pytest.approx(getattr(whole, length))
        for kind in ("ready", "talking", "wrap_up", "paused"):
            assert sum(getattr(hour.time, kind) for hour in own) == pytest.approx(getattr(whole.time, kind))
        kept = sum((hour.adherence or 0.0) * hour.rostered_seconds for hour in own)
        assert kept == pytest.approx((whole.adherence or 0.0) * whole.rostered_seconds)
    came = {hour.starts_at: hour for hour in hours[person]}
    assert came[at(7)].adherence == 0, "rostered from half past seven, and not there"
    assert came[at(8)].adherence == 1


def test_the_hours_of_all_people_are_the_hours_of_the_line(played: tuple[House, int, int]) -> None:
    """Person by person, hour by hour: together what the board counts of the seats, and a recount."""
    house, _, _ = played
    with Session(house.engine) as session:
        period, rang = Period(session, MORNING, NOW), offers_that_rang(session, MORNING, NOW)
        people = session.scalars(select(Person)).all()
        own = [hour for one in people for hour in period.person_by_hour(one, rang)]
        for use in period.hours(None):
            of_people = [hour for hour in own if hour.starts_at == use.starts_at]
            summed = together(hour.time for hour in of_people)
            assert summed.talking == pytest.approx(use.time.talking)
            assert summed.wrap_up == pytest.approx(use.time.wrap_up)
            assert summed.occupancy == pytest.approx(use.time.occupancy)
            counted = recount(session, use.starts_at, use.ends_at)
            assert sum(hour.answered for hour in of_people) == counted.answered


def test_a_past_day_is_told_by_the_lines_that_came_after_it(played: tuple[House, int, int]) -> None:
    """The seat of 石门 sat through until the next morning: yesterday must know it up to midnight."""
    house, _, other = played
    house.stopped.now = at(32)
    house.seats.sign_off(other)
    with Session(house.engine) as session:
        histories = seat_histories(session, MORNING, at(24))
        (there,) = [one for one in histories if one.centre_id == house.other_centre_id]
        assert there.sat[-1].span.ends_at == at(24)
        assert there.sat[-1].person_id == other
        whole, here, _ = cover_proof(session, local_day(NOW), local_day(NOW), at(32), ZONE)
    (day,) = whole.days
    assert day.seconds == 24 * 3600
    assert [(one.cover, one.starts_at, one.ends_at) for one in day.uncovered] == [
        (Cover.UNKNOWN, MORNING, at(8))
    ]
    (day,) = here.days
    assert day.seconds_by(Cover.SEAT) == pytest.approx(8.5 * 3600 - _paused(house, MORNING, at(16.5)))
    assert day.covered_seconds + day.uncovered_seconds == day.seconds


def test_exits_cover_what_no_seat_does_by_name_and_stand_apart(played: tuple[House, int, int]) -> None:
    house, person, other = played
    house.stopped.now = at(24)
    house.seats.sign_off(other)
    with Session(house.engine) as session, session.begin():
        session.add(DutyContact(person_id=person, phone="13912345678"))
        session.add(
            Shift(
                centre_id=house.centre_id,
                person_id=person,
                kind=ShiftKind.STANDBY,
                starts_at=at(24),
                ends_at=at(26),
            )
        )
        session.add(
            PartnerLine(
                name_zh="省级热线",
                name_en="Provincial line",
                kind=PartnerKind.HOTLINE,
                number="96525",
                place_code="990000",
                hours=["22:00-04:00"],
                groups=[],
                takes_overflow=True,
                active=True,
            )
        )
    with Session(house.engine) as session:
        night = local_day(at(25))
        whole, *_ = cover_proof(session, night, night, at(32), ZONE)
        name = session.get_one(Person, person).name
    (day,) = whole.days
    assert [(one.cover, one.name_en, one.seconds / 3600) for one in day.stretches] == [
        (Cover.STANDBY, name, 2),
        (Cover.PARTNER, "Provincial line", 2),
        (Cover.NOBODY, "", 4),
    ]
    assert not day.is_proved


def test_a_stand_by_without_a_telephone_is_no_exit(played: tuple[House, int, int]) -> None:
    house, person, other = played
    house.stopped.now = at(24)
    house.seats.sign_off(other)
    with Session(house.engine) as session, session.begin():
        shift = Shift(centre_id=house.centre_id, person_id=person, kind=ShiftKind.STANDBY)
        shift.starts_at, shift.ends_at = at(24), at(26)
        session.add(shift)
    with Session(house.engine) as session:
        whole, *_ = cover_proof(session, local_day(at(25)), local_day(at(25)), at(26), ZONE)
    assert [one.cover for one in whole.days[0].stretches] == [Cover.NOBODY]


def test_the_exits_that_the_roster_named_are_counted_where_somebody_answered(
    played: tuple[House, int, int],
) -> None:
    """Of a named centre what it had on duty counts; of a telephone that it is there; the rest is bare."""
    house, _, other = played
    with Session(house.engine) as session, session.begin():
        house_of = session.get_one(Centre, house.centre_id)
        house_of.standby_phone = "0990-555-8021"
        for kind, to, begins, ends in (
            (ExitKind.AGREEMENT, house.other_centre_id, 17, 25),
            (ExitKind.STANDBY_PHONE, None, 25, 27),
        ):
            session.add(
                NamedExit(
                    centre_id=house.centre_id,
                    kind=kind,
                    to_centre_id=to,
                    starts_at=at(begins),
                    ends_at=at(ends),
                    named_at=MORNING,
                )
            )
    house.stopped.now = at(24.5)
    house.seats.sign_off(other)
    with Session(house.engine) as session:
        days = local_day(MORNING), local_day(at(25))
        whole, here, there = cover_proof(session, *days, at(28), ZONE)
        name = session.get_one(Centre, house.other_centre_id).name_en
    today, night = here.days
    evening = [one for one in today.stretches if one.starts_at >= at(16.5)]
    assert [(one.cover, one.name_en, one.seconds / 3600) for one in evening] == [
        (Cover.OTHER_CENTRE, name, 0.5),
        (Cover.NAMED, name, 7),
    ]
    assert [(one.cover, one.name_en, one.seconds / 3600) for one in night.stretches] == [
        (Cover.NAMED, name, 0.5),
        (Cover.NOBODY, "", 0.5),
        (Cover.NAMED, "Stand-by phone", 2),
        (Cover.NOBODY, "", 1),
    ]
    assert night.seconds_by(Cover.SEAT) + night.exit_seconds + night.uncovered_seconds == night.seconds
    assert there.days[1].exit_seconds == 0, "it named nobody"
    assert whole.days[1].exit_seconds == 0, "the line is covered by what is named where every centre has it"


def _paused(house: House, since: datetime, until: datetime) -> float:
    """Seconds of pauses at the seat here, from the lines alone."""
    total, began = 0.0, None
    with Session(house.engine) as session:
        first = session.scalars(select(SeatEvent.seat_id).order_by(SeatEvent.id).limit(1)).one()
        lines = session.scalars(
            select(SeatEvent).where(SeatEvent.seat_id == first).order_by(SeatEvent.id)
        ).all()
    for line in lines:
        if "before" not in line.data or not since <= line.at <= until:
            continue
        if line.data["before"] == "paused" and began is not None:
            total += (line.at - began).total_seconds()
        began = line.at
    return total
