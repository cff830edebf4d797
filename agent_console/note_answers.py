"""A finished note in words, by the version of the form that it was written with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hotline.care.form_versions import form_on_file
from hotline.care.forms import Field
from hotline.care.notes import content_of
from models.notes import Note

TOLD_APART = frozenset({"summary", "place_code", "risk_level"})
"""What the page of a call shows in a place of its own."""


@dataclass(frozen=True)
class Answer:
    """One field and what was answered, each in Chinese and English."""

    code: str
    name: tuple[str, str]
    text: tuple[str, str]


def answers_of(session: Session, note: Note) -> tuple[Answer, ...]:
    """Every answered field, in the order of the form."""
    content = content_of(note)
    return tuple(
        Answer(code, (field.zh, field.en), _words(field, content[code]))
        for code, field in form_on_file(session, note.form_version).fields.items()
        if code in content and code not in TOLD_APART
    )


def _words(field: Field, value: Any) -> tuple[str, str]:
    if field.kind not in ("one", "several"):
        return (str(value), str(value))
    chosen = [field.choice(one) for one in (value if isinstance(value, list) else [value])]
    found = [choice for choice in chosen if choice is not None]
    return ("、".join(choice.zh for choice in found), ", ".join(choice.en for choice in found))
