"""The shipped versions of the contact form: the files beside this module, of which none is ever taken out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hotline.care.forms import Choice, Condition, Fault, Field, Form
from models.notes import FORM_VERSION
from models.vocabulary_record import CallType

KINDS = frozenset({"one", "several", "figure", "text", "place"})
PAGES = frozenset({"caller", "risk", "service", "always"})
RISKY = "risky"
MOST_ITEM = 25 + 99
"""The 25 fields of the register (DOMAIN.md section c), then those of a hotline's own."""


class FormFileWrong(ValueError):
    """A form that no note may be written with; `faults` say what is wrong."""

    def __init__(self, version: str, faults: list[Fault]) -> None:
        super().__init__(f"form {version}: " + "; ".join(f"{one.code} {one.where}".strip() for one in faults))
        self.faults = faults


@cache
def versions() -> tuple[str, ...]:
    """Every version on file, the oldest first."""
    return tuple(
        sorted(
            entry.name.removesuffix(".json")
            for entry in files(__package__).iterdir()
            if entry.name.endswith(".json")
        )
    )


@cache
def form_of(version: str) -> Form:
    """Raises KeyError for a version that never was, FormFileWrong for a file that does not hold."""
    return read_form(version, raw_of(version))


def raw_of(version: str) -> dict[str, Any]:
    """The content of a shipped version's file. Raises KeyError."""
    if version not in versions():
        raise KeyError(version)
    text = files(__package__).joinpath(f"{version}.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def shipped_form() -> Form:
    """The newest version of the product: in force until a hotline puts one of its own in force."""
    return form_of(FORM_VERSION)


def read_form(version: str, raw: dict[str, Any]) -> Form:
    """A form from the content of its file. Raises FormFileWrong."""
    try:
        form = _form(raw)
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise FormFileWrong(version, [Fault("unreadable")]) from fault
    faults = _faults(version, form, raw)
    if faults:
        raise FormFileWrong(version, faults)
    return form


def field_of(entry: dict[str, Any]) -> Field:
    """One field as its entry in a file says, right or wrong. Raises KeyError, TypeError, IndexError."""
    return Field(
        code=entry["code"],
        item=entry["item"],
        zh=entry["zh"],
        en=entry["en"],
        kind=entry["kind"],
        page=entry["page"],
        choices=tuple(Choice(row[0], row[1], row[2], RISKY in row[3:]) for row in entry.get("choices", ())),
        most=entry.get("most", 0),
        common=tuple(entry.get("common", ())),
    )


def _form(raw: dict[str, Any]) -> Form:
    fields = [field_of(entry) for entry in raw["fields"]]
    return Form(
        version=raw["version"],
        fields=MappingProxyType({field.code: field for field in fields}),
        required=MappingProxyType({key: tuple(codes) for key, codes in raw["required"].items()}),
        conditions=tuple(
            Condition(
                field=row["field"],
                needs=tuple(row["needs"]),
                values=tuple(row.get("is", ())),
                least=row.get("from"),
                valid_only=row.get("valid_only", False),
            )
            for row in raw["when"]
        ),
    )


def _faults(version: str, form: Form, raw: dict[str, Any]) -> list[Fault]:
    faults = [Fault("version_differs", form.version)] if form.version != version else []
    if len(form.fields) != len(raw["fields"]):
        faults.append(Fault("code_twice"))
    for field in form.fields.values():
        faults += [Fault(code, field.code) for code in _of_field(field)]
    if set(form.required) != {str(code) for code in CallType}:
        faults.append(Fault("types_wrong"))
    named = {code for codes in form.required.values() for code in codes}
    named |= {code for condition in form.conditions for code in (condition.field, *condition.needs)}
    faults += [Fault("no_such_field", code) for code in sorted(named - set(form.fields))]
    # The two-week question stands on every valid call (DOMAIN.md section c, 13).
    for code in CallType:
        if code.is_valid_contact and "two_weeks" not in form.required.get(str(code), ()):
            faults.append(Fault("two_weeks_missing", str(code)))
    for condition in form.conditions:
        asked = form.fields.get(condition.field)
        if asked is not None and not set(condition.values) <= set(asked.values):
            faults.append(Fault("no_such_answer", condition.field))
    return faults


def _of_field(field: Field) -> Iterator[str]:
    if field.kind not in KINDS or field.page not in PAGES or not 1 <= field.item <= MOST_ITEM:
        yield "place_wrong"
    if not (field.zh and field.en and all(choice.zh and choice.en for choice in field.choices)):
        yield "words_missing"
    if (field.kind in ("one", "several")) != bool(field.choices):
        yield "choices_missing"
    if len(set(field.values)) != len(field.values) or not set(field.common) <= set(field.values):
        yield "values_wrong"
    if field.kind in ("several", "figure", "text") and field.most < 1:
        yield "most_missing"
