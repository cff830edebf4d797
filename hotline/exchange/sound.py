"""Samples: 8 kHz, 16 bit, one channel, in frames of 20 ms.

Everything inside the exchange is a numpy array of int16. Mu-law follows ITU-T G.711.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

RATE = 8000
FRAME = 160
FRAME_SECONDS = FRAME / RATE

SILENCE: Samples = np.zeros(FRAME, dtype=np.int16)
SILENCE.flags.writeable = False


class UndecodableAudio(ValueError):
    """The bytes are no audio that the decoder knows."""


def seconds(samples: Samples) -> float:
    return len(samples) / RATE


def silence(duration_seconds: float) -> Samples:
    return np.zeros(round(duration_seconds * RATE), dtype=np.int16)


def tone(frequency: float, duration_seconds: float, level: float = 0.3) -> Samples:
    """A sine of `frequency` Hz; `level` is a share of full scale."""
    t = np.arange(round(duration_seconds * RATE)) / RATE
    wave = np.sin(2 * np.pi * frequency * t) * level * 32767
    return wave.astype(np.int16)


def chord(frequencies: tuple[float, ...], duration_seconds: float, level: float = 0.2) -> Samples:
    t = np.arange(round(duration_seconds * RATE)) / RATE
    wave = sum((np.sin(2 * np.pi * f * t) for f in frequencies), np.zeros_like(t)) * level * 32767
    return wave.astype(np.int16)


def as_frames(samples: Samples) -> list[Samples]:
    """Cut into frames; the last one is filled with silence."""
    missing = -len(samples) % FRAME
    if missing:
        samples = np.concatenate([samples, np.zeros(missing, dtype=np.int16)])
    return list(samples.reshape(-1, FRAME))


@cache
def ringback() -> Samples:
    """450 Hz, one second on and four off: the ring-back tone of GB/T 3380."""
    return np.concatenate([tone(450, 1.0, 0.08), silence(4.0)])


@cache
def busy_tone() -> Samples:
    """450 Hz, 0.35 s on and off: the busy tone of GB/T 3380."""
    return np.concatenate([tone(450, 0.35, 0.08), silence(0.35)])


@cache
def beep() -> Samples:
    """A short tone before a recording, with soft edges."""
    samples = tone(1000, 0.4, 0.2).astype(np.float64)
    edge = np.minimum(1.0, np.minimum(np.arange(len(samples)), np.arange(len(samples))[::-1]) / 80)
    return (samples * edge).astype(np.int16)


_DIGIT_ROWS = (697, 770, 852, 941)
_DIGIT_COLUMNS = (1209, 1336, 1477, 1633)
_KEYPAD = ("123A", "456B", "789C", "*0#D")


@cache
def key_tone(key: str) -> Samples:
    """The two tones of a telephone key (ITU-T Q.23), 120 ms with an 80 ms gap; `w` is a pause of 0.5 s."""
    if key in "wW":
        return silence(0.5)
    for row, keys in zip(_DIGIT_ROWS, _KEYPAD, strict=True):
        if key.upper() in keys:
            column = _DIGIT_COLUMNS[keys.index(key.upper())]
            return np.concatenate([chord((row, column), 0.12, 0.15), silence(0.08)])
    return silence(0)


@cache
def calm_music() -> Samples:
    """Forty seconds of slow, soft chords that join end to end.

    Made here so that the product carries no music licence. Each chord is a pad of sines
    that swell in and out over ten seconds; neighbours overlap.
    """
    chords = (
        (220.0, 277.18, 329.63),
        (196.0, 246.94, 293.66),
        (174.61, 220.0, 261.63),
        (196.0, 261.63, 329.63),
    )
    length, step = 40 * RATE, 10 * RATE
    piece = np.zeros(length)
    t = np.arange(2 * step) / RATE
    swell = np.sin(np.pi * t / 20.0) ** 2
    for i, notes in enumerate(chords):
        pad = np.zeros_like(t)
        for note in notes:
            pad += np.sin(2 * np.pi * note * t) + 0.3 * np.sin(2 * np.pi * (note * 2 + 0.3) * t + 0.7)
        places = (np.arange(2 * step) + i * step) % length
        np.add.at(piece, places, pad * swell)
    piece *= 0.12 / max(1e-9, np.abs(piece).max())
    return (piece * 32767).astype(np.int16)


@cache
def _linear_to_mulaw() -> NDArray[np.uint8]:
    linear = np.arange(-32768, 32768, dtype=np.int32)
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(linear), 32635) + 0x84
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    codes: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


@cache
def _mulaw_to_linear() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 0x07)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def to_mulaw(samples: Samples) -> bytes:
    return bytes(_linear_to_mulaw()[samples.astype(np.int32) + 32768].tobytes())


def from_mulaw(data: bytes) -> Samples:
    return _mulaw_to_linear()[np.frombuffer(data, dtype=np.uint8)]


def decode_audio(data: bytes) -> Samples:
    """Any file that FFmpeg reads (WAV, MP3, …) as telephone samples. Blocking: call it off the loop.

    Raises UndecodableAudio.
    """
    import av

    try:
        parts: list[Samples] = []
        with av.open(io.BytesIO(data), mode="r") as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(audio=0):
                parts.extend(piece.to_ndarray()[0] for piece in resampler.resample(frame))
            parts.extend(piece.to_ndarray()[0] for piece in resampler.resample(None))
    except (av.FFmpegError, IndexError, ValueError, OSError) as error:
        raise UndecodableAudio("not an audio file") from error
    return np.concatenate(parts).astype(np.int16) if parts else silence(0)


def resample(samples: Samples, rate: int) -> Samples:
    """From `rate` Hz to the telephone's 8 kHz."""
    if rate == RATE:
        return samples
    import av

    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    parts = [piece.to_ndarray()[0] for piece in [*resampler.resample(frame), *resampler.resample(None)]]
    return np.concatenate(parts).astype(np.int16) if parts else silence(0)
