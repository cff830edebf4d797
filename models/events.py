"""Frozen facts in past tense: ids and codes only, never a caller's word or number.

They are told after commit, in process and to the other processes over Redis. The wire name of
`OfferMade` is `offer.made`.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

EventData = dict[str, Any]


@dataclass(frozen=True)
class Event:
    @property
    def name(self) -> str:
        return wire_name(type(self))

    def data(self) -> EventData:
        return asdict(self)


def wire_name(kind: type[Event]) -> str:
    """`CallReturnedToQueue` -> `call.returned_to_queue`."""
    words = re.findall(r"[A-Z][a-z0-9]*", kind.__name__)
    return str(words[0]).lower() + "." + "_".join(str(word).lower() for word in words[1:])


@dataclass(frozen=True)
class CallQueued(Event):
    call_id: int


@dataclass(frozen=True)
class CallConnecting(Event):
    call_id: int
    seat_id: int


@dataclass(frozen=True)
class CallAnswered(Event):
    call_id: int
    seat_id: int


@dataclass(frozen=True)
class CallReturnedToQueue(Event):
    call_id: int
    reason: str


@dataclass(frozen=True)
class CallEnded(Event):
    call_id: int
    outcome: str


@dataclass(frozen=True)
class CallUncovered(Event):
    """A caller waits and nobody is on duty."""

    call_id: int


@dataclass(frozen=True)
class OfferMade(Event):
    offer_id: int
    call_id: int
    seat_id: int


@dataclass(frozen=True)
class OfferEnded(Event):
    offer_id: int
    call_id: int
    seat_id: int
    state: str


@dataclass(frozen=True)
class SeatChanged(Event):
    seat_id: int
    state: str


@dataclass(frozen=True)
class DangerRaised(Event):
    danger_id: int
    call_id: int


@dataclass(frozen=True)
class DangerClosed(Event):
    danger_id: int
    call_id: int


@dataclass(frozen=True)
class DangerChanged(Event):
    """A step was ticked, a report decided, a debrief written."""

    danger_id: int
    call_id: int


@dataclass(frozen=True)
class CallerAsked(Event):
    """A web caller is asked where they are, or answered; `state`: asked | answered | refused."""

    call_id: int
    state: str


@dataclass(frozen=True)
class HelpAsked(Event):
    call_id: int
    seat_id: int


@dataclass(frozen=True)
class ParticipationChanged(Event):
    """A leg besides caller and operator, or what it lets through: confirmed by the carrier."""

    call_id: int
    participation_id: int
    state: str


@dataclass(frozen=True)
class TransferChanged(Event):
    call_id: int
    transfer_id: int
    state: str


@dataclass(frozen=True)
class LinkageChanged(Event):
    """A hand-off to 110/119/120."""

    call_id: int
    linkage_id: int


@dataclass(frozen=True)
class ConsentChanged(Event):
    call_id: int
    kind: str
    state: str


@dataclass(frozen=True)
class RecordingChanged(Event):
    """The carrier confirmed: started | paused | resumed."""

    call_id: int
    state: str


@dataclass(frozen=True)
class NoteSaved(Event):
    note_id: int
    call_id: int
    revision: int


@dataclass(frozen=True)
class NoteClosed(Event):
    note_id: int
    call_id: int


@dataclass(frozen=True)
class MessageLeft(Event):
    call_id: int
    callback_id: int


@dataclass(frozen=True)
class CallbackChanged(Event):
    """A call that is owed: its state, or which seat holds it."""

    callback_id: int
    state: str


@dataclass(frozen=True)
class LineDropped(Event):
    """A talk at high risk broke off; its seat is to call back at once, and the supervisor knows."""

    callback_id: int
    call_id: int
    seat_id: int


@dataclass(frozen=True)
class RecordingStored(Event):
    recording_id: int
    call_id: int


@dataclass(frozen=True)
class TranscriptFinished(Event):
    transcript_id: int
    call_id: int
    state: str


@dataclass(frozen=True)
class RiskMarked(Event):
    call_id: int
    level: int


@dataclass(frozen=True)
class IssueChanged(Event):
    issue_id: int


@dataclass(frozen=True)
class SignalRaised(Event):
    signal_id: int


@dataclass(frozen=True)
class SignalReviewed(Event):
    signal_id: int
    state: str


@dataclass(frozen=True)
class AlertDrafted(Event):
    alert_id: int


@dataclass(frozen=True)
class AlertIssued(Event):
    alert_id: int
    place_code: str


@dataclass(frozen=True)
class PaperChanged(Event):
    """A report was drafted, edited, signed or dropped. `state` is a `PaperState`."""

    paper_id: int
    state: str


@dataclass(frozen=True)
class PaperAnswered(Event):
    """An official acknowledged a report, asked or told something; or the hotline answered."""

    paper_id: int
    kind: str


@dataclass(frozen=True)
class AlertAnswered(Event):
    """An official acknowledged, took over, acted, asked or closed."""

    alert_id: int
    kind: str


@dataclass(frozen=True)
class ClockRang(Event):
    """A time limit of a signal, a draft or an issued alert ran out. `step` is a `ClockStep`."""

    subject: str
    subject_id: int
    step: str


@dataclass(frozen=True)
class DutyChanged(Event):
    """Something that a shift owes was opened, answered or closed. `kind`: a code of `ItemKind`."""

    call_id: int
    kind: str
    item_id: int


@dataclass(frozen=True)
class DutyOverdue(Event):
    """It fell overdue at high risk, and is the supervisor's now."""

    call_id: int
    kind: str
    item_id: int


@dataclass(frozen=True)
class HandoverChanged(Event):
    """Offered, accepted, declined, withdrawn or taken."""

    person_id: int
    state: str


@dataclass(frozen=True)
class ShiftChanged(Event):
    centre_id: int


@dataclass(frozen=True)
class AdmissionChanged(Event):
    """Somebody whom the queue refuses asked for leave to answer, or it was given or declined."""

    person_id: int


@dataclass(frozen=True)
class RestOffered(Event):
    """A shift was much: rest was offered, or the offer was answered."""

    person_id: int
    seat_id: int


@dataclass(frozen=True)
class AlarmChanged(Event):
    """A limit of the supervisor's watch was passed, told again, acknowledged, or is kept again."""

    alarm_id: int
    step: str
    level: str


@dataclass(frozen=True)
class ProgressMoved(Event):
    key: str


@dataclass(frozen=True)
class LinkLost(Event):
    """Of one process: what the others tell does not reach it. Never sent to another process."""


@dataclass(frozen=True)
class LinkBack(Event):
    """Of one process: it hears the others again, and what they told meanwhile is lost to it."""


def _kinds() -> dict[str, type[Event]]:
    return {wire_name(kind): kind for kind in Event.__subclasses__()}


def from_wire(name: str, data: EventData) -> Event:
    """Raises KeyError for a name that no event has."""
    return _kinds()[name](**data)
