"""The working definition of R0–R4, and who may change a level."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.risk_level import RiskFacts, decide, facts_of, suggest
from models.vocabulary import RiskLevel
from models.vocabulary_record import CallType

R0, R1, R2, R3, R4 = RiskLevel


@pytest.mark.parametrize(
    ("facts", "level", "first_reason"),
    [
        (RiskFacts(acting=True), R4, "acting"),
        (RiskFacts(means=True, when="now"), R4, "means_now"),
        (RiskFacts(ideation=True, plan=True, when="72h"), R3, "plan_72h"),
        (RiskFacts(ideation=True, plan=True, when="week"), R3, "plan_week"),
        (RiskFacts(attempt_two_weeks=True), R3, "attempt_two_weeks"),
        (RiskFacts(scale_total=8), R3, "scale_high"),
        (RiskFacts(scale_total=7), R2, "scale_moderate"),
        (RiskFacts(ideation=True), R2, "ideation"),
        (RiskFacts(ideation=True, plan=True, when="later"), R2, "plan"),
        (RiskFacts(ideation=True, means=True), R2, "ideation"),
        (RiskFacts(ideation=False), R1, "no_ideation"),
        (RiskFacts(ideation=False, scale_total=3), R1, "no_ideation"),
    ],
)
def test_the_definition_by_table(facts: RiskFacts, level: RiskLevel, first_reason: str) -> None:
    suggestion = suggest(facts)
    assert suggestion.level == level
    assert suggestion.reasons[0] == first_reason


def test_nothing_asked_says_nothing_unless_the_call_type_does() -> None:
    assert suggest(RiskFacts()).level is None
    assert suggest(RiskFacts(), CallType.SUPPORT).level is None
    assert suggest(RiskFacts(), CallType.INFORMATION).level == R0
    assert suggest(RiskFacts(), CallType.NUISANCE).level == R0


def test_a_fact_outweighs_the_call_type() -> None:
    assert suggest(RiskFacts(acting=True), CallType.WRONG_NUMBER).level == R4


def test_not_asked_is_never_taken_for_no() -> None:
    assert facts_of({"two_weeks": "unasked", "plan": "unasked"}) == RiskFacts()
    assert facts_of({"two_weeks": "no"}).ideation is False


answers = st.sampled_from([None, True, False])


@given(
    st.builds(
        RiskFacts,
        ideation=answers,
        acting=answers,
        plan=answers,
        means=answers,
        when=st.sampled_from([None, "now", "72h", "week", "later"]),
        attempt_two_weeks=answers,
        scale_total=st.one_of(st.none(), st.integers(0, 16)),
    )
)
def test_one_more_risky_answer_never_lowers_the_level(facts: RiskFacts) -> None:
    before = suggest(facts).level or R0
    for name in ("ideation", "acting", "plan", "means", "attempt_two_weeks"):
        worse = suggest(RiskFacts(**{**facts.__dict__, name: True})).level
        assert (worse or R0) >= before


@pytest.mark.parametrize(
    ("wished", "last", "floor", "reason", "level", "raised", "refused"),
    [
        (None, None, None, False, None, False, False),
        (None, None, R3, False, R3, True, False),
        (None, R2, R3, False, R3, True, False),
        (R4, R3, R3, False, R4, False, False),
        (R1, R3, None, False, R3, False, True),
        (R1, R3, None, True, R1, False, False),
        (R1, None, R3, False, R3, True, True),
        (R1, None, R3, True, R1, False, False),
        (R3, R3, R4, False, R4, True, True),
    ],
)
def test_software_raises_and_a_person_lowers_with_a_reason(
    wished: RiskLevel | None,
    last: RiskLevel | None,
    floor: RiskLevel | None,
    reason: bool,
    level: RiskLevel | None,
    raised: bool,
    refused: bool,
) -> None:
    decision = decide(wished, last, floor, reason)
    assert (decision.level, decision.raised_by_software, decision.lowering_refused) == (
        level,
        raised,
        refused,
    )
