"""Who is called again and when; what a record of it needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotline.domain.follow_up_rules import Record, faults_of, follows, keep_standing, plan, standing_for
from models.vocabulary import RiskLevel
from models.vocabulary_after import FollowUpResult
from models.vocabulary_record import Population

NOW = datetime(2026, 11, 22, 15, 51, tzinfo=UTC)
R0, R1, R2, R3, R4 = RiskLevel
WHOLE = Record(FollowUpResult.REACHED, "心情平稳", "倾听支持", "按时睡觉", R2, "已住回家中")


def days(planned: tuple) -> list[tuple[str, int]]:
    return [(one.rule, (one.due_at - NOW).days) for one in planned]


def test_follow_ups_come_by_the_level() -> None:
    assert days(plan(R3, None, None, NOW)) == [
        ("R3-D1", 1),
        ("R3-D7", 7),
        ("R3-D30", 30),
        ("R3-D90", 90),
        ("R3-D365", 365),
    ]
    assert days(plan(R4, None, None, NOW))[0] == ("R4-D1", 1)
    assert days(plan(R2, None, None, NOW)) == [("R2-D7", 7), ("R2-D90", 90)]
    assert plan(R1, None, None, NOW) == plan(R0, Population.PUBLIC, None, NOW) == ()


@pytest.mark.parametrize(
    ("population", "harm", "rule", "after"),
    [
        (Population.RECOVERED, None, "RECOVERED-D183", 183),
        (Population.SEVERE_DISORDER, 3, "SEVERE-D14", 14),
        (Population.SEVERE_DISORDER, 5, "SEVERE-D14", 14),
        (Population.SEVERE_DISORDER, 2, "SEVERE-D90", 90),
        (Population.SEVERE_DISORDER, None, "SEVERE-D90", 90),
    ],
)
def test_some_people_are_called_at_a_standing_interval_whatever_the_level(
    population: Population, harm: int | None, rule: str, after: int
) -> None:
    assert days(plan(R1, population, harm, NOW)) == [(rule, after)]


def test_the_gap_between_two_planned_days_never_passes_the_half_year() -> None:
    """R3 plans D90 and then D365: a recovered patient is called in between."""
    after_d90 = NOW + timedelta(days=90)
    standing = standing_for(Population.RECOVERED, None)
    assert [one.due_at for one in keep_standing(standing, after_d90, [NOW + timedelta(days=365)])] == [
        after_d90 + timedelta(days=183)
    ]
    assert keep_standing(standing, NOW, [NOW + timedelta(days=90)]) == ()


@pytest.mark.parametrize("part", ["assessment", "counselling", "guidance"])
def test_a_talk_is_recorded_in_three_parts(part: str) -> None:
    record = Record(**{**vars(WHOLE), part: ""})
    assert faults_of(record, last_level=R3, tries=1, now=NOW) == [part]
    assert faults_of(WHOLE, last_level=R3, tries=1, now=NOW) == []


def test_a_lower_level_needs_a_reason_and_a_higher_one_none() -> None:
    without = Record(**{**vars(WHOLE), "rerated_why": ""})
    assert faults_of(without, last_level=R3, tries=1, now=NOW) == ["rerated_why"]
    assert faults_of(without, last_level=R1, tries=1, now=NOW) == []
    assert faults_of(Record(**{**vars(WHOLE), "rerated": None}), last_level=R3, tries=1, now=NOW) == [
        "rerated"
    ]


@pytest.mark.parametrize(("tries", "faults"), [(0, ["tries"]), (2, ["tries"]), (3, []), (4, [])])
def test_nobody_counts_as_not_reached_before_three_tries(tries: int, faults: list[str]) -> None:
    assert faults_of(Record(FollowUpResult.LOST), last_level=R3, tries=tries, now=NOW) == faults


def test_a_number_not_in_use_and_a_refusal_need_no_parts() -> None:
    for result in (FollowUpResult.DEAD_NUMBER, FollowUpResult.REFUSED):
        assert faults_of(Record(result), last_level=R4, tries=1, now=NOW) == []


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_the_next_day_is_in_the_future_and_within_a_year(offset: timedelta) -> None:
    record = Record(**{**vars(WHOLE), "next_at": NOW + offset})
    assert faults_of(record, last_level=R3, tries=1, now=NOW) == ["next_at"]


def after(record: Record, population: Population | None = None, due: tuple[datetime, ...] = ()) -> list:
    return days(
        follows(record, last_level=R2, population=population, harm_others=None, still_due=due, now=NOW)
    )


def test_a_higher_level_begins_its_own_plan_and_a_lower_one_takes_nothing_away() -> None:
    raised = Record(**{**vars(WHOLE), "rerated": R3})
    assert after(raised)[0] == ("R3-D1", 1)
    assert after(Record(**{**vars(WHOLE), "rerated": R1})) == []


def test_a_standing_interval_goes_on_until_the_person_declines_or_has_no_number() -> None:
    who = Population.RECOVERED
    assert after(WHOLE, who) == [("RECOVERED-D183", 183)]
    assert after(Record(FollowUpResult.LOST), who) == [("RECOVERED-D183", 183)]
    assert after(Record(FollowUpResult.REFUSED), who) == []
    assert after(Record(FollowUpResult.DEAD_NUMBER), who) == []
    assert after(WHOLE, who, (NOW + timedelta(days=60),)) == []


def test_a_day_chosen_by_hand_is_kept() -> None:
    chosen = Record(**{**vars(WHOLE), "next_at": NOW + timedelta(days=3)})
    assert after(chosen, Population.RECOVERED) == [("BY-HAND", 3)]
