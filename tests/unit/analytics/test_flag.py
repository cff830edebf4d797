"""Counts of persons and what is unusual in them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.flag import (
    ContactRow,
    DetectionSettings,
    benjamini_hochberg,
    count_persons,
    detect,
    merge_episodes,
)

START = date(2024, 1, 1)


def contact(number: int, day: int, person: str | None = None, **more: object) -> ContactRow:
    values: dict[str, object] = {"topic": "1", "place": "120101", **more}
    return ContactRow(f"c{number}", day=START + timedelta(day), person=person, **values)  # type: ignore[arg-type]


def test_a_person_counts_once_a_week_and_every_call_is_shown() -> None:
    rows = [contact(1, 0, "a"), contact(2, 1, "a"), contact(3, 8, "a"), contact(4, 1, "b"), contact(5, 1)]
    series = count_persons(rows, START, START + timedelta(9))
    assert series.counts[0].tolist() == [1, 2, 0, 0, 0, 0, 0, 0, 1, 0]
    assert series.calls.sum(1).tolist() == [5]
    assert series.members[0, 1] == ("c2", "c4", "c5")


def test_order_and_repetition_change_no_count() -> None:
    rows = [contact(number, number % 5, f"p{number % 3}") for number in range(12)]
    there = count_persons(rows, START, START + timedelta(9))
    back = count_persons([*reversed(rows), *rows], START, START + timedelta(9))
    assert np.array_equal(there.counts, back.counts)
    assert there.members == back.members


def test_follow_ups_outbound_wrong_and_test_calls_are_out() -> None:
    rows = [
        contact(1, 0, call_type="06"),
        contact(2, 0, call_type="11"),
        contact(3, 0, outbound=True),
        contact(4, 0, test=True),
        contact(5, 0, place=None),
    ]
    series = count_persons(rows, START, START)
    assert [key.place for key in series.keys] == ["unknown"]
    assert series.counts.tolist() == [[1]]


def _history(weekly: float, days: int = 730, seed: int = 5) -> tuple[np.ndarray, list[date]]:
    counts = np.random.default_rng(seed).poisson(weekly / 7, (1, days)).astype(np.int32)
    return counts, [START + timedelta(day) for day in range(days)]


def test_a_burst_is_an_alarm_and_an_ordinary_week_is_none() -> None:
    counts, days = _history(7.0)
    counts[0, -7:] = 1
    assert not detect(counts, days).alarm[0, 0]
    counts[0, -3:] = 8
    answer = detect(counts, days)
    assert answer.alarm[0, 0]
    assert answer.observed[0, 0] > answer.upper[0, 0] > answer.expected[0, 0]


def test_a_topic_that_never_was_is_noticed_with_few_persons_and_called_new() -> None:
    counts = np.zeros((1, 400), np.int32)
    counts[0, -3:] = (2, 1, 2)
    answer = detect(counts, [START + timedelta(day) for day in range(400)])
    assert answer.alarm[0, 0]
    assert answer.new_topic[0, 0]
    counts[0, -3:] = (0, 0, 1)
    assert not detect(counts, [START + timedelta(day) for day in range(400)]).alarm[0, 0]


@pytest.mark.parametrize(
    ("days", "asked_before", "alarm"),
    [(730, 0, True), (730, 4, False), (40, 0, False)],
    ids=["nobody rang in a year", "some rang in the year", "counting has only begun"],
)
def test_two_persons_are_enough_for_a_topic_without_a_past_and_for_no_other(
    days: int, asked_before: int, alarm: bool
) -> None:
    counts = np.zeros((1, days), np.int32)
    counts[0, [-4, -1]] = 1
    counts[0, 10 : 10 + asked_before] = 1
    counts[0, -200 : -200 + asked_before] = 1
    answer = detect(counts, [START + timedelta(day) for day in range(days)])
    assert bool(answer.alarm[0, 0]) is alarm
    assert (answer.observed[0, 0] > answer.upper[0, 0]) == alarm


def test_a_lone_pair_among_a_thousand_quiet_series_is_no_alarm() -> None:
    counts = np.zeros((1000, 730), np.int32)
    counts[0, [-4, -1]] = 1
    answer = detect(counts, [START + timedelta(day) for day in range(730)])
    assert not answer.alarm.any()
    assert answer.score[0, 0] > 2.5


def test_cutting_the_future_changes_nothing_before_it() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(1.5, (6, 500)).astype(np.int32)
    days = [START + timedelta(day) for day in range(500)]
    whole = detect(counts, days, evaluate=120)
    for cut in (1, 17, 60):
        part = detect(counts[:, :-cut], days[:-cut], evaluate=30)
        assert np.allclose(part.score, whole.score[:, 120 - cut - 30 : 120 - cut], rtol=1e-9)
        assert np.array_equal(part.alarm, whole.alarm[:, 120 - cut - 30 : 120 - cut])


def test_days_with_gaps_are_refused() -> None:
    with pytest.raises(ValueError, match="consecutive"):
        detect(np.zeros((1, 2), np.int32), [START, START + timedelta(2)])


def test_a_series_with_a_day_of_history_gets_an_answer() -> None:
    answer = detect(np.ones((2, 1), np.int32), [START], settings=DetectionSettings())
    assert np.isfinite(answer.p).all()
    assert not answer.alarm.any()


def test_q_values_follow_benjamini_and_hochberg() -> None:
    q = benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5]))
    assert np.allclose(q, [0.04, 0.04 * 4 / 3, 0.04 * 4 / 3, 0.5])


def test_alarms_a_week_apart_are_one_episode() -> None:
    alarm = np.zeros((1, 40), bool)
    alarm[0, [2, 3, 9, 30]] = True
    score = np.arange(40, dtype=float)[None, :]
    assert [(e.first, e.last, e.peak) for e in merge_episodes(alarm, score)] == [(2, 9, 9), (30, 30, 30)]


@pytest.mark.parametrize(("least", "raised"), [(2, True), (3, False)])
def test_from_which_person_a_topic_that_nobody_rang_about_is_judged_is_the_authoritys_to_set(
    least: int, raised: bool
) -> None:
    days = [START + timedelta(day) for day in range(400)]
    counts = np.random.default_rng(4).poisson(0.2, (60, 400)).astype(np.int32)
    counts[0] = 0
    counts[0, -2:] = 1
    answer = detect(counts, days, settings=DetectionSettings(minimum_persons_unheard=least))
    assert answer.alarm[0, 0] is np.bool_(raised)
    assert answer.upper[0, 0] == least - 1
