"""The stand-by phone: where a caller goes when nobody is on duty at all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hotline.domain import overflow
from hotline.domain.call_state import CallFact
from hotline.domain.overflow import Exit
from hotline.routing.duty import cover_for, standby_number
from hotline.routing.errors import UnknownCall
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import load_call, move_call, record, withdraw_open_offers
from models.calls import CallEvent
from models.events import CallReturnedToQueue
from models.unit_of_work import UnitOfWork, Work

DIAL_AGAIN_AFTER = timedelta(minutes=5)


class Standby:
    def __init__(self, work: Work) -> None:
        self._work = work

    def number_for(self, call_id: int) -> str | None:
        """The number to dial now; None while somebody is on duty, none is named, or it was just tried."""

        def step(unit: UnitOfWork) -> str | None:
            call = load_call(unit, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            tried = select(CallEvent.id).where(
                CallEvent.call_id == call.id,
                CallEvent.kind == "standby_dialled",
                CallEvent.at > unit.now - DIAL_AGAIN_AFTER,
            )
            if unit.session.scalars(tried).first() is not None:
                return None
            ways = overflow.exits(cover_for(unit.session, call))
            return standby_number(unit.session, call) if Exit.STANDBY_PHONE in ways else None

        return in_one_unit(self._work, step)

    def dialled(self, call_id: int) -> bool:
        """The carrier is told to dial it: no seat is offered this call meanwhile."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or not move_call(unit, call, CallFact.CONNECTING, standby=True):
                return False
            record(unit, call, "standby_dialled")
            withdraw_open_offers(unit, call, "standby")
            return True

        return in_one_unit(self._work, step)

    def ended(self, call_id: int, answered: bool) -> bool:
        """The stand-by phone's part is over: whoever stays on the line waits on with the old place."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.seat_id is not None:
                return False
            reason = "standby_over" if answered else "standby_silent"
            if not move_call(unit, call, CallFact.NOT_CONNECTED, reason=reason):
                return False
            if answered:
                record(unit, call, "standby_answered")
            unit.tell(CallReturnedToQueue(call.id, reason))
            return True

        return in_one_unit(self._work, step)
