"""Dial a queue: talk with the member in front, or wait for one."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from hotline.exchange.bridge import Bridge
from hotline.exchange.sound import calm_music
from hotline.exchange.verbs import dial
from hotline.exchange.waiting import Entry, Taken

if TYPE_CHECKING:
    from hotline.exchange.context import Context
    from hotline.exchange.twiml import Verb

LOOK_AGAIN_SECONDS = 0.1


async def run(context: Context, verb: Verb, noun: Verb) -> dict[str, str]:
    call, exchange = context.call, context.exchange
    queue = exchange.queues.named(noun.text) if noun.text else None
    if queue is None:
        exchange.error(call, 14205, "Queue")
        return {"DialCallStatus": "failed"}
    bridge = Bridge(exchange)
    announce = noun.get("url")
    deadline = time.monotonic() + verb.number("timeout", dial.DEFAULT_TIMEOUT_SECONDS, 1, 14400)
    entry: Entry | None = None
    with call.audio.looping(calm_music()):
        while entry is None and time.monotonic() < deadline:
            entry = queue.free_front()
            if entry is None:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if entry is None:
            return {"DialCallStatus": "no-answer", "DialBridged": "false"}
        taken = Taken(bridge, call, announce_url=context.resolve(announce) if announce else "",
                      announce_method=noun.method())  # fmt: skip
        entry.taken.set_result(taken)
        try:
            await _ready_or_gone(taken)
        except asyncio.CancelledError:
            bridge.close()
            raise
    if not taken.ready.is_set():
        return {"DialCallStatus": "no-answer", "DialBridged": "false"}
    recording = dial.start_recording(context, verb)
    try:
        async with asyncio.timeout(verb.number("timeLimit", 14400, 1, 86400)):
            await bridge.stay(call)
    except TimeoutError:
        pass
    finally:
        bridge.close()
        if recording is not None:
            exchange.spawn(recording.stop())
    return {
        "DialCallStatus": "completed",
        "DialCallSid": entry.call.sid,
        "DialCallDuration": str(bridge.seconds),
        "DialBridged": str(bridge.was_bridged).lower(),
        "QueueSid": queue.sid,
    }


async def _ready_or_gone(taken: Taken) -> None:
    watch = [asyncio.ensure_future(taken.ready.wait()), asyncio.ensure_future(taken.bridge.ended.wait())]
    try:
        await asyncio.wait(watch, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in watch:
            task.cancel()
