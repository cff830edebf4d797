"""Exits when nobody is on duty, and honest words about the wait."""

from __future__ import annotations

import pytest

from hotline.domain.overflow import Cover, Exit, exits, is_uncovered
from hotline.domain.waiting_time import expected_wait_seconds


@pytest.mark.parametrize(
    ("cover", "ways"),
    [
        (Cover(1, 0, True), ()),
        (Cover(0, 2, True), (Exit.OTHER_CENTRE,)),
        (Cover(0, 0, True), (Exit.STANDBY_PHONE, Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)),
        (Cover(0, 0, False), (Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)),
        (Cover(0, 0, False, number_known=False), (Exit.MESSAGE, Exit.EMERGENCY_WORDS)),
    ],
)
def test_there_is_always_a_way_out(cover: Cover, ways: tuple[Exit, ...]) -> None:
    assert exits(cover) == ways
    assert is_uncovered(cover) == (Exit.EMERGENCY_WORDS in ways)


@pytest.mark.parametrize(
    ("ahead", "seats", "talks", "seconds"),
    [
        (0, 0, [600.0] * 9, None),
        (0, 2, [600.0] * 4, None),
        (0, 2, [600.0] * 5, 300.0),
        (3, 2, [300.0, 900.0] * 5, 1200.0),
    ],
)
def test_minutes_are_told_only_with_grounds(
    ahead: int, seats: int, talks: list[float], seconds: float | None
) -> None:
    assert expected_wait_seconds(ahead, seats, talks) == seconds
