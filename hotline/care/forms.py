"""The contact form (来电登记表): pure rules that read a note by the definition it was written with.

The definitions are data, a file for each version (`form_files`). A note remembers its version; nothing that a
newer form drops or renames changes how an older note is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.vocabulary import Code
from models.vocabulary_record import CallType, Disposition

Content = Mapping[str, Any]

CLOSES_AT_ONCE = frozenset({CallType.NUISANCE, CallType.WRONG_NUMBER})

NO_PLACE = frozenset({"other", "u"})
"""Answers to item 6 that are whole without a place: elsewhere (no list may hold it), and not told."""

_WEIGHT = ("D8", "D9", "D7", "D6", "D5", "D4", "D10", "D3", "D2", "D1")
"""When several dispositions are chosen, the weightiest one is counted."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a form: a code, and the field, item or call type that it speaks of."""

    code: str
    where: str = ""


@dataclass(frozen=True)
class Choice:
    """An answer: its stored value, its words, and whether it speaks of danger."""

    value: str
    zh: str
    en: str
    risky: bool = False


@dataclass(frozen=True)
class Field:
    """One field: its code, how it is answered, and what it may hold."""

    code: str
    item: int
    """Its number among the 25 fields of the register (DOMAIN.md section c)."""
    zh: str
    en: str
    kind: str
    """one | several (of `choices`, at most `most`) | figure (0–`most`) | text (`most` characters) | place"""
    page: str
    """caller | risk | service | always: where on the desk it stands, in the order of a talk."""
    choices: tuple[Choice, ...] = ()
    most: int = 0
    common: tuple[str, ...] = ()
    """Values that stand as buttons of their own; the others are in a list. Empty: all are buttons."""

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(choice.value for choice in self.choices)

    def choice(self, value: Any) -> Choice | None:
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True)
class Condition:
    """`needs` are needed when `field` holds one of `values`, or a figure of `least` or more."""

    field: str
    needs: tuple[str, ...]
    values: tuple[str, ...] = ()
    least: int | None = None
    valid_only: bool = False
    """Holds for valid contacts alone, not for 无效来电."""

    def holds(self, content: Content, call_type: CallType) -> bool:
        if self.valid_only and not call_type.is_valid_contact:
            return False
        value = content.get(self.field)
        if self.least is not None:
            return isinstance(value, int) and value >= self.least
        given = value if isinstance(value, list) else [value]
        return any(one in self.values for one in given)


@dataclass(frozen=True)
class Form:
    """One version of the form, as its file says."""

    version: str
    fields: Mapping[str, Field]
    """By code, in the order of the register."""
    required: Mapping[str, tuple[str, ...]]
    """What a call type needs before its note can be closed. "未告知" and "未问" are answers."""
    conditions: tuple[Condition, ...]

    def has(self, code: str) -> bool:
        return code in self.fields

    def page_of(self, code: str) -> str:
        return self.fields[code].page


def call_type_of(content: Content) -> CallType | None:
    value = content.get("call_type")
    return CallType(value) if value in _values(CallType) else None


def missing_fields(form: Form, content: Content) -> list[str]:
    """Codes of the fields that this content still needs before its note may be closed, in form order."""
    call_type = call_type_of(content)
    if call_type is None:
        return ["call_type"]
    needed = set(form.required[str(call_type)])
    for condition in form.conditions:
        if condition.holds(content, call_type):
            needed.update(condition.needs)
    if content.get("area") in NO_PLACE:
        needed.discard("place_code")
    return [code for code in form.fields if code in needed and _is_empty(content.get(code))]


def invalid_fields(
    form: Form, content: Content, knows_place: Callable[[str], bool] = str.isdigit
) -> list[str]:
    """Codes of the fields whose value the form does not allow, unknown fields included."""
    return [
        code
        for code, value in content.items()
        if code not in form.fields or not (_is_empty(value) or _allows(form.fields[code], value, knows_place))
    ]


def weightiest(dispositions: list[str]) -> Disposition | None:
    """The disposition that is counted when several were chosen."""
    return next((Disposition(code) for code in _WEIGHT if code in dispositions), None)


def _values(codes: type[Code]) -> tuple[str, ...]:
    return tuple(str(code) for code in codes)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _allows(field: Field, value: Any, knows_place: Callable[[str], bool]) -> bool:
    if field.kind == "one":
        return isinstance(value, str) and value in field.values
    if field.kind == "several":
        return (
            isinstance(value, list)
            and len(value) <= field.most
            and len(set(map(str, value))) == len(value)
            and all(isinstance(one, str) and one in field.values for one in value)
        )
    if field.kind == "figure":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= field.most
    if field.kind == "text":
        return isinstance(value, str) and len(value) <= field.most
    return isinstance(value, str) and knows_place(value)
