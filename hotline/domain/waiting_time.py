"""What a waiting caller is told: people ahead, and minutes only when there are grounds for them."""

from __future__ import annotations

from collections.abc import Sequence

LEAST_TALKS = 5
"""With fewer recent talks nobody knows how long a talk takes here, and no minutes are told."""


def expected_wait_seconds(ahead: int, seats_on_duty: int, handle_seconds: Sequence[float]) -> float | None:
    """Mean wait of the (ahead + 1)-th departure when `seats_on_duty` seats work without a pause.

    Departures of busy exponential servers come at the rate seats / mean handle time, so the next free
    seat for position `ahead` comes after (ahead + 1) * mean / seats (M/M/c, all servers busy).
    None when there are too few talks, or nobody is on duty.
    """
    if seats_on_duty <= 0 or len(handle_seconds) < LEAST_TALKS:
        return None
    mean = sum(handle_seconds) / len(handle_seconds)
    return (ahead + 1) * mean / seats_on_duty
