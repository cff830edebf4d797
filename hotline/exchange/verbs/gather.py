"""Gather: collect keys while something is said."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotline.exchange.context import NESTED_IN_GATHER
from hotline.exchange.program import Outcome
from hotline.exchange.twiml import Document

if TYPE_CHECKING:
    from hotline.exchange.context import Context
    from hotline.exchange.twiml import Verb

KEYS = frozenset("0123456789*#ABCD")


@dataclass
class KeyEntry:
    """Keys as they come in, and when they are enough. Pure: time is the caller's business.

    `feed` answers True when the entry is complete. The finish key is not part of the digits.
    """

    limit: int = 0  # 0 = no limit
    finish_keys: str = "#"
    digits: str = field(default="", init=False)
    finished_by: str = field(default="", init=False)

    def feed(self, key: str) -> bool:
        if key not in KEYS or self.complete:
            return self.complete
        if key in self.finish_keys:
            self.finished_by = key
        else:
            self.digits += key
        return self.complete

    @property
    def complete(self) -> bool:
        return bool(self.finished_by) or bool(self.limit and len(self.digits) >= self.limit)


async def gather(context: Context, verb: Verb) -> Outcome:
    """Time-out starts when the nested verbs are over and again with each key."""
    from hotline.exchange.verbs.run import run_document

    call = context.call
    await call.answer()
    wants_keys = "dtmf" in verb.get("input", "dtmf").lower()
    entry = KeyEntry(int(verb.number("numDigits", 0, 0)), verb.get("finishOnKey", "#"))
    pressed = asyncio.Event()

    def on_key(key: str) -> None:
        if wants_keys:
            entry.feed(key)
            pressed.set()

    call.digit_listeners.append(on_key)
    try:
        nested = Document(tuple(child for child in verb.children if child.name in NESTED_IN_GATHER))
        await _speak_until_key(run_document(context, nested), pressed)
        timeout = verb.number("timeout", 5, 0, 3600)
        while not entry.complete:
            pressed.clear()
            try:
                async with asyncio.timeout(timeout):
                    await pressed.wait()
            except TimeoutError:
                break
    finally:
        call.digit_listeners.remove(on_key)
    if not entry.digits and not verb.flag("actionOnEmptyResult", False):
        return None
    fields = {"Digits": entry.digits, "FinishedOnKey": entry.finished_by, "msg": "Gather End"}
    return context.goto(verb.get("action"), verb.method(), fields)


async def _speak_until_key(speech: Coroutine[Any, Any, Outcome], pressed: asyncio.Event) -> None:
    """Run the nested verbs; the first key cuts them off."""
    speaking = asyncio.ensure_future(speech)
    key = asyncio.ensure_future(pressed.wait())
    try:
        await asyncio.wait({speaking, key}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (speaking, key):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await key
        await asyncio.wait({speaking})
    if not speaking.cancelled():
        speaking.result()
