"""A recording becomes what a telephone plays, or is refused with a reason."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from hotline.domain.prompt_audio import UnusableAudio, for_telephone


def a_wav(
    rate: int = 16000, seconds: float = 2.0, channels: int = 1, peak: float = 0.5, width: int = 2
) -> bytes:
    t = np.arange(int(rate * seconds)) / rate
    samples = (32767 * peak * np.sin(2 * np.pi * 440 * t)).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples, channels).tobytes())
    return buffer.getvalue()


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_usual_recording_becomes_one_channel_at_8_khz(rate: int, channels: int) -> None:
    found = for_telephone(a_wav(rate, channels=channels))

    with wave.open(io.BytesIO(found.wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    assert found.seconds == pytest.approx(2.0)
    assert len(samples) == pytest.approx(16000, abs=2)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    assert np.argmax(spectrum) * 8000 / len(samples) == pytest.approx(440, abs=2)
    assert samples.max() == pytest.approx(0.5 * 32767, rel=0.05)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"ID3 no wave at all", "not_wav"),
        (a_wav(seconds=0.2), "too_short"),
        (a_wav(8000, seconds=61), "too_long"),
        (a_wav(peak=0.0), "silent"),
        (a_wav(9999), "odd_rate"),
        (a_wav(width=1), "not_16_bit"),
        (bytes(6_000_001), "too_big"),
    ],
)
def test_what_callers_could_not_hear_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(UnusableAudio) as refused:
        for_telephone(data)
    assert refused.value.code == code
