"""Honest fakes: ordinary classes that play an outside part's role and remember what was asked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hotline.domain.waiting_time import WaitSpan
from models.call_back_words import TryResult
from models.events import Event
from models.vocabulary import AgentStatus, CallbackState


class StoppedClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Bulletin:
    """Stands between units of work and listeners, in one process: what is published is told at once."""

    told: list[Event] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    listeners: list[Callable[[Sequence[Event]], None]] = field(default_factory=list)

    def publish(self, events: Sequence[Event], rows: Sequence[int]) -> None:
        self.told.extend(events)
        self.rows.extend(rows)
        if events:
            for listener in self.listeners:
                listener(events)

    def subscribe(self, listener: Callable[[Sequence[Event]], None]) -> None:
        self.listeners.append(listener)


@dataclass
class OpenExchange:
    """Softphone access that hands out readable tokens."""

    signalling_url: str = "ws://127.0.0.1:8002/signal"
    signalling_sources: tuple[str, ...] = ("ws://127.0.0.1:8002",)
    line: str = "own"
    identities: list[str] = field(default_factory=list)

    def token(self, identity: str) -> str:
        self.identities.append(identity)
        return f"token-of-{identity}"


@dataclass
class OpenCaptions:
    """Captions access that hands out readable tokens."""

    url: str = "ws://127.0.0.1:8004/captions"
    source: str = "ws://127.0.0.1:8004"
    model: bool = True

    def installed(self) -> bool:
        return self.model

    def token(self, call_id: int, person_id: int) -> str:
        return f"captions-of-{call_id}-for-{person_id}"


class RecordingDesk:
    """Plays the routing use cases towards the console: remembers what was asked, refuses when told to.

    `asked` holds (verb, arguments). `refuse[verb]` is an error to raise instead.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.refuse: dict[str, Exception] = {}
        self.ahead = 1
        self.wait: WaitSpan | None = WaitSpan(300, 460)
        self.seats_on_duty = 3

    def _ask(self, verb: str, *arguments: Any) -> None:
        if verb in self.refuse:
            raise self.refuse[verb]
        self.asked.append((verb, arguments))

    def sign_on(self, person_id: int, seat_id: int) -> None:
        self._ask("sign_on", person_id, seat_id)

    def sign_off(self, person_id: int) -> None:
        self._ask("sign_off", person_id)

    def choose_status(self, person_id: int, status: AgentStatus) -> None:
        self._ask("choose_status", person_id, status)

    def report_device(self, person_id: int, live: bool, reason: str | None) -> None:
        self._ask("report_device", person_id, live, reason)

    def set_by_supervisor(self, seat_id: int, supervisor_id: int, status: AgentStatus, reason: str) -> None:
        self._ask("set_by_supervisor", seat_id, supervisor_id, status, reason)

    def decline(self, offer_id: int, person_id: int) -> None:
        self._ask("decline", offer_id, person_id)

    def position(self, call_id: int) -> RecordingDesk:
        return self

    def end(self, call_id: int, person_id: int) -> None:
        self._ask("end", call_id, person_id)

    def hold(self, call_id: int, person_id: int, on: bool) -> None:
        self._ask("hold", call_id, person_id, on)

    def mute(self, call_id: int, person_id: int, on: bool) -> None:
        self._ask("mute", call_id, person_id, on)

    def pause_recording(self, call_id: int, person_id: int, on: bool) -> None:
        self._ask("pause_recording", call_id, person_id, on)

    def refuse_recording(self, call_id: int, person_id: int, reason: str) -> None:
        self._ask("refuse_recording", call_id, person_id, reason)

    def ask_help(self, call_id: int, person_id: int) -> None:
        self._ask("ask_help", call_id, person_id)

    def extend(self, person_id: int, seconds: int) -> None:
        self._ask("extend", person_id, seconds)

    def finish(self, person_id: int) -> None:
        self._ask("finish", person_id)

    def closed(self, callback_id: int, person_id: int, state: CallbackState) -> None:
        self._ask("closed", callback_id, person_id, state)

    def offer_for_silence(self, call_id: int, person_id: int) -> None:
        self._ask("offer_for_silence", call_id, person_id)

    def dial(self, call_id: int, person_id: int) -> None:
        self._ask("dial", call_id, person_id)

    def give_back(self, call_id: int, person_id: int) -> None:
        self._ask("give_back", call_id, person_id)

    def not_the_person(self, call_id: int, person_id: int, result: TryResult) -> None:
        self._ask("not_the_person", call_id, person_id, result)

    def call_back(self, callback_id: int, person_id: int) -> None:
        self._ask("call_back", callback_id, person_id)

    def hand_over(self, callback_id: int, person_id: int) -> None:
        self._ask("hand_over", callback_id, person_id)

    def lift(self, limit_id: int, person_id: int, why: str) -> None:
        self._ask("lift", limit_id, person_id, why)

    def extend_limit(self, limit_id: int, person_id: int, hours: int, why: str) -> None:
        self._ask("extend_limit", limit_id, person_id, hours, why)


class RecordingReview:
    """Plays the review and the officials' answers: remembers what was asked, refuses when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.refuse: dict[str, Exception] = {}

    def _ask(self, verb: str, *arguments: Any) -> None:
        if verb in self.refuse:
            raise self.refuse[verb]
        self.asked.append((verb, arguments))

    def watch(self, signal_id: int, person_id: int, reason: str) -> None:
        self._ask("watch", signal_id, person_id, reason)

    def merge(self, signal_id: int, into_id: int, person_id: int, reason: str) -> None:
        self._ask("merge", signal_id, into_id, person_id, reason)

    def reject(self, signal_id: int, person_id: int, reason: str, cause: object = None) -> None:
        self._ask("reject", signal_id, person_id, reason)

    def verify(self, signal_id: int, person_id: int, level: Any, reason: str) -> int:
        self._ask("verify", signal_id, person_id, level, reason)
        return 1

    def sign(self, alert_id: int, person_id: int, *more: object) -> None:
        self._ask("sign", alert_id, person_id)

    def return_draft(self, alert_id: int, person_id: int, reason: str) -> None:
        self._ask("return_draft", alert_id, person_id, reason)

    def acknowledge(self, alert_id: int, person_id: int) -> None:
        self._ask("acknowledge", alert_id, person_id)

    def own(self, alert_id: int, person_id: int) -> None:
        self._ask("own", alert_id, person_id)

    def act(self, alert_id: int, person_id: int, text: str) -> None:
        self._ask("act", alert_id, person_id, text)

    def ask(self, alert_id: int, person_id: int, text: str) -> None:
        self._ask("ask", alert_id, person_id, text)

    def answer(self, alert_id: int, person_id: int, text: str) -> None:
        self._ask("answer", alert_id, person_id, text)

    def close(self, alert_id: int, person_id: int, text: str) -> None:
        self._ask("close", alert_id, person_id, text)
