from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.days import HOTLINE_ZONE, bounds_of, day_of
from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import in_series, issue_of, population_of, problem_of, series_of
from analytics.steps.alarms import Alarm, choose
from analytics.steps.extreme_events import extreme_event
from analytics.steps.marks import marks_in
from analytics.steps.stress import StressContact, clusters_of, strongest_cluster
from analytics.understand import LexiconRiskMarker
from models.vocabulary_record import Population, Problem

DAY = date(2026, 11, 20)
TREE = PlaceTree({"99": None, "9901": "99", "990101": "9901", "990102": "9901", "000000": None})


def stress(hours: float, person: str) -> StressContact:
    return StressContact(datetime(2026, 11, 20, 6, tzinfo=UTC) + timedelta(hours=hours), DAY, person)


def alarm(upper: float, *persons: str) -> Alarm:
    return Alarm(0, frozenset(persons), upper)


def chosen(alarms: dict[tuple[str, str], Alarm]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    return {choice.key: choice.explains for choice in choose(alarms, TREE)}


def test_three_persons_in_six_hours_at_one_place_are_a_possible_stress_event() -> None:
    cluster = strongest_cluster([stress(0, "a"), stress(2, "b"), stress(5, "c")], DAY, 56)
    assert cluster is not None
    assert cluster.observed == 3
    assert cluster.p_value < 0.001


def test_one_person_who_rings_three_times_is_none() -> None:
    assert strongest_cluster([stress(0, "a"), stress(1, "a"), stress(2, "a")], DAY, 56) is None


def test_three_persons_over_a_day_are_none() -> None:
    assert strongest_cluster([stress(0, "a"), stress(7, "b"), stress(14, "c")], DAY, 56) is None


def test_contacts_of_a_county_and_of_its_city_cluster_in_the_city_and_never_in_the_province() -> None:
    near = [("990101", stress(0, "a")), ("990101", stress(1, "b")), ("9901", stress(2, "c"))]
    assert set(clusters_of(near, DAY, 56, TREE)) == {"9901"}
    county = [("990101", stress(n, name)) for n, name in enumerate("abc")]
    assert set(clusters_of([*county, ("9901", stress(3, "d"))], DAY, 56, TREE)) == {"990101"}
    both = [*county, *[("990102", stress(n, name)) for n, name in enumerate("xyz")]]
    assert set(clusters_of(both, DAY, 56, TREE)) == {"9901"}
    spread = [("990101", stress(0, "a")), ("9901", stress(1, "b")), ("99", stress(2, "c"))]
    assert clusters_of(spread, DAY, 56, TREE) == {}
    assert set(clusters_of([("000000", contact) for _, contact in county], DAY, 56, TREE)) == {"000000"}


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
    assert chosen(alarms) == {("problem:N", "990101"): [("problem:N", "99"), ("problem:N", "9901")]}


def test_a_city_is_named_when_its_county_does_not_explain_it() -> None:
    alarms = {
        ("problem:N", "990101"): alarm(2, "a", "b", "c"),
        ("problem:N", "9901"): alarm(3, "a", "b", "c", "d", "e", "f", "g"),
    }
    assert chosen(alarms) == {("problem:N", "9901"): [("problem:N", "990101")]}


def test_two_counties_that_rise_together_are_one_signal_of_their_city() -> None:
    alarms = {
        ("problem:N", "990101"): alarm(2, "a", "b", "c"),
        ("problem:N", "990102"): alarm(2, "d", "e", "f"),
        ("problem:N", "9901"): alarm(3, "a", "b", "c", "d", "e", "f"),
        ("problem:N", "99"): alarm(4, "a", "b", "c", "d", "e", "f"),
    }
    assert chosen(alarms) == {
        ("problem:N", "9901"): [("problem:N", "99"), ("problem:N", "990101"), ("problem:N", "990102")]
    }
    del alarms["problem:N", "9901"], alarms["problem:N", "99"]
    assert set(chosen(alarms)) == set(alarms), "without an alarm above them they stand alone"


def test_a_population_explains_its_problem_and_the_general_public_never_does() -> None:
    alarms = {
        ("problem:M", "990101"): alarm(2, "a", "b", "c", "d"),
        ("problem:M:P19", "990101"): alarm(1, "a", "b", "c"),
        ("problem:M:P23", "990102"): alarm(1, "x", "y", "z"),
        ("problem:M", "990102"): alarm(1, "x", "y", "z"),
    }
    assert chosen(alarms) == {
        ("problem:M:P19", "990101"): [("problem:M", "990101")],
        ("problem:M", "990102"): [("problem:M:P23", "990102")],
    }


def test_populations_that_do_not_explain_their_problem_or_are_several_are_named_by_it() -> None:
    alarms = {
        ("problem:M:P19", "990101"): alarm(1, "a", "b", "c"),
        ("problem:M", "990101"): alarm(2, "a", "b", "c", "d", "e", "f"),
    }
    assert chosen(alarms) == {("problem:M", "990101"): [("problem:M:P19", "990101")]}
    alarms["problem:M:P12", "990101"] = alarm(1, "d", "e", "f")
    assert chosen(alarms) == {
        ("problem:M", "990101"): [("problem:M:P12", "990101"), ("problem:M:P19", "990101")]
    }


def test_an_issue_explains_its_problem_category() -> None:
    alarms = {
        ("issue:7", "990101"): alarm(2, "a", "b", "c", "d"),
        ("problem:N", "990101"): alarm(3, "a", "b", "c", "d", "e"),
        ("problem:S", "990101"): alarm(1, "x", "y", "z"),
    }
    assert chosen(alarms) == {
        ("issue:7", "990101"): [("problem:N", "990101")],
        ("problem:S", "990101"): [],
    }


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
    assert problem_of("problem:N") is problem_of("problem:N:P19") is Problem.WORK
    assert (population_of("problem:N"), population_of("problem:N:P19")) == (None, Population.STUDENT)
    assert series_of(12, "N", None) == ("issue:12", "problem:N", "problem:N:P99")
    assert series_of(None, None, "P19") == ()
    with pytest.raises(ValueError, match="series"):
        in_series("anything")
