"""The tone that each far end sends, and how much of another's tone arrived unbroken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hotline.exchange.sound import FRAME, RATE, tone

LEVEL = 0.25
WINDOW = RATE // 10  # 100 ms: tones 10 Hz apart are orthogonal over it
RESIDUE = 0.02  # mu-law itself leaves about 0.0002; half a missing frame leaves far more


def frequency_of(leg: int) -> int:
    """A tone of its own for each of 200 legs; a second of it joins end to end."""
    return 400 + 10 * (leg * 7 % 200)


def second_of(frequency: int) -> list[NDArray[np.int16]]:
    return list(tone(frequency, 1.0, LEVEL).reshape(-1, FRAME))


def clean_share(samples: NDArray[np.int16], frequency: int) -> float:
    """Share of 100 ms windows that hold that tone at its level and next to nothing else."""
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(float)
    if not len(windows):
        return 0.0
    wave = np.exp(-2j * np.pi * frequency * np.arange(WINDOW) / RATE)
    power = 2 * np.abs(windows @ wave / WINDOW) ** 2
    total = (windows**2).mean(axis=1)
    expected = (LEVEL * 32767) ** 2 / 2
    clean = (power > 0.7 * expected) & (total - power < RESIDUE * expected)
    return float(clean.mean())
