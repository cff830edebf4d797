"""A waveform as SVG path data: one lane a channel, mirrored about its middle line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LANE = 600.0, 56.0
LEAST = 0.6
"""Half height of silence, so that the line never breaks."""


@dataclass(frozen=True)
class Lane:
    middle: float
    path: str


@dataclass(frozen=True)
class Waveform:
    duration_seconds: float
    lanes: tuple[Lane, ...]

    @property
    def height(self) -> float:
        return LANE * len(self.lanes)


def waveform(duration_seconds: float, channels: Sequence[Sequence[float]]) -> Waveform:
    lanes = []
    for number, peaks in enumerate(channels):
        middle = LANE * number + LANE / 2
        step = WIDTH / max(1, len(peaks))
        bars = []
        for at, peak in enumerate(peaks):
            half = max(LEAST, peak * (LANE / 2 - 3))
            bars.append(f"M{at * step + step / 2:.1f} {middle - half:.1f}v{2 * half:.1f}")
        lanes.append(Lane(middle, "".join(bars)))
    return Waveform(duration_seconds, tuple(lanes))
