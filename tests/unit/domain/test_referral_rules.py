"""What may leave the hotline, for whom, on what ground."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hotline.domain.referral import ANSWER_WITHIN, FOLLOWING, MAY_LEARN, Intended, answer_due, faults_of
from models.vocabulary import ConsentState, RiskLevel
from models.vocabulary_after import ReferralGround, ReferralState, ReferralTarget

R2, R3 = RiskLevel.R2, RiskLevel.R3


def intended(
    target: ReferralTarget = ReferralTarget.PSYCHIATRY,
    ground: ReferralGround = ReferralGround.CONSENT,
    fields: tuple[str, ...] = ("contact",),
    reason: str = "",
    request: str = "请安排门诊",
) -> Intended:
    return Intended(target, "云州市第一医院", ground, reason, fields, request)


def faults(what: Intended, consent: ConsentState = ConsentState.UNASKED, **facts: object) -> list[str]:
    known = {"level": R2, "danger": False, "minor": False, **facts}
    return faults_of(what, consent=consent, **known)  # type: ignore[arg-type]


def test_every_target_says_what_it_may_learn_and_no_scale_is_among_it() -> None:
    assert set(MAY_LEARN) == set(ReferralTarget)
    for fields in MAY_LEARN.values():
        assert not {"scale", "total", "summary", "means", "plan"} & set(fields)


def test_a_community_learns_neither_level_nor_problem() -> None:
    for target in (ReferralTarget.COMMUNITY_GRID, ReferralTarget.TOWNSHIP):
        for field in ("risk_level", "problem"):
            assert faults(intended(target, fields=(field,)), ConsentState.GRANTED) == ["fields"]


@pytest.mark.parametrize("state", [ConsentState.UNASKED, ConsentState.REFUSED, ConsentState.WITHDRAWN])
def test_without_consent_nothing_goes_out_on_that_ground(state: ConsentState) -> None:
    assert faults(intended(), state) == ["no_consent"]
    assert faults(intended(), ConsentState.GRANTED) == []


def test_life_is_protected_without_consent_only_in_danger_and_with_a_reason() -> None:
    ground = ReferralGround.PROTECTION_OF_LIFE
    assert faults(intended(ground=ground), level=R3) == ["ground_reason"]
    assert faults(intended(ground=ground, reason="一周内有计划"), level=R2) == ["no_danger_to_life"]
    assert faults(intended(ground=ground, reason="一周内有计划"), level=R3) == []
    assert faults(intended(ground=ground, reason="正在实施"), level=None, danger=True) == []


def test_the_duty_to_report_holds_for_minors_and_towards_whom_the_law_names() -> None:
    ground = ReferralGround.LEGAL_REPORT
    to_police = intended(ReferralTarget.POLICE, ground, reason="被家人伤害")
    assert faults(to_police, minor=True) == []
    assert faults(to_police) == ["no_duty_to_report"]
    elsewhere = intended(ReferralTarget.HEART_STATION, ground, reason="被家人伤害")
    assert faults(elsewhere, minor=True) == ["no_duty_to_report"]


def test_a_referral_names_its_unit_and_says_what_is_asked() -> None:
    empty = Intended(ReferralTarget.POLICE, "", ReferralGround.CONSENT, "", (), "")
    assert faults(empty, ConsentState.GRANTED) == ["unit_name", "request"]


def test_states_end_in_refused_or_done_and_answers_are_due_until_then() -> None:
    for state in ReferralState:
        assert bool(FOLLOWING[state]) == state.is_open == (state in ANSWER_WITHIN)
    assert answer_due(ReferralState.SENT, urgent=True) == timedelta(hours=2)
    assert answer_due(ReferralState.SENT, urgent=False) == timedelta(hours=24)
    assert answer_due(ReferralState.DONE, urgent=True) is None
