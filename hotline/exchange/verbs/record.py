"""Record: the caller speaks after a tone; silence, a key or the length ends it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from hotline.exchange.program import Outcome
from hotline.exchange.sound import Samples, beep

if TYPE_CHECKING:
    from hotline.exchange.context import Context
    from hotline.exchange.recordings import Recording
    from hotline.exchange.twiml import Verb

ALL_KEYS = "1234567890*#"


async def record(context: Context, verb: Verb) -> Outcome:
    """With no action the document itself is asked again; an empty recording goes on with the next verb."""
    call, exchange = context.call, context.exchange
    await call.answer()
    if verb.flag("playBeep", True):
        await call.audio.play(beep())
    callback = verb.get("recordingStatusCallback")
    recording = exchange.recordings.start(
        call,
        source="RecordVerb",
        channels=1,
        track="inbound",
        callback_url=context.resolve(callback) if callback else "",
        callback_method=verb.method("recordingStatusCallbackMethod"),
        callback_events=verb.get("recordingStatusCallbackEvent", "completed").split(),
        trim=verb.get("trim", "trim-silence") == "trim-silence",
    )
    try:
        ended_by = await _until_over(context, verb, recording)
    except asyncio.CancelledError:
        hung_up = call.program.interruption == "hangup"
        exchange.spawn(_finish_after_hang_up(context, verb, recording, hung_up))
        raise
    await recording.stop()
    if not recording.had_voice:
        exchange.recordings.delete(recording)
        return None
    return context.goto(verb.get("action"), verb.method(), _fields(recording, ended_by))


def _fields(recording: Recording, digits: str) -> dict[str, str]:
    fields = {
        "RecordingUrl": recording.url,
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.duration_seconds),
    }
    if digits:
        fields["Digits"] = digits
    return fields


async def _finish_after_hang_up(context: Context, verb: Verb, recording: Recording, hung_up: bool) -> None:
    await recording.stop()
    if not recording.had_voice:
        context.exchange.recordings.delete(recording)
    elif hung_up:
        goto = context.goto(verb.get("action"), verb.method(), _fields(recording, "hangup"))
        context.exchange.notify(goto, context.call)


async def _until_over(context: Context, verb: Verb, recording: Recording) -> str:
    """The key that ended it, or nothing."""
    call = context.call
    finish_keys = verb.get("finishOnKey", ALL_KEYS)
    over: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def on_key(key: str) -> None:
        if key in finish_keys and not over.done():
            over.set_result(key)

    listener = _SilenceWatch(verb.number("timeout", 5, 1, 600), over)
    call.digit_listeners.append(on_key)
    call.audio.taps.append(listener)
    try:
        async with asyncio.timeout(verb.number("maxLength", 3600, 1, 14400)):
            return await over
    except TimeoutError:
        return ""
    finally:
        call.digit_listeners.remove(on_key)
        call.audio.taps.remove(listener)


class _SilenceWatch:
    """Ends the recording after `timeout` seconds without voice."""

    def __init__(self, timeout: float, over: asyncio.Future[str]) -> None:
        self._timeout, self._over = timeout, over
        self._last_voice = time.monotonic()

    def frames(self, inbound: Samples, outbound: Samples) -> None:
        from hotline.exchange.recordings import is_voice

        if is_voice(inbound):
            self._last_voice = time.monotonic()
        elif time.monotonic() - self._last_voice >= self._timeout and not self._over.done():
            self._over.set_result("")
