"""Where a call may go: every fact of a call, and the state that follows it.

A fact that does not fit the state changes nothing: carriers repeat themselves, come late, and come in
the wrong order.

    greeting -> queued -> connecting -> talking -> ended
                  ^  \\-> message         |
                  \\______________________/   (the operator's leg dropped: the caller waits on)
"""

from __future__ import annotations

from enum import StrEnum

from models.vocabulary import CallOutcome, CallState


class CallFact(StrEnum):
    QUEUED = "queued"
    """The greeting is over, or a person who left a message came back to wait."""
    CONNECTING = "connecting"
    """An operator's leg answered, or the stand-by phone is dialled."""
    TALKING = "talking"
    """Caller and operator are both in the conference, as the carrier says."""
    NOT_CONNECTED = "not_connected"
    """The talk did not come about; the caller waits on."""
    OPERATOR_LOST = "operator_lost"
    PUT_BACK = "put_back"
    """A transfer gave the call back to the queue: asked for by the operator, or since nobody was left."""
    MESSAGE = "message"
    ENDED = "ended"
    CAME_BACK = "came_back"
    """The carrier asks again what to do with a call that was held to be over: it lives."""


NEXT: dict[CallFact, tuple[frozenset[CallState], CallState]] = {
    CallFact.QUEUED: (frozenset({CallState.GREETING, CallState.MESSAGE}), CallState.QUEUED),
    CallFact.CONNECTING: (frozenset({CallState.GREETING, CallState.QUEUED}), CallState.CONNECTING),
    CallFact.TALKING: (frozenset({CallState.CONNECTING}), CallState.TALKING),
    CallFact.NOT_CONNECTED: (frozenset({CallState.CONNECTING}), CallState.QUEUED),
    CallFact.OPERATOR_LOST: (frozenset({CallState.CONNECTING, CallState.TALKING}), CallState.QUEUED),
    CallFact.PUT_BACK: (frozenset({CallState.TALKING}), CallState.QUEUED),
    CallFact.MESSAGE: (frozenset({CallState.GREETING, CallState.QUEUED}), CallState.MESSAGE),
    CallFact.CAME_BACK: (frozenset({CallState.ENDED}), CallState.QUEUED),
    CallFact.ENDED: (frozenset(set(CallState) - {CallState.ENDED}), CallState.ENDED),
}


def after(state: CallState, fact: CallFact) -> CallState | None:
    """The state that follows, or None when the fact changes nothing here."""
    allowed, following = NEXT[fact]
    return following if state in allowed else None


def outcome_of(
    *,
    answered: bool,
    transferred: bool,
    left_message: bool,
    wished_callback: bool,
    ended_by: str,
    limited: bool = False,
) -> CallOutcome:
    """How an ended call counts. A talk that took place counts as answered, however it ended.

    `limited`: its number called too often for now; the caller was told so and went no further.
    """
    if answered:
        return CallOutcome.ANSWERED
    if transferred:
        return CallOutcome.TRANSFERRED
    if left_message:
        return CallOutcome.MESSAGE
    if wished_callback:
        return CallOutcome.CALLBACK
    if limited:
        return CallOutcome.LIMITED
    return CallOutcome.ABANDONED if ended_by in ("caller", "operator") else CallOutcome.FAILED
