"""What marks a call that waits: danger sets it to the head, nobody on duty is told to the supervisors."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain import overflow
from hotline.domain.overflow import Cover
from hotline.domain.priority import Reason
from hotline.routing.duty import cover_for, somebody_is_rostered
from hotline.routing.queue_place import give_reason
from hotline.routing.transitions import record
from models.calls import Call, CallEvent
from models.events import CallUncovered
from models.unit_of_work import UnitOfWork


def mark_danger(unit: UnitOfWork, call: Call) -> None:
    if not call.danger:
        call.danger = True
        record(unit, call, "danger")
    if call.queue_key is not None:
        give_reason(unit, call, Reason.DANGER)


def tell_uncovered(unit: UnitOfWork, call: Call) -> None:
    """Tell the supervisors, once a call, that a caller waits and nobody is on duty."""
    if not call.is_outbound and is_untold(unit, call, cover_for(unit.session, call, unit.now)):
        record(unit, call, "uncovered")
        if not somebody_is_rostered(unit.session, unit.now):
            record(unit, call, "unrostered")
        unit.tell(CallUncovered(call.id))


def is_untold(unit: UnitOfWork, call: Call, cover: Cover) -> bool:
    """Nobody is on duty, and the supervisors were not told so of this call."""
    return overflow.is_uncovered(cover) and not has_event(unit.session, call.id, "uncovered")


def has_event(session: Session, call_id: int, kind: str) -> bool:
    found = select(CallEvent.id).where(CallEvent.call_id == call_id, CallEvent.kind == kind)
    return session.scalars(found.limit(1)).first() is not None
