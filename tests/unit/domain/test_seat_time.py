"""How seats spend their time, from their log alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotline.domain.seat_time import SeatLine, SeatNow, SeatTime, spans, time_of, wrap_up_by_call
from models.vocabulary import SeatState

BEGIN = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
OFFLINE, FREE, RINGS, TALKS, WRAPS, PAUSED = (
    SeatState.OFFLINE,
    SeatState.AVAILABLE,
    SeatState.OFFERED,
    SeatState.TALKING,
    SeatState.WRAP_UP,
    SeatState.PAUSED,
)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


SHIFT = [
    SeatLine(at(10), OFFLINE),
    SeatLine(at(20), PAUSED),
    SeatLine(at(50), FREE, call_id=7),
    SeatLine(at(60), RINGS),
    SeatLine(at(160), TALKS),
]
"""Signed on at 10, free at 20, rung for call 7 at 50, talking at 60, wrapping up since 160."""


def test_each_second_is_in_one_state() -> None:
    found = spans(SHIFT, SeatNow(WRAPS, at(160), 7), BEGIN, at(200))

    assert [(span.state, span.seconds) for span in found] == [
        (OFFLINE, 10),
        (PAUSED, 10),
        (FREE, 30),
        (RINGS, 10),
        (TALKS, 100),
        (WRAPS, 40),
    ]
    assert time_of(found) == SeatTime(ready=40, talking=100, wrap_up=40, paused=10)
    assert time_of(found).occupancy == pytest.approx(140 / 180)


def test_wrap_up_belongs_to_the_call_that_the_seat_was_bound_to() -> None:
    over = [*SHIFT, SeatLine(at(190), WRAPS)]

    assert wrap_up_by_call(spans(over, SeatNow(FREE, at(190)), BEGIN, at(500))) == {7: 30}


def test_a_seat_bound_before_the_period_still_names_its_call() -> None:
    found = spans(SHIFT, SeatNow(WRAPS, at(160), 7), at(100), at(200))

    assert [(span.state, span.seconds, span.call_id) for span in found] == [(TALKS, 60, 7), (WRAPS, 40, 7)]


def test_what_no_line_tells_is_left_out() -> None:
    found = spans([], SeatNow(FREE, at(150)), BEGIN, at(200))

    assert [(span.state, span.seconds) for span in found] == [(FREE, 50)]
