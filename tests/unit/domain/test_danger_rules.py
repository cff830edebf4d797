"""Who may be told of a person in danger, on which ground; and when a danger may be closed."""

from __future__ import annotations

import pytest

from hotline.care.checklist import CHECKLISTS, steps_for
from hotline.domain.danger_rules import (
    MAY_RECEIVE,
    DebriefFacts,
    ReportFacts,
    ReportWish,
    grounds_for,
    why_no_debrief,
    why_no_report,
    why_not_closable,
)
from models.vocabulary_danger import Ground, ReportDecision, ReportTo

OPEN = ReportFacts(danger_open=True, sharing_consented=False, admitted=False)
AGREED = ReportFacts(danger_open=True, sharing_consented=True, admitted=False)
ADMITTED = ReportFacts(danger_open=False, sharing_consented=False, admitted=True)
PLACE = {"place": "临湖区湖滨路"}


def telling(to: ReportTo, ground: Ground | None, fields: dict[str, str] = PLACE) -> ReportWish:
    return ReportWish(to, ReportDecision.TOLD, ground, "", fields)


@pytest.mark.parametrize(
    ("wish", "facts", "against"),
    [
        (telling(ReportTo.AMBULANCE, Ground.LIFE), OPEN, None),
        (telling(ReportTo.TOWNSHIP, Ground.LIFE), OPEN, None),
        (telling(ReportTo.AMBULANCE, None), OPEN, "ground_missing"),
        (telling(ReportTo.AMBULANCE, Ground.LIFE, {"place": " "}), OPEN, "nothing_told"),
        (telling(ReportTo.AMBULANCE, Ground.CONSENT), OPEN, "no_consent"),
        (telling(ReportTo.AMBULANCE, Ground.CONSENT), AGREED, None),
        (telling(ReportTo.AMBULANCE, Ground.LIFE), ADMITTED, "danger_over"),
        (telling(ReportTo.POLICE, Ground.CONSENT), ReportFacts(False, True, False), "danger_over"),
        (telling(ReportTo.GRID, Ground.LIFE), OPEN, "grid_needs_admission_or_consent"),
        (telling(ReportTo.GRID, Ground.ADMITTED), OPEN, "not_admitted"),
        (telling(ReportTo.GRID, Ground.ADMITTED), ADMITTED, None),
        (telling(ReportTo.GRID, Ground.CONSENT), AGREED, None),
        (telling(ReportTo.TOWNSHIP, Ground.ADMITTED), ADMITTED, "not_admitted"),
        (telling(ReportTo.GRID, Ground.CONSENT, {"means": "药物"}), AGREED, "too_much"),
    ],
)
def test_a_report_leaves_only_with_its_ground_and_its_fields(
    wish: ReportWish, facts: ReportFacts, against: str | None
) -> None:
    assert why_no_report(wish, facts) == against


def test_considered_and_not_sent_is_valid_with_a_reason_and_needs_no_ground() -> None:
    def not_sent(why: str) -> ReportWish:
        return ReportWish(ReportTo.POLICE, ReportDecision.NOT_SENT, None, why, {})

    assert why_no_report(not_sent("误按，本人平静"), OPEN) is None
    assert why_no_report(not_sent(" 无 "), OPEN) == "why_missing"


def test_the_grid_never_hears_what_was_said_in_the_talk() -> None:
    assert not {"state", "means", "alone", "called_by"} & MAY_RECEIVE[ReportTo.GRID]
    assert Ground.LIFE not in grounds_for(ReportTo.GRID)
    assert all(Ground.LIFE in grounds_for(to) for to in ReportTo if to.is_rescue)


@pytest.mark.parametrize(
    ("outcome", "decided", "unknown", "against"),
    [
        ("已送医", True, False, None),
        (" ", True, False, "outcome_missing"),
        ("已送医", True, True, "rescue_unknown"),
        ("平静", False, False, "rescue_undecided"),
    ],
)
def test_a_danger_ends_with_outcome_decision_and_answered_hand_offs(
    outcome: str, decided: bool, unknown: bool, against: str | None
) -> None:
    assert why_not_closable(outcome, rescue_decided=decided, reached_unknown=unknown) == against


def test_a_debrief_names_what_was_offered() -> None:
    assert why_no_debrief(DebriefFacts(("talk", "rest"), ("rest",), 30)) is None
    assert why_no_debrief(DebriefFacts((), (), 30)) == "support_missing"
    assert why_no_debrief(DebriefFacts(("talk",), ("rest",), 30)) == "accepted_not_offered"
    assert why_no_debrief(DebriefFacts(("talk",), (), -1)) == "rest_out_of_range"


def test_every_step_names_its_clause_and_variants_come_first() -> None:
    for steps in CHECKLISTS.values():
        assert all(step.zh and step.en and step.source for step in steps)
        assert len({step.code for step in steps}) == len(steps)
    assert "silent" not in [step.code for step in steps_for()]
    assert steps_for(frozenset({"third_party"}))[0].code == "third_party"
