"""Dial into a conference."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from hotline.exchange.conferences import JoinOptions
from hotline.exchange.verbs import dial

if TYPE_CHECKING:
    from hotline.exchange.context import Context
    from hotline.exchange.twiml import Verb


def options_of(context: Context, noun: Verb) -> JoinOptions:
    wait_url: str | None = None
    if "waitUrl" in noun.attributes:
        wait_url = context.resolve(noun.get("waitUrl")) if noun.get("waitUrl") else ""
    callback = noun.get("statusCallback")
    return JoinOptions(
        start_on_enter=noun.flag("startConferenceOnEnter", True),
        end_on_exit=noun.flag("endConferenceOnExit", False),
        muted=noun.flag("muted", False),
        beep=noun.get("beep", "true"),
        label=noun.get("participantLabel"),
        wait_url=wait_url,
        wait_method=noun.method("waitMethod"),
        callback_url=context.resolve(callback) if callback else "",
        callback_method=noun.method("statusCallbackMethod"),
        callback_events=frozenset(noun.get("statusCallbackEvent", "start end").split()),
        coach=noun.get("coach"),
    )


async def run(context: Context, verb: Verb, noun: Verb) -> dict[str, str]:
    """The fields of the action request, when the participant has left."""
    call, exchange = context.call, context.exchange
    if not noun.text:
        exchange.error(call, 13232, "Conference")
        return {"DialCallStatus": "failed"}
    if noun.get("record") == "record-from-start":
        exchange.error(call, 12200, "Conference record")  # record a leg instead, so that voices stay apart
    conference = exchange.conferences.live(noun.text)
    options = options_of(context, noun)
    if options.coach and options.coach not in conference.participants:
        exchange.error(call, 13240, "Conference")
        return {"DialCallStatus": "failed", "ErrorCode": "13240"}
    started = time.monotonic()
    recording = dial.start_recording(context, verb)

    def on_key(key: str) -> None:
        participant = conference.participants.get(call.sid)
        if key == "*" and participant is not None and not participant.left.done():
            participant.left.set_result("participant_hung_up")

    if verb.flag("hangupOnStar", False):
        call.digit_listeners.append(on_key)
    try:
        async with asyncio.timeout(verb.number("timeLimit", 14400, 1, 86400)):
            await conference.stay(call, options)
    except TimeoutError:
        pass
    except asyncio.CancelledError:
        if verb.get("action") and call.program.interruption == "hangup":
            exchange.notify(context.goto(verb.get("action"), verb.method(), _fields(started)), call)
        raise
    finally:
        if on_key in call.digit_listeners:
            call.digit_listeners.remove(on_key)
        if recording is not None:
            exchange.spawn(recording.stop())
    fields = _fields(started)
    if recording is not None:
        fields["RecordingUrl"] = recording.url
    return fields


def _fields(started: float) -> dict[str, str]:
    return {"DialCallStatus": "answered", "DialCallDuration": str(int(time.monotonic() - started))}
