"""Enqueue: wait in a queue, hear the wait document again and again, and tell how it ended.

QueueResult: bridged, leave, redirected, redirected-from-bridged, hangup, queue-full, error, system-error.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hotline.exchange.context import QUEUE_WAIT, Context
from hotline.exchange.program import Goto, HangUp, LeaveQueue, Outcome, Promote
from hotline.exchange.sound import calm_music
from hotline.exchange.verbs.tasks import cancelled_and_awaited
from hotline.exchange.waiting import NAME_LIMIT, CallQueue, Entry, QueueFull, Taken

if TYPE_CHECKING:
    from hotline.exchange.twiml import Verb

# An empty wait document is asked for again, but not in a hot loop.
SHORTEST_ROUND_SECONDS = 1.0


async def enqueue(context: Context, verb: Verb) -> Outcome:
    call, exchange = context.call, context.exchange
    if context.entry is not None:
        # The fallback's Enqueue: this caller waits already, and keeps the place.
        return None
    await call.answer()
    name = verb.text
    if not name or len(name) > NAME_LIMIT:
        exchange.error(call, 14205, "Enqueue")
        return _action(context, verb, {"QueueResult": "error", "QueueTime": "0"})
    queue = exchange.queues.named(name)
    try:
        entry = queue.join(call)
    except QueueFull:
        exchange.error(call, 14207, "Enqueue")
        return _action(context, verb, {"QueueResult": "queue-full", "QueueTime": "0", "QueueSid": queue.sid})
    exchange.trace("state", call, "queue")
    exchange.event_log.write("queue.joined", call=call.sid, queue=queue.sid)
    result, bridge_was_on = "system-error", False
    after: Outcome = None
    try:
        waited = await _wait(context, verb, entry)
        if isinstance(waited, Taken):
            queue.leave(entry)
            call.queue_seconds = entry.wait_seconds
            waited_seconds = entry.wait_seconds
            bridge_was_on = True
            result = await _meet(context, verb, waited)
        else:
            result, after = waited
            waited_seconds = entry.wait_seconds
    except asyncio.CancelledError:
        queue.leave(entry)
        result = call.program.interruption or "system-error"
        if result == "redirected" and bridge_was_on:
            result = "redirected-from-bridged"
        if verb.get("action"):
            exchange.notify(_action_goto(context, verb, _fields(queue, entry, result)), call)
        raise
    finally:
        queue.leave(entry)
        if entry.taken.done():
            entry.taken.result().bridge.close()
        exchange.event_log.write("queue.left", call=call.sid, queue=queue.sid, result=result)
    if after is not None:
        return after
    return _action(context, verb, _fields(queue, entry, result, waited_seconds))


def _fields(queue: CallQueue, entry: Entry, result: str, seconds: int | None = None) -> dict[str, str]:
    waited = entry.call.queue_seconds if seconds is None and entry.taken.done() else seconds
    return {
        "QueueResult": result,
        "QueueSid": queue.sid,
        "QueueTime": str(entry.wait_seconds if waited is None else waited),
    }


def _action_goto(context: Context, verb: Verb, fields: dict[str, str]) -> Goto:
    return context.goto(verb.get("action"), verb.method(), fields)


def _action(context: Context, verb: Verb, fields: dict[str, str]) -> Outcome:
    """With no action the document goes on after Enqueue."""
    return _action_goto(context, verb, fields) if verb.get("action") else None


async def _meet(context: Context, verb: Verb, taken: Taken) -> str:
    from hotline.exchange.documents import DocumentFailed, follow

    if taken.announce_url:
        # The announcement is a courtesy; the two shall meet without it all the same.
        with contextlib.suppress(DocumentFailed):
            await follow(
                replace(context, allowed=frozenset({"Say", "Play", "Pause", "Redirect"})),
                Goto(taken.announce_url, taken.announce_method, {"DequeingCallSid": taken.agent.sid}),
            )
    taken.ready.set()
    await taken.bridge.stay(context.call)
    return "bridged"


async def _wait(context: Context, verb: Verb, entry: Entry) -> Taken | tuple[str, Outcome]:
    """Until an agent takes the member, or the wait document decides."""
    waiting = asyncio.ensure_future(_rounds(context, verb, entry))
    try:
        watched: set[asyncio.Future[Any]] = {waiting, entry.taken}
        await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancelled_and_awaited(waiting)
    if entry.taken.done():
        return entry.taken.result()
    return waiting.result()


async def _rounds(context: Context, verb: Verb, entry: Entry) -> tuple[str, Outcome]:
    """Play the wait document over and over. Ends with (QueueResult, what to do instead of the action)."""
    from hotline.exchange.documents import DocumentFailed, follow

    wait = replace(context, allowed=QUEUE_WAIT, entry=entry, more_fields=entry.wait_fields)
    if "waitUrl" not in verb.attributes:
        with context.call.audio.looping(calm_music()):
            await asyncio.Event().wait()
    if not verb.get("waitUrl"):
        await asyncio.Event().wait()
    goto = context.goto(verb.get("waitUrl"), verb.method("waitUrlMethod"))
    failures = 0
    while True:
        started = time.monotonic()
        try:
            outcome = await follow(wait, goto)
            failures = 0
        except DocumentFailed as failed:
            if verb.get("action") and context.call.settings.fallback is None:
                return "error", None
            outcome = await _recovered(wait, failed, failures)
            failures += 1
        if isinstance(outcome, LeaveQueue):
            return "leave", None
        if isinstance(outcome, HangUp):
            return "hangup", HangUp()
        if isinstance(outcome, Promote):
            return "redirected", outcome.next
        await asyncio.sleep(max(0.0, SHORTEST_ROUND_SECONDS - (time.monotonic() - started)))


async def _recovered(wait: Context, failed: Exception, failures: int) -> Outcome:
    """The wait document failed: the fallback speaks while the caller keeps the place in the queue.

    An Enqueue in the fallback changes nothing for somebody who waits already; a document that
    needs more than waiting (Dial, Record) takes the caller out of the queue.
    """
    from hotline.exchange.documents import BACK_OFF_SECONDS, DocumentFailed, follow

    call, exchange = wait.call, wait.exchange
    fallback = call.settings.fallback
    code, url = getattr(failed, "code", 11200), getattr(failed, "url", "")
    pause = BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)] * exchange.patience
    exchange.event_log.write("queue.kept", call=call.sid, queue=wait.entry.queue.sid if wait.entry else "")
    if fallback is not None:
        recovering = replace(wait, recovering=True, allowed=QUEUE_WAIT | {"Enqueue"})
        fields = {"ErrorCode": str(code), "ErrorUrl": url.split("#", 1)[0]}
        try:
            outcome = await follow(recovering, Goto(fallback.url, fallback.method, fields))
        except DocumentFailed:
            pass
        else:
            if outcome is not None:
                return outcome
    with call.audio.looping(calm_music()):
        await asyncio.sleep(pause)
    return None
