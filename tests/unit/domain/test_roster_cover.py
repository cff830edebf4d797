"""Spans of time, added and taken away; what a roster breaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.absence_rules import Called, Due, absence_over, is_absent, next_to_call
from hotline.domain.roster_cover import Span, common, merged, open_spans, thin, uncovered, without
from hotline.domain.roster_rules import Need, Seated, WorkRules, breaches, new_breaches, skill_holes
from models.vocabulary_roster import AbsenceEnd, SummonsAnswer

CHINA = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 22, 16, tzinfo=UTC)
"""Monday 00:00 in China."""


def span(begin: float, end: float) -> Span:
    """In hours from Monday midnight."""
    return Span(START + timedelta(hours=begin), START + timedelta(hours=end))


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: span(pair[0], pair[0] + pair[1])),
    max_size=8,
)


def held(some: list[Span], hour: int) -> int:
    moment = START + timedelta(hours=hour)
    return sum(one.starts_at <= moment < one.ends_at for one in some)


@settings(max_examples=150, deadline=None)
@given(spans, spans)
def test_every_hour_is_told_as_counting_hour_by_hour_tells_it(own: list[Span], other: list[Span]) -> None:
    left, both, least = without(own, other), common(own, other), thin(span(0, 96), own, 2)
    for hour in range(96):
        assert bool(held(left, hour)) == (held(own, hour) > 0 and held(other, hour) == 0)
        assert bool(held(both, hour)) == (held(own, hour) > 0 and held(other, hour) > 0)
        assert bool(held(least, hour)) == (held(own, hour) < 2)
    assert left == merged(left)


def test_a_minute_between_two_shifts_is_a_minute_without_a_seat() -> None:
    seats = [span(0, 8), Span(START + timedelta(hours=8, minutes=1), START + timedelta(hours=24))]
    [gap] = uncovered(span(0, 24), seats)
    assert gap.minutes == 1
    assert uncovered(span(0, 24), seats, [span(7, 9)]) == []


def test_a_service_is_open_by_its_hours_over_midnight_too() -> None:
    assert open_spans(["1 22:00-06:00"], span(0, 72), CHINA) == [span(22, 30)]
    assert open_spans([], span(0, 5), CHINA) == [span(0, 5)]


def test_rest_hours_of_the_week_and_nights_in_a_row_are_told_with_their_figures() -> None:
    rules = WorkRules(rest_hours=11, shift_hours=12, week_hours=44, nights_in_row=3)
    found = breaches(7, [span(0, 8), span(16, 24)], rules, CHINA)
    assert [(one.code, one.amount, one.limit) for one in found] == [("rest", 8, 11)]
    assert [one.code for one in breaches(7, [span(0, 8), span(8, 13)], rules, CHINA)] == ["shift_hours"]
    week = [span(24 * day + 8, 24 * day + 18) for day in range(5)]
    assert [(one.code, one.amount) for one in breaches(7, week, rules, CHINA)] == [("week_hours", 50)]
    nights = [span(24 * day + 22, 24 * day + 30) for day in range(4)]
    assert [one.code for one in breaches(7, nights, rules, CHINA)] == ["nights"]
    assert new_breaches(found, found) == []


def test_a_topic_of_tuesday_is_missed_on_tuesday_alone_and_by_who_has_it_then() -> None:
    need = [Need("study", ["2 18:00-21:00"])]
    tuesday_evening = span(24 + 16, 24 + 24)
    able = Seated(tuesday_evening, {"study": "2"})
    other_day = Seated(tuesday_evening, {"study": "3"})
    assert skill_holes(span(0, 96), need, [able], CHINA) == []
    [hole] = skill_holes(span(0, 96), need, [other_day], CHINA)
    assert (hole.starts_at, hole.ends_at) == (span(42, 45).starts_at, span(42, 45).ends_at)
    elsewhere = Seated(tuesday_evening, {"study": ""}, line_id=9)
    assert len(skill_holes(span(0, 96), need, [elsewhere], CHINA)) == 1


def test_who_is_late_is_absent_after_the_minutes_of_the_policy_until_the_end() -> None:
    shift = Due(1, START, START + timedelta(hours=8), seen=False)
    assert not is_absent(shift, START + timedelta(minutes=4), 5)
    assert is_absent(shift, START + timedelta(minutes=5), 5)
    assert not is_absent(shift, START + timedelta(hours=8), 5)
    assert absence_over(shift, True, START + timedelta(minutes=9)) is AbsenceEnd.STANDBY
    assert absence_over(shift, False, START + timedelta(hours=8)) is AbsenceEnd.OVER
    assert absence_over(shift, False, START + timedelta(minutes=9)) is None


def test_the_list_is_called_down_one_at_a_time_and_begins_anew() -> None:
    def called(person: int, minute: int, answer: SummonsAnswer) -> Called:
        return Called(person, START + timedelta(minutes=minute), answer)

    def at(minute: int) -> datetime:
        return START + timedelta(minutes=minute)

    assert next_to_call([4, 5], [], at(0), 3) == 4
    assert next_to_call([4, 5], [called(4, 0, SummonsAnswer.WAITING)], at(2), 3) is None
    assert next_to_call([4, 5], [called(4, 0, SummonsAnswer.WAITING)], at(3), 3) == 5
    assert next_to_call([4, 5], [called(4, 0, SummonsAnswer.DECLINED)], at(1), 3) == 5
    assert next_to_call([4, 5], [called(4, 0, SummonsAnswer.COMING)], at(30), 3) is None
    assert next_to_call([4, 5], [called(4, 0, SummonsAnswer.COMING)], at(60), 3) == 5
    both = [called(4, 0, SummonsAnswer.SILENT), called(5, 3, SummonsAnswer.SILENT)]
    assert next_to_call([4, 5], both, at(6), 3) is None
    assert next_to_call([4, 5], both, at(15), 3) == 4
    assert next_to_call([], [], at(0), 3) is None
