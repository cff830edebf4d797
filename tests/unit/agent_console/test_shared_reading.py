"""Many pages, one reading: but never one that is older than what they were told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count

from agent_console.shared_reading import SharedReading


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


def test_a_crowd_reads_once() -> None:
    numbers = count(1)
    shared: SharedReading[int] = SharedReading(60)

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: shared.get(lambda: next(numbers)), range(64)))

    assert found == {1}
