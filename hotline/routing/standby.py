"""The stand-by phone and partner lines: where a caller goes when nobody is on duty at all, or, after a long
wait while all are busy, by their own choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from hotline.domain import overflow
from hotline.domain.call_state import CallFact
from hotline.domain.overflow import Exit
from hotline.routing.duty import cover_for, partners_by_roster, partners_for, standby_phones
from hotline.routing.errors import UnknownCall
from hotline.routing.policy import policy_of
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, move_call, record, withdraw_open_offers
from hotline.routing.waiting_marks import has_event
from models.calls import Call, CallEvent
from models.events import CallReturnedToQueue
from models.network import PartnerLine
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallOutcome, CallState

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
    chosen: bool = False
    """By the caller, while people of ours are on duty."""
    shift_id: int | None = None
    """The rostered stand-by whose own phone it is; None: the phone of a centre."""

    @property
    def key(self) -> tuple[int | None, int | None]:
        """(partner, stand-by shift); both None: the phone of a centre."""
        return self.partner_id, self.shift_id


class Standby:
    def __init__(self, work: Work) -> None:
        self._work = work

    def way_for(self, call_id: int) -> WayOut | None:
        """Whom to dial now: whom the roster names for this hour, who stands by, the stand-by phone, then
        partner lines that are open; None while somebody is on duty and none is named, or all were just tried.
        """

        with reading(self._work) as unit:
            call = unit.session.get(Call, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            if _is_chosen(unit, call.id):
                return _partner(unit, call, chosen=True)
            ways = overflow.exits(cover_for(unit.session, call, unit.now))
            if PASSED_ON.isdisjoint(ways):
                return None
            offered: list[WayOut] = []
            for way in ways:
                if way is Exit.STANDBY_PHONE:
                    phones = standby_phones(unit.session, call, unit.now)
                    offered += (WayOut(phone.number, shift_id=phone.shift_id) for phone in phones)
                if way is Exit.PARTNER_LINE:
                    lines = partners_by_roster(unit.session, call, unit.now)
                    # While others are on duty, the named line alone comes before them.
                    offered += _ways(lines[:1] if Exit.OTHER_CENTRE in ways else lines)
            tried = _just_tried(unit, call.id)
            return next((way for way in offered if way.key not in tried), None)

    def offered(self, call_id: int) -> WayOut | None:
        """A partner line that who waits for long may choose: open, for this caller, not just tried.

        None while a seat rings, and for who is called back.
        """
        with reading(self._work) as unit:
            call = unit.session.get_one(Call, call_id)
            after = policy_of(unit.session).partner_after_seconds
            waited = (unit.now - call.arrived_at).total_seconds()
            if not after or waited < after or call.is_outbound or call.seat_id is not None:
                return None
            return _partner(unit, call)

    def told(self, call_id: int) -> bool:
        """Whether this caller heard of it before; from now on they did."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or has_event(unit.session, call_id, "partner_told"):
                return True
            record(unit, call, "partner_told")
            return False

        return in_one_unit(self._work, step)

    def choose(self, call_id: int) -> bool:
        """The caller wants the partner line; it is dialled next. False: there is none any more."""
        if self.offered(call_id) is None:
            return False

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.state is not CallState.QUEUED or call.seat_id is not None:
                return False
            record(unit, call, "partner_chosen")
            return True

        return in_one_unit(self._work, step)

    def dialled(self, call_id: int, partner_id: int | None = None, shift_id: int | None = None) -> bool:
        """The carrier is told to dial it: no seat is offered this call meanwhile."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or not move_call(unit, call, CallFact.CONNECTING, standby=True):
                return False
            record(unit, call, "standby_dialled", partner_id=partner_id, shift_id=shift_id)
            withdraw_open_offers(unit, call, "standby")
            return True

        return in_one_unit(self._work, step)

    def ended(self, call_id: int, answered: bool) -> bool:
        """The stand-by phone's part is over: whoever stays on the line waits on with the old place."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.seat_id is not None:
                return False
            if call.state is CallState.ENDED and answered:
                return _answered_after_all(unit, call)
            reason = "standby_over" if answered else "standby_silent"
            if not move_call(unit, call, CallFact.NOT_CONNECTED, reason=reason):
                return False
            if answered:
                record(unit, call, "standby_answered")
            unit.tell(CallReturnedToQueue(call.id, reason))
            return True

        return in_one_unit(self._work, step)


def _answered_after_all(unit: UnitOfWork, call: Call) -> bool:
    """The caller's hang-up was told before that somebody there had answered: nobody was abandoned."""
    dialled, known = (has_event(unit.session, call.id, f"standby_{kind}") for kind in ("dialled", "answered"))
    if not dialled or known or call.outcome is CallOutcome.ANSWERED:
        return False
    record(unit, call, "standby_answered")
    call.outcome = CallOutcome.TRANSFERRED
    return True


def _ways(lines: Iterable[PartnerLine], chosen: bool = False) -> list[WayOut]:
    return [WayOut(line.number, line.id, line.name_zh, line.name_en, chosen) for line in lines]


def _partner(unit: UnitOfWork, call: Call, chosen: bool = False) -> WayOut | None:
    tried = _just_tried(unit, call.id)
    ways = _ways(partners_for(unit.session, call, unit.now), chosen)
    return next((way for way in ways if way.key not in tried), None)


def _is_chosen(unit: UnitOfWork, call_id: int) -> bool:
    """Chosen, and not dialled since."""
    newest = unit.session.scalars(
        select(CallEvent.kind)
        .where(CallEvent.call_id == call_id, CallEvent.kind.in_(("partner_chosen", "standby_dialled")))
        .order_by(CallEvent.id.desc())
        .limit(1)
    ).first()
    return newest == "partner_chosen"


def _just_tried(unit: UnitOfWork, call_id: int) -> set[tuple[int | None, int | None]]:
    """(partner, stand-by shift) dialled for this call lately; both None: the phone of a centre."""
    recent = select(CallEvent.data).where(
        CallEvent.call_id == call_id,
        CallEvent.kind == "standby_dialled",
        CallEvent.at > unit.now - DIAL_AGAIN_AFTER,
    )
    return {(data.get("partner_id"), data.get("shift_id")) for data in unit.session.scalars(recent)}
