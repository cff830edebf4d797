"""A hotline's own version of the contact form: what it may change, as pure rules.

A hotline may add fields of its own, change the choices of some fields and leave these out, and need more
answers before a note closes. What carries a caller through danger, what minors are owed and what is counted
for reports stays as the product ships it: rules, risk levels and statistics read it (DOMAIN.md section c).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hotline.care.forms import Fault, Field, Form
from models.vocabulary_record import CallType

OPTIONAL = frozenset(
    {
        "silent_signs",
        "hope_before",
        "protective",
        "marital",
        "work",
        "schooling_years",
        "interventions",
        "recommendations",
        "safety_signals",
        "safety_coping",
        "hope_after",
        "solved",
        "mood",
        "ending",
    }
)
"""Fields of the product that a hotline may leave out, and whose choices it may change. No rule reads them."""

OPENED_BY_AN_ANSWER = frozenset(
    {
        "call_type",
        "heard_danger",
        "silent_signs",
        "subject_aware",
        "subject_attended",
        "subject_contact",
        "child_voice",
        "guardian",
        "minor_harm",
        "other_problems",
        "risk_reason",
        "special",
        "referral_to",
        "sharing_agreed",
        "safety_signals",
        "safety_coping",
        "safety_contact",
        "safety_means",
    }
)
"""Not on the desk at each call, or often rightly empty: needed always, they would keep a note open."""

OWN_CODE = re.compile(r"own_[1-9][0-9]?")
OWN_KINDS = ("one", "several", "figure", "text")
OWN_PAGES = ("caller", "service")
LAST_ITEM = 25
MOST_OWN_FIELDS, MOST_CHOICES, MOST_LETTERS = 12, 30, 60
MOST_TEXT, MOST_FIGURE = 300, 1000
VALID_TYPES = tuple(str(kind) for kind in CallType if kind.is_valid_contact)


@dataclass(frozen=True)
class FieldState:
    """A field of a version, and the call types whose notes need it."""

    field: Field
    needed: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """None: the field is not in that version."""

    code: str
    before: FieldState | None
    after: FieldState | None


def is_own(code: str) -> bool:
    return OWN_CODE.fullmatch(code) is not None


def may_be_needed(code: str) -> bool:
    """Whether a note may always ask for it: it stands open on the desk at every valid call."""
    return code not in OPENED_BY_AN_ANSWER


def state_of(form: Form, code: str) -> FieldState | None:
    field = form.fields.get(code)
    return FieldState(field, needed_by(form, code)) if field is not None else None


def needed_by(form: Form, code: str) -> tuple[str, ...]:
    return tuple(kind for kind, codes in sorted(form.required.items()) if code in codes)


def differences(before: Form, after: Form) -> list[Difference]:
    """Fields that are not the same in both, in the order of the newer form; what it leaves out comes last."""
    codes = dict.fromkeys([*after.fields, *before.fields])
    pairs = [Difference(code, state_of(before, code), state_of(after, code)) for code in codes]
    return [pair for pair in pairs if pair.before != pair.after]


def faults_of_own(shipped: Form, own: Form) -> list[Fault]:
    """What keeps `own` from being used in place of the form that the product ships. Empty: nothing."""
    return [
        *_shipped_fields(shipped, own),
        *_items(shipped, own),
        *_own_fields(own.fields[code] for code in own.fields if code not in shipped.fields),
        *_needs(shipped, own),
        *([Fault("when_changed")] if own.conditions != shipped.conditions else []),
    ]


def _shipped_fields(shipped: Form, own: Form) -> list[Fault]:
    faults = []
    for code, field in shipped.fields.items():
        mine = own.fields.get(code)
        if mine is None:
            faults += [] if code in OPTIONAL else [Fault("field_lost", code)]
        elif code not in OPTIONAL:
            faults += [] if mine == field else [Fault("field_changed", code)]
        elif replace(mine, choices=field.choices, most=field.most, common=field.common) != field:
            faults.append(Fault("field_changed", code))
        else:
            faults += _choices(mine)
    return faults


def _items(shipped: Form, own: Form) -> list[Fault]:
    """The register asks for each of its fields; one of several ways to answer it may go, the last may not."""
    kept = {field.item for code, field in own.fields.items() if code in shipped.fields}
    return [
        Fault("item_lost", str(item))
        for item in sorted({field.item for field in shipped.fields.values()} - kept)
    ]


def _own_fields(fields: Iterable[Field]) -> list[Fault]:
    own, faults = list(fields), []
    if len(own) > MOST_OWN_FIELDS:
        faults.append(Fault("too_many_fields"))
    for field in own:
        bounds = {"text": MOST_TEXT, "figure": MOST_FIGURE, "several": MOST_CHOICES, "one": MOST_CHOICES}
        if not is_own(field.code) or field.item <= LAST_ITEM or field.page not in OWN_PAGES:
            faults.append(Fault("own_place", field.code))
        elif field.kind not in OWN_KINDS or field.most > bounds[field.kind]:
            faults.append(Fault("own_kind", field.code))
        if max(len(field.zh), len(field.en)) > MOST_LETTERS:
            faults.append(Fault("words_long", field.code))
        faults += _choices(field)
    return faults


def _choices(field: Field) -> list[Fault]:
    if len(field.choices) > MOST_CHOICES:
        return [Fault("too_many_choices", field.code)]
    if any(max(len(choice.zh), len(choice.en), len(choice.value)) > MOST_LETTERS for choice in field.choices):
        return [Fault("words_long", field.code)]
    return []


def _needs(shipped: Form, own: Form) -> list[Fault]:
    faults = []
    for kind, codes in shipped.required.items():
        mine = set(own.required.get(kind, ()))
        faults += [Fault("need_lost", code) for code in codes if code not in OPTIONAL and code not in mine]
        more = mine - set(codes)
        # A silent call, a wrong number: whoever rang is not there to be asked.
        faults += [
            Fault("need_unseen", code)
            for code in sorted(more)
            if kind not in VALID_TYPES or not may_be_needed(code)
        ]
    return list(dict.fromkeys(faults))
