"""What each call type needs, and what a form allows."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.care import forms
from hotline.care.form_files import FormFileWrong, form_of, read_form, shipped_form, versions
from hotline.care.forms import CLOSES_AT_ONCE, weightiest
from models.notes import FORM_VERSION
from models.vocabulary_record import CallType, Disposition

WHO = ["population", "relation", "sex", "age_band"]
FILLED: dict[str, Any] = {
    "population": "P23",
    "relation": "self",
    "sex": "f",
    "age_band": "25-34",
    "problem": "D",
    "interventions": ["listening"],
    "subject_aware": "no",
    "subject_attended": "unasked",
    "place_code": "990102",
    "two_weeks": "no",
    "risk_level": 1,
    "dispositions": ["D1"],
    "summary": "睡不好，聊了放松的办法。",
    "harm_others": 0,
}
CARE = [
    *WHO,
    "problem",
    "place_code",
    "two_weeks",
    "risk_level",
    "interventions",
    "dispositions",
    "summary",
]
SHORT = ["population", "place_code", "two_weeks", "risk_level", "dispositions", "summary"]


def missing_fields(content: dict[str, Any]) -> list[str]:
    return forms.missing_fields(shipped_form(), content)


def invalid_fields(content: dict[str, Any]) -> list[str]:
    return forms.invalid_fields(shipped_form(), content)


@pytest.mark.parametrize(
    ("call_type", "needed"),
    [
        (CallType.ADVICE, CARE),
        (CallType.SUPPORT, CARE),
        (CallType.CRISIS, [*CARE, "harm_others"]),
        (CallType.FOR_ANOTHER, [*CARE, "subject_aware", "subject_attended"]),
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


@pytest.mark.parametrize(("area", "asked"), [("local", True), (None, True), ("other", False), ("u", False)])
def test_who_is_elsewhere_or_does_not_say_where_needs_no_place(area: str | None, asked: bool) -> None:
    content = {**FILLED, "call_type": "02", "area": area, "place_code": None}

    assert missing_fields(content) == (["place_code"] if asked else [])


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


def test_every_version_on_file_holds_and_the_current_one_is_the_newest() -> None:
    assert versions()[0] == "2026-11"
    assert versions()[-1] == FORM_VERSION
    for version in versions():
        assert form_of(version).version == version
    with pytest.raises(KeyError):
        form_of("1999-01")


def test_an_older_note_is_read_by_its_own_definition() -> None:
    older = form_of("2026-11")
    content = {
        name: value
        for name, value in {**FILLED, "call_type": "02"}.items()
        if name not in ("interventions", "subject_aware", "subject_attended")
    }
    assert forms.missing_fields(older, content) == []
    assert forms.missing_fields(shipped_form(), content) == ["interventions"]
    assert forms.invalid_fields(older, {**content, "marital": "single"}) == ["marital"]
    assert forms.missing_fields(older, {**content, "age_band": "<14"}) == []


def test_the_form_holds_every_field_of_the_register_that_a_person_answers() -> None:
    """DOMAIN.md section c. 1–3 and 24 are the system's; 17 and 22 are records of their own."""
    items = {field.item for field in shipped_form().fields.values()}
    assert items == set(range(1, 26)) - {1, 2, 3, 17, 22, 24}


@pytest.mark.parametrize(
    ("content", "needed"),
    [
        ({"age_band": "<14"}, ["guardian", "minor_harm"]),
        ({"age_band": "14-17"}, ["minor_harm"]),
        ({"age_band": "u", "child_voice": ["yes"]}, ["guardian"]),
        ({"dispositions": ["D1", "D6"]}, ["referral_to"]),
    ],
)
def test_an_answer_opens_the_fields_that_follow_from_it(content: dict[str, Any], needed: list[str]) -> None:
    assert missing_fields({**FILLED, "call_type": "02", **content}) == needed


def _raw() -> dict[str, Any]:
    return {
        "version": "9",
        "fields": [
            {
                "code": code,
                "item": 4,
                "zh": "字",
                "en": "word",
                "kind": "one",
                "page": "caller",
                "choices": [["yes", "是", "Yes"]],
            }
            for code in ("call_type", "two_weeks")
        ],
        "required": {str(kind): ["two_weeks"] if kind.is_valid_contact else [] for kind in CallType},
        "when": [],
    }


def test_a_form_file_is_refused_with_what_is_wrong_in_it() -> None:
    assert read_form("9", _raw()).has("two_weeks")
    faulty = _raw()
    faulty["fields"][0]["en"] = ""
    faulty["fields"][1]["choices"] = []
    faulty["required"]["02"] = []
    faulty["when"] = [{"field": "call_type", "is": ["no such"], "needs": ["gone"]}]
    with pytest.raises(FormFileWrong) as refused:
        read_form("9", faulty)
    assert {(fault.code, fault.where) for fault in refused.value.faults} == {
        ("words_missing", "call_type"),
        ("choices_missing", "two_weeks"),
        ("two_weeks_missing", "02"),
        ("no_such_field", "gone"),
        ("no_such_answer", "call_type"),
    }
    with pytest.raises(FormFileWrong):
        read_form("9", {"version": "9"})


def test_the_weightiest_disposition_is_counted() -> None:
    assert weightiest(["D1", "D6", "D8"]) is Disposition.EMERGENCY
    assert weightiest(["D2", "D1"]) is Disposition.WATCH
    assert weightiest([]) is None
