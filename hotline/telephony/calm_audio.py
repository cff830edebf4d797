"""Calm sound for waiting: a soft chord that swells and fades as slowly as calm breathing.

It is made here, so that nothing of unknown rights is played to anybody.
"""

from __future__ import annotations

import io
import wave
from functools import lru_cache

import numpy as np

RATE_HZ = 8000
SECONDS = 12
BREATH_SECONDS = 6.0
CHORD_HZ = (196.0, 246.94, 293.66)
LOUDNESS = 0.12


@lru_cache(maxsize=1)
def calm_wav() -> bytes:
    """12 s, 8 kHz, 16 bit, mono; whole breaths, so that it repeats without a seam."""
    t = np.arange(RATE_HZ * SECONDS) / RATE_HZ
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * t / BREATH_SECONDS)
    chord = sum(np.sin(2 * np.pi * pitch * t) for pitch in CHORD_HZ) / len(CHORD_HZ)
    samples = (chord * swell * LOUDNESS * 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()
