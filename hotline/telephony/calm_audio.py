"""Sounds for waiting: a soft chord that swells and fades like calm breathing, and one to breathe with.

It is made here, so that nothing of unknown rights is played to anybody.
"""

from __future__ import annotations

import io
import wave
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
SECONDS = 12
BREATH_SECONDS = 6.0
CHORD_HZ = (196.0, 246.94, 293.66)
LOUDNESS = 0.12


BREATHE_IN_SECONDS, BREATHE_OUT_SECONDS = 4.0, 6.0
"""Six breaths a minute, the way out longer than the way in."""
BREATHS = 2
LOW_HZ, HIGH_HZ = 174.61, 261.63


@lru_cache(maxsize=1)
def calm_wav() -> bytes:
    """12 s, 8 kHz, 16 bit, mono; whole breaths, so that it repeats without a seam."""
    t = np.arange(RATE_HZ * SECONDS) / RATE_HZ
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * t / BREATH_SECONDS)
    chord = sum(np.sin(2 * np.pi * pitch * t) for pitch in CHORD_HZ) / len(CHORD_HZ)
    return _wav(chord * swell)


@lru_cache(maxsize=1)
def breath_wav() -> bytes:
    """20 s, two breaths: rises in pitch and loudness for 4 s, falls for 6 s; repeats without a seam."""
    way_in = np.arange(int(RATE_HZ * BREATHE_IN_SECONDS)) / (RATE_HZ * BREATHE_IN_SECONDS)
    way_out = np.arange(int(RATE_HZ * BREATHE_OUT_SECONDS)) / (RATE_HZ * BREATHE_OUT_SECONDS)
    height = np.concatenate([0.5 - 0.5 * np.cos(np.pi * way_in), 0.5 + 0.5 * np.cos(np.pi * way_out)])
    height = np.tile(height, BREATHS)
    phase = 2 * np.pi * np.cumsum(LOW_HZ * (HIGH_HZ / LOW_HZ) ** height) / RATE_HZ
    return _wav((np.sin(phase) + 0.4 * np.sin(phase / 2)) / 1.4 * height)


def _wav(samples: NDArray[np.float64]) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((samples * LOUDNESS * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
