"""Hours of partners and agreements."""

from __future__ import annotations

from datetime import datetime

import pytest

from hotline.domain.opening_hours import HoursUnreadable, is_open, opens_next, read_window

SUNDAY_LATE = datetime(2026, 11, 22, 23, 51)
MONDAY_MORNING = datetime(2026, 11, 23, 9, 0)


@pytest.mark.parametrize(
    ("windows", "at", "expected"),
    [
        ([], SUNDAY_LATE, True),
        (["08:00-24:00"], SUNDAY_LATE, True),
        (["1-5 08:00-24:00"], SUNDAY_LATE, False),
        (["67 18:00-24:00"], SUNDAY_LATE, True),
        (["22:00-06:00"], SUNDAY_LATE, True),
        (["7 22:00-10:00"], MONDAY_MORNING, True),
        (["1 22:00-10:00"], MONDAY_MORNING, False),
        (["1-5 08:00-09:00", "1-5 14:00-17:00"], MONDAY_MORNING, False),
        (["1-5 09:00-12:00"], MONDAY_MORNING, True),
    ],
)
def test_a_window_holds_from_its_first_minute_to_its_last(
    windows: list[str], at: datetime, expected: bool
) -> None:
    assert is_open(windows, at) is expected


@pytest.mark.parametrize(
    "text", ["", "8:00-9:00", "08:00", "08:00-25:00", "24:00-06:00", "8 08:00-09:00", "5-1 08:00-09:00",
             "08:60-09:00", "08:00-08:00"]
)  # fmt: skip
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(HoursUnreadable):
        read_window(text)


def test_the_next_opening_is_told() -> None:
    assert opens_next(["1-5 08:30-17:30"], SUNDAY_LATE) == datetime(2026, 11, 23, 8, 30)
    assert opens_next(["2 08:30-17:30"], MONDAY_MORNING) == datetime(2026, 11, 24, 8, 30)
    assert opens_next([], MONDAY_MORNING) is None
