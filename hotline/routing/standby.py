"""The stand-by phone and partner lines: where a caller goes when nobody is on duty at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from hotline.domain import overflow
from hotline.domain.call_state import CallFact
from hotline.domain.overflow import Exit
from hotline.routing.duty import cover_for, partners_for, standby_number
from hotline.routing.errors import UnknownCall
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, move_call, record, withdraw_open_offers
from models.calls import Call, CallEvent
from models.events import CallReturnedToQueue
from models.unit_of_work import UnitOfWork, Work

DIAL_AGAIN_AFTER = timedelta(minutes=5)
PASSED_ON = frozenset({Exit.STANDBY_PHONE, Exit.PARTNER_LINE})


@dataclass(frozen=True)
class WayOut:
    """Whom a caller is passed to when nobody of ours is on duty. The number shows in no repr."""

    number: str = field(repr=False)
    partner_id: int | None = None
    """None: the stand-by phone."""
    name_zh: str = ""
    name_en: str = ""


class Standby:
    def __init__(self, work: Work) -> None:
        self._work = work

    def way_for(self, call_id: int) -> WayOut | None:
        """Whom to dial now: the stand-by phone, then partner lines that are open; None while somebody is on
        duty, none is named, or all were just tried."""

        with reading(self._work) as unit:
            call = unit.session.get(Call, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            ways = overflow.exits(cover_for(unit.session, call, unit.now))
            if PASSED_ON.isdisjoint(ways):
                return None
            offered: list[WayOut] = []
            number = standby_number(unit.session, call) if Exit.STANDBY_PHONE in ways else None
            if number is not None:
                offered.append(WayOut(number))
            if Exit.PARTNER_LINE in ways:
                offered += (
                    WayOut(line.number, line.id, line.name_zh, line.name_en)
                    for line in partners_for(unit.session, call, unit.now)
                )
            tried = _just_tried(unit, call.id)
            return next((way for way in offered if way.partner_id not in tried), None)

    def dialled(self, call_id: int, partner_id: int | None = None) -> bool:
        """The carrier is told to dial it: no seat is offered this call meanwhile."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or not move_call(unit, call, CallFact.CONNECTING, standby=True):
                return False
            record(unit, call, "standby_dialled", partner_id=partner_id)
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


def _just_tried(unit: UnitOfWork, call_id: int) -> set[int | None]:
    """Partner ids that were dialled for this call lately; None stands for the stand-by phone."""
    recent = select(CallEvent.data).where(
        CallEvent.call_id == call_id,
        CallEvent.kind == "standby_dialled",
        CallEvent.at > unit.now - DIAL_AGAIN_AFTER,
    )
    return {data.get("partner_id") for data in unit.session.scalars(recent)}
