"""What each call type needs, and what a form allows."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.care.forms import CLOSES_AT_ONCE, FORMS, invalid_fields, missing_fields, weightiest
from models.notes import FORM_VERSION
from models.vocabulary_record import CallType, Disposition

WHO = ["population", "relation", "sex", "age_band"]
FILLED: dict[str, Any] = {
    "population": "P23",
    "relation": "self",
    "sex": "f",
    "age_band": "25-34",
    "problem": "D",
    "place_code": "990102",
    "two_weeks": "no",
    "risk_level": 1,
    "dispositions": ["D1"],
    "summary": "睡不好，聊了放松的办法。",
    "harm_others": 0,
}
CARE = [*WHO, "problem", "place_code", "two_weeks", "risk_level", "dispositions", "summary"]
SHORT = ["population", "place_code", "two_weeks", "risk_level", "dispositions", "summary"]


@pytest.mark.parametrize(
    ("call_type", "needed"),
    [
        (CallType.ADVICE, CARE),
        (CallType.SUPPORT, CARE),
        (CallType.CRISIS, [*CARE, "harm_others"]),
        (CallType.INFORMATION, SHORT),
        (CallType.COMPLAINT, SHORT),
        (CallType.SILENT, ["heard_danger"]),
        (CallType.CUT_OFF, ["heard_danger"]),
        (CallType.NUISANCE, []),
        (CallType.WRONG_NUMBER, []),
    ],
)
def test_each_call_type_asks_for_its_own_fields(call_type: CallType, needed: list[str]) -> None:
    assert sorted(missing_fields({"call_type": str(call_type)})) == sorted(needed)
    assert missing_fields({**FILLED, "heard_danger": "no", "call_type": str(call_type)}) == []


def test_every_call_type_has_its_rule() -> None:
    for call_type in CallType:
        missing_fields({"call_type": str(call_type)})


def test_the_call_type_comes_first() -> None:
    assert missing_fields({}) == ["call_type"]
    assert missing_fields({**FILLED, "call_type": "99"}) == ["call_type"]


def test_a_yes_to_the_two_week_question_asks_for_the_facts() -> None:
    content = {**FILLED, "call_type": "02", "two_weeks": "yes"}
    assert missing_fields(content) == ["acting", "plan", "means", "when", "attempt_two_weeks", "alone"]


def test_not_asked_is_an_answer_and_empty_is_none() -> None:
    asked = {**FILLED, "call_type": "02", "two_weeks": "yes"}
    for fact in ("acting", "plan", "means", "when", "attempt_two_weeks", "alone"):
        asked[fact] = "unasked"
    assert missing_fields(asked) == []
    assert missing_fields({**asked, "when": ""}) == ["when"]


def test_from_r3_on_a_safety_plan_is_needed() -> None:
    content = {**FILLED, "call_type": "02", "risk_level": 3}
    assert missing_fields(content) == ["safety_contact", "safety_means"]
    assert missing_fields({**content, "risk_level": 2}) == []


def test_danger_heard_in_silence_asks_for_a_level() -> None:
    assert missing_fields({"call_type": "09", "heard_danger": "yes"}) == ["risk_level"]


def test_only_nuisance_and_wrong_numbers_close_at_once() -> None:
    assert {t for t in CallType if not missing_fields({"call_type": str(t)})} == CLOSES_AT_ONCE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("call_type", "13"),
        ("population", "P24"),
        ("sex", ["f"]),
        ("other_problems", ["A", "B", "C", "D"]),
        ("other_problems", ["A", "A"]),
        ("risk_level", 5),
        ("risk_level", -1),
        ("risk_level", True),
        ("risk_level", "3"),
        ("distress_before", 11),
        ("summary", "字" * 301),
        ("place_code", "not a place"),
        ("name_of_caller", "王丽"),
    ],
)
def test_a_value_outside_the_form_is_named(field: str, value: Any) -> None:
    assert invalid_fields({**FILLED, field: value}) == [field]


def test_a_filled_form_is_allowed_and_so_is_an_emptied_field() -> None:
    assert invalid_fields({**FILLED, "call_type": "01", "summary": "", "distress_before": None}) == []


def test_the_version_of_a_note_opens_its_form() -> None:
    assert "summary" in FORMS[FORM_VERSION]


def test_the_weightiest_disposition_is_counted() -> None:
    assert weightiest(["D1", "D6", "D8"]) is Disposition.EMERGENCY
    assert weightiest(["D2", "D1"]) is Disposition.WATCH
    assert weightiest([]) is None
