"""What becomes of a transfer: which may begin, and what follows from each fact. Pure.

    asked -> consulting -> three_way -> completed        (consult)
    asked -> completed                                   (cold: the target answered)
    any of them -> returned | ended | cancelled          (back to the first operator)
                -> bounced                               (nobody of ours is left: head of the queue)
                -> caller_left

The operator is freed only once the target is there, and a caller is never left with nobody: if target and
operator are both gone, the queue takes the call back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary import CallState, SeatState
from models.vocabulary_talk import TransferKind, TransferState


class Party(StrEnum):
    SEAT = "seat"
    NUMBER = "number"
    EMERGENCY = "emergency"


class TransferFact(StrEnum):
    TARGET_IN = "target_in"
    """The target's leg is in the talk, as the carrier says."""
    TARGET_FAILED = "target_failed"
    """Busy, declined, not answered, or its line failed."""
    TARGET_LEFT = "target_left"
    OPERATOR_LEFT = "operator_left"
    CALLER_BACK = "caller_back"
    """The caller is off hold while the target is there."""
    HAND_OVER = "hand_over"
    """Asked for by the operator."""
    CANCEL = "cancel"
    CALLER_LEFT = "caller_left"


class Step(StrEnum):
    NOTHING = "nothing"
    WAIT = "wait"
    """The operator is gone, the target still rings: whoever answers takes over."""
    CONSULT = "consult"
    THREE_WAY = "three_way"
    HAND_OVER = "hand_over"
    RETURN = "return"
    END = "end"
    CANCEL = "cancel"
    BOUNCE = "bounce"
    CLOSE = "close"


@dataclass(frozen=True)
class Situation:
    kind: TransferKind
    state: TransferState
    party: Party
    operator_there: bool


def step_after(now: Situation, fact: TransferFact) -> Step:
    """What follows; NOTHING for a fact that does not fit: late, told twice, or out of order."""
    if not now.state.is_open:
        return Step.NOTHING
    talking = now.state in (TransferState.CONSULTING, TransferState.THREE_WAY)
    match fact:
        case TransferFact.TARGET_IN if not talking:
            at_once = now.kind is TransferKind.COLD or not now.operator_there
            return Step.HAND_OVER if at_once else Step.CONSULT
        case TransferFact.TARGET_FAILED if not talking:
            return Step.RETURN if now.operator_there else Step.BOUNCE
        case TransferFact.TARGET_FAILED | TransferFact.TARGET_LEFT:
            # A leg that was never in can't leave; its failure is told by itself.
            if not talking:
                return Step.NOTHING
            return Step.END if now.operator_there else Step.BOUNCE
        case TransferFact.OPERATOR_LEFT:
            return _without_operator(now)
        case TransferFact.CALLER_BACK if now.state is TransferState.CONSULTING:
            return Step.THREE_WAY
        case TransferFact.HAND_OVER if talking:
            return Step.HAND_OVER
        case TransferFact.CANCEL:
            return Step.END if talking else Step.CANCEL
        case TransferFact.CALLER_LEFT:
            return Step.CLOSE
    return Step.NOTHING


def _without_operator(now: Situation) -> Step:
    if now.state is TransferState.THREE_WAY:
        return Step.HAND_OVER
    # Outside lines are not left alone with a caller whom they never spoke to, unless that was the wish.
    stays = now.party is Party.SEAT or (now.party is Party.NUMBER and now.kind is TransferKind.COLD)
    if not stays:
        return Step.BOUNCE
    return Step.HAND_OVER if now.state is TransferState.CONSULTING else Step.WAIT


@dataclass(frozen=True)
class Talk:
    """`others`: second operators and outside lines that are in the talk or on their way to it."""

    state: CallState
    has_operator: bool
    transfer_open: bool
    others: int
    supervisor_joined: bool


def why_no_transfer(talk: Talk) -> str | None:
    """Code of what stands against a transfer of any kind now, or None."""
    if talk.state is not CallState.TALKING or not talk.has_operator:
        return "not_in_talk"
    if talk.transfer_open:
        return "transfer_running"
    if talk.others:
        return "others_in_talk"
    return "supervisor_joined" if talk.supervisor_joined else None


def why_no_hand_over(state: TransferState, party: Party) -> str | None:
    """With 110 or 120 the operator keeps the line: a life is in danger until rescue is there."""
    if state not in (TransferState.CONSULTING, TransferState.THREE_WAY):
        return "nobody_to_hand_to"
    return "keep_the_line" if party is Party.EMERGENCY else None


def why_seat_cannot(state: SeatState, *, own: bool) -> str | None:
    """Code of why this seat can't be rung for a transfer now, or None."""
    if own:
        return "own_seat"
    reasons = {
        SeatState.AVAILABLE: None,
        SeatState.OFFLINE: "target_offline",
        SeatState.PAUSED: "target_paused",
        SeatState.WRAP_UP: "target_wraps_up",
    }
    return reasons.get(state, "target_busy")
