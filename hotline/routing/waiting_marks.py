"""What marks a call that waits: danger sets it to the head, nobody on duty is told to the supervisors."""

from __future__ import annotations

from sqlalchemy import select

from hotline.domain import overflow
from hotline.domain.priority import Reason
from hotline.routing.duty import cover_for
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
    if call.is_outbound or not overflow.is_uncovered(cover_for(unit.session, call, unit.now)):
        return
    told = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == "uncovered")
    if unit.session.scalars(told).first() is None:
        record(unit, call, "uncovered")
        unit.tell(CallUncovered(call.id))
