"""Seats: signing on and off, the chosen status, and whether microphone and sound are live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.handover import OpenItem
from hotline.domain.seat_state import SeatFact, why_not_ready
from hotline.routing.admission import admitted
from hotline.routing.errors import (
    CannotBeReady,
    HandOverOwed,
    InCall,
    NotSignedOn,
    SeatTaken,
    UnknownSeat,
)
from hotline.routing.profiles import profile_of
from hotline.routing.transactions import in_one_unit
from hotline.routing.transfer_steps import target_goes
from hotline.routing.transitions import (
    end_offer,
    load_seat,
    move_seat,
    note_seat,
    set_device,
    set_reason,
    set_status,
)
from models.audit import Auditor
from models.calls import Offer
from models.events import SeatChanged
from models.people import Person
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import AgentStatus, OfferState, SeatState

BY_SUPERVISOR = "by_supervisor"

Owed = Callable[[Session, int, datetime], Sequence[OpenItem]]
"""What a person must hand on before leaving (care's rule, handed in by bootstrap)."""


def nothing_owed(_session: Session, _person_id: int, _now: datetime) -> Sequence[OpenItem]:
    return ()


class Seats:
    def __init__(self, work: Work, audit_key: bytes, owed: Owed = nothing_owed) -> None:
        self._work = work
        self._audit = Auditor(audit_key)
        self._owed = owed

    def sign_on(self, person_id: int, seat_id: int) -> None:
        """Sit down at a seat, on a break until ready. Raises SeatTaken, NotAdmitted, InCall, UnknownSeat."""

        def step(unit: UnitOfWork) -> None:
            person = admitted(unit.session, unit.session.get(Person, person_id), unit.now)
            seat = load_seat(unit, seat_id)
            if seat is None or seat.retired_at is not None:
                raise UnknownSeat(seat_id=seat_id)
            if seat.person_id == person_id and seat.state is not SeatState.OFFLINE:
                return
            if seat.person_id not in (None, person_id):
                raise SeatTaken(seat_id=seat_id)
            before = _seat_of(unit, person_id)
            if before is not None and before.id != seat.id:
                _leave(unit, before)
                unit.session.flush()
            seat.person_id, seat.seen_at = person_id, unit.now
            seat.talked_seconds, seat.profile = 0.0, profile_of(unit.session, seat.centre_id, person)
            note_seat(unit, seat, "person", person_id=person_id)
            set_status(unit, seat, AgentStatus.BREAK)
            set_device(unit, seat, False, None)
            move_seat(unit, seat, SeatFact.SIGNED_ON)

        in_one_unit(self._work, step)

    def sign_off(self, person_id: int) -> None:
        """Leave the seat; an offer that rings there is withdrawn.

        Raises InCall while talking, and HandOverOwed while an open R3/R4 item has no next owner.
        """

        def step(unit: UnitOfWork) -> None:
            seat = _seat_of(unit, person_id)
            if seat is not None:
                self._may_leave(unit, person_id)
                _leave(unit, seat)

        in_one_unit(self._work, step)

    def choose_status(self, person_id: int, status: AgentStatus) -> None:
        """The person's own word. During a call it is kept for afterwards.

        Raises CannotBeReady, NotSignedOn; when signing out InCall and HandOverOwed, as `sign_off`.
        """

        def step(unit: UnitOfWork) -> None:
            seat = _seat_of(unit, person_id)
            if status is AgentStatus.READY:
                reason = why_not_ready(
                    signed_on=seat is not None,
                    state=seat.state if seat else SeatState.OFFLINE,
                    device_live=seat is not None and seat.device_live,
                    device_reason=seat.device_reason if seat else None,
                )
                if reason is not None:
                    raise CannotBeReady(reason=reason)
            if seat is None:
                raise NotSignedOn(person_id=person_id)
            if status is AgentStatus.SIGNED_OUT:
                self._may_leave(unit, person_id)
                _leave(unit, seat)
                return
            _set_status(unit, seat, status)

        in_one_unit(self._work, step)

    def _may_leave(self, unit: UnitOfWork, person_id: int) -> None:
        owed = self._owed(unit.session, person_id, unit.now)
        if owed:
            items = [
                {
                    "kind": str(one.kind),
                    "id": one.item_id,
                    "level": None if one.level is None else int(one.level),
                }
                for one in owed
            ]
            raise HandOverOwed(items=items)

    def set_by_supervisor(self, seat_id: int, supervisor_id: int, status: AgentStatus, reason: str) -> None:
        """A supervisor sets somebody's status. READY needs a live device as ever. `reason`, in their own
        words, stands in the audit; the seat's log holds codes alone.

        Raises UnknownSeat, CannotBeReady, InCall.
        """

        def step(unit: UnitOfWork) -> None:
            seat = load_seat(unit, seat_id)
            if seat is None:
                raise UnknownSeat(seat_id=seat_id)
            said = f"{seat.status} → {status} · {reason}"
            self._audit(unit, supervisor_id, "seat.status", f"seat:{seat_id}", said)
            if status is AgentStatus.SIGNED_OUT:
                _leave(unit, seat)
                return
            if status is AgentStatus.READY:
                hindrance = why_not_ready(
                    signed_on=seat.person_id is not None,
                    state=seat.state,
                    device_live=seat.device_live,
                    device_reason=seat.device_reason,
                )
                if hindrance is not None:
                    raise CannotBeReady(reason=hindrance)
            _set_status(unit, seat, status)
            if seat.state is SeatState.PAUSED:
                set_reason(unit, seat, BY_SUPERVISOR)
            # A wrap-up that nobody ends is ended by a supervisor; its note stays owed.
            move_seat(unit, seat, SeatFact.WRAP_UP_OVER, BY_SUPERVISOR)

        in_one_unit(self._work, step)

    def report_device(self, person_id: int, live: bool, reason: str | None = None) -> None:
        """The desk's heartbeat with the state of microphone and sound. Lost while available: paused."""

        def step(unit: UnitOfWork) -> None:
            seat = _seat_of(unit, person_id)
            if seat is None:
                return
            seat.seen_at = unit.now
            changed = set_device(unit, seat, live, reason)
            if live:
                moved = move_seat(unit, seat, SeatFact.DEVICE_BACK)
            else:
                moved = move_seat(unit, seat, SeatFact.DEVICE_LOST, "device_lost")
            if changed and not moved:
                unit.tell(SeatChanged(seat.id, str(seat.state)))

        in_one_unit(self._work, step)


def _seat_of(unit: UnitOfWork, person_id: int) -> Seat | None:
    return unit.session.scalars(select(Seat).where(Seat.person_id == person_id).with_for_update()).first()


def _set_status(unit: UnitOfWork, seat: Seat, status: AgentStatus) -> None:
    set_status(unit, seat, status)
    if not move_seat(unit, seat, SeatFact.STATUS_CHOSEN):
        unit.tell(SeatChanged(seat.id, str(seat.state)))


def _leave(unit: UnitOfWork, seat: Seat) -> None:
    if seat.state is SeatState.TALKING:
        raise InCall(seat_id=seat.id)
    if seat.state is SeatState.OFFERED:
        offer = unit.session.scalars(
            select(Offer).where(Offer.seat_id == seat.id, Offer.state == OfferState.MADE)
        ).first()
        if offer is not None:
            end_offer(unit, offer, OfferState.WITHDRAWN, "signed_off")
        else:
            target_goes(unit, seat, "target_offline")
    move_seat(unit, seat, SeatFact.SIGNED_OFF)
