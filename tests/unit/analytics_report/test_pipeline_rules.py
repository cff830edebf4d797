from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.days import HOTLINE_ZONE, bounds_of, day_of
from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import in_series, issue_of, problem_of
from analytics.steps.detect import _Alarm, without_duplicates
from analytics.steps.extreme_events import extreme_event
from analytics.steps.marks import marks_in
from analytics.steps.stress import StressContact, strongest_cluster
from analytics.understand import LexiconRiskMarker
from models.vocabulary import Problem

DAY = date(2026, 11, 20)
TREE = PlaceTree({"99": None, "9901": "99", "990101": "9901", "990102": "9901", "000000": None})


def stress(hours: float, person: str) -> StressContact:
    return StressContact(datetime(2026, 11, 20, 6, tzinfo=UTC) + timedelta(hours=hours), DAY, person)


def alarm(upper: float, *persons: str) -> _Alarm:
    return _Alarm(0, frozenset(persons), upper)


def test_three_persons_in_six_hours_at_one_place_are_a_possible_stress_event() -> None:
    cluster = strongest_cluster([stress(0, "a"), stress(2, "b"), stress(5, "c")], DAY, 56)
    assert cluster is not None
    assert cluster.observed == 3
    assert cluster.p_value < 0.001


def test_one_person_who_rings_three_times_is_none() -> None:
    assert strongest_cluster([stress(0, "a"), stress(1, "a"), stress(2, "a")], DAY, 56) is None


def test_three_persons_over_a_day_are_none() -> None:
    assert strongest_cluster([stress(0, "a"), stress(7, "b"), stress(14, "c")], DAY, 56) is None


def test_three_persons_are_nothing_new_where_many_ring_so_each_day() -> None:
    usual = [
        StressContact(
            datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=d), DAY - timedelta(days=d), f"{d}-{n}"
        )
        for d in range(1, 57)
        for n in range(8)
    ]
    assert strongest_cluster([*usual, stress(0, "a"), stress(2, "b"), stress(5, "c")], DAY, 56) is None


def test_a_county_s_alarm_explains_the_city_s_and_the_province_s() -> None:
    alarms = {
        ("problem:N", "990101"): alarm(2, "a", "b", "c", "d"),
        ("problem:N", "9901"): alarm(3, "a", "b", "c", "d", "e"),
        ("problem:N", "99"): alarm(3, "a", "b", "c", "d", "e"),
    }
    assert without_duplicates(alarms, TREE) == {("problem:N", "990101")}


def test_a_city_keeps_its_alarm_when_its_counties_do_not_explain_it() -> None:
    alarms = {
        ("problem:N", "990101"): alarm(2, "a", "b", "c"),
        ("problem:N", "9901"): alarm(3, "a", "b", "c", "d", "e", "f", "g"),
    }
    assert without_duplicates(alarms, TREE) == set(alarms)


def test_an_issue_explains_its_problem_category() -> None:
    alarms = {
        ("issue:7", "990101"): alarm(2, "a", "b", "c", "d"),
        ("problem:N", "990101"): alarm(3, "a", "b", "c", "d", "e"),
        ("problem:S", "990101"): alarm(1, "x", "y", "z"),
    }
    assert without_duplicates(alarms, TREE) == {("issue:7", "990101"), ("problem:S", "990101")}


def test_a_contact_counts_in_every_place_above_it_and_the_unknown_place_in_none() -> None:
    assert pooled_codes(TREE, "990102") == ("990102", "9901", "99")
    assert pooled_codes(TREE, "000000") == ("000000",)
    assert pooled_codes(TREE, "445566") == ("000000",)
    assert TREE.within("9901") == {"9901", "990101", "990102"}
    assert not TREE.covers("990101", "9901")


def test_a_day_begins_at_midnight_of_the_hotline_s_clock() -> None:
    assert day_of(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)) == DAY
    start, end = bounds_of(DAY, HOTLINE_ZONE)
    assert (start, end - start) == (datetime(2026, 11, 19, 16, 0, tzinfo=UTC), timedelta(days=1))


@pytest.mark.parametrize(
    "text", ["小区有人坠楼，目睹现场后害怕", "工厂爆炸，很多人受伤", "学校门口有人持刀伤人"]
)
def test_words_of_an_extreme_event_are_marked(text: str) -> None:
    assert extreme_event(text) is not None


@pytest.mark.parametrize("text", ["最近没有发生火灾", "心里的火都快压不住了", "孩子不肯上学"])
def test_ordinary_words_are_no_extreme_event(text: str) -> None:
    assert extreme_event(text) is None


def test_marks_carry_the_level_that_the_words_ask_for() -> None:
    levels = {
        text: max((int(m.level) for m in marks_in(LexiconRiskMarker(), text)), default=0)
        for text in ("我站在楼顶，想跳下去", "我准备自杀", "我不想活了", "我儿子说他不想活", "今天累死了")
    }
    assert list(levels.values()) == [4, 3, 2, 1, 0]


def test_a_series_is_named_by_issue_or_problem() -> None:
    assert issue_of("issue:12") == 12
    assert issue_of("problem:N") is None
    assert problem_of("problem:N") is Problem.WORK
    with pytest.raises(ValueError, match="series"):
        in_series("anything")
