"""Each moment of a day is covered or named, wherever the clock stands and whenever it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.cover_proof import Cover, DayProof, WayOut, day_bounds, days_between, prove
from hotline.domain.local_day import ZONE
from hotline.domain.sittings import Interval, adherence, joined

DAY = date(2026, 11, 22)
START, END = day_bounds(DAY, ZONE)
LONG_AGO = START - timedelta(days=400)
LATER = END + timedelta(days=1)
NAMES = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Gaza", "UTC")
ZONES = [ZoneInfo(name) for name in NAMES]
GivenDay = tuple[date, ZoneInfo, list[list[Interval]], list[WayOut], datetime]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def proof(seats: list[list[Interval]], now: datetime = LATER, **more: object) -> DayProof:
    found = prove(DAY, ZONE, now, centre_id=1, seats=seats, log_began=LONG_AGO, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_day_with_a_seat_at_every_moment_is_proved() -> None:
    found = proof([[(at(-1), at(9))], [(at(8), at(30))]])
    assert found.is_proved
    assert found.covered_seconds == 24 * 3600
    assert found.below(2) == 23 * 3600, "two sat there for one hour"


def test_the_moments_without_anybody_are_named_to_the_second() -> None:
    gap = timedelta(seconds=5)
    found = proof([[(at(0), at(2))], [(at(2) + gap, at(24))]])
    assert not found.is_proved
    (named,) = found.uncovered
    assert (named.starts_at, named.seconds, named.cover) == (at(2), 5, Cover.NOBODY)


def test_an_exit_covers_what_no_seat_does_and_stands_apart() -> None:
    found = proof(
        [[(at(0), at(20))]],
        ways=[
            WayOut(Cover.NAMED, "省热线", "Provincial line", [(at(19), at(20.5))]),
            WayOut(Cover.OTHER_CENTRE, "石门", "Shimen", [(at(19), at(21))]),
            WayOut(Cover.STANDBY, "备一", "First", [(at(20), at(22))]),
            WayOut(Cover.STANDBY, "备二", "Second", [(at(21), at(23))]),
            WayOut(Cover.PARTNER, "青少年", "Youth line", [(at(22), at(23.5))]),
        ],
    )
    assert [(one.cover, one.name_en, one.seconds / 3600) for one in found.stretches] == [
        (Cover.SEAT, "", 20),
        (Cover.NAMED, "Provincial line", 0.5),
        (Cover.OTHER_CENTRE, "Shimen", 0.5),
        (Cover.STANDBY, "First", 1),
        (Cover.STANDBY, "Second", 1),
        (Cover.PARTNER, "Youth line", 0.5),
        (Cover.NOBODY, "", 0.5),
    ]
    assert (found.seconds_by(Cover.SEAT), found.exit_seconds, found.uncovered_seconds) == (
        20 * 3600,
        3.5 * 3600,
        1800,
    )


def test_what_was_before_the_log_began_is_not_proved_and_what_is_ahead_is_no_part() -> None:
    found = prove(DAY, ZONE, at(10), centre_id=None, seats=[[(at(4), at(10))]], log_began=at(4))
    assert found is not None
    assert [(one.cover, one.seconds / 3600) for one in found.stretches] == [
        (Cover.UNKNOWN, 4),
        (Cover.SEAT, 6),
    ]
    assert prove(DAY, ZONE, at(-1), centre_id=None, seats=[], log_began=None) is None


@st.composite
def _days(draw: st.DrawFn) -> GivenDay:
    zone = draw(st.sampled_from(ZONES))
    # Every day of a year: those on which clocks change are among them.
    day = date(2018, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    start, end = day_bounds(day, zone)
    seconds = st.integers(-7200, 27 * 3600)

    def intervals() -> list[Interval]:
        pairs = draw(st.lists(st.tuples(seconds, seconds), max_size=4))
        return [(start + timedelta(seconds=min(p)), start + timedelta(seconds=max(p))) for p in pairs]

    seats = [intervals() for _ in range(draw(st.integers(0, 3)))]
    ways = [WayOut(cover, cover, cover, intervals()) for cover in (Cover.NAMED, Cover.STANDBY, Cover.PARTNER)]
    now = end + timedelta(seconds=draw(st.integers(-80_000, 10)))
    return day, zone, seats, ways, now


@given(_days(), st.integers(-7200, 80_000))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_covered_and_uncovered_make_the_day_in_any_zone_and_on_any_day(
    given_day: GivenDay, began: int
) -> None:
    day, zone, seats, ways, now = given_day
    start, end = day_bounds(day, zone)
    log_began = start + timedelta(seconds=began)
    found = prove(day, zone, now, centre_id=None, seats=seats, ways=ways, log_began=log_began)
    until = min(end, now)
    if until <= start:
        assert found is None
        return
    assert found is not None
    by_seat = found.seconds_by(Cover.SEAT)
    assert by_seat + found.exit_seconds == found.covered_seconds
    assert found.covered_seconds + found.uncovered_seconds == (until - start).total_seconds()
    assert (found.stretches[0].starts_at, found.stretches[-1].ends_at) == (start, until)
    for one, following in pairwise(found.stretches):
        assert one.ends_at == following.starts_at
        assert (one.cover, one.least, one.name_zh) != (following.cover, following.least, following.name_zh)
    for second in range(0, int((until - start).total_seconds()), 1801):
        moment = start + timedelta(seconds=second)
        somebody = any(a <= moment < b for seat in seats for a, b in seat)
        open_ = [way for way in ways if any(a <= moment < b for a, b in way.intervals)]
        (here,) = [one for one in found.stretches if one.starts_at <= moment < one.ends_at]
        assert here.cover.is_covered is (somebody or bool(open_))
        assert (here.cover is Cover.SEAT) is somebody
        if here.cover.is_exit:
            assert here.name_zh == open_[0].name_zh, "the exit that is tried first"


def test_days_follow_each_other_without_a_hole_when_clocks_change() -> None:
    for zone in ZONES:
        bounds = [day_bounds(day, zone) for day in days_between(date(2018, 1, 1), date(2018, 12, 31))]
        assert all(one[1] == following[0] for one, following in pairwise(bounds))
        hours = {(end - start) / timedelta(hours=1) for start, end in bounds}
        assert hours <= {23, 23.5, 24, 24.5, 25}
    assert day_bounds(date(2018, 10, 28), ZoneInfo("Europe/Berlin"))[0] == datetime(
        2018, 10, 27, 22, tzinfo=UTC
    )


def test_adherence_counts_rostered_time_alone_and_pauses_as_presence() -> None:
    shift = [(at(8), at(16))]
    assert adherence([(at(8.5), at(12)), (at(12), at(18))], shift) == 7.5 / 8
    assert adherence([(at(0), at(24))], shift) == 1
    assert adherence([(at(0), at(8))], shift) == 0
    assert adherence([(at(0), at(8))], []) is None
    assert joined([(at(3), at(4)), (at(1), at(2)), (at(2), at(3)), (at(5), at(5))]) == [(at(1), at(4))]
