"""A complaint, an inquiry or a suit keeps the record of one call until a named person lifts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload
from sqlalchemy.sql import ColumnElement

from hotline.care.errors import NoSuchCall, OutcomeMissing
from hotline.care.errors_after import NotOpen
from models.audit import Auditor
from models.calls import Call
from models.policies import standing_policy
from models.retention import RecordHold
from models.unit_of_work import UnitOfWork, Work


class RecordHolds:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def hold(self, call_id: int, person_id: int, reason: str) -> None:
        """A second hold on the same call changes nothing. Raises NoSuchCall, OutcomeMissing (no reason)."""
        if not reason.strip():
            raise OutcomeMissing(call_id=call_id)
        with self._work() as unit:
            # Locked, so that the clock does not erase it in the same moment.
            if unit.session.get(Call, call_id, with_for_update=True) is None:
                raise NoSuchCall(call_id=call_id)
            if hold_on(unit.session, call_id) is not None:
                return
            row = RecordHold(call_id=call_id, reason=reason.strip(), set_at=unit.now, set_by_id=person_id)
            unit.session.add(row)
            self._audit(unit, call_id, person_id, "record.held")

    def lift(self, call_id: int, person_id: int) -> None:
        """What is past its day goes with the next turn of the clock. Raises NotOpen."""
        with self._work() as unit:
            row = hold_on(unit.session, call_id)
            if row is None:
                raise NotOpen(call_id=call_id)
            row.lifted_at, row.lifted_by_id = unit.now, person_id
            self._audit(unit, call_id, person_id, "record.released")

    def _audit(self, unit: UnitOfWork, call_id: int, person_id: int, action: str) -> None:
        self._audit_line(unit, person_id, action, f"call:{call_id}")


@dataclass(frozen=True)
class Keeping:
    """Until when the written record of a call is kept, and why longer."""

    until: datetime | None
    """None while it goes on."""
    erased_at: datetime | None
    reason: str | None
    """Of the hold that stands, if one does."""
    held_at: datetime | None
    held_by: str | None


def keeping_of(session: Session, call: Call) -> Keeping:
    """By the standing decision. Whoever shows it writes the audit line."""
    days = timedelta(days=standing_policy(session).service_record_days)
    until = call.ended_at + days if call.ended_at is not None else None
    held = hold_on(session, call.id)
    if held is None:
        return Keeping(until, call.record_erased_at, None, None, None)
    return Keeping(until, call.record_erased_at, held.reason, held.set_at, held.set_by.name)


def hold_on(session: Session, call_id: int) -> RecordHold | None:
    return session.scalars(
        select(RecordHold)
        .where(RecordHold.call_id == call_id, RecordHold.lifted_at.is_(None))
        .options(joinedload(RecordHold.set_by))
    ).first()


def not_held(call_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """A condition of a query, by its column of the call."""
    return ~exists().where(RecordHold.call_id == call_id, RecordHold.lifted_at.is_(None))
