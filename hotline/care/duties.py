"""Forced tasks of a contact: opened by what its note says, done in order, closed only with an outcome."""

from __future__ import annotations

from sqlalchemy import select

from hotline.care.errors_after import ComesFirst, NotOpen, RecordIncomplete
from hotline.domain.duty_rules import DUE_WITHIN, ContactFacts, forced_by, waits_for
from models.audit import Auditor
from models.duties import Duty
from models.events import DutyChanged
from models.notes import Note
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_after import DutyKind, DutyOutcome, DutyState, ItemKind
from models.vocabulary_record import AgeBand


def facts_of(note: Note) -> ContactFacts:
    fields = note.fields or {}
    band = fields.get("age_band")
    return ContactFacts(
        call_type=note.call_type,
        population=note.population,
        age_band=AgeBand(band) if band in {str(one) for one in AgeBand} else None,
        guardian=fields.get("guardian"),
    )


def open_forced(unit: UnitOfWork, note: Note) -> None:
    """What the note says is owed at once: a case that was mentioned waits for no closed form.

    A correction of the note takes nothing away; a named person closes what was not needed.
    """
    for kind in forced_by(facts_of(note)):
        open_duty(unit, note.call_id, kind)


def open_duty(unit: UnitOfWork, call_id: int, kind: DutyKind) -> int:
    """Idempotent: a contact has one task of a kind. A closed search for a person is opened anew."""
    duty = unit.session.scalars(
        select(Duty).where(Duty.call_id == call_id, Duty.kind == kind).with_for_update()
    ).first()
    if duty is not None and (duty.state is DutyState.OPEN or kind is not DutyKind.FIND_PERSON):
        return duty.id
    if duty is None:
        duty = Duty(call_id=call_id, kind=kind)
        unit.session.add(duty)
    duty.state, duty.opened_at, duty.due_at = DutyState.OPEN, unit.now, unit.now + DUE_WITHIN[kind]
    duty.escalated_at = None
    unit.session.flush()
    unit.tell(DutyChanged(call_id, str(ItemKind.DUTY), duty.id))
    return duty.id


class Duties:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def close(self, duty_id: int, person_id: int, outcome: DutyOutcome, text: str) -> None:
        """Raises NotOpen, RecordIncomplete without a text, ComesFirst while an earlier task is open."""
        with self._work() as unit:
            duty = unit.session.get(Duty, duty_id, with_for_update=True)
            if duty is None or duty.state is not DutyState.OPEN:
                raise NotOpen(duty_id=duty_id)
            if not text.strip():
                raise RecordIncomplete(["outcome_text"])
            still_open = unit.session.scalars(
                select(Duty.kind).where(Duty.call_id == duty.call_id, Duty.state == DutyState.OPEN)
            ).all()
            first = waits_for(duty.kind, still_open)
            if first:
                raise ComesFirst([str(kind) for kind in first])
            duty.state, duty.outcome, duty.outcome_text = DutyState.DONE, outcome, text.strip()
            duty.done_at, duty.done_by_id = unit.now, person_id
            self._audit(unit, person_id, f"duty.{outcome}", f"call:{duty.call_id}")
            unit.tell(DutyChanged(duty.call_id, str(ItemKind.DUTY), duty.id))
