"""Between a browser's clock and ours: order, loss, surplus, gaps."""

from __future__ import annotations

import random

import numpy as np

from hotline.exchange.playout import LEAST_DEPTH, MOST_CONCEALED, MOST_DEPTH, Playout
from hotline.exchange.sound import FRAME, Samples


def constant(value: int) -> Samples:
    return np.full(FRAME, value, dtype=np.int16)


def played(playout: Playout, ticks: int) -> list[int | None]:
    taken = [playout.take() for _ in range(ticks)]
    return [None if frame is None else int(frame[0]) for frame in taken]


def placed(numbers: list[int], start: int = 0) -> Playout:
    """Packets by number, each holding its number, with timestamps from `start`."""
    playout = Playout()
    for number in numbers:
        playout.place((start + number * FRAME) % 2**32, constant(number))
    return playout


def test_surplus_input_is_dropped_before_a_frame_is_taken() -> None:
    playout = Playout()
    for value in range(10):
        playout.push(constant(value))
    assert played(playout, 1) == [10 - LEAST_DEPTH - 1]
    assert playout.dropped == 10 - LEAST_DEPTH - 1


def test_after_a_gap_input_collects_before_it_plays_on_and_one_more_each_time() -> None:
    playout = placed([1])
    assert played(playout, 1) == [None]
    playout.place(2 * FRAME, constant(2))
    assert played(playout, 3) == [1, 2, None]
    assert playout.gaps == 1
    for number in (3, 4):
        playout.place(number * FRAME, constant(number))
        assert played(playout, 1) == [None]
    playout.place(5 * FRAME, constant(5))
    assert played(playout, 1) == [3]


def test_the_depth_follows_the_line_between_its_bounds() -> None:
    playout = Playout()
    number = 0
    for _ in range(20):
        for _ in range(MOST_DEPTH):
            playout.place(number * FRAME, constant(1))
            number += 1
        played(playout, MOST_DEPTH + 2)
    assert playout.depth == MOST_DEPTH
    for _ in range(MOST_DEPTH):
        playout.place(number * FRAME, constant(1))
        number += 1
    for _ in range(3000):
        playout.place(number * FRAME, constant(1))
        number += 1
        playout.take()
    assert playout.depth == LEAST_DEPTH


def test_pieces_of_any_length_become_whole_frames() -> None:
    playout = Playout()
    for _ in range(8):
        playout.push(np.ones(100, dtype=np.int16))
    assert sum(playout.take() is not None for _ in range(9)) == LEAST_DEPTH + 1


def test_packets_out_of_order_are_heard_in_order_also_where_timestamps_wrap() -> None:
    for start in (0, 2**32 - 2 * FRAME):
        assert played(placed([1, 3, 2], start), 3) == [1, 2, 3]


def test_a_packet_that_comes_twice_is_heard_once_and_a_late_one_not_at_all() -> None:
    playout = placed([1, 2, 2])
    assert played(playout, 2) == [1, 2]
    playout.place(1 * FRAME, constant(1))
    assert (played(playout, 1), playout.late) == ([None], 1)


def test_a_lost_packet_is_filled_by_the_one_before_it_and_time_is_kept() -> None:
    playout = placed([8, 10, 11])
    assert played(playout, 4) == [8, 4, 10, 11]
    assert playout.concealed == 1


def test_a_long_loss_is_not_filled_for_ever() -> None:
    playout = placed([8, 40])
    heard = played(playout, MOST_CONCEALED + 2)
    assert heard == [8, 4, 2, 1, 40]


def test_a_stream_that_begins_anew_is_played_at_once() -> None:
    playout = placed([1, 2])
    played(playout, 2)
    for number in (7, 8, 9):
        playout.place(3_000_000_000 + number * FRAME, constant(number))
    assert played(playout, 3) == [7, 8, 9]


def test_no_frame_is_heard_twice_or_out_of_order_on_any_line() -> None:
    chance = random.Random(7)
    for _ in range(50):
        playout, heard, line = Playout(), [], []
        for number in range(1, 300):
            if chance.random() > 0.03:
                line.append((number + chance.random() * 4, number))
        for tick in range(310):
            for _, number in sorted(entry for entry in line if tick <= entry[0] < tick + 1):
                playout.place(number * FRAME, constant(number * 100))
            frame = playout.take()
            if frame is not None and int(frame[0]) % 100 == 0 and playout._concealed_in_row == 0:
                heard.append(int(frame[0]) // 100)
        assert heard == sorted(set(heard))
        assert len(heard) > 200
