"""Which calls are reviewed: every one of high risk, and of each operator some at random, by a stored seed.

Each call has its place in a lottery of the month: SHA-256 of seed and call. The lowest are drawn, so that
whoever has the seed can repeat the draw, and a draw made again later only adds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

LEAST_EACH, MOST_EACH = 3, 5
"""Of each operator in a month, besides those of high risk."""


@dataclass(frozen=True)
class Candidate:
    call_id: int
    operator_id: int
    high_risk: bool


@dataclass(frozen=True)
class Drawn:
    call_id: int
    operator_id: int
    high_risk: bool


def lot(seed: str, call_id: int) -> str:
    return hashlib.sha256(f"{seed}:{call_id}".encode()).hexdigest()


def draw(
    candidates: Iterable[Candidate], seed: str, each: int, already: Collection[tuple[int, int]] = ()
) -> tuple[Drawn, ...]:
    """What is to be added to `already` (call id, operator id), in the order of the lottery.

    Raises ValueError for a number outside 3–5.
    """
    if not LEAST_EACH <= each <= MOST_EACH:
        raise ValueError("each_out_of_range")
    taken = set(already)
    by_operator: dict[int, list[Candidate]] = {}
    drawn: list[Drawn] = []
    for one in sorted(candidates, key=lambda c: lot(seed, c.call_id)):
        if one.high_risk:
            if (one.call_id, one.operator_id) not in taken:
                drawn.append(Drawn(one.call_id, one.operator_id, True))
        else:
            by_operator.setdefault(one.operator_id, []).append(one)
    for operator_id, calls in sorted(by_operator.items()):
        have = sum((one.call_id, operator_id) in taken for one in calls)
        fresh = [one for one in calls if (one.call_id, operator_id) not in taken]
        drawn += [Drawn(one.call_id, operator_id, False) for one in fresh[: max(0, each - have)]]
    return tuple(drawn)
