"""Versions of the contact form as the administration pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.care.form_files import shipped_form, versions
from hotline.care.form_own import (
    OPTIONAL,
    VALID_TYPES,
    Difference,
    differences,
    is_own,
    may_be_needed,
    needed_by,
)
from hotline.care.form_versions import form_on_file, raw_on_file, standing_version
from hotline.care.forms import Field, Form
from models.forms import FormInForce, FormVersion
from models.notes import FORM_VERSION, Note
from models.people import Person
from models.vocabulary_record import CallType

PAGE_WORDS: Mapping[str, Any] = {
    "caller": _("来电与问题"),
    "risk": _("自杀风险"),
    "service": _("服务与结果"),
    "always": _("每页"),
}


@dataclass(frozen=True)
class VersionRow:
    version: str
    shipped: bool
    is_draft: bool
    """Never in force, and so never on a desk."""
    begun_at: datetime | None
    begun_by: str | None
    notes: int
    first: datetime | None
    last: datetime | None
    """When its notes were begun."""


@dataclass(frozen=True)
class InForceRow:
    version: str
    at: datetime
    by: str | None
    reason: str


@dataclass(frozen=True)
class VersionsPage:
    standing: str
    newest_shipped: str
    rows: tuple[VersionRow, ...]
    history: tuple[InForceRow, ...]
    suggested: str
    """A free name for the next draft."""
    product_is_newer: bool
    """The product's form moved on while an earlier version, or one made after it, stands."""


@dataclass(frozen=True)
class FieldRow:
    field: Field
    needed: tuple[str, ...]
    needed_by_product: tuple[str, ...]
    own: bool
    optional: bool
    may_be_needed: bool


@dataclass(frozen=True)
class VersionPage:
    form: Form
    row: VersionRow
    standing: str
    fields: tuple[FieldRow, ...]
    left_out: tuple[Field, ...]
    changes: tuple[Difference, ...]
    """Beside the version in force."""

    def with_typed(self, field: Field, needed: tuple[str, ...]) -> VersionPage:
        """The same page with this field as somebody typed it."""
        return replace(
            self,
            fields=tuple(
                replace(row, field=field, needed=needed) if row.field.code == field.code else row
                for row in self.fields
            ),
        )


def kinds_of_call() -> tuple[CallType, ...]:
    """Call types whose needs a hotline may widen."""
    return tuple(kind for kind in CallType if str(kind) in VALID_TYPES)


def versions_on_file(session: Session) -> VersionsPage:
    history = session.execute(
        select(FormInForce, Person.name)
        .outerjoin(Person, Person.id == FormInForce.by_id)
        .order_by(FormInForce.id.desc())
        .limit(20)
    )
    rows = _rows(session)
    standing = standing_version(session)
    taken = {row.version for row in rows}
    return VersionsPage(
        standing=standing,
        newest_shipped=FORM_VERSION,
        rows=tuple(rows),
        history=tuple(InForceRow(one.version, one.at, name, one.reason) for one, name in history),
        suggested=next(
            name for n in range(1, len(taken) + 2) if (name := f"{FORM_VERSION}-{n}") not in taken
        ),
        product_is_newer=raw_on_file(session, standing).get("based_on", standing) != FORM_VERSION,
    )


def version_page(session: Session, version: str) -> VersionPage:
    """Raises NoSuchForm."""
    form, shipped = form_on_file(session, version), shipped_form()
    standing = standing_version(session)
    return VersionPage(
        form=form,
        row=next(row for row in _rows(session) if row.version == version),
        standing=standing,
        fields=tuple(_field(form, shipped, field) for field in form.fields.values()),
        left_out=tuple(field for code, field in shipped.fields.items() if not form.has(code)),
        changes=tuple(differences(form_on_file(session, standing), form)),
    )


def _field(form: Form, shipped: Form, field: Field) -> FieldRow:
    return FieldRow(
        field,
        needed_by(form, field.code),
        () if field.code in OPTIONAL else needed_by(shipped, field.code),
        is_own(field.code),
        field.code in OPTIONAL,
        may_be_needed(field.code),
    )


def _rows(session: Session) -> list[VersionRow]:
    """The newest first; what is in force may be any of them."""
    counts = {
        version: (count, first, last)
        for version, count, first, last in session.execute(
            select(
                Note.form_version, func.count(), func.min(Note.created_at), func.max(Note.created_at)
            ).group_by(Note.form_version)
        )
    }
    forced = set(session.scalars(select(FormInForce.version).distinct()))
    own = session.execute(
        select(FormVersion, Person.name)
        .outerjoin(Person, Person.id == FormVersion.begun_by_id)
        .order_by(FormVersion.begun_at.desc())
    )
    rows = [
        VersionRow(
            one.version,
            False,
            one.version not in forced,
            one.begun_at,
            name,
            *counts.get(one.version, (0, None, None)),
        )
        for one, name in own
    ]
    return rows + [
        VersionRow(version, True, False, None, None, *counts.get(version, (0, None, None)))
        for version in reversed(versions())
    ]
