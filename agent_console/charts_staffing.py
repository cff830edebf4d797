"""The day's steps of seats needed and rostered, as coordinates: pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hotline.workforce.needed import Hour

LEFT, RIGHT, TOP, BASE = 36, 996, 26, 150
MOST_LINES = 4


@dataclass(frozen=True)
class Lack:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Steps:
    """SVG path data of both lines, the area under the rostered one, and what lacks between them."""

    have: str
    need: str
    lacks: tuple[Lack, ...]
    lines: tuple[tuple[float, int], ...]
    """Height and number of each grid line."""
    hours: tuple[tuple[float, int], ...]
    needed_peak: int
    peak_hour: int


def need_and_have(hours: Sequence[Hour]) -> Steps:
    width = (RIGHT - LEFT) / len(hours)
    most = max(1, *(max(hour.rostered, hour.needed) for hour in hours))
    step = max(1, -(-most // MOST_LINES))
    top = step * -(-most // step)

    def y(seats: int) -> float:
        return round(BASE - (BASE - TOP) * seats / top, 1)

    def x(n: int) -> float:
        return round(LEFT + width * n, 1)

    lacks = tuple(
        Lack(x(n), y(hour.needed), round(width, 1), round(y(hour.rostered) - y(hour.needed), 1))
        for n, hour in enumerate(hours)
        if hour.missing
    )
    peak = max(range(len(hours)), key=lambda n: hours[n].needed)
    return Steps(
        have=f"{_steps([hour.rostered for hour in hours], x, y)}V{BASE}H{LEFT}Z",
        need=_steps([hour.needed for hour in hours], x, y),
        lacks=lacks,
        lines=tuple((y(n), n) for n in range(0, top + 1, step)),
        hours=tuple((x(n), n) for n in range(0, len(hours) + 1, 2)),
        needed_peak=hours[peak].needed,
        peak_hour=peak,
    )


def _steps(seats: Sequence[int], x: Callable[[int], float], y: Callable[[int], float]) -> str:
    return f"M{LEFT} {y(seats[0])}" + "".join(f"V{y(count)}H{x(n + 1)}" for n, count in enumerate(seats))
