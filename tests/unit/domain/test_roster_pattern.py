"""Shifts that repeat, on the wall clock of a place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.roster_cover import Span, uncovered
from hotline.domain.roster_pattern import (
    Differs,
    Pattern,
    RuleUnreadable,
    at_wall,
    every_so_many_days,
    occurrences,
    read_rule,
    weekly,
)
from models.vocabulary_roster import HolidayUse

CHINA = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
ZONES = [
    CHINA,
    BERLIN,
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Asia/Urumqi"),
]


def a_night(**changes: Any) -> Pattern:
    return replace(Pattern(weekly([1, 3]), time(20), 720, MONDAY), **changes)


def days_of(pattern: Pattern, first: date, last: date, **more: Any) -> list[str]:
    return [one.day.isoformat()[5:] for one in occurrences(pattern, first, last, CHINA, **more)]


def test_some_days_of_each_week_until_the_last() -> None:
    pattern = a_night(last_day=date(2026, 12, 2))
    assert days_of(pattern, date(2026, 11, 1), date(2026, 12, 31)) == ["11-23", "11-25", "11-30", "12-02"]
    first = occurrences(pattern, MONDAY, MONDAY, CHINA)[0]
    assert (first.starts_at, first.ends_at) == (
        datetime(2026, 11, 23, 12, tzinfo=UTC),
        datetime(2026, 11, 24, 0, tzinfo=UTC),
    )


def test_a_cycle_that_knows_no_week_and_every_second_week() -> None:
    cycle = a_night(rule=every_so_many_days(4))
    assert days_of(cycle, MONDAY, date(2026, 12, 5)) == ["11-23", "11-27", "12-01", "12-05"]
    second = a_night(rule=weekly([1], 2))
    assert days_of(second, MONDAY, date(2026, 12, 21)) == ["11-23", "12-07", "12-21"]


def test_one_date_differs_and_another_is_cancelled() -> None:
    pattern = a_night(
        person_id=1,
        exceptions={
            MONDAY: Differs(person_id=2, starts=time(22), minutes=60),
            date(2026, 11, 25): Differs(cancelled=True),
        },
    )
    [only] = occurrences(pattern, MONDAY, date(2026, 11, 29), CHINA)
    assert only.person_id == 2
    assert (only.starts_at.hour, (only.ends_at - only.starts_at).seconds) == (14, 3600)


@pytest.mark.parametrize(
    ("use", "days"),
    [
        (HolidayUse.AS_USUAL, ["11-23", "11-25"]),
        (HolidayUse.NOT_THEN, ["11-25"]),
        (HolidayUse.ONLY_THEN, ["11-23"]),
    ],
)
def test_holidays_are_as_the_pattern_says(use: HolidayUse, days: list[str]) -> None:
    pattern = a_night(holidays=use)
    assert days_of(pattern, MONDAY, date(2026, 11, 29), is_off=lambda day: day == MONDAY) == days


@pytest.mark.parametrize(
    "text", ["", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;BYHOUR=3", "every day"]
)
def test_what_is_no_rule_of_days_is_refused(text: str) -> None:
    with pytest.raises(RuleUnreadable):
        read_rule(text, MONDAY)


def test_a_night_of_the_clock_change_is_as_long_as_the_wall_says() -> None:
    def hours(day: date) -> float:
        night = Pattern(weekly([6, 7]), time(22), 480, day)
        one = occurrences(night, day, day, BERLIN)[0]
        return (one.ends_at - one.starts_at).total_seconds() / 3600

    assert hours(date(2026, 3, 28)) == 7
    assert hours(date(2026, 10, 24)) == 9
    assert hours(date(2026, 11, 28)) == 8


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.integers(0, 360),
    st.lists(st.integers(1, 95), min_size=1, max_size=4, unique=True),
)
def test_shifts_that_meet_on_the_wall_leave_no_minute_between_them_on_any_day(
    zone: ZoneInfo, day_of_year: int, cuts: list[int]
) -> None:
    """The day is cut at any quarters of an hour; each piece is a pattern of its own, for nine days."""
    first = date.fromordinal(date(2026, 1, 1).toordinal() + day_of_year)
    last = date.fromordinal(first.toordinal() + 8)
    edges = [15 * cut for cut in sorted(cuts)]
    pieces = list(zip(edges, [*edges[1:], edges[0] + 1440], strict=True))
    seats = [
        Span(one.starts_at, one.ends_at)
        for begin, end in pieces
        for one in occurrences(
            Pattern("FREQ=DAILY", time(begin // 60, begin % 60), end - begin, first), first, last, zone
        )
        if one.ends_at > one.starts_at
    ]
    begin = at_wall(first, time(edges[0] // 60, edges[0] % 60), zone)
    assert uncovered(Span(begin, at_wall(last, time(), zone)), seats) == []
