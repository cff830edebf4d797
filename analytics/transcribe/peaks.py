"""The outline of a recording: the loudest sample of each step, channel by channel, for a waveform on a page.

It tells when somebody spoke and how loud, and not one word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics.transcribe.audio import open_sound

FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class Peaks:
    """`channels`: one tuple each of `steps` figures from 0 to 1, over `duration_seconds`."""

    duration_seconds: float
    channels: tuple[tuple[float, ...], ...]


def peaks_of(chunks: Iterable[bytes], steps: int = 600, fine_seconds: float = 0.05) -> Peaks:
    """Read once, in blocks: peaks of `fine_seconds` first, then the loudest of them for each step.

    Raises AudioEmpty, AudioDamaged.
    """
    info, blocks = open_sound(chunks)
    window = max(1, round(info.rate * fine_seconds))
    fine: list[list[float]] = [[] for _ in range(info.channels)]
    left = [np.empty(0, np.int16) for _ in range(info.channels)]
    for block in blocks:
        for channel, samples in enumerate(block):
            joined = np.concatenate((left[channel], samples))
            whole = len(joined) // window * window
            left[channel] = joined[whole:]
            if whole:
                loud = np.abs(joined[:whole].astype(np.int32)).reshape(-1, window).max(axis=1)
                fine[channel].extend((loud / FULL_SCALE).tolist())
    for channel, rest in enumerate(left):
        if len(rest):
            fine[channel].append(float(np.abs(rest.astype(np.int32)).max()) / FULL_SCALE)
    return Peaks(info.duration_seconds, tuple(_coarse(row, steps) for row in fine))


def _coarse(fine: list[float], steps: int) -> tuple[float, ...]:
    if not fine:
        return ()
    edges = np.linspace(0, len(fine), min(steps, len(fine)) + 1).astype(int)
    return tuple(round(max(fine[a:b]), 3) for a, b in pairwise(edges))
