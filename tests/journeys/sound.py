"""Sound that the journeys make and judge: tones, speech, and what was heard."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000


def write_tone(path: Path, hertz: float, seconds: float = 10.0, rate: int = 48000) -> Path:
    """A steady tone as 16-bit mono; 48 kHz is what a browser's fake microphone reads best."""
    time = np.arange(int(seconds * rate)) / rate
    _write(path, (0.4 * 32767 * np.sin(2 * np.pi * hertz * time)).astype("<i2"), rate)
    return path


def write_hush(path: Path, seconds: float = 10.0, rate: int = 48000) -> Path:
    """A room in which nobody speaks: not quite silence, which a desk takes for a broken microphone."""
    _write(path, np.random.default_rng(1).integers(-8, 9, int(seconds * rate)).astype("<i2"), rate)
    return path


def write_speech(path: Path, text: str, rate: int = RATE) -> Path:
    """espeak-ng speaks Mandarin; the words are the test's own."""
    raw = path.with_suffix(".raw.wav")
    subprocess.run(
        [shutil.which("espeak-ng") or "espeak-ng", "-v", "cmn", "-s", "150", "-w", str(raw), text],
        check=True,
        capture_output=True,
    )
    samples, from_rate = read(raw.read_bytes())
    count = int(len(samples) * rate / from_rate)
    resampled = np.interp(np.linspace(0, len(samples) - 1, count), np.arange(len(samples)), samples[:, 0])
    _write(path, resampled.astype("<i2"), rate)
    raw.unlink()
    return path


def _write(path: Path, samples: NDArray[np.int16], rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def read(data: bytes) -> tuple[NDArray[np.float64], int]:
    """Samples as (frames, channels) and the rate."""
    with wave.open(io.BytesIO(data)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        return frames.reshape(-1, file.getnchannels()), file.getframerate()


def share(samples: NDArray[np.float64], rate: int, hertz: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    total = float(spectrum[frequencies > 60].sum())
    near = float(spectrum[np.abs(frequencies - hertz) < 25].sum())
    return near / total if total > 0 else 0.0


def heard_tone(samples: NDArray[np.float64], rate: int, hertz: float, seconds: float = 1.0) -> bool:
    """True when the tone leads in stretches that add up to `seconds`."""
    samples = samples[:, 0] if samples.ndim == 2 else samples
    step = rate // 5
    windows = [samples[start : start + step] for start in range(0, len(samples) - step, step)]
    led = [w for w in windows if float(np.sqrt(np.mean(w**2))) > 200 and share(w, rate, hertz) > 0.6]
    return len(led) * 0.2 >= seconds
