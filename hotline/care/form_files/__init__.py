"""The versions of the contact form, read from the files beside this module. None is ever taken out."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hotline.care.forms import Choice, Condition, Field, Form
from models.notes import FORM_VERSION
from models.vocabulary_record import CallType

KINDS = frozenset({"one", "several", "figure", "text", "place"})
PAGES = frozenset({"caller", "risk", "service", "always"})
RISKY = "risky"


class FormFileWrong(ValueError):
    """A form file that no note may be written with; `faults` name what is wrong."""

    def __init__(self, version: str, faults: list[str]) -> None:
        super().__init__(f"form {version}: " + "; ".join(faults))
        self.faults = faults


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
    if version not in versions():
        raise KeyError(version)
    text = files(__package__).joinpath(f"{version}.json").read_text(encoding="utf-8")
    return read_form(version, json.loads(text))


def current_form() -> Form:
    """The version that new notes are begun with."""
    return form_of(FORM_VERSION)


def read_form(version: str, raw: dict[str, Any]) -> Form:
    """A form from the content of its file. Raises FormFileWrong."""
    try:
        form = _form(raw)
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise FormFileWrong(version, [f"unreadable: {fault!r}"]) from fault
    faults = _faults(version, form, raw)
    if faults:
        raise FormFileWrong(version, faults)
    return form


def _form(raw: dict[str, Any]) -> Form:
    fields = [
        Field(
            code=entry["code"],
            item=entry["item"],
            zh=entry["zh"],
            en=entry["en"],
            kind=entry["kind"],
            page=entry["page"],
            choices=tuple(
                Choice(row[0], row[1], row[2], RISKY in row[3:]) for row in entry.get("choices", ())
            ),
            most=entry.get("most", 0),
            common=tuple(entry.get("common", ())),
        )
        for entry in raw["fields"]
    ]
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


def _faults(version: str, form: Form, raw: dict[str, Any]) -> list[str]:
    faults = [f"version is {form.version}"] if form.version != version else []
    if len(form.fields) != len(raw["fields"]):
        faults.append("a field code stands twice")
    for field in form.fields.values():
        if field.kind not in KINDS or field.page not in PAGES or not 1 <= field.item <= 25:
            faults.append(f"{field.code}: kind, page or number")
        if not (field.zh and field.en and all(choice.zh and choice.en for choice in field.choices)):
            faults.append(f"{field.code}: every word in Chinese and English")
        if (field.kind in ("one", "several")) != bool(field.choices):
            faults.append(f"{field.code}: choices")
        if len(set(field.values)) != len(field.values) or not set(field.common) <= set(field.values):
            faults.append(f"{field.code}: values")
        if field.kind in ("several", "figure", "text") and field.most < 1:
            faults.append(f"{field.code}: most")
    types = {str(code) for code in CallType}
    if set(form.required) != types:
        faults.append("required: each call type once")
    named = {code for codes in form.required.values() for code in codes}
    named |= {code for condition in form.conditions for code in (condition.field, *condition.needs)}
    faults += [f"{code}: no such field" for code in sorted(named - set(form.fields))]
    for code in CallType:
        if code.is_valid_contact and "two_weeks" not in form.required.get(str(code), ()):
            faults.append(f"{code}: the two-week question stands on every valid call")
    for condition in form.conditions:
        asked = form.fields.get(condition.field)
        if asked is not None and not set(condition.values) <= set(asked.values):
            faults.append(f"{condition.field}: a condition on a value that it cannot have")
    return faults
