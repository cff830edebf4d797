"""The queries behind the figures of reports: each gives distinct rows (label, keyed hash of a person)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select

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
    return lambda scope: (
        select(literal(ONE), Call.caller_hash)
        .join(Danger, Danger.call_id == Call.id)
        .where(
            Danger.raised_at >= scope.since,
            Danger.raised_at < scope.until,
            scope.in_place(Call.place_code),
            *where,
        )
        .distinct()
    )


def follow_ups(*where: Any) -> Query:
    return lambda scope: (
        select(literal(ONE), Call.caller_hash)
        .join(FollowUp, FollowUp.call_id == Call.id)
        .where(
            FollowUp.due_at >= scope.since,
            FollowUp.due_at < scope.until,
            scope.in_place(Call.place_code),
            *where,
        )
        .distinct()
    )


def duties(kind: DutyKind, *where: Any) -> Query:
    return lambda scope: (
        select(literal(ONE), Call.caller_hash)
        .join(Duty, Duty.call_id == Call.id)
        .where(
            Duty.kind == kind,
            Duty.opened_at >= scope.since,
            Duty.opened_at < scope.until,
            scope.in_place(Call.place_code),
            *where,
        )
        .distinct()
    )


def referrals(scope: Scope) -> Select[Any, Any]:
    return (
        select(Referral.target, Call.caller_hash)
        .join(Call, Call.id == Referral.call_id)
        .where(
            Referral.sent_at >= scope.since, Referral.sent_at < scope.until, scope.in_place(Call.place_code)
        )
        .distinct()
    )
