"""What the console is made of: the use cases it calls, named by role, and handed in by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from analytics.papers.desk import Papers
from hotline.care.consents import Consents
from hotline.care.danger import DangerProtocol
from hotline.care.follow_ups import FollowUps
from hotline.care.linkages import Linkages
from hotline.care.notes import Notes
from hotline.care.withdrawal import Withdrawals
from hotline.domain.waiting_time import WaitSpan
from hotline.routing.supervision import Supervision
from hotline.routing.transfers import Transfers
from models.call_back_words import TryResult
from models.crypto import Keyring, NumberHasher
from models.events import Event
from models.unit_of_work import Clock, Work
from models.vocabulary import AgentStatus, CallbackState


class SeatDesk(Protocol):
    """Sitting down, standing up, and what the person chooses to be."""

    def sign_on(self, person_id: int, seat_id: int) -> object: ...
    def sign_off(self, person_id: int) -> object: ...
    def choose_status(self, person_id: int, status: AgentStatus) -> object: ...
    def report_device(self, person_id: int, live: bool, reason: str | None) -> object: ...
    def set_by_supervisor(
        self, seat_id: int, supervisor_id: int, status: AgentStatus, reason: str
    ) -> object: ...


class OfferDesk(Protocol):
    def decline(self, offer_id: int, person_id: int) -> object: ...


class PlaceInLine(Protocol):
    """Answer of `WaitingLine.position`."""

    @property
    def ahead(self) -> int: ...
    @property
    def wait(self) -> WaitSpan | None: ...
    @property
    def seats_on_duty(self) -> int: ...


class WaitingLine(Protocol):
    def position(self, call_id: int) -> PlaceInLine: ...


class TalkDesk(Protocol):
    """The call in hand; each is confirmed by the carrier afterwards, never by the button."""

    def end(self, call_id: int, person_id: int) -> object: ...
    def hold(self, call_id: int, person_id: int, on: bool) -> object: ...
    def mute(self, call_id: int, person_id: int, on: bool) -> object: ...
    def pause_recording(self, call_id: int, person_id: int, on: bool) -> object: ...
    def refuse_recording(self, call_id: int, person_id: int, reason: str) -> object: ...
    def ask_help(self, call_id: int, person_id: int) -> object: ...


class WrapUpDesk(Protocol):
    def extend(self, person_id: int, seconds: int) -> object: ...
    def finish(self, person_id: int) -> object: ...


class CallbackDesk(Protocol):
    def closed(self, callback_id: int, person_id: int, state: CallbackState) -> object: ...
    def offer_for_silence(self, call_id: int, person_id: int) -> object: ...


class CallingBackDesk(Protocol):
    """A call-back at the seat that took it."""

    def dial(self, call_id: int, person_id: int) -> object: ...
    def give_back(self, call_id: int, person_id: int) -> object: ...
    def not_the_person(self, call_id: int, person_id: int, result: TryResult) -> object: ...


class DroppedLineDesk(Protocol):
    def call_back(self, callback_id: int, person_id: int) -> object: ...
    def hand_over(self, callback_id: int, person_id: int) -> object: ...


class LimitDesk(Protocol):
    """Limits on nuisance numbers; each change with its reason."""

    def lift(self, limit_id: int, person_id: int, why: str) -> object: ...
    def extend_limit(self, limit_id: int, person_id: int, hours: int, why: str) -> object: ...


class SoftphoneAccess(Protocol):
    """Lets a browser into the telephone exchange, under one identity, for a short time."""

    @property
    def line(self) -> str:
        """`own` or `voice-sdk`: what `static/js/softphone/line.js` makes of it."""
        ...

    @property
    def signalling_url(self) -> str:
        """Empty: the library knows its own."""
        ...

    @property
    def signalling_sources(self) -> Sequence[str]:
        """Every origin that the browser may open a signalling socket to."""
        ...

    def token(self, identity: str) -> str: ...


class CaptionsAccess(Protocol):
    """Lets a desk see the live captions of one call, for a short time."""

    @property
    def url(self) -> str: ...
    @property
    def source(self) -> str:
        """Scheme and host of `url`, for the page's content security policy."""
        ...

    def installed(self) -> bool:
        """Whether there is a speech model at all."""
        ...

    def token(self, call_id: int, person_id: int) -> str: ...


class SignalReview(Protocol):
    """Signals are verified by one person and signed by another."""

    def watch(self, signal_id: int, person_id: int, reason: str) -> object: ...
    def reject(self, signal_id: int, person_id: int, reason: str, cause: Any = None) -> object: ...
    def merge(self, signal_id: int, into_id: int, person_id: int, reason: str) -> object: ...
    def verify(self, signal_id: int, person_id: int, level: Any, reason: str) -> int: ...
    def sign(
        self,
        alert_id: int,
        person_id: int,
        copies: Sequence[int] = (),
        copies_reason: str = "",
        harm_to_others: bool = False,
    ) -> object: ...
    def return_draft(self, alert_id: int, person_id: int, reason: str) -> object: ...


class OfficialAnswers(Protocol):
    """What an official does with an alert of their own place."""

    def acknowledge(self, alert_id: int, person_id: int) -> object: ...
    def own(self, alert_id: int, person_id: int) -> object: ...
    def act(self, alert_id: int, person_id: int, text: str) -> object: ...
    def ask(self, alert_id: int, person_id: int, text: str) -> object: ...
    def answer(self, alert_id: int, person_id: int, text: str) -> object: ...
    def close(self, alert_id: int, person_id: int, text: str) -> object: ...


CoverageNow = Callable[[Session, datetime], Any]
"""`hotline.workforce.coverage.coverage_now`."""

Subscribe = Callable[[Callable[[Sequence[Event]], None]], None]
"""Hands each batch of committed events, of every process, to the listener."""


@dataclass(frozen=True)
class ConsoleSettings:
    """The few settings that pages need."""

    session_secret: str
    public_url: str
    number: str
    idle_seconds: int = 15 * 60
    session_hours: int = 14
    offer_seconds: int = 20
    recordings_dir: Path | None = None
    """Where sealed audio lies; None: nothing can be played."""
    models_dir: Path | None = None
    trusted_proxies: int = 0
    """How many proxies in front may say who asks; 0: the address of the connection counts."""
    carrier: str = "embedded"
    """embedded | twilio | other: whose lines carry the calls."""
    prompts_dir: Path | None = None
    """Where recorded prompts lie; None: none can be uploaded."""
    prompt_texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Chinese and English words of each `Prompt`, as they came with the product."""
    read_aloud: Callable[[str, str], bytes | None] | None = None
    """Chinese and English words in the voice that callers hear, as WAV; None of it: nothing reads just now.
    None: the carrier reads, and its voice is heard in a call alone."""


@dataclass(frozen=True)
class ConsoleParts:
    work: Work
    engine: Engine
    clock: Clock
    settings: ConsoleSettings
    hasher: NumberHasher
    audit_key: bytes
    keyring: Keyring
    seats: SeatDesk
    offers: OfferDesk
    line: WaitingLine
    conversation: TalkDesk
    wrap_up: WrapUpDesk
    callbacks: CallbackDesk
    calling_back: CallingBackDesk
    dropped_lines: DroppedLineDesk
    nuisance: LimitDesk
    notes: Notes
    consents: Consents
    danger: DangerProtocol
    transfers: Transfers
    supervision: Supervision
    linkages: Linkages
    follow_ups: FollowUps
    coverage: CoverageNow
    review: SignalReview
    answers: OfficialAnswers
    softphone: SoftphoneAccess
    captions: CaptionsAccess
    withdrawals: Withdrawals
    papers: Papers
    subscribe: Subscribe

    def reading(self) -> Session:
        """A session that only reads: on SQLite it takes no write lock. Close it (`with`)."""
        return Session(self.engine.execution_options(reads_only=True), expire_on_commit=False)
