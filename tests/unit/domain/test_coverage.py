"""Rostered, on duty, minimum, and the next hour that nobody covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotline.domain.coverage import RosteredShift, cover_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def shift(begins: float, ends: float, centre_id: int = 1) -> RosteredShift:
    return RosteredShift(centre_id, NOON + timedelta(hours=begins), NOON + timedelta(hours=ends))


@pytest.mark.parametrize(
    ("shifts", "rostered", "hours"),
    [
        ([], 0, 0),
        ([shift(-1, 8)], 1, 0),
        ([shift(-1, 8), shift(-1, 8)], 2, 8),
        ([shift(-1, 8), shift(-1, 8), shift(8, 24), shift(8, 24)], 2, None),
        ([shift(-1, 8), shift(-1, 8), shift(8.5, 24), shift(8, 24)], 2, 8),
        ([shift(-1, 30), shift(-1, 30)], 2, None),
        ([shift(-1, 30), shift(-1, 30, centre_id=2)], 1, 0),
    ],
)
def test_the_next_uncovered_moment_is_found(
    shifts: list[RosteredShift], rostered: int, hours: float | None
) -> None:
    cover = cover_of(1, shifts, on_duty=1, minimum=2, now=NOON)
    assert cover.rostered == rostered
    assert cover.uncovered_from == (None if hours is None else NOON + timedelta(hours=hours))
    assert cover.below_minimum


def test_the_whole_line_counts_the_shifts_of_every_centre() -> None:
    cover = cover_of(None, [shift(-1, 30), shift(-1, 30, 2)], on_duty=2, minimum=2, now=NOON)
    assert (cover.rostered, cover.uncovered_from, cover.below_minimum) == (2, None, False)
