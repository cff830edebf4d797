"""Follow-ups: planned by the rule of the risk level, dialled as call-backs, recorded in three parts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.care.duties import open_duty
from hotline.care.errors import NoSuchFollowUp
from hotline.care.errors_after import NoNumber, RecordIncomplete
from hotline.domain.follow_up_rules import Planned, Record, faults_of, follows, plan
from hotline.routing.callback_tries import change
from hotline.routing.callbacks import owe_callback
from models.audit import Auditor
from models.calls import Call
from models.care import FollowUp
from models.events import DutyChanged, RiskMarked
from models.notes import Note
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallbackKind, CallbackState, FollowUpState, RiskLevel
from models.vocabulary_after import ContactMethod, DutyKind, FollowUpResult, ItemKind

STATES = {
    FollowUpResult.REACHED: FollowUpState.DONE,
    FollowUpResult.REFUSED: FollowUpState.REFUSED,
    FollowUpResult.DEAD_NUMBER: FollowUpState.UNREACHED,
    FollowUpResult.LOST: FollowUpState.UNREACHED,
}


def plan_follow_ups(session: Session, note: Note, talk_ended_at: datetime) -> list[FollowUp]:
    """Write what the level of the closed note asks for; nothing that is already due is taken away."""
    if note.risk_level is None:
        return []
    planned = plan(RiskLevel(note.risk_level), note.population, harm_of(note), talk_ended_at)
    return _write(session, note.call_id, planned, note.person_id)


def harm_of(note: Note | None) -> int | None:
    value = (note.fields or {}).get("harm_others") if note is not None else None
    return value if isinstance(value, int) else None


def last_level(session: Session, call_id: int) -> RiskLevel | None:
    """What the latest follow-up of this contact found, else the level of its note."""
    found = session.scalars(
        select(FollowUp.rerated)
        .where(FollowUp.call_id == call_id, FollowUp.rerated.is_not(None))
        .order_by(FollowUp.done_at.desc(), FollowUp.id.desc())
    ).first()
    if found is None:
        found = session.scalars(select(Note.risk_level).where(Note.call_id == call_id)).first()
    return None if found is None else RiskLevel(found)


class FollowUps:
    """What the duty shift does with follow-ups: anybody on duty may take one."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def owe_call(self, follow_up_id: int, person_id: int) -> int:
        """The call-back that dials this follow-up; its number never shows. Raises NoSuchFollowUp, NoNumber.

        A follow-up has one call-back, which counts its tries; tried out, it is opened for one more.
        """
        with self._work() as unit:
            follow_up = self._due(unit, follow_up_id)
            callback = follow_up.callback or owe_callback(unit, follow_up.call, CallbackKind.FOLLOW_UP)
            if callback is None:
                raise NoNumber(follow_up_id=follow_up_id)
            if not callback.state.is_open:
                callback.closed_at, callback.closed_by_id, callback.due_at = None, None, unit.now
                change(unit, callback, CallbackState.DUE)
            if follow_up.callback_id is None:
                follow_up.callback_id = callback.id
                self._told(unit, follow_up, person_id, "follow_up.dialled")
            return callback.id

    def finish(
        self, follow_up_id: int, person_id: int, record: Record, method: ContactMethod = ContactMethod.PHONE
    ) -> list[int]:
        """Record how it went; returns the ids of the follow-ups that come of it.

        Raises NoSuchFollowUp when it is unknown or no longer due, RecordIncomplete(faults).
        """
        with self._work() as unit:
            follow_up = self._due(unit, follow_up_id)
            before = last_level(unit.session, follow_up.call_id)
            tries = follow_up.callback.attempts if follow_up.callback is not None else 0
            faults = faults_of(record, last_level=before, tries=tries, now=unit.now)
            if faults:
                raise RecordIncomplete(faults)
            self._keep(follow_up, record, method, person_id, unit.now)
            unit.session.flush()
            made = self._what_follows(unit, follow_up, record, before)
            if record.rerated is not None and record.rerated.is_high and record.rerated > (before or 0):
                unit.tell(RiskMarked(follow_up.call_id, int(record.rerated)))
            lost = follow_up.state is FollowUpState.UNREACHED
            if lost and before is not None and before.is_high:
                open_duty(unit, follow_up.call_id, DutyKind.FIND_PERSON)
            self._told(unit, follow_up, person_id, f"follow_up.{follow_up.state}")
            return made

    def _keep(
        self, follow_up: FollowUp, record: Record, method: ContactMethod, person_id: int, now: datetime
    ) -> None:
        follow_up.state, follow_up.result, follow_up.method = STATES[record.result], record.result, method
        follow_up.assessment = record.assessment or None
        follow_up.counselling = record.counselling or None
        follow_up.guidance = record.guidance or None
        follow_up.rerated = None if record.rerated is None else int(record.rerated)
        follow_up.rerated_why = record.rerated_why or None
        follow_up.done_at, follow_up.done_by_id = now, person_id

    def _what_follows(
        self, unit: UnitOfWork, follow_up: FollowUp, record: Record, before: RiskLevel | None
    ) -> list[int]:
        note = unit.session.scalars(select(Note).where(Note.call_id == follow_up.call_id)).first()
        due = unit.session.scalars(
            select(FollowUp.due_at).where(
                FollowUp.call_id == follow_up.call_id, FollowUp.state == FollowUpState.DUE
            )
        ).all()
        planned = follows(
            record,
            last_level=before,
            population=note.population if note else None,
            harm_others=harm_of(note),
            still_due=due,
            now=unit.now,
        )
        made = _write(unit.session, follow_up.call_id, planned, follow_up.preferred_id)
        unit.session.flush()
        follow_up.next_at = min((*due, *(one.due_at for one in planned)), default=None)
        return [one.id for one in made]

    def _due(self, unit: UnitOfWork, follow_up_id: int) -> FollowUp:
        follow_up = unit.session.get(FollowUp, follow_up_id, with_for_update=True)
        if follow_up is None or follow_up.state is not FollowUpState.DUE:
            raise NoSuchFollowUp(follow_up_id=follow_up_id)
        return follow_up

    def _told(self, unit: UnitOfWork, follow_up: FollowUp, person_id: int, action: str) -> None:
        self._audit(unit, person_id, action, f"call:{follow_up.call_id}")
        unit.tell(DutyChanged(follow_up.call_id, str(ItemKind.FOLLOW_UP), follow_up.id))


def _write(
    session: Session, call_id: int, planned: Iterable[Planned], preferred_id: int | None
) -> list[FollowUp]:
    rows = [
        FollowUp(call_id=call_id, rule=one.rule, due_at=one.due_at, preferred_id=preferred_id)
        for one in planned
    ]
    session.add_all(rows)
    return rows


def due_follow_ups(
    session: Session, until: datetime, centre_id: int | None, limit: int = 50
) -> list[FollowUp]:
    """Due by `until`, of one centre and of none, or of all; the earliest first."""
    query = (
        select(FollowUp)
        .join(Call, Call.id == FollowUp.call_id)
        .where(FollowUp.state == FollowUpState.DUE, FollowUp.due_at <= until)
        .options(joinedload(FollowUp.call), joinedload(FollowUp.callback), joinedload(FollowUp.preferred))
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(limit)
    )
    if centre_id is not None:
        query = query.where((Call.centre_id == centre_id) | Call.centre_id.is_(None))
    return list(session.scalars(query))
