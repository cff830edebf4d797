"""What the system makes of a seat: its state follows from facts and from the person's chosen status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from models.vocabulary import AgentStatus, SeatState


class SeatFact(StrEnum):
    SIGNED_ON = "signed_on"
    SIGNED_OFF = "signed_off"
    STATUS_CHOSEN = "status_chosen"
    DEVICE_LOST = "device_lost"
    """Microphone, sound or the desk's heartbeat went away."""
    DEVICE_BACK = "device_back"
    OFFERED = "offered"
    CALLS_BACK = "calls_back"
    """Out of the wrap-up of a line that dropped: the seat is rung to call that person back."""
    WITHDRAWN = "withdrawn"
    """The offer ended by no doing of this seat."""
    NOT_TAKEN = "not_taken"
    """Not answered, declined, or its line failed: a person must say that they are ready again."""
    ANSWERED = "answered"
    LINE_LOST = "line_lost"
    """The operator's leg dropped while the caller stayed."""
    TALK_ENDED = "talk_ended"
    RELEASED = "released"
    """The caller left before the talk began: there is nothing to write down."""
    WRAPPED_UP = "wrapped_up"
    WRAP_UP_OVER = "wrap_up_over"
    """The time for the note ran out, or a supervisor ended it: the note stays owed, nobody rings there."""
    RESTED = "rested"
    """The pause after a call that was not taken is over by the clock, where the rules set such a time."""
    NOTHING_HELD = "nothing_held"
    """Reconciliation: the seat is bound to a call that it no longer has."""


HEARTBEAT_AT_MOST = timedelta(seconds=45)
"""A desk that was not heard for so long is not there."""
SELF_HEALING_REASONS = frozenset({"device_lost", "heartbeat_lost"})
"""Pauses that end by themselves when the desk is back: the person never left."""


@dataclass(frozen=True)
class SeatSnapshot:
    state: SeatState
    status: AgentStatus
    device_live: bool
    reason: str | None = None


FROM: dict[SeatFact, frozenset[SeatState]] = {
    SeatFact.SIGNED_ON: frozenset({SeatState.OFFLINE}),
    SeatFact.SIGNED_OFF: frozenset(set(SeatState) - {SeatState.OFFLINE, SeatState.TALKING}),
    SeatFact.STATUS_CHOSEN: frozenset({SeatState.AVAILABLE, SeatState.PAUSED}),
    SeatFact.DEVICE_LOST: frozenset({SeatState.AVAILABLE}),
    SeatFact.DEVICE_BACK: frozenset({SeatState.PAUSED}),
    SeatFact.OFFERED: frozenset({SeatState.AVAILABLE}),
    SeatFact.CALLS_BACK: frozenset({SeatState.WRAP_UP}),
    SeatFact.WITHDRAWN: frozenset({SeatState.OFFERED}),
    SeatFact.NOT_TAKEN: frozenset({SeatState.OFFERED}),
    SeatFact.ANSWERED: frozenset({SeatState.OFFERED}),
    SeatFact.LINE_LOST: frozenset({SeatState.TALKING}),
    # A caller who hung up is told after the operator's leg dropped, now and then: that was a talk's end.
    SeatFact.TALK_ENDED: frozenset({SeatState.TALKING, SeatState.PAUSED}),
    SeatFact.RELEASED: frozenset({SeatState.TALKING}),
    SeatFact.WRAPPED_UP: frozenset({SeatState.WRAP_UP}),
    SeatFact.WRAP_UP_OVER: frozenset({SeatState.WRAP_UP}),
    SeatFact.RESTED: frozenset({SeatState.PAUSED}),
    SeatFact.NOTHING_HELD: frozenset({SeatState.OFFERED, SeatState.TALKING}),
}


def after(seat: SeatSnapshot, fact: SeatFact) -> SeatState | None:
    """The state that follows, or None when the fact changes nothing here."""
    if seat.state not in FROM[fact]:
        return None
    match fact:
        case SeatFact.SIGNED_ON:
            return SeatState.PAUSED
        case SeatFact.SIGNED_OFF:
            return SeatState.OFFLINE
        case SeatFact.DEVICE_BACK:
            return at_rest(seat) if seat.reason in SELF_HEALING_REASONS else None
        case SeatFact.RESTED:
            return SeatState.AVAILABLE if at_rest(seat) is SeatState.AVAILABLE else None
        case SeatFact.OFFERED | SeatFact.CALLS_BACK:
            return SeatState.OFFERED
        case SeatFact.ANSWERED:
            return SeatState.TALKING
        case SeatFact.TALK_ENDED:
            return SeatState.WRAP_UP
        case (
            SeatFact.DEVICE_LOST
            | SeatFact.NOT_TAKEN
            | SeatFact.LINE_LOST
            | SeatFact.WRAP_UP_OVER
            | SeatFact.NOTHING_HELD
        ):
            return SeatState.PAUSED
        case SeatFact.STATUS_CHOSEN | SeatFact.WITHDRAWN | SeatFact.RELEASED | SeatFact.WRAPPED_UP:
            return at_rest(seat)


def at_rest(seat: SeatSnapshot) -> SeatState:
    """Without a call: available only to who is ready with a live microphone and sound."""
    if seat.status is AgentStatus.SIGNED_OUT:
        return SeatState.OFFLINE
    ready = seat.status is AgentStatus.READY and seat.device_live
    return SeatState.AVAILABLE if ready else SeatState.PAUSED


def keeps_its_call(following: SeatState, fact: SeatFact) -> bool:
    """Whether a seat stays bound to its call; one whose line dropped does, as that may be the talk's end."""
    if following is SeatState.PAUSED:
        return fact is SeatFact.LINE_LOST
    return following not in (SeatState.AVAILABLE, SeatState.OFFLINE)


ON_DUTY = frozenset({SeatState.AVAILABLE, SeatState.OFFERED, SeatState.TALKING, SeatState.WRAP_UP})
"""Seats that serve callers: who is paused or away answers nobody."""


def why_not_ready(
    *, signed_on: bool, state: SeatState, device_live: bool, device_reason: str | None
) -> str | None:
    """Code of why a person can't be ready now, or None."""
    if not signed_on:
        return "not_signed_on"
    if state is SeatState.WRAP_UP:
        return "note_open"
    return None if device_live else (device_reason or "no_sound")
