"""Say, Play and Pause."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np

from hotline.exchange.fetcher import FetchFailed
from hotline.exchange.program import Outcome
from hotline.exchange.sound import UndecodableAudio, key_tone

if TYPE_CHECKING:
    from hotline.exchange.context import Context
    from hotline.exchange.twiml import Verb

MAX_LOOPS = 1000


def loops(verb: Verb) -> int:
    """0 is for ever; anything unreadable is once."""
    return int(verb.number("loop", 1, 0, MAX_LOOPS))


async def say(context: Context, verb: Verb) -> Outcome:
    await context.call.answer()
    language = verb.get("language") or verb.get("voice")
    await context.exchange.say(context.call, verb.text, language, loops(verb))
    return None


async def play(context: Context, verb: Verb) -> Outcome:
    await context.call.answer()
    digits = verb.get("digits")
    if digits:
        context.exchange.trace("keys", context.call, digits)
        context.call.leg.send_digits(digits)
        await context.call.audio.play(np.concatenate([key_tone(key) for key in digits]))
        return None
    url = context.resolve(verb.text)
    try:
        samples = await context.exchange.sounds.fetch(url)
    except (FetchFailed, UndecodableAudio):
        # As on the carrier, a sound that is missing is a warning, and the call goes on.
        context.exchange.error(context.call, 11200, "Play")
        return None
    context.exchange.trace("play", context.call, url)
    await context.call.audio.play(samples, loops(verb))
    return None


async def pause(context: Context, verb: Verb) -> Outcome:
    """Waits before answering when it comes first; that is the carrier's way too."""
    await asyncio.sleep(verb.number("length", 1, 0, 3600))
    return None
