"""What a waiting caller is told: people ahead, and a span of minutes only when there are grounds for one.

Nothing here counts down: each telling is a new judgement from the place in line, the seats on duty and
how long contacts took lately. So a span shrinks when people are served, and never because time went by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil, exp, floor, lgamma, log, log1p

LEAST_TALKS = 5
"""With fewer recent talks nobody knows how long a talk takes here, and no minutes are told."""
SHARE = 0.8
"""Of callers whose true wait lies within what they were told."""
LONG_SECONDS = 20 * 60
"""Beyond this a figure would promise more than anybody knows."""


@dataclass(frozen=True)
class WaitSpan:
    """Seconds; 0 <= low < high."""

    low_seconds: float
    high_seconds: float


class WaitWord(StrEnum):
    UNKNOWN = "unknown"
    WITHIN = "within"
    """Within `high` minutes."""
    BETWEEN = "between"
    AT_LEAST = "at_least"
    """From `low` minutes on, perhaps more than 20."""
    LONG = "long"
    """Many wait; perhaps more than 20 minutes."""


@dataclass(frozen=True)
class Told:
    word: WaitWord
    low_minutes: int = 0
    high_minutes: int = 0


def expected_wait(ahead: int, seats_on_duty: int, handle_seconds: Sequence[float]) -> WaitSpan | None:
    """Where the wait lies with probability `SHARE`, a tenth on either side.

    All seats are busy while somebody waits, and busy exponential servers free themselves at the rate
    seats / mean handle time, so the wait is the sum of k = ahead + 1 exponential steps. The mean is known
    from n recent talks alone, so the sum over the talks' own sum follows an F law: wait * seats / sum of
    talks = b / (1 - b), with b ~ Beta(k, n) (prediction in exponential life testing; Dunsmore 1974).
    None when there are too few talks, or nobody is on duty.
    """
    talks = [seconds for seconds in handle_seconds if seconds > 0]
    if seats_on_duty <= 0 or len(talks) < LEAST_TALKS:
        return None
    scale = sum(talks) / seats_on_duty
    low, high = (_odds(ahead + 1, len(talks), tail) * scale for tail in ((1 - SHARE) / 2, (1 + SHARE) / 2))
    return WaitSpan(low, high)


def told(span: WaitSpan | None) -> Told:
    """The span in minutes, rounded outwards: to whole ones, above ten to fives."""
    if span is None:
        return Told(WaitWord.UNKNOWN)
    low, high = _rounded(span.low_seconds / 60, floor), _rounded(span.high_seconds / 60, ceil)
    if span.low_seconds >= LONG_SECONDS:
        return Told(WaitWord.LONG)
    if span.high_seconds > LONG_SECONDS:
        return Told(WaitWord.AT_LEAST, low) if low > 0 else Told(WaitWord.LONG)
    if low == 0:
        return Told(WaitWord.WITHIN, 0, max(1, high))
    return Told(WaitWord.BETWEEN, low, max(low + 1, high))


def _rounded(minutes: float, towards: Callable[[float], int]) -> int:
    step = 5 if minutes > 10 else 1
    return towards(minutes / step) * step


@lru_cache(maxsize=4096)
def _odds(k: int, n: int, share: float) -> float:
    """b / (1 - b) at the quantile `share` of Beta(k, n), by halving; k and n whole."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _beta_below(middle, k, n) < share:
            low = middle
        else:
            high = middle
    return low / (1 - low)


def _beta_below(x: float, k: int, n: int) -> float:
    """P(Beta(k, n) <= x): at least k successes in k + n - 1 trials; in logarithms for a large k."""
    if x <= 0:
        return 0.0
    trials = k + n - 1
    return sum(
        exp(
            lgamma(trials + 1)
            - lgamma(hits + 1)
            - lgamma(trials - hits + 1)
            + hits * log(x)
            + (trials - hits) * log1p(-x)
        )
        for hits in range(k, trials + 1)
    )
