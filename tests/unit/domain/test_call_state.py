"""Each fact moves a call where the table says, and changes nothing anywhere else."""

from __future__ import annotations

import itertools

import pytest

from hotline.domain.call_state import CallFact, after, outcome_of
from models.vocabulary import CallOutcome, CallState

G, Q, C, T, M, E = (
    CallState.GREETING,
    CallState.QUEUED,
    CallState.CONNECTING,
    CallState.TALKING,
    CallState.MESSAGE,
    CallState.ENDED,
)
MOVES = {
    (G, CallFact.QUEUED): Q,
    (M, CallFact.QUEUED): Q,
    (G, CallFact.CONNECTING): C,
    (Q, CallFact.CONNECTING): C,
    (C, CallFact.TALKING): T,
    (C, CallFact.NOT_CONNECTED): Q,
    (C, CallFact.OPERATOR_LOST): Q,
    (T, CallFact.OPERATOR_LOST): Q,
    (T, CallFact.PUT_BACK): Q,
    (G, CallFact.MESSAGE): M,
    (Q, CallFact.MESSAGE): M,
    (E, CallFact.CAME_BACK): Q,
    **{(state, CallFact.ENDED): E for state in (G, Q, C, T, M)},
}


@pytest.mark.parametrize(("state", "fact"), list(itertools.product(CallState, CallFact)))
def test_a_fact_moves_a_call_only_where_the_table_allows(state: CallState, fact: CallFact) -> None:
    assert after(state, fact) == MOVES.get((state, fact))


def test_no_fact_but_the_callers_own_end_ends_a_call() -> None:
    assert {fact for (_, fact), following in MOVES.items() if following is E} == {CallFact.ENDED}


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"answered": True, "left_message": True}, CallOutcome.ANSWERED),
        ({"answered": True, "ended_by": "reconciliation"}, CallOutcome.ANSWERED),
        ({"transferred": True}, CallOutcome.TRANSFERRED),
        ({"left_message": True, "wished_callback": True}, CallOutcome.MESSAGE),
        ({"wished_callback": True}, CallOutcome.CALLBACK),
        ({}, CallOutcome.ABANDONED),
        ({"ended_by": "carrier"}, CallOutcome.FAILED),
        ({"ended_by": "reconciliation"}, CallOutcome.FAILED),
    ],
)
def test_an_ended_call_counts_as_the_best_that_was_done_for_the_caller(
    facts: dict[str, object], outcome: CallOutcome
) -> None:
    known: dict[str, object] = {
        "answered": False,
        "transferred": False,
        "left_message": False,
        "wished_callback": False,
        "ended_by": "caller",
    }
    assert outcome_of(**(known | facts)) is outcome  # type: ignore[arg-type]
