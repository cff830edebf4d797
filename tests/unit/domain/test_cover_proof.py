"""Each moment of a day is covered or named, wherever the clock stands and whenever it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.cover_proof import Cover, DayProof, day_bounds, days_between, prove
from hotline.domain.local_day import ZONE
from hotline.domain.sittings import Interval, adherence, joined

DAY = date(2026, 11, 22)
START, END = day_bounds(DAY, ZONE)
LONG_AGO = START - timedelta(days=400)
LATER = END + timedelta(days=1)
NAMES = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Gaza", "UTC")
ZONES = [ZoneInfo(name) for name in NAMES]
GivenDay = tuple[date, ZoneInfo, list[list[Interval]], dict[Cover, list[Interval]], datetime]


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
        elsewhere=[(at(19), at(21))],
        exits={Cover.STANDBY: [(at(20), at(23))], Cover.PARTNER: [(at(22), at(23.5))]},
    )
    assert [(one.cover, one.seconds / 3600) for one in found.stretches] == [
        (Cover.SEAT, 20),
        (Cover.OTHER_CENTRE, 1),
        (Cover.STANDBY, 2),
        (Cover.PARTNER, 0.5),
        (Cover.NOBODY, 0.5),
    ]


def test_what_was_before_the_log_began_is_not_proved_and_what_is_ahead_is_no_part() -> None:
    found = prove(DAY, ZONE, at(10), centre_id=None, seats=[[(at(4), at(10))]], log_began=at(4))
    assert found is not None
    assert [(one.cover, one.seconds / 3600) for one in found.stretches] == [
        (Cover.UNKNOWN, 4),
        (Cover.SEAT, 6),
    ]
    assert prove(DAY, ZONE, at(-1), centre_id=None, seats=[], log_began=None) is None


@st.composite
def _days(
    draw: st.DrawFn,
) -> tuple[date, ZoneInfo, list[list[Interval]], dict[Cover, list[Interval]], datetime]:
    zone = draw(st.sampled_from(ZONES))
    # Every day of a year: those on which clocks change are among them.
    day = date(2018, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    start, end = day_bounds(day, zone)
    seconds = st.integers(-7200, 27 * 3600)

    def intervals() -> list[Interval]:
        pairs = draw(st.lists(st.tuples(seconds, seconds), max_size=4))
        return [(start + timedelta(seconds=min(p)), start + timedelta(seconds=max(p))) for p in pairs]

    seats = [intervals() for _ in range(draw(st.integers(0, 3)))]
    exits = {Cover.STANDBY: intervals(), Cover.PARTNER: intervals()}
    now = end + timedelta(seconds=draw(st.integers(-80_000, 10)))
    return day, zone, seats, exits, now


@given(_days(), st.integers(-7200, 80_000))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_covered_and_uncovered_make_the_day_in_any_zone_and_on_any_day(
    given_day: GivenDay, began: int
) -> None:
    day, zone, seats, exits, now = given_day
    start, end = day_bounds(day, zone)
    log_began = start + timedelta(seconds=began)
    found = prove(day, zone, now, centre_id=None, seats=seats, exits=exits, log_began=log_began)
    until = min(end, now)
    if until <= start:
        assert found is None
        return
    assert found is not None
    assert found.covered_seconds + found.uncovered_seconds == (until - start).total_seconds()
    assert (found.stretches[0].starts_at, found.stretches[-1].ends_at) == (start, until)
    for one, following in pairwise(found.stretches):
        assert one.ends_at == following.starts_at
        assert (one.cover, one.least) != (following.cover, following.least)
    for second in range(0, int((until - start).total_seconds()), 1801):
        moment = start + timedelta(seconds=second)
        somebody = any(a <= moment < b for seat in seats for a, b in seat)
        exit_open = any(a <= moment < b for way in exits.values() for a, b in way)
        (here,) = [one for one in found.stretches if one.starts_at <= moment < one.ends_at]
        assert here.cover.is_covered is (somebody or exit_open)


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
