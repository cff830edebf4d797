"""What earlier calls of the same number say about its place in the queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.minor import is_minor
from hotline.domain.priority import History
from models.calls import Call
from models.notes import Note
from models.people import Person
from models.vocabulary import CallOutcome, CallState, RiskLevel
from models.vocabulary_record import CallType

LOOK_BACK_CALLS = 20


def history_of(session: Session, caller_hash: str) -> History:
    """Reads the newest 20 calls of this number. Software's risk floor counts as much as a person's level."""
    calls = session.scalars(
        select(Call)
        .where(Call.caller_hash == caller_hash)
        .order_by(Call.arrived_at.desc())
        .limit(LOOK_BACK_CALLS)
    ).all()
    if not calls:
        return History()
    notes = {
        row.call_id: row
        for row in session.execute(
            select(Note.call_id, Note.risk_level, Note.risk_floor, Note.call_type, Note.fields).where(
                Note.call_id.in_([call.id for call in calls])
            )
        )
    }
    high = [
        call.arrived_at
        for call in calls
        if (note := notes.get(call.id)) and max(note.risk_level or 0, note.risk_floor) >= RiskLevel.R3
    ]
    # Who pressed the danger key and left before anybody judged it was not heard: it stands for a day.
    unheard = [
        call.arrived_at
        for call in calls
        if call.danger and ((note := notes.get(call.id)) is None or note.risk_level is None)
    ]
    newest_noted = next((notes[call.id] for call in calls if call.id in notes), None)
    # A call-back that nobody answered is no call of theirs that could have been cut off.
    last = next((call for call in calls if call.outcome is not CallOutcome.UNREACHED), calls[0])
    cut_off_at = _cut_off_at(last, notes[last.id].call_type if last.id in notes else None)
    return History(
        risk_is_high=bool(high),
        high_risk_at=max([*high, *unheard], default=None),
        minor=newest_noted is not None and is_minor(newest_noted.fields or {}),
        cut_off_at=cut_off_at,
        cut_off_arrived_at=last.arrived_at if cut_off_at else None,
    )


def last_operator(session: Session, caller_hash: str) -> int | None:
    """Who answered the newest talk with this number, while they work here."""
    row = session.execute(
        select(Person.id, Person.active)
        .join(Call, Call.person_id == Person.id)
        .where(Call.caller_hash == caller_hash, Call.answered_at.is_not(None))
        .order_by(Call.arrived_at.desc())
        .limit(1)
    ).first()
    return row.id if row is not None and row.active else None


TOLD_SOURCES = ("caller", "operator", "home")


def last_place(session: Session, caller_hash: str) -> tuple[str | None, int | None]:
    """Place code and centre of the newest call of this number in which a person told the place."""
    row = session.execute(
        select(Call.place_code, Call.centre_id)
        .where(
            Call.caller_hash == caller_hash,
            Call.place_code.is_not(None),
            Call.place_source.in_(TOLD_SOURCES),
        )
        .order_by(Call.arrived_at.desc())
        .limit(1)
    ).first()
    return (row.place_code, row.centre_id) if row else (None, None)


def _cut_off_at(call: Call, call_type: CallType | None) -> datetime | None:
    if call.state is not CallState.ENDED:
        return None
    broken = call.outcome is CallOutcome.FAILED or call.ended_by in ("carrier", "reconciliation")
    return call.ended_at if broken or call_type is CallType.CUT_OFF else None
