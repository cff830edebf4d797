"""Many pages, one reading: but never one that is older than what they were told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from agent_console.shared_reading import ANEW, SharedReading


def test_who_asks_in_the_same_moment_gets_the_same_reading() -> None:
    now, numbers = [100.0], count(1)
    shared: SharedReading[int] = SharedReading(0.5, lambda: now[0])

    first = shared.get(lambda: next(numbers))
    now[0] = 100.4
    second = shared.get(lambda: next(numbers))
    now[0] = 100.6

    assert (first, second, shared.get(lambda: next(numbers))) == (1, 1, 2)


def test_a_reading_from_before_a_fact_was_told_is_read_anew() -> None:
    now, numbers = [100.0], count(1)
    shared: SharedReading[int] = SharedReading(0.5, lambda: now[0])
    shared.get(lambda: next(numbers))
    now[0] = 100.2

    assert shared.get(lambda: next(numbers), not_before=100.1) == 2


def test_a_dear_reading_is_kept_for_so_many_times_what_it_took_and_a_cheap_one_is_not() -> None:
    now = [100.0]
    shared: SharedReading[float] = SharedReading(2.0, lambda: now[0], times=10)

    def read(seconds: float) -> float:
        now[0] += seconds
        return now[0]

    first = shared.dated(lambda: read(0.1))
    assert (first.value, first.read_at, first.left) == (100.1, 100.0, pytest.approx(0.9))
    now[0] = 100.9
    assert shared.dated(lambda: read(0.5)).left == pytest.approx(0.1)
    now[0] = 101.1
    assert shared.get(lambda: read(0.5)) == 101.6
    now[0] = 103.0  # never longer than two seconds, however long it took
    assert shared.get(lambda: read(0.01)) == 101.6
    now[0] = 103.2
    assert shared.get(lambda: read(0.01)) == pytest.approx(103.21)
    assert shared.get(lambda: read(0.01), ANEW) == pytest.approx(103.22)


def test_a_crowd_reads_once() -> None:
    numbers = count(1)
    shared: SharedReading[int] = SharedReading(60)

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: shared.get(lambda: next(numbers)), range(64)))

    assert found == {1}
