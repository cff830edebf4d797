"""The queries behind the figures of reports: rows (label, keyed hash of a person); of a label in several
columns the person comes last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, literal, select

from analytics.papers.scope import Scope
from analytics.report.figures import HANDED_ON
from analytics.series import is_counted
from models.calls import Call
from models.care import Danger, FollowUp
from models.duties import Duty
from models.notes import Note
from models.referrals import Referral
from models.surveillance import Contact
from models.vocabulary import RiskLevel
from models.vocabulary_after import DutyKind
from models.vocabulary_record import Disposition

ONE = "1"
"""The label of a figure that is no table."""
Query = Callable[[Scope], "Select[Any, Any]"]


def contacts(label: Any) -> Query:
    return lambda scope: (
        select(label, Contact.person_hash)
        .where(is_counted(), *scope.on_days(), scope.in_place(Contact.place_code))
        .distinct()
    )


def by_place(scope: Scope) -> Select[Any, Any]:
    """Code and, for those outside the tree, the sealed part of the note, which says 本地 or 外地."""
    inside = Contact.place_code.in_(sorted(scope.child_of))
    return (
        select(Contact.place_code, Note.fields, Contact.person_hash)
        .outerjoin(Note, and_(Note.call_id == Contact.call_id, ~inside))
        .where(is_counted(), *scope.on_days(), scope.in_place(Contact.place_code))
    )


def area_of(fields: Mapping[str, Any] | None) -> str | None:
    """local | other | u, as the operator noted it (DOMAIN.md c, field 6)."""
    found = (fields or {}).get("area")
    return found if isinstance(found, str) else None


def noted(scope: Scope) -> Select[Any, Any]:
    return (
        select(Note.fields, Contact.person_hash)
        .join(Note, Note.call_id == Contact.call_id)
        .where(is_counted(), *scope.on_days(), scope.in_place(Contact.place_code))
    )


def specials_of(fields: Mapping[str, Any] | None) -> frozenset[str]:
    """crisis, difficult, frequent (DOMAIN.md c, fields 5 and 15)."""
    known = fields or {}
    again = {"frequent"} if known.get("repeat") == "03" else set()
    return frozenset({*(known.get("special") or ()), *again})


def hours(scope: Scope) -> Select[Any, Any]:
    return (
        select(Call.arrived_at, Contact.person_hash)
        .join(Call, Call.id == Contact.call_id)
        .where(is_counted(), *scope.on_days(), scope.in_place(Contact.place_code))
    )


def hour_of(at: datetime, scope: Scope) -> str:
    return str(at.astimezone(scope.zone).hour // 6)


def high(scope: Scope) -> Select[Any, Any]:
    return contacts(literal(ONE))(scope).where(Contact.risk_level >= int(RiskLevel.R3))


def disposed(*codes: Disposition) -> Query:
    return lambda scope: (
        select(literal(ONE), Contact.person_hash)
        .join(Note, Note.call_id == Contact.call_id)
        .where(
            is_counted(),
            *scope.on_days(),
            scope.in_place(Contact.place_code),
            Note.disposition.in_(sorted(codes, key=str)),
        )
        .distinct()
    )


def matched(scope: Scope) -> Select[Any, Any]:
    return (
        select(Contact.population, Contact.person_hash)
        .join(Note, Note.call_id == Contact.call_id)
        .where(
            is_counted(),
            *scope.on_days(),
            scope.in_place(Contact.place_code),
            Note.disposition.in_(sorted(HANDED_ON, key=str)),
        )
        .distinct()
    )


def dangers(*where: Any) -> Query:
    return _of_calls(Danger, Danger.raised_at, literal(ONE), *where)


def follow_ups(*where: Any) -> Query:
    return _of_calls(FollowUp, FollowUp.due_at, literal(ONE), *where)


def duties(kind: DutyKind, *where: Any) -> Query:
    return _of_calls(Duty, Duty.opened_at, literal(ONE), Duty.kind == kind, *where)


def _of_calls(record: Any, at: Any, label: Any, *where: Any) -> Query:
    """Callers of whose calls there is such a record, by its moment."""
    return lambda scope: (
        select(label, Call.caller_hash)
        .join(record, record.call_id == Call.id)
        .where(at >= scope.since, at < scope.until, scope.in_place(Call.place_code), *where)
        .distinct()
    )


referrals = _of_calls(Referral, Referral.sent_at, Referral.target)
