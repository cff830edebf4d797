"""Geometry of the inline SVG charts, pure: numbers in, coordinates out; words and colours are the template's.

Charts that leave the hotline show 7-day sums only: a single day of a county can be a small cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LEFT, RIGHT, TOP, BASE = 44.0, 764.0, 30.0, 190.0
SPARK_LEFT, SPARK_RIGHT, SPARK_TOP, SPARK_BASE = 4.0, 166.0, 5.0, 38.0
DATE_LABELS = 6


@dataclass(frozen=True)
class Point:
    """One day of a chart. `observed` None: suppressed or not yet known, the line is broken there."""

    day: date
    observed: float | None
    expected: float | None = None
    upper: float | None = None

    @property
    def is_above(self) -> bool:
        return self.observed is not None and self.upper is not None and self.observed > self.upper


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    day: date
    value: float


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    day: date
    value: float


@dataclass(frozen=True)
class Chart:
    """Paths are SVG path data; ticks and dots carry their own numbers."""

    observed: str
    expected: str
    upper: str
    band: str
    dots: tuple[Dot, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    onset_x: float | None
    onset_day: date | None
    last: Dot | None
    bars: tuple[Bar, ...] = ()


def line_chart(points: Sequence[Point], onset_day: date | None = None) -> Chart | None:
    """Observed solid, expected dashed, bound dotted, alarm points hollow. None without a point."""
    if not points:
        return None
    top = _nice_top(points)
    xs = _positions(len(points), LEFT, RIGHT)
    onset = next((i for i, point in enumerate(points) if point.day == onset_day), None)
    dots = tuple(
        Dot(xs[i], _y(point.observed, top, TOP, BASE), point.day, point.observed)
        for i, point in enumerate(points)
        if point.observed is not None and point.is_above and (onset is None or i >= onset)
    )
    end = points[-1]
    return Chart(
        observed=_path([(x, p.observed) for x, p in zip(xs, points, strict=True)], top),
        expected=_path([(x, p.expected) for x, p in zip(xs, points, strict=True)], top),
        upper=_path([(x, p.upper) for x, p in zip(xs, points, strict=True)], top),
        band=_band(points, xs, top),
        dots=dots,
        y_ticks=_y_ticks(top),
        x_ticks=_x_ticks(points, xs),
        onset_x=None if onset is None else xs[onset],
        onset_day=onset_day if onset is not None else None,
        last=None
        if end.observed is None
        else Dot(xs[-1], _y(end.observed, top, TOP, BASE), end.day, end.observed),
    )


def bar_chart(daily: Mapping[date, int], first: date, last: date) -> Chart | None:
    """One bar a day, zeros included, for pages inside the hotline."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if not days:
        return None
    points = [Point(day, float(daily.get(day, 0))) for day in days]
    top = _nice_top(points)
    step = (RIGHT - LEFT) / len(days)
    bars = tuple(
        Bar(
            x=round(LEFT + step * i + step * 0.15, 1),
            y=_y(point.observed or 0.0, top, TOP, BASE),
            width=round(step * 0.7, 1),
            height=round(BASE - _y(point.observed or 0.0, top, TOP, BASE), 1),
            day=point.day,
            value=point.observed or 0.0,
        )
        for i, point in enumerate(points)
    )
    xs = [round(LEFT + step * (i + 0.5), 1) for i in range(len(days))]
    return Chart("", "", "", "", (), _y_ticks(top), _x_ticks(points, xs), None, None, None, bars)


@dataclass(frozen=True)
class Spark:
    observed: str
    band: str
    dots: tuple[tuple[float, float], ...]


def sparkline(points: Sequence[Point]) -> Spark | None:
    """A small line without axes: its numbers stand beside it in words."""
    if not points:
        return None
    top = _nice_top(points)
    xs = _positions(len(points), SPARK_LEFT, SPARK_RIGHT)
    shown = [(x, p.observed) for x, p in zip(xs, points, strict=True)]
    uppers = [(x, p.upper) for x, p in zip(xs, points, strict=True) if p.upper is not None]
    band = ""
    if uppers:
        edge = " ".join(f"{x:g} {_y(v, top, SPARK_TOP, SPARK_BASE):g}" for x, v in uppers)
        band = f"M{edge} {uppers[-1][0]:g} {SPARK_BASE:g} {uppers[0][0]:g} {SPARK_BASE:g}Z"
    return Spark(
        observed=_path(shown, top, SPARK_TOP, SPARK_BASE),
        band=band,
        dots=tuple(
            (x, _y(p.observed, top, SPARK_TOP, SPARK_BASE))
            for x, p in zip(xs, points, strict=True)
            if p.observed is not None and p.is_above
        ),
    )


def _positions(count: int, left: float, right: float) -> list[float]:
    if count == 1:
        return [right]
    step = (right - left) / (count - 1)
    return [round(left + step * i, 1) for i in range(count)]


def _y(value: float, top: float, high: float, base: float) -> float:
    return round(base - (base - high) * min(value, top) / top, 1)


def _path(
    points: Sequence[tuple[float, float | None]], top: float, high: float = TOP, base: float = BASE
) -> str:
    """`M x y x y …`, broken where a value is missing."""
    parts: list[str] = []
    pen_down = False
    for x, value in points:
        if value is None:
            pen_down = False
            continue
        parts.append(f"{'' if pen_down else 'M'}{x:g} {_y(value, top, high, base):g}")
        pen_down = True
    return " ".join(parts)


def _band(points: Sequence[Point], xs: Sequence[float], top: float) -> str:
    edge = [(x, p.upper) for x, p in zip(xs, points, strict=True) if p.upper is not None]
    if not edge:
        return ""
    line = " ".join(f"{x:g} {_y(value, top, TOP, BASE):g}" for x, value in edge)
    return f"M{line} {edge[-1][0]:g} {BASE:g} {edge[0][0]:g} {BASE:g}Z"


def _nice_top(points: Sequence[Point]) -> float:
    """The axis ends on a whole tick (1, 2 or 5 times a power of ten) above the highest value."""
    highest = max(
        (v for p in points for v in (p.observed, p.expected, p.upper) if v is not None), default=0.0
    )
    step = _step(highest)
    return step * max(1, -(-highest // step))


def _step(highest: float) -> float:
    rough = max(highest, 1.0) / 3
    size = 1.0
    while size * 10 <= rough:
        size *= 10
    for factor in (1.0, 2.0, 5.0, 10.0):
        if size * factor >= rough:
            return max(1.0, size * factor)
    return size * 10


def _y_ticks(top: float) -> tuple[Tick, ...]:
    step = _step(top)
    count = int(top // step)
    return tuple(Tick(_y(step * i, top, TOP, BASE), f"{step * i:g}") for i in range(count + 1))


def _x_ticks(points: Sequence[Point], xs: Sequence[float]) -> tuple[Tick, ...]:
    every = max(1, (len(points) - 1) // DATE_LABELS or 1)
    chosen = range(len(points) - 1, -1, -every)
    return tuple(Tick(xs[i], points[i].day.strftime("%m-%d")) for i in sorted(chosen))
