"""One call: its state, its far end, its audio, and the program that the application runs on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hotline.exchange.call_audio import CallAudio
from hotline.exchange.leg import Leg
from hotline.exchange.moments import now, rfc2822
from hotline.exchange.program import Goto, Program
from hotline.exchange.sids import new_sid

if TYPE_CHECKING:
    from hotline.exchange.exchange import Exchange

log = logging.getLogger(__name__)

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
API_VERSION = "2010-04-01"


@dataclass(frozen=True)
class Webhook:
    url: str
    method: str = "POST"


@dataclass(frozen=True)
class StatusCallback:
    """Where call progress is told, and which of initiated, ringing, answered, completed."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass
class VoiceSettings:
    """What the application wants for a call: where to ask, and where when that fails."""

    voice: Goto | None = None
    fallback: Webhook | None = None
    status_callbacks: list[StatusCallback] = field(default_factory=list)


class Call:
    """Created queued (to us) or ringing (from outside); ends once, in one of FINAL."""

    def __init__(
        self,
        exchange: Exchange,
        leg: Leg,
        *,
        caller: str,
        called: str,
        direction: str,
        settings: VoiceSettings,
        parent: Call | None = None,
        extra: dict[str, str] | None = None,
    ) -> None:
        self.exchange, self.leg, self.settings = exchange, leg, settings
        self.sid = new_sid("CA")
        self.caller, self.called, self.direction = caller, called, direction
        self.parent_sid = parent.sid if parent else None
        self.extra = extra or {}
        self.forwarded_from: str | None = None
        self.status = "ringing" if direction == "inbound" else "queued"
        self.created_at = self.updated_at = now()
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.queue_seconds = 0
        self.audio = CallAudio(leg)
        self.program = Program(self)
        self.digit_listeners: list[Callable[[str], None]] = []
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.ended_by_api = False
        self._sequence = 0
        leg.listener = self

    # -- facts
    @property
    def is_live(self) -> bool:
        return self.answered.is_set() and not self.ended.is_set()

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def duration_seconds(self) -> int:
        if self.answered_at is None:
            return 0
        return int(((self.ended_at or now()) - self.answered_at).total_seconds())

    def parameters(self) -> dict[str, str]:
        """The fields that every webhook of this call carries."""
        fields = {
            "CallSid": self.sid,
            "AccountSid": self.exchange.configuration.account_sid,
            "From": self.caller,
            "To": self.called,
            "Caller": self.caller,
            "Called": self.called,
            "CallStatus": self.status,
            "ApiVersion": API_VERSION,
            "Direction": self.direction,
        }
        if self.parent_sid:
            fields["ParentCallSid"] = self.parent_sid
        if self.forwarded_from:
            fields["ForwardedFrom"] = self.forwarded_from
        return {**self.extra, **fields}

    # -- what happens to it
    async def ring(self, parameters: dict[str, str]) -> None:
        """Send the call out to its far end, unless it was cancelled before."""
        if self.ended.is_set():
            return
        self.tell("initiated", status="initiated")
        self._set_status("ringing")
        self.tell("ringing")
        await self.leg.ring(self.sid, self.caller, parameters)

    async def answer(self) -> None:
        """Pick up a call from outside; a second time does nothing."""
        if self.answered.is_set() or self.ended.is_set():
            return
        await self.leg.answer(self.sid)
        self._become_live()

    def end(self, status: str) -> None:
        """The call is over. Only the first ending counts."""
        if self.ended.is_set():
            return
        self.ended_at = now()
        self._set_status(status)
        self.ended.set()
        self.program.stop()
        self.exchange.call_ended(self)
        self.exchange.spawn(self.leg.hang_up(status))
        fields = {
            "CallDuration": str(self.duration_seconds),
            "Duration": str(-(-self.duration_seconds // 60)),
        }
        self.tell("completed", **fields)

    def press(self, digit: str) -> None:
        for listener in list(self.digit_listeners):
            listener(digit)

    def tell(self, event: str, status: str | None = None, **fields: str) -> None:
        """Send a status callback to whoever asked for `event`."""
        for callback in self.settings.status_callbacks:
            if event not in callback.events:
                continue
            body = {
                **self.parameters(),
                "CallbackSource": "call-progress-events",
                "Timestamp": rfc2822(now()) or "",
                "SequenceNumber": str(self._sequence),
                **fields,
            }
            if status:
                body["CallStatus"] = status
            self.exchange.callbacks.send(self.sid + callback.url, callback.url, callback.method, body)
        self._sequence += 1

    # -- what the far end does (LegEvents)
    def leg_answered(self) -> None:
        if not self.answered.is_set() and not self.ended.is_set():
            self._become_live()

    def leg_digit(self, digit: str) -> None:
        if self.is_live:
            self.exchange.trace("digit", self, digit)
            self.press(digit)

    def leg_refused(self, status: str) -> None:
        if not self.answered.is_set():
            self.end(status)

    def leg_ended(self) -> None:
        if self.ended.is_set():
            return
        if self.answered.is_set():
            self.end("completed")
        else:
            self.end("no-answer" if self.direction == "inbound" else "canceled")

    # -- inside
    def _become_live(self) -> None:
        self.answered_at = now()
        self._set_status("in-progress")
        self.answered.set()
        self.exchange.call_answered(self)
        self.tell("answered")

    def _set_status(self, status: str) -> None:
        self.status = status
        self.updated_at = now()
        self.exchange.trace("status", self, status)
        facts: dict[str, Any] = {"call": self.sid, "status": status, "direction": self.direction}
        if self.parent_sid:
            facts["parent"] = self.parent_sid
        if status in FINAL:
            facts["seconds"] = self.duration_seconds
        self.exchange.event_log.write("call." + ("ended" if status in FINAL else status), **facts)
