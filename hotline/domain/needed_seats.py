"""From callers to expect to seats: the least number that answers them in time, and what so many seats give.

By Erlang A where patience is known, else Erlang C (`hotline/domain/staffing.py`). The service target is
data: 15 s and 95 % are the benchmark of GB/T 33358-2016 (DOMAIN.md b1). Never fewer than the centre's
least (2 seats, the 12356 notice); from `keeps_from` seats on one more is kept for danger, as the router
keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, log10

from hotline.domain.staffing import answered_within, answered_within_patience, erlang_a

QUARTER_SECONDS = 15 * 60
MOST_SEATS = 2000


@dataclass(frozen=True)
class Workload:
    """What one call costs, and how long callers wait for it."""

    handle_seconds: float
    """Talk and wrap-up, on average."""
    patience_seconds: float | None
    """Mean time after which who waits gives up; None: not known, nobody is supposed to."""


@dataclass(frozen=True)
class ServiceTarget:
    within_seconds: float = 15.0
    share: float = 0.95
    shrinkage: float = 0.15
    """Share of a rostered hour that is break, training, supervision, rest after a hard call."""
    least_seats: int = 2
    keeps_from: int = 5
    """From so many seats on one more is rostered, which the router keeps for danger; 0: never."""


@dataclass(frozen=True)
class Expected:
    """What a number of seats gives, as shares of all callers."""

    answered_in_time: float
    answered: float


def expected_of(callers: float, seats: int, work: Workload, target: ServiceTarget) -> Expected:
    """`callers`: in a quarter of an hour. `seats` answer all of that time."""
    if callers <= 0:
        return Expected(1.0, 1.0) if seats > 0 else Expected(0.0, 0.0)
    if seats <= 0:
        return Expected(0.0, 0.0)
    arrivals, service = callers / QUARTER_SECONDS, 1 / work.handle_seconds
    if work.patience_seconds is None:
        if arrivals >= seats * service:
            return Expected(0.0, seats * service / arrivals)
        return Expected(answered_within(arrivals, service, seats, target.within_seconds), 1.0)
    giving_up = 1 / work.patience_seconds
    return Expected(
        answered_within_patience(arrivals, service, seats, giving_up, target.within_seconds),
        1 - erlang_a(arrivals, service, seats, giving_up).abandons,
    )


def answering_seats(callers: float, work: Workload, target: ServiceTarget) -> int:
    """Seats that must answer in a quarter of an hour with so many callers; 0 where nobody calls.

    Callers are rounded up to two digits, so that like quarters are reckoned once.
    """
    return _least(_rounded_up(callers), work, target)


def needed_seats(callers: float, work: Workload, target: ServiceTarget) -> int:
    """Seats to roster: the answering ones, the one kept for danger, all divided by who is at work of it."""
    seats = answering_seats(callers, work, target)
    if target.keeps_from and seats >= target.keeps_from:
        seats += 1
    return max(target.least_seats, ceil(seats / (1 - target.shrinkage) - 1e-9))


def needed_by_hour(quarters: Sequence[float], work: Workload, target: ServiceTarget) -> tuple[int, ...]:
    """Of each hour: what its busiest quarter needs. `quarters`: callers, four for each hour."""
    needed = [needed_seats(callers, work, target) for callers in quarters]
    return tuple(max(needed[n : n + 4]) for n in range(0, len(needed), 4))


def at_work(rostered: int, target: ServiceTarget) -> int:
    """Of so many rostered, how many answer at any moment; one at the least where somebody is rostered."""
    return max(min(rostered, 1), int(rostered * (1 - target.shrinkage) + 1e-9))


def isolation_site_workers(people: int) -> tuple[int, int]:
    """Social workers or counsellors for an isolation site: 6 to 9 for each 200 (S2, DOMAIN.md a2)."""
    groups = ceil(max(0, people) / 200)
    return groups * 6, groups * 9


def _rounded_up(callers: float) -> float:
    if callers <= 0:
        return 0.0
    step = 10.0 ** (floor(log10(callers)) - 1)
    return ceil(callers / step - 1e-9) * step


@lru_cache(maxsize=20_000)
def _least(callers: float, work: Workload, target: ServiceTarget) -> int:
    if callers <= 0:
        return 0
    load = callers / QUARTER_SECONDS * work.handle_seconds
    seats = max(1, int(load))
    while expected_of(callers, seats, work, target).answered_in_time < target.share and seats < MOST_SEATS:
        seats += 1
    # The first guess may already have been enough.
    while seats > 1 and expected_of(callers, seats - 1, work, target).answered_in_time >= target.share:
        seats -= 1
    return seats
