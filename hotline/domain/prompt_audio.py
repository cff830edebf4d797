"""A recording as the telephone plays it: read, checked, mixed to one channel, 8 kHz, 16 bit. Pure.

Callers hear a telephone line: more than 8 kHz is cut off there anyhow, and every carrier plays this form.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass

import numpy as np

RATE_HZ = 8000
MOST_BYTES = 6_000_000
SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 60.0
SILENT_PEAK = 200
"""Of 32,767: quieter than this nobody hears anything."""
RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


class UnusableAudio(ValueError):
    """`code`: too_big | not_wav | not_16_bit | odd_rate | too_short | too_long | silent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class TelephoneAudio:
    wav: bytes
    seconds: float


def for_telephone(data: bytes) -> TelephoneAudio:
    """Raises UnusableAudio."""
    if len(data) > MOST_BYTES:
        raise UnusableAudio("too_big")
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, rate, channels = file.getsampwidth(), file.getframerate(), file.getnchannels()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        raise UnusableAudio("not_wav") from None
    if width != 2 or channels not in (1, 2):
        raise UnusableAudio("not_16_bit")
    if rate not in RATES:
        raise UnusableAudio("odd_rate")
    whole = len(frames) - len(frames) % (2 * channels)
    samples = np.frombuffer(frames[:whole], dtype="<i2").reshape(-1, channels).mean(axis=1)
    seconds = len(samples) / rate
    if seconds < SHORTEST_SECONDS:
        raise UnusableAudio("too_short")
    if seconds > LONGEST_SECONDS:
        raise UnusableAudio("too_long")
    if np.abs(samples).max() < SILENT_PEAK:
        raise UnusableAudio("silent")
    return TelephoneAudio(_wav(_resampled(samples, rate)), seconds)


def _resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == RATE_HZ:
        return samples
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(samples, RATE_HZ, rate))


def _wav(samples: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes())
    return buffer.getvalue()
