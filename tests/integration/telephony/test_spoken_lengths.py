"""How long the spoken lines take in the exchange's own voice."""

from __future__ import annotations

import asyncio

import pytest

from hotline.exchange.speech import Speech
from hotline.telephony import prompts
from hotline.telephony.prompts import Line

RATE = 8000


async def seconds_of(line: Line) -> float:
    speech = Speech(None)
    try:
        samples = len(await speech.say(line.zh, "zh-CN")) + len(await speech.say(line.en, "en-US"))
    finally:
        speech.close()
    if speech.problem:
        pytest.skip(f"no voice here: {speech.problem}")
    return samples / RATE


def test_greeting_notice_and_danger_key_take_at_most_ten_seconds() -> None:
    assert asyncio.run(seconds_of(prompts.GREETING)) <= 10.0
