"""The table of transfers: which may begin, and what follows from each fact."""

from __future__ import annotations

import itertools

import pytest

from hotline.domain.transfer import (
    Party,
    Situation,
    Step,
    Talk,
    TransferFact,
    step_after,
    why_no_hand_over,
    why_no_transfer,
    why_seat_cannot,
)
from models.vocabulary import CallState, SeatState
from models.vocabulary_talk import TransferKind, TransferState

ASKED, CONSULTING, THREE_WAY = TransferState.ASKED, TransferState.CONSULTING, TransferState.THREE_WAY
CONSULT, COLD = TransferKind.CONSULT, TransferKind.COLD
F = TransferFact


@pytest.mark.parametrize(
    ("kind", "state", "party", "operator", "fact", "step"),
    [
        (CONSULT, ASKED, Party.SEAT, True, F.TARGET_IN, Step.CONSULT),
        (CONSULT, ASKED, Party.SEAT, False, F.TARGET_IN, Step.HAND_OVER),
        (COLD, ASKED, Party.SEAT, True, F.TARGET_IN, Step.HAND_OVER),
        (COLD, ASKED, Party.NUMBER, True, F.TARGET_IN, Step.HAND_OVER),
        (COLD, ASKED, Party.SEAT, True, F.TARGET_FAILED, Step.RETURN),
        (COLD, ASKED, Party.SEAT, False, F.TARGET_FAILED, Step.BOUNCE),
        (CONSULT, CONSULTING, Party.SEAT, True, F.TARGET_IN, Step.NOTHING),
        (CONSULT, CONSULTING, Party.SEAT, True, F.TARGET_LEFT, Step.END),
        (CONSULT, THREE_WAY, Party.NUMBER, True, F.TARGET_LEFT, Step.END),
        (CONSULT, CONSULTING, Party.SEAT, True, F.CALLER_BACK, Step.THREE_WAY),
        (CONSULT, THREE_WAY, Party.SEAT, True, F.CALLER_BACK, Step.NOTHING),
        (CONSULT, ASKED, Party.SEAT, True, F.CALLER_BACK, Step.NOTHING),
        (CONSULT, CONSULTING, Party.SEAT, True, F.HAND_OVER, Step.HAND_OVER),
        (CONSULT, THREE_WAY, Party.SEAT, True, F.HAND_OVER, Step.HAND_OVER),
        (CONSULT, ASKED, Party.SEAT, True, F.HAND_OVER, Step.NOTHING),
        (CONSULT, ASKED, Party.SEAT, True, F.OPERATOR_LEFT, Step.WAIT),
        (COLD, ASKED, Party.NUMBER, True, F.OPERATOR_LEFT, Step.WAIT),
        (CONSULT, ASKED, Party.NUMBER, True, F.OPERATOR_LEFT, Step.BOUNCE),
        (CONSULT, ASKED, Party.EMERGENCY, True, F.OPERATOR_LEFT, Step.BOUNCE),
        (CONSULT, CONSULTING, Party.SEAT, True, F.OPERATOR_LEFT, Step.HAND_OVER),
        (CONSULT, CONSULTING, Party.NUMBER, True, F.OPERATOR_LEFT, Step.BOUNCE),
        (CONSULT, THREE_WAY, Party.EMERGENCY, True, F.OPERATOR_LEFT, Step.HAND_OVER),
        (CONSULT, ASKED, Party.SEAT, True, F.CANCEL, Step.CANCEL),
        (CONSULT, THREE_WAY, Party.SEAT, True, F.CANCEL, Step.END),
        (CONSULT, THREE_WAY, Party.SEAT, True, F.CALLER_LEFT, Step.CLOSE),
    ],
)
def test_what_follows_from_each_fact(
    kind: TransferKind, state: TransferState, party: Party, operator: bool, fact: F, step: Step
) -> None:
    assert step_after(Situation(kind, state, party, operator), fact) is step


def test_a_transfer_that_is_over_is_moved_by_nothing() -> None:
    over = [state for state in TransferState if not state.is_open]
    for kind, state, party, there, fact in itertools.product(TransferKind, over, Party, (True, False), F):
        assert step_after(Situation(kind, state, party, there), fact) is Step.NOTHING


def test_without_an_operator_nothing_leaves_the_caller_with_nobody() -> None:
    """Every fact that takes the last one away ends in another's hands or at the head of the queue."""
    for kind, state, party in itertools.product((CONSULT, COLD), (ASKED, CONSULTING, THREE_WAY), Party):
        for fact in (F.TARGET_FAILED, F.TARGET_LEFT):
            step = step_after(Situation(kind, state, party, False), fact)
            assert step in (Step.BOUNCE, Step.NOTHING)
            assert step is Step.BOUNCE or (fact is F.TARGET_LEFT and state is ASKED)
        assert step_after(Situation(kind, state, party, True), F.OPERATOR_LEFT) in (
            Step.WAIT,
            Step.HAND_OVER,
            Step.BOUNCE,
        )


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (Talk(CallState.TALKING, True, False, 0, False), None),
        (Talk(CallState.CONNECTING, True, False, 0, False), "not_in_talk"),
        (Talk(CallState.TALKING, False, False, 0, False), "not_in_talk"),
        (Talk(CallState.TALKING, True, True, 1, False), "transfer_running"),
        (Talk(CallState.TALKING, True, False, 1, False), "others_in_talk"),
        (Talk(CallState.TALKING, True, False, 0, True), "supervisor_joined"),
    ],
)
def test_a_transfer_begins_only_from_a_talk_of_two(talk: Talk, reason: str | None) -> None:
    assert why_no_transfer(talk) == reason


def test_nobody_hands_a_life_in_danger_over_and_goes() -> None:
    assert why_no_hand_over(THREE_WAY, Party.EMERGENCY) == "keep_the_line"
    assert why_no_hand_over(ASKED, Party.SEAT) == "nobody_to_hand_to"
    assert why_no_hand_over(CONSULTING, Party.NUMBER) is None


def test_only_a_free_seat_of_somebody_else_is_rung() -> None:
    assert why_seat_cannot(SeatState.AVAILABLE, own=True) == "own_seat"
    allowed = [state for state in SeatState if why_seat_cannot(state, own=False) is None]
    assert allowed == [SeatState.AVAILABLE]
