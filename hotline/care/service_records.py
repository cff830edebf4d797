"""The written record of a service goes when its years are over.

Registration, handling record and assessments are kept three years at least (technical guide for
psychological-aid hotlines). After that nobody's words, answers or number are left; the codes that were
counted stay, so that old figures can still be made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, select, update

from hotline.care.record_holds import not_held
from models.assessments import Assessment, Consultation
from models.audit import write_audit
from models.base import Base
from models.calls import Call
from models.care import Danger, FollowUp
from models.crypto import EncryptedJSON
from models.danger_protocol import CallerAsk, DangerReport, Debrief
from models.duties import Appointment, Duty, Handover
from models.forced_reports import ForcedReport
from models.linkage import Linkage
from models.notes import Note, NoteRevision, RiskChange
from models.participation import Participation, Transfer
from models.policies import standing_policy
from models.quality import QualityReview
from models.recordings import RiskMark
from models.referrals import Referral, ReferralStep
from models.surveillance import Contact
from models.unit_of_work import UnitOfWork
from models.vocabulary import DangerState, FollowUpState
from models.vocabulary_after import DutyState

AT_ONCE = 100

OF_THE_CALL: dict[type[Base], Sequence[str]] = {
    Assessment: ("answers", "result"),
    Appointment: ("agreed", "closing_note"),
    CallerAsk: ("place", "number"),
    Consultation: ("question", "opinion"),
    Contact: ("text", "vector", "content_hash"),
    Danger: ("outcome",),
    Duty: ("outcome_text",),
    FollowUp: ("assessment", "counselling", "guidance", "rerated_why"),
    ForcedReport: ("reference", "reason"),
    Handover: ("told",),
    Linkage: ("reference", "told", "outcome", "next_step"),
    Note: ("fields", "summary"),
    Participation: ("number",),
    QualityReview: ("scores", "comment", "reply"),
    Referral: ("ground_reason", "sent"),
    RiskMark: ("evidence",),
    Transfer: ("words",),
}
"""What is emptied, by its column of the call."""

OF_ITS_PARTS: dict[type[Base], tuple[str, type[Base], Sequence[str]]] = {
    DangerReport: ("danger_id", Danger, ("recipient_name", "why", "fields")),
    Debrief: ("danger_id", Danger, ("words",)),
    ReferralStep: ("referral_id", Referral, ("reply",)),
    RiskChange: ("note_id", Note, ("reason",)),
}
"""What hangs on one of those."""


def erase_old_records(unit: UnitOfWork, audit_key: bytes) -> int:
    """Those whose years are over by the standing decision, the oldest first; what is held or still owed
    waits. Each leaves a line in the audit. Returns how many went."""
    days = standing_policy(unit.session).service_record_days
    due = (
        select(Call)
        .where(
            Call.record_erased_at.is_(None),
            Call.ended_at <= unit.now - timedelta(days=days),
            not_held(Call.id),
            *_nothing_open(),
        )
        .order_by(Call.ended_at)
        .limit(AT_ONCE)
        .with_for_update()
    )
    calls = unit.session.scalars(due).all()
    if not calls:
        return 0
    _empty(unit, [call.id for call in calls])
    for call in calls:
        call.caller_number, call.record_erased_at = None, unit.now
        write_audit(
            unit.session,
            audit_key,
            at=unit.now,
            person_id=None,
            action="record.expired",
            subject=f"call:{call.id}",
        )
    return len(calls)


def _nothing_open() -> list[ColumnElement[bool]]:
    """Care that somebody still owes needs its record."""
    return [
        ~exists().where(Danger.call_id == Call.id, Danger.state == DangerState.OPEN),
        ~exists().where(FollowUp.call_id == Call.id, FollowUp.state == FollowUpState.DUE),
        ~exists().where(Duty.call_id == Call.id, Duty.state == DutyState.OPEN),
        ~exists().where(Referral.call_id == Call.id, Referral.due_at.is_not(None)),
    ]


def _empty(unit: UnitOfWork, call_ids: Sequence[int]) -> None:
    session = unit.session
    for model, columns in OF_THE_CALL.items():
        _clear(unit, model, model.__table__.c.call_id.in_(call_ids), columns)
    for model, (key, whole, columns) in OF_ITS_PARTS.items():
        wholes: Select[Any] = select(whole.__table__.c.id).where(whole.__table__.c.call_id.in_(call_ids))
        _clear(unit, model, model.__table__.c[key].in_(wholes), columns)
    notes = select(Note.id).where(Note.call_id.in_(call_ids))
    session.execute(delete(NoteRevision).where(NoteRevision.note_id.in_(notes)))


def _clear(unit: UnitOfWork, model: type[Base], which: ColumnElement[bool], columns: Sequence[str]) -> None:
    table = model.__table__
    empty = {name: _nothing(table.c[name]) for name in columns}
    unit.session.execute(
        update(model).where(which).values(empty), execution_options={"synchronize_session": False}
    )


def _nothing(column: Any) -> object:
    if column.nullable:
        return None
    return {} if isinstance(column.type, EncryptedJSON) else ""
