"""The contact form (来电登记表) as versioned data, and the pure rules that read it.

A note remembers the version it was written with; a field that a newer form drops stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.notes import FORM_VERSION
from models.vocabulary import Code
from models.vocabulary_record import AgeBand, CallType, Disposition, Population, Problem, Relation, Sex

Content = Mapping[str, Any]

YES_NO = ("no", "yes", "unasked")
WHEN = ("now", "72h", "week", "later", "unasked")
SUMMARY_LENGTH = 300
LINE_LENGTH = 120
OTHER_PROBLEMS = 3


@dataclass(frozen=True)
class Field:
    """One field: its code, how it is answered, and what it may hold."""

    code: str
    kind: str
    """one | several (of `choices`, at most `most`) | figure (0–`most`) | text (`most` characters) | place"""
    choices: tuple[str, ...] = ()
    most: int = 0


def _values(codes: type[Code]) -> tuple[str, ...]:
    return tuple(str(code) for code in codes)


_FIELDS = (
    Field("call_type", "one", _values(CallType)),
    Field("population", "one", _values(Population)),
    Field("relation", "one", _values(Relation)),
    Field("sex", "one", _values(Sex)),
    Field("age_band", "one", _values(AgeBand)),
    Field("problem", "one", _values(Problem)),
    Field("other_problems", "several", _values(Problem), OTHER_PROBLEMS),
    Field("place_code", "place"),
    Field("two_weeks", "one", YES_NO),
    Field("acting", "one", YES_NO),
    Field("plan", "one", YES_NO),
    Field("means", "one", YES_NO),
    Field("when", "one", WHEN),
    Field("attempt_two_weeks", "one", YES_NO),
    Field("attempt_before", "one", YES_NO),
    Field("substance", "one", YES_NO),
    Field("alone", "one", YES_NO),
    Field("protective", "text", most=LINE_LENGTH),
    Field("harm_others", "figure", most=5),
    Field("risk_level", "figure", most=4),
    Field("risk_reason", "text", most=LINE_LENGTH),
    Field("distress_before", "figure", most=10),
    Field("distress_after", "figure", most=10),
    Field("dispositions", "several", _values(Disposition), len(Disposition)),
    Field("heard_danger", "one", ("no", "yes")),
    Field("safety_signals", "text", most=LINE_LENGTH),
    Field("safety_coping", "text", most=LINE_LENGTH),
    Field("safety_contact", "text", most=LINE_LENGTH),
    Field("safety_means", "text", most=LINE_LENGTH),
    Field("summary", "text", most=SUMMARY_LENGTH),
)

FORMS: dict[str, dict[str, Field]] = {FORM_VERSION: {field.code: field for field in _FIELDS}}
"""Every version ever used; none is taken out."""

_WHO = ("population", "relation", "sex", "age_band")
_CARE = (*_WHO, "problem", "place_code", "two_weeks", "risk_level", "dispositions", "summary")
_SHORT = ("population", "place_code", "two_weeks", "risk_level", "dispositions", "summary")

REQUIRED: dict[CallType, tuple[str, ...]] = {
    CallType.ADVICE: _CARE,
    CallType.SUPPORT: _CARE,
    CallType.CRISIS: (*_CARE, "harm_others"),
    CallType.FOR_ANOTHER: _CARE,
    CallType.FOLLOW_UP: _CARE,
    CallType.INFORMATION: _SHORT,
    CallType.APPOINTMENT: _SHORT,
    CallType.COMPLAINT: _SHORT,
    CallType.SILENT: ("heard_danger",),
    CallType.CUT_OFF: ("heard_danger",),
    CallType.NUISANCE: (),
    CallType.WRONG_NUMBER: (),
}
"""What a call type needs before its note can be closed. "未告知" and "未问" are answers."""

IDEATION_FACTS = ("acting", "plan", "means", "when", "attempt_two_weeks", "alone")
SAFETY_PLAN = ("safety_contact", "safety_means")
SAFETY_PLAN_FROM = 3
CLOSES_AT_ONCE = frozenset({CallType.NUISANCE, CallType.WRONG_NUMBER})

_WEIGHT = ("D8", "D9", "D7", "D6", "D5", "D4", "D10", "D3", "D2", "D1")
"""When several dispositions are chosen, the weightiest one is counted."""


def fields_of(version: str) -> dict[str, Field]:
    """The form of a version. Raises KeyError for one that never was."""
    return FORMS[version]


def call_type_of(content: Content) -> CallType | None:
    value = content.get("call_type")
    return CallType(value) if value in _values(CallType) else None


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def missing_fields(content: Content) -> list[str]:
    """Codes of the fields that this content still needs before its note may be closed, in form order."""
    call_type = call_type_of(content)
    if call_type is None:
        return ["call_type"]
    needed = set(REQUIRED[call_type])
    if content.get("heard_danger") == "yes":
        needed.add("risk_level")
    if call_type.is_valid_contact and content.get("two_weeks") == "yes":
        needed.update(IDEATION_FACTS)
    level = content.get("risk_level")
    if isinstance(level, int) and level >= SAFETY_PLAN_FROM:
        needed.update(SAFETY_PLAN)
    return [field.code for field in _FIELDS if field.code in needed and _is_empty(content.get(field.code))]


def invalid_fields(
    content: Content, version: str = FORM_VERSION, knows_place: Callable[[str], bool] = str.isdigit
) -> list[str]:
    """Codes of the fields whose value the form does not allow, unknown fields included."""
    form = fields_of(version)
    return [
        code
        for code, value in content.items()
        if code not in form or not (_is_empty(value) or _allows(form[code], value, knows_place))
    ]


def _allows(field: Field, value: Any, knows_place: Callable[[str], bool]) -> bool:
    if field.kind == "one":
        return isinstance(value, str) and value in field.choices
    if field.kind == "several":
        return (
            isinstance(value, list)
            and len(value) <= field.most
            and len(set(map(str, value))) == len(value)
            and all(isinstance(one, str) and one in field.choices for one in value)
        )
    if field.kind == "figure":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= field.most
    if field.kind == "text":
        return isinstance(value, str) and len(value) <= field.most
    return isinstance(value, str) and knows_place(value)


def weightiest(dispositions: list[str]) -> Disposition | None:
    """The disposition that is counted when several were chosen."""
    return next((Disposition(code) for code in _WEIGHT if code in dispositions), None)
