"""Which shifts may stand in the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotline.domain.shift_rules import PlannedShift, Worker, faults_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ABLE = Worker(active=True, answers_calls=True, trained=True, confidentiality_signed=True)


def a_shift(
    start_hours: float = 1, length_hours: float = 8, *, person: int = 1, seat: int | None = 7
) -> PlannedShift:
    start = NOW + timedelta(hours=start_hours)
    return PlannedShift(person, 1, seat, start, start + timedelta(hours=length_hours))


def faults(
    shift: PlannedShift, *others: PlannedShift, worker: Worker = ABLE, centre: int | None = 1
) -> list[str]:
    return faults_of(shift, worker, others, seat_centre_id=centre, now=NOW)


def test_a_plain_shift_of_a_trained_person_stands() -> None:
    assert faults(a_shift()) == []


def test_the_end_of_a_shift_belongs_to_the_next_one() -> None:
    assert faults(a_shift(9), a_shift(1)) == []


@pytest.mark.parametrize(
    ("worker", "code"),
    [
        (Worker(False, True, True, True), "person_cannot_answer"),
        (Worker(True, False, True, True), "person_cannot_answer"),
        (Worker(True, True, False, True), "no_training"),
        (Worker(True, True, True, False), "no_confidentiality"),
    ],
)
def test_nobody_is_rostered_who_may_not_answer(worker: Worker, code: str) -> None:
    assert faults(a_shift(), worker=worker) == [code]


def test_one_person_is_not_in_two_places() -> None:
    assert faults(a_shift(seat=8), a_shift(4, seat=9)) == ["person_is_rostered"]


def test_one_seat_is_not_given_twice() -> None:
    assert faults(a_shift(person=1), a_shift(4, person=2)) == ["seat_is_rostered"]


def test_shifts_without_a_seat_do_not_clash_over_seats() -> None:
    assert faults(a_shift(person=1, seat=None), a_shift(person=2, seat=None), centre=None) == []


def test_a_seat_of_another_centre_is_refused() -> None:
    assert faults(a_shift(), centre=2) == ["seat_of_another_centre"]


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(1, 0, ["ends_before_start"]), (1, 17, ["too_long"]), (-9, 8, ["already_over"]), (1, 16, [])],
)
def test_times_must_make_sense(start: float, length: float, expected: list[str]) -> None:
    assert faults(a_shift(start, length)) == expected
