"""The voice of Say: made once, kept, and silent about its text."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from hotline.exchange.espeak import Espeak, NoVoice
from hotline.exchange.sound import Samples
from hotline.exchange.speech import Speech, voice_for


class Voice:
    """A voice that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def __call__(self, text: str, voice: str, pace: int) -> tuple[Samples, int]:
        self.asked.append((text, voice))
        return np.full(8000, 1000, dtype=np.int16), 8000


@pytest.mark.parametrize(
    ("text", "language", "voice"),
    [
        ("您好", "", "cmn"),
        ("hello", "zh-CN", "cmn"),
        ("hello", "", "en-us"),
        ("hello", "en-GB", "en-us"),
        ("hello", "Polly.Zhiyu", "cmn"),
        ("您好 hello", "en-US", "cmn"),
    ],
)
def test_the_voice_follows_the_language_and_the_script(text: str, language: str, voice: str) -> None:
    assert voice_for(text, language) == voice


def test_a_sentence_is_made_once_and_kept_under_a_name_that_tells_nothing(tmp_path: Path) -> None:
    voice = Voice()

    async def twice(speech: Speech) -> None:
        await speech.say("您好 再见", "zh-CN")
        await speech.say("您好  再见", "zh-CN")
        speech.close()

    asyncio.run(twice(Speech(tmp_path, voice)))
    asyncio.run(twice(Speech(tmp_path, voice)))
    assert voice.asked == [("您好 再见", "cmn")]
    (kept,) = tmp_path.iterdir()
    assert len(kept.stem) == 64
    assert kept.stat().st_mode & 0o777 == 0o600


def test_without_a_voice_the_call_goes_on_and_health_can_say_why() -> None:
    def dumb(text: str, voice: str, pace: int) -> tuple[Samples, int]:
        raise NoVoice("espeak-ng is missing")

    speech = Speech(None, dumb)
    samples = asyncio.run(speech.say("hello", "en"))
    speech.close()
    assert not samples.any()
    assert speech.problem == "espeak-ng is missing"


def test_espeak_speaks_mandarin_and_english() -> None:
    voice = Espeak()
    try:
        chinese, rate = voice.speak("您好", "cmn", 150)
    except NoVoice as missing:
        pytest.skip(str(missing))
    english, _ = voice.speak("good evening", "en-us", 140)
    assert len(chinese) / rate > 0.4
    assert len(english) / rate > 0.5
    assert np.abs(chinese).max() > 3000
