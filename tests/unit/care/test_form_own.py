"""What a hotline may change in the contact form, and what stays as the product ships it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from hotline.care.form_drafts import begun_from, left_out, next_own, with_field, without_field
from hotline.care.form_files import FormFileWrong, raw_of, read_form
from hotline.care.form_own import OPTIONAL, differences, faults_of_own, is_own, may_be_needed
from hotline.care.forms import missing_fields
from models.notes import FORM_VERSION

Raw = dict[str, Any]
SHIPPED = raw_of(FORM_VERSION)
MEDICINE: Raw = {
    "code": "own_1",
    "item": 26,
    "zh": "正在服药",
    "en": "Takes medicine",
    "kind": "one",
    "page": "service",
    "choices": [["own_1", "是", "Yes"], ["own_2", "否", "No"]],
}


def a_draft(version: str = "city-1") -> Raw:
    return begun_from(SHIPPED, SHIPPED, version)


def faults(raw: Raw) -> set[tuple[str, str]]:
    shipped = read_form(FORM_VERSION, SHIPPED)
    return {(fault.code, fault.where) for fault in faults_of_own(shipped, read_form(raw["version"], raw))}


def field(raw: Raw, code: str) -> Raw:
    return next(entry for entry in raw["fields"] if entry["code"] == code)


def test_a_draft_begins_as_the_form_it_was_begun_from() -> None:
    draft = a_draft()
    assert faults(draft) == set()
    assert differences(read_form(FORM_VERSION, SHIPPED), read_form("city-1", draft)) == []
    assert (draft["replaces"], draft["based_on"], draft["left_out"]) == (FORM_VERSION, FORM_VERSION, [])


def test_a_field_of_ones_own_is_asked_in_the_calls_that_need_it() -> None:
    draft = with_field(a_draft(), SHIPPED, MEDICINE, ["02"])
    assert faults(draft) == set()
    form = read_form("city-1", draft)
    assert "own_1" in missing_fields(form, {"call_type": "02"})
    assert "own_1" not in missing_fields(form, {"call_type": "04"})
    changes = differences(read_form(FORM_VERSION, SHIPPED), form)
    assert [(one.code, one.before is None) for one in changes] == [("own_1", True)]
    assert next_own(draft) == ("own_2", 27)


def test_what_is_left_out_is_not_asked_any_more_and_comes_back_to_its_place() -> None:
    draft = without_field(a_draft(), SHIPPED, "interventions")
    assert faults(draft) == set()
    assert draft["left_out"] == ["interventions"]
    assert "interventions" not in missing_fields(read_form("city-1", draft), {"call_type": "02"})
    entry = field(SHIPPED, "interventions")
    again = with_field(draft, SHIPPED, entry, ["01", "02", "03", "05", "06"])
    assert differences(read_form(FORM_VERSION, SHIPPED), read_form("city-1", again)) == []
    assert [one["code"] for one in again["fields"]] == [one["code"] for one in SHIPPED["fields"]]


def test_choices_of_an_optional_field_are_the_hotlines_own() -> None:
    entry = deepcopy(field(SHIPPED, "interventions"))
    entry["choices"] = [*entry["choices"][1:], ["own_1", "音乐疗愈", "Music"]]
    assert faults(with_field(a_draft(), SHIPPED, entry, [])) == set()


@pytest.mark.parametrize("code", sorted({entry["code"] for entry in SHIPPED["fields"]} - OPTIONAL))
def test_what_risk_minors_and_statistics_read_is_never_lost_or_changed(code: str) -> None:
    lost = deepcopy(SHIPPED)
    lost["fields"] = [entry for entry in lost["fields"] if entry["code"] != code]
    lost["required"] = {kind: [c for c in codes if c != code] for kind, codes in lost["required"].items()}
    lost["when"] = [row for row in lost["when"] if code not in (row["field"], *row["needs"])]
    if code == "two_weeks":  # no form at all is read without it
        with pytest.raises(FormFileWrong):
            faults(lost)
    else:
        assert ("field_lost", code) in faults(lost)
    renamed = deepcopy(SHIPPED)
    field(renamed, code)["zh"] = "别的意思"
    assert faults(renamed) == {("field_changed", code)}


def test_of_each_item_of_the_register_a_field_stays() -> None:
    draft = without_field(a_draft(), SHIPPED, "recommendations")
    assert faults(draft) == {("item_lost", "19")}
    for code in ("solved", "mood"):
        draft = without_field(a_draft(), SHIPPED, code)
        assert faults(draft) == set()


def _without_need(raw: Raw) -> None:
    raw["required"]["02"].remove("risk_level")


def _needed_in_silence(raw: Raw) -> None:
    raw["required"]["09"].append("sex")


def _needed_but_hidden(raw: Raw) -> None:
    raw["required"]["01"].append("guardian")


def _without_safety_plan(raw: Raw) -> None:
    raw["when"] = [row for row in raw["when"] if row["field"] != "risk_level"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_without_need, ("need_lost", "risk_level")),
        (_needed_in_silence, ("need_unseen", "sex")),
        (_needed_but_hidden, ("need_unseen", "guardian")),
        (_without_safety_plan, ("when_changed", "")),
    ],
)
def test_no_need_is_lifted_and_none_is_made_that_cannot_be_met(
    change: Callable[[Raw], None], fault: tuple[str, str]
) -> None:
    raw = a_draft()
    change(raw)
    assert faults(raw) == {fault}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"page": "risk"}, "own_place"),
        ({"item": 3}, "own_place"),
        ({"code": "medicine"}, "own_place"),
        ({"kind": "text", "choices": [], "most": 301}, "own_kind"),
        ({"zh": "字" * 61}, "words_long"),
        ({"choices": [[f"own_{n}", "是", "Yes"] for n in range(1, 32)]}, "too_many_choices"),
    ],
)
def test_a_field_of_ones_own_has_its_bounds(wrong: Raw, code: str) -> None:
    entry = {**MEDICINE, **wrong}
    draft = with_field(a_draft(), SHIPPED, entry, [])
    assert (code, entry["code"]) in faults(draft)


def test_what_is_ones_own_comes_along_to_the_products_next_form() -> None:
    mine = with_field(a_draft(), SHIPPED, MEDICINE, ["02"])
    mine = without_field(mine, SHIPPED, "marital")
    entry = deepcopy(field(SHIPPED, "mood"))
    entry["choices"].append(["own_1", "平静", "Calm"])
    mine = with_field(mine, SHIPPED, entry, [])
    newer = deepcopy(SHIPPED)
    newer["version"] = "2099-01"
    newer["fields"].append({**MEDICINE, "code": "told_by", "item": 5, "page": "caller"})
    newer["required"]["01"].append("told_by")
    draft = begun_from(newer, mine, "city-2")
    assert (draft["based_on"], draft["replaces"]) == ("2099-01", "city-1")
    assert left_out(newer, draft["fields"]) == ["marital"]
    assert field(draft, "mood")["choices"][-1] == ["own_1", "平静", "Calm"]
    assert field(draft, "own_1") == MEDICINE
    assert "told_by" in draft["required"]["01"]
    assert draft["required"]["02"][-1] == "own_1"
    form = read_form("city-2", draft)
    assert faults_of_own(read_form("2099-01", newer), form) == []


def test_own_codes_are_told_from_the_products() -> None:
    assert is_own("own_1")
    assert not is_own("own_0")
    assert not is_own("owner")
    assert not may_be_needed("guardian")
    assert may_be_needed("own_1")
