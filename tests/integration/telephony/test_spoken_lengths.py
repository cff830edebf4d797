"""How long the spoken lines take in the exchange's own voice."""

from __future__ import annotations

import asyncio

import pytest

from hotline.exchange.speech import Speech
from hotline.telephony import language_prompts, prompts
from hotline.telephony.prompts import Line

RATE = 8000


async def seconds_of(line: Line) -> float:
    speech = Speech(None)
    try:
        samples = len(await speech.say(line.zh, "zh-CN")) if line.zh else 0
        samples += len(await speech.say(line.en, "en-US"))
    finally:
        speech.close()
    if speech.problem:
        pytest.skip(f"no voice here: {speech.problem}")
    return samples / RATE


def test_greeting_notice_and_danger_key_take_at_most_ten_seconds() -> None:
    assert asyncio.run(seconds_of(prompts.GREETING)) <= 10.0


@pytest.mark.parametrize(
    "line",
    [
        language_prompts.GREETING_OFFERS,
        language_prompts.GREETING_OFFERS_ASKS_LATER,
        language_prompts.GREETING_ENGLISH,
        language_prompts.GREETING_ENGLISH_ASKS_LATER,
    ],
)
def test_a_greeting_that_offers_or_speaks_english_takes_no_longer(line: Line) -> None:
    assert asyncio.run(seconds_of(line)) <= 10.0
