"""From callers to seats: targets met, never by one too many, and the rules of the notices kept."""

from __future__ import annotations

import pytest

from hotline.domain.needed_seats import (
    ServiceTarget,
    Workload,
    answering_seats,
    at_work,
    expected_of,
    isolation_site_workers,
    needed_by_hour,
    needed_seats,
)

TALK = Workload(handle_seconds=30 * 60, patience_seconds=120)
ENDLESS = Workload(handle_seconds=30 * 60, patience_seconds=None)
TARGET = ServiceTarget()


@pytest.mark.parametrize("work", [TALK, ENDLESS])
@pytest.mark.parametrize("callers", [0.05, 0.4, 1.0, 3.7, 12.0, 80.0])
def test_so_many_meet_the_target_and_one_fewer_does_not(callers: float, work: Workload) -> None:
    seats = answering_seats(callers, work, TARGET)
    assert expected_of(callers, seats, work, TARGET).answered_in_time >= TARGET.share
    if seats > 1:
        # Callers are rounded up to two digits: judged at what was asked for, a hundredth may lie between.
        fewer = expected_of(callers * 1.1, seats - 1, work, TARGET).answered_in_time
        assert fewer < TARGET.share


def test_the_target_of_a_published_call_centre_is_met_with_its_published_seats() -> None:
    """100 calls in half an hour, 3 minutes each, 80 % within 20 s: 14 seats, the usual example."""
    work = Workload(handle_seconds=180, patience_seconds=None)
    target = ServiceTarget(20, 0.80, shrinkage=0.0, least_seats=1, keeps_from=0)
    assert answering_seats(50, work, target) == 14
    assert expected_of(50, 14, work, target).answered_in_time == pytest.approx(0.888, abs=0.001)
    # With 30 % of the hour not at the telephone: 20 people.
    assert needed_seats(50, work, ServiceTarget(20, 0.80, 0.30, 1, 0)) == 20


def test_the_least_stands_even_when_nobody_calls() -> None:
    assert needed_seats(0, TALK, TARGET) == 2
    assert needed_by_hour([0.0] * 96, TALK, TARGET) == (2,) * 24


def test_an_hour_needs_what_its_busiest_quarter_needs() -> None:
    quarters = [0.2, 0.2, 6.0, 0.2] + [0.2] * 4
    first, second = needed_by_hour(quarters, TALK, TARGET)
    assert first == needed_seats(6.0, TALK, TARGET) > second


def test_one_more_is_kept_for_danger_from_five_seats_on() -> None:
    plain = ServiceTarget(shrinkage=0.0, keeps_from=0)
    keeping = ServiceTarget(shrinkage=0.0, keeps_from=5)
    assert answering_seats(0.4, TALK, plain) < 5
    assert needed_seats(0.4, TALK, keeping) == needed_seats(0.4, TALK, plain)
    assert answering_seats(3.0, TALK, plain) >= 5
    assert needed_seats(3.0, TALK, keeping) == needed_seats(3.0, TALK, plain) + 1


def test_more_seats_never_answer_fewer() -> None:
    shares = [expected_of(4.0, seats, TALK, TARGET).answered_in_time for seats in range(1, 20)]
    assert shares == sorted(shares)
    assert expected_of(4.0, 0, TALK, TARGET).answered == 0.0


def test_a_load_above_the_seats_without_patience_answers_what_they_can() -> None:
    expected = expected_of(3.0, 3, ENDLESS, TARGET)
    assert expected.answered_in_time == 0.0
    assert expected.answered == pytest.approx(0.5)


def test_who_is_rostered_is_not_always_at_the_telephone() -> None:
    assert [at_work(n, TARGET) for n in (0, 1, 2, 7, 20)] == [0, 1, 1, 5, 17]


@pytest.mark.parametrize(("people", "workers"), [(0, (0, 0)), (1, (6, 9)), (200, (6, 9)), (201, (12, 18))])
def test_isolation_sites_get_six_to_nine_for_each_two_hundred(people: int, workers: tuple[int, int]) -> None:
    assert isolation_site_workers(people) == workers
