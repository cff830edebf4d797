"""What the person told in the talk, as the operator wrote it down: where they are, that they are a minor."""

from __future__ import annotations

from sqlalchemy import select

from hotline.domain.minor import is_minor
from hotline.domain.priority import Reason
from hotline.routing.queue_place import give_reason
from hotline.routing.transitions import load_call, record
from models.audit import write_audit
from models.calls import Call
from models.notes import Note
from models.unit_of_work import UnitOfWork

BY_OPERATOR = "operator"


def place_told(
    unit: UnitOfWork, audit_key: bytes, call_id: int, place_code: str | None, person_id: int
) -> bool:
    """The call's place is what the operator chose, as exact as that and no more; None: taken back, unknown.

    Transfers, the emergency lines and the counts go by it from now on. False: it was known so.
    """
    call = load_call(unit, call_id)
    source = BY_OPERATOR if place_code is not None else None
    if call is None or (call.place_code, call.place_source) == (place_code, source):
        return False
    record(unit, call, "place_told", place=place_code, before=call.place_code, source=call.place_source)
    call.place_code, call.place_source = place_code, source
    write_audit(
        unit.session,
        audit_key,
        at=unit.now,
        person_id=person_id,
        action="call.place_told",
        subject=f"call:{call.id}",
    )
    return True


def keep_minor_first(unit: UnitOfWork, call: Call) -> None:
    """Before a call goes back to the queue: who was noted as under 18, or as having a child's voice, in this
    talk comes first for it. Only then, so that a mistake corrected in the talk leaves nothing behind."""
    fields = unit.session.scalar(select(Note.fields).where(Note.call_id == call.id))
    if is_minor(fields or {}):
        give_reason(unit, call, Reason.MINOR)
