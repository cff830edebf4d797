"""Honest words about the wait: the rule by table, and against queues that were simulated."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable

import pytest

from hotline.domain.waiting_time import SHARE, Told, WaitSpan, WaitWord, expected_wait, told

MINUTE = 60.0


@pytest.mark.parametrize(
    ("ahead", "seats", "talks"), [(0, 0, [600.0] * 9), (0, 2, [600.0] * 4), (3, 0, []), (0, 2, [0.0] * 9)]
)
def test_nothing_is_told_without_grounds(ahead: int, seats: int, talks: list[float]) -> None:
    assert expected_wait(ahead, seats, talks) is None
    assert told(None) == Told(WaitWord.UNKNOWN)


def test_the_span_grows_with_the_place_and_shrinks_with_the_seats_and_never_turns_negative() -> None:
    spans = [expected_wait(ahead, 3, [600.0] * 12) for ahead in (0, 1, 5, 50, 5000)]
    lows = [span.low_seconds for span in spans if span is not None]
    highs = [span.high_seconds for span in spans if span is not None]
    assert len(lows) == 5
    assert lows == sorted(lows)
    assert highs == sorted(highs)
    assert all(0 <= low < high for low, high in zip(lows, highs, strict=True))
    fewer, more = expected_wait(4, 2, [600.0] * 12), expected_wait(4, 8, [600.0] * 12)
    assert fewer is not None
    assert more is not None
    assert more.high_seconds < fewer.high_seconds


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (5, 40, Told(WaitWord.WITHIN, 0, 1)),
        (20, 290, Told(WaitWord.WITHIN, 0, 5)),
        (5 * MINUTE, 7.4 * MINUTE, Told(WaitWord.BETWEEN, 5, 8)),
        (11 * MINUTE, 12 * MINUTE, Told(WaitWord.BETWEEN, 10, 15)),
        (8 * MINUTE, 25 * MINUTE, Told(WaitWord.AT_LEAST, 8)),
        (30, 25 * MINUTE, Told(WaitWord.LONG)),
        (26 * MINUTE, 90 * MINUTE, Told(WaitWord.LONG)),
    ],
)
def test_a_span_is_told_in_minutes_rounded_outwards(low: float, high: float, words: Told) -> None:
    assert told(WaitSpan(low, high)) == words


def exponential(chance: random.Random) -> float:
    return chance.expovariate(1 / 600)


def talks_of_a_helpline(chance: random.Random) -> float:
    """Log-normal with a median of eight minutes: many short ones, a few very long."""
    return chance.lognormvariate(6.17, 0.9)


def spans_and_truth(
    chance: random.Random, talk: Callable[[random.Random], float], seats: int, calls: int
) -> list[tuple[WaitSpan, float]]:
    """One busy line: what each caller who found all seats taken was told on arrival, and the true wait."""
    now, free_at, over = 0.0, [0.0] * seats, []
    recent: deque[float] = deque(maxlen=20)
    waiting_until: list[float] = []
    pairs = []
    for _ in range(calls):
        now += chance.expovariate(seats / 600 * 0.95)
        while over and over[0][0] <= now:
            recent.append(heapq.heappop(over)[1])
        waiting_until = [until for until in waiting_until if until > now]
        begins = max(now, heapq.heappop(free_at))
        length = talk(chance)
        heapq.heappush(free_at, begins + length)
        heapq.heappush(over, (begins + length, length))
        if begins > now:
            span = expected_wait(len(waiting_until), seats, list(recent))
            if span is not None:
                pairs.append((span, begins - now))
            waiting_until.append(begins)
    return pairs


@pytest.mark.parametrize(("talk", "least"), [(exponential, 0.76), (talks_of_a_helpline, 0.70)])
def test_the_span_covers_the_true_wait_of_simulated_callers_about_as_often_as_it_says(
    talk: Callable[[random.Random], float], least: float, record_property: Callable[[str, str], None]
) -> None:
    """The figure is the recorded property `covered` (`pytest --junitxml`): 0.78 for either kind of talk."""
    chance = random.Random(20261122)
    pairs = [pair for seats in (2, 5, 12) for pair in spans_and_truth(chance, talk, seats, 1500)]
    covered = sum(span.low_seconds <= wait <= span.high_seconds for span, wait in pairs) / len(pairs)
    record_property("covered", f"{covered:.3f} of {len(pairs)}, said: {SHARE}")
    assert covered >= least
