"""Dial: connect the call to numbers and clients, a conference, or a queue."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline.exchange.bridge import Bridge
from hotline.exchange.call import StatusCallback, VoiceSettings
from hotline.exchange.program import Goto, HangUp, Outcome
from hotline.exchange.recordings import Recording
from hotline.exchange.sound import ringback
from hotline.exchange.twiml import Verb

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.context import Context

DEFAULT_TIMEOUT_SECONDS = 30
MAX_PARTIES = 10


async def dial(context: Context, verb: Verb) -> Outcome:
    """Without action the document goes on; with action what follows is never reached."""
    from hotline.exchange.verbs import dial_conference, dial_queue

    await context.call.answer()
    nouns = list(verb.children) or ([Verb("Number", {}, verb.text)] if verb.text else [])
    first = nouns[0].name if nouns else ""
    if first == "Conference":
        fields = await dial_conference.run(context, verb, nouns[0])
    elif first == "Queue":
        fields = await dial_queue.run(context, verb, nouns[0])
    else:
        parties = [noun for noun in nouns if noun.name in ("Number", "Client")][:MAX_PARTIES]
        if len(parties) < len(nouns) or not parties:
            context.exchange.error(context.call, 12200, "Dial")
        fields = await _dial_parties(context, verb, parties)
    if not verb.get("action"):
        return None
    return context.goto(verb.get("action"), verb.method(), fields)


def start_recording(context: Context, verb: Verb) -> Recording | None:
    """The recording that Dial's `record` asks for, or None."""
    wish = verb.get("record")
    if not wish or wish in ("false", "do-not-record"):
        return None
    callback = verb.get("recordingStatusCallback")
    return context.exchange.recordings.start(
        context.call,
        source="DialVerb",
        channels=2 if wish.endswith("-dual") else 1,
        callback_url=context.resolve(callback) if callback else "",
        callback_method=verb.method("recordingStatusCallbackMethod"),
        callback_events=verb.get("recordingStatusCallbackEvent", "completed").split(),
        trim=verb.get("trim") == "trim-silence",
    )


async def _dial_parties(context: Context, verb: Verb, parties: list[Verb]) -> dict[str, str]:
    dialling = Dialling(context, verb)
    try:
        if verb.flag("sequential", False):
            for party in parties:
                if await dialling.ring([party]):
                    break
        else:
            await dialling.ring(parties)
        return await dialling.talk()
    except asyncio.CancelledError:
        if verb.get("action") and context.call.program.interruption == "hangup":
            goto = context.goto(verb.get("action"), verb.method(), dialling.fields_after_hang_up())
            context.exchange.notify(goto, context.call)
        raise
    finally:
        dialling.release()


@dataclass(eq=False)
class Dialling:
    """One Dial at work: children ring, the first to answer is bridged, the rest are cancelled."""

    context: Context
    verb: Verb

    def __post_init__(self) -> None:
        self.children: list[Call] = []
        self.winner: Call | None = None
        self.bridge = Bridge(self.context.exchange)
        self.recording: Recording | None = None
        self._ready = asyncio.Event()

    async def ring(self, parties: list[Verb]) -> bool:
        """Whether somebody answered before the time-out."""
        call = self.context.call
        if self.verb.get("record").startswith(("record-from-ringing",)):
            self.recording = start_recording(self.context, self.verb)
        timeout = self.verb.number("timeout", DEFAULT_TIMEOUT_SECONDS, 1, 600)
        batch = [self._place(party) for party in parties]
        self.children += batch
        with call.audio.looping(ringback()):
            watch = [asyncio.ensure_future(self._all_gone(batch)), asyncio.ensure_future(self._ready.wait())]
            try:
                await asyncio.wait(watch, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in watch:
                    task.cancel()
        for child in batch:
            if child is not self.winner and not child.ended.is_set():
                child.end("no-answer" if self.winner is None else "canceled")
        return self.winner is not None

    async def talk(self) -> dict[str, str]:
        """Bridge with the winner until one side leaves; the fields of the action request."""
        call = self.context.call
        if self.winner is None:
            last = self.children[-1] if self.children else None
            fields = {"DialCallStatus": last.status if last else "failed", "DialBridged": "false"}
            if last:
                fields["DialCallSid"] = last.sid
            return fields
        if self.recording is None:
            self.recording = start_recording(self.context, self.verb)
        limit = self.verb.number("timeLimit", 14400, 1, 86400)
        if self.verb.flag("hangupOnStar", False):
            call.digit_listeners.append(self._on_key)
        try:
            async with asyncio.timeout(limit):
                await self.bridge.stay(call)
        except TimeoutError:
            pass
        finally:
            if self._on_key in call.digit_listeners:
                call.digit_listeners.remove(self._on_key)
        fields = self._bridged_fields(self.winner)
        if self.recording is not None:
            fields["RecordingUrl"] = self.recording.url
            fields["RecordingSid"] = self.recording.sid
        return fields

    def fields_after_hang_up(self) -> dict[str, str]:
        """What the action is told when the caller hung up: nothing that it answers counts any more."""
        if self.winner is not None:
            return self._bridged_fields(self.winner)
        fields = {"DialCallStatus": "canceled", "DialBridged": "false"}
        if self.children:
            fields["DialCallSid"] = self.children[-1].sid
        return fields

    def _bridged_fields(self, winner: Call) -> dict[str, str]:
        return {
            "DialCallStatus": "completed",
            "DialCallSid": winner.sid,
            "DialCallDuration": str(self.bridge.seconds),
            "DialBridged": str(self.bridge.was_bridged).lower(),
        }

    def release(self) -> None:
        """However the Dial ends, nobody is left ringing or alone on the line."""
        self.bridge.close()
        if self.recording is not None:
            self.context.exchange.spawn(self.recording.stop())
        for child in self.children:
            if child.ended.is_set() or child.program.interruption == "redirected":
                continue
            child.end("completed" if child.answered.is_set() else "canceled")

    def _on_key(self, key: str) -> None:
        if key == "*":
            self.bridge.close()

    async def _all_gone(self, batch: list[Call]) -> None:
        await asyncio.gather(*(child.ended.wait() for child in batch))

    def _place(self, noun: Verb) -> Call:
        context, call = self.context, self.context.call
        to = noun.text
        parameters = {p.get("name"): p.get("value") for p in noun.children if p.name == "Parameter"}
        if noun.name == "Client":
            identity = next((c.text for c in noun.children if c.name == "Identity"), to)
            to = identity if identity.startswith("client:") else f"client:{identity}"
        settings = VoiceSettings(fallback=call.settings.fallback)
        if noun.get("statusCallback"):
            settings.status_callbacks.append(
                StatusCallback(
                    context.resolve(noun.get("statusCallback")),
                    noun.method("statusCallbackMethod"),
                    frozenset(noun.get("statusCallbackEvent", "completed").split()),
                )
            )
        child = context.exchange.place_call(
            to=to,
            caller=self.verb.get("callerId") or call.caller,
            direction="outbound-dial",
            settings=settings,
            parent=call,
            parameters=parameters,
            on_answer=lambda child: self._answered(child, noun),
        )
        child.forwarded_from = call.forwarded_from
        return child

    async def _answered(self, child: Call, noun: Verb) -> Outcome:
        """The child's own program: an announcement first, if one is wished, then the bridge."""
        from hotline.exchange.documents import DocumentFailed, follow

        if noun.get("url"):
            whisper = type(self.context)(self.context.exchange, child, self.context.url)
            try:
                outcome = await follow(whisper, Goto(self.context.resolve(noun.get("url")), noun.method()))
                if isinstance(outcome, HangUp):
                    return outcome
            except DocumentFailed:
                pass
        if self.winner is not None:
            return HangUp()
        self.winner = child
        self.answered_at = time.monotonic()
        self._ready.set()
        await self.bridge.stay(child)
        return HangUp()
