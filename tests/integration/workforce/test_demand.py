"""What the line was asked for: counted from the calls alone, the same however often it is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.workforce.demand import catch_up, demand_of, quarter_of, recount
from hotline.workforce.needed import Hour, WeekOfCentre, week_of
from hotline.workforce.needed_parts import ALL_CALLERS, Part, lines_of, skills_of
from hotline.workforce.rising_issues import more_a_day
from hotline.workforce.roster_policy import DEFAULTS, SWITCHES
from models.call_back_words import CallDirection
from models.calls import Call
from models.demand import QuarterCount, standing_staffing
from models.network import PhoneLine
from models.places import Centre
from models.roster import RosterPolicy, SkillNeed
from models.skills import PersonSkill
from models.surveillance import Signal
from models.unit_of_work import UnitOfWork
from models.vocabulary import CallOutcome, CallState, ShiftKind
from models.vocabulary_surveillance import SignalKind, SignalState
from models.workforce import Shift
from tests import factories

ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 16, 7, tzinfo=UTC)
"""Just after midnight of the hotline's Monday."""
MONDAY = date(2026, 11, 23)


class House:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine, expire_on_commit=False) as session:
            factories.a_province(session)
            factories.an_organisation(session)
            self.centre = factories.a_centre(session)
            self.person = factories.a_person(session, centre=self.centre)
            session.commit()

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, lambda: NOW, lambda _told, _rows: None)

    def called(
        self, at: datetime, waited: int, *, talked: int = 0, outcome: CallOutcome | None = None
    ) -> None:
        answered = at + timedelta(seconds=waited) if talked else None
        with Session(self.engine) as session:
            session.add(
                Call(
                    carrier_sid=f"CA{len(session.scalars(select(Call)).all()):032x}",
                    number_dialled="12356",
                    caller_hash="x" * 64,
                    centre_id=self.centre.id,
                    state=CallState.ENDED,
                    state_since=at,
                    arrived_at=at,
                    answered_at=answered,
                    ended_at=at + timedelta(seconds=waited + talked),
                    outcome=outcome or (CallOutcome.ANSWERED if talked else CallOutcome.ABANDONED),
                )
            )
            session.commit()

    def counts(self) -> list[tuple[datetime, int, int, int, float, float]]:
        with Session(self.engine) as session:
            rows = session.scalars(select(QuarterCount).order_by(QuarterCount.starts_at)).all()
            return [
                (r.starts_at, r.callers, r.answered, r.gave_up, r.waited_seconds, r.handle_seconds)
                for r in rows
            ]


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def test_callers_are_counted_by_the_quarter_of_their_arrival(house: House) -> None:
    quarter = quarter_of(NOW - timedelta(hours=3))
    house.called(quarter + timedelta(seconds=10), 20, talked=600)
    house.called(quarter + timedelta(seconds=899), 90)
    house.called(quarter + timedelta(seconds=900), 5, talked=60)
    house.called(quarter + timedelta(seconds=30), 4)  # hung up before anybody could answer
    house.called(quarter + timedelta(seconds=40), 60, outcome=CallOutcome.LIMITED)
    recount(house.work, quarter, NOW)
    assert house.counts() == [
        (quarter, 2, 1, 1, 110.0, 600.0),
        (quarter + timedelta(seconds=900), 1, 1, 0, 5.0, 60.0),
    ]


def test_calls_of_ours_to_people_are_no_demand(house: House) -> None:
    house.called(NOW - timedelta(hours=1), 30, talked=60)
    with Session(house.engine) as session:
        session.scalars(select(Call)).one().direction = CallDirection.OUTBOUND
        session.commit()
    assert recount(house.work, NOW - timedelta(hours=2), NOW) == 0


def test_counting_again_changes_nothing_and_mends_what_came_late(house: House) -> None:
    house.called(NOW - timedelta(hours=5), 20, talked=600)
    catch_up(house.work)
    first = house.counts()
    catch_up(house.work)
    assert house.counts() == first
    house.called(NOW - timedelta(hours=30), 20, talked=600)
    catch_up(house.work)
    assert sum(row[1] for row in house.counts()) == 2


def test_the_first_count_takes_in_the_whole_history(house: House) -> None:
    house.called(NOW - timedelta(days=100), 20, talked=600)
    house.called(NOW - timedelta(days=3), 20, talked=600)
    assert catch_up(house.work) == 2


def test_a_history_stands_in_the_hotlines_own_days(house: House) -> None:
    evening = datetime(2026, 11, 21, 23, 50, tzinfo=ZONE)
    house.called(evening, 20, talked=600)
    house.called(evening + timedelta(minutes=20), 20, talked=600)
    catch_up(house.work)
    with Session(house.engine) as session:
        found = demand_of(session, house.centre.id, MONDAY, ZONE, standing_staffing(session))
    assert (found.first_day, found.counts.shape) == (date(2026, 11, 21), (2, 96))
    assert (found.counts[0, 95], found.counts[1, 0], found.counts.sum()) == (1, 1, 2)
    assert not found.knows_its_own
    assert found.workload.patience_seconds is None


def test_work_and_patience_are_learnt_once_there_are_grounds(house: House) -> None:
    for n in range(40):
        house.called(NOW - timedelta(hours=10, minutes=n), 30, talked=1200)
    for n in range(20):
        house.called(NOW - timedelta(hours=20, minutes=n), 90)
    catch_up(house.work)
    with Session(house.engine) as session:
        found = demand_of(session, None, MONDAY, ZONE, standing_staffing(session))
    assert found.knows_its_own
    assert found.workload.handle_seconds == pytest.approx(1200)
    assert found.workload.patience_seconds == pytest.approx((40 * 30 + 20 * 90) / 20)


def test_a_week_tells_each_hour_and_joins_the_hours_that_lack_seats(house: House) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=ZONE)
    with Session(house.engine) as session:
        for start, end in ((0, 4), (0, 12), (6, 24), (4, 24)):
            session.add(
                Shift(
                    centre_id=house.centre.id,
                    person_id=house.person.id,
                    kind=ShiftKind.SEAT,
                    starts_at=midnight + timedelta(hours=start),
                    ends_at=midnight + timedelta(hours=end),
                )
            )
        session.commit()
        centre = session.get_one(Centre, house.centre.id)
        week = week_of(session, centre, MONDAY, 2, NOW)
        richer = week_of(session, centre, MONDAY, 2, NOW, more_seats=1)
    assert [hour.rostered for hour in week.days[0]] == [2] * 6 + [3] * 6 + [2] * 12
    assert all(hour.needed >= centre.minimum_seats for day in week.days for hour in day)
    assert all(hour.rostered == 0 for hour in week.days[1])
    gaps = week.gaps(NOW)
    assert (gaps[-1].nobody, len(gaps[-1].hours)) == (True, 24)
    assert gaps[-1].ends_at == midnight + timedelta(days=2)
    assert {h.starts_at for g in gaps for h in g.hours} == {
        h.starts_at for day in week.days for h in day if h.missing
    }
    for poorer_day, richer_day in zip(week.days, richer.days, strict=True):
        for fewer, more in zip(poorer_day, richer_day, strict=True):
            assert more.rostered == fewer.rostered + 1
            assert more.expected.answered_in_time >= fewer.expected.answered_in_time


def test_a_number_and_a_language_are_reckoned_by_their_share_beside_the_seats_that_serve_them(
    house: House,
) -> None:
    """A seat rostered for the old number alone serves neither the new one nor whoever speaks Mongolian there;
    a rule wants somebody for Mongolian on Monday evening, however few call."""
    midnight = datetime(2026, 11, 23, tzinfo=ZONE)
    for n in range(40):
        house.called(NOW - timedelta(hours=10, minutes=n), 30, talked=1200)
    catch_up(house.work)
    with Session(house.engine) as session:
        centre = session.get_one(Centre, house.centre.id)
        new, old = (
            PhoneLine(number=number, name_zh=number, name_en=number) for number in ("12356", "02200000000")
        )
        session.add_all([new, old])
        speaks = factories.a_person(session, centre=centre, login="mn")
        session.add(PersonSkill(person_id=speaks.id, skill="mn"))
        session.add(SkillNeed(centre_id=centre.id, skill="mn", hours=["1 18:00-20:00"]))
        session.flush()
        for n, call in enumerate(session.scalars(select(Call).order_by(Call.id))):
            call.line_id = old.id if n % 4 == 0 else new.id
            call.language = "mn" if n % 10 == 0 else "zh"
        for person, line_id in ((house.person.id, old.id), (speaks.id, None)):
            session.add(
                Shift(
                    centre_id=centre.id,
                    person_id=person,
                    line_id=line_id,
                    starts_at=midnight,
                    ends_at=midnight + timedelta(hours=24),
                )
            )
        session.flush()
        assert [line.number for line in lines_of(session, centre)] == ["12356", "02200000000"]
        assert skills_of(session, centre) == ["mn"]

        def day(part: Part) -> tuple[Hour, ...]:
            return week_of(session, centre, MONDAY, 1, NOW, part=part).days[0]

        whole, by_new, by_old, mongolian = (
            day(part) for part in (ALL_CALLERS, Part(new.id), Part(old.id), Part(skill="mn"))
        )
        session.rollback()
    callers = [sum(hour.callers for hour in hours) for hours in (whole, by_new, by_old, mongolian)]
    assert callers[1] / callers[0] == pytest.approx(30.5 / 41)
    assert callers[2] / callers[0] == pytest.approx(10.5 / 41)
    assert callers[3] / callers[0] == pytest.approx(0.1)
    assert [hours[0].rostered for hours in (whole, by_new, by_old, mongolian)] == [2, 1, 2, 1]
    assert all(part.needed <= hour.needed for part, hour in zip(by_old, whole, strict=True))
    assert all(hour.needed >= 1 for hour in mongolian[18:20])


def test_where_nobody_speaks_a_wanted_language_its_hours_alone_lack_a_seat(house: House) -> None:
    with Session(house.engine) as session:
        centre = session.get_one(Centre, house.centre.id)
        session.add(SkillNeed(centre_id=centre.id, skill="mn", hours=["1 18:30-20:00"]))
        session.flush()
        week = week_of(session, centre, MONDAY, 1, NOW, part=Part(skill="mn"))
        session.rollback()
    assert [hour.missing for hour in week.days[0]] == [0] * 18 + [1, 1] + [0] * 4


def test_a_centre_keeps_its_own_clock(house: House) -> None:
    """Two hours west: its midnight is two hours later, and so is the end of each day of its history."""
    house.called(datetime(2026, 11, 21, 23, 50, tzinfo=ZONE), 20, talked=600)
    catch_up(house.work)
    with Session(house.engine) as session:
        centre = session.get_one(Centre, house.centre.id)
        session.add(
            RosterPolicy(centre_id=centre.id, time_zone="Asia/Urumqi", set_at=NOW, **DEFAULTS, **SWITCHES)
        )
        session.flush()
        week = week_of(session, centre, MONDAY, 1, NOW)
        session.rollback()
    assert week.days[0][0].starts_at == datetime(2026, 11, 23, 2, tzinfo=ZONE)
    assert week.history_days == 1, "there it is Sunday still"


def a_signal(state: SignalState, place: str, observed: int, **other: object) -> Signal:
    values: dict[str, object] = {
        "kind": SignalKind.PROMINENT_ISSUE,
        "series": "total",
        "onset_day": MONDAY,
        "last_day": MONDAY,
        "expected": 7.0,
        "upper": 12.0,
        "p_value": 0.001,
        "q_value": 0.01,
        "history_days": 60,
        "method": "test",
        "method_version": "1",
        "raised_at": NOW,
        "due_at": NOW,
    }
    return Signal(state=state, place_code=place, observed=observed, **{**values, **other})


def test_a_verified_rise_of_the_place_adds_its_callers_until_the_level_knows_them(house: House) -> None:
    last_week = MONDAY - timedelta(days=8)
    with Session(house.engine) as session:
        centre = session.get_one(Centre, house.centre.id)
        plain = week_of(session, centre, MONDAY, 1, NOW)
        session.add_all(
            [
                a_signal(SignalState.VERIFIED, "990100", 35),
                a_signal(SignalState.VERIFIED, "990102", 21),  # a county of it: the same rise
                a_signal(SignalState.NEW, "990100", 70, series="family"),
                a_signal(SignalState.VERIFIED, "990200", 70, series="study"),
                a_signal(SignalState.VERIFIED, "990100", 70, series="old", last_day=last_week),
            ]
        )
        session.flush()
        assert more_a_day(session, "990100", MONDAY) == pytest.approx((35 - 7) / 7)
        later = MONDAY + timedelta(days=7)
        assert more_a_day(session, "990100", later) == pytest.approx(4 * 0.5**0.5), "half of a half-life"
        richer = week_of(session, centre, MONDAY, 1, NOW)
        session.rollback()

    def callers(week: WeekOfCentre) -> float:
        return sum(hour.callers for day in week.days for hour in day)

    assert callers(richer) == pytest.approx(callers(plain) + richer.rising_a_day)
    assert richer.rising_a_day > 3
