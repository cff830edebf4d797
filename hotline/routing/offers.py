"""Waiting calls are offered to free seats; each offer is accepted, declined, expired or withdrawn.

Two processes may distribute at once: on SQLite the transaction holds the database's write lock from its
start, on PostgreSQL the rows are taken with FOR UPDATE SKIP LOCKED, so each sees what the other left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from hotline.domain import assignment
from hotline.domain.assignment import FreeSeat, Snapshot, WaitingCall
from hotline.domain.call_state import CallFact
from hotline.domain.seat_state import SeatFact
from hotline.routing.errors import OfferAlreadyEnded
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import (
    end_offer,
    load_call,
    load_seat,
    move_call,
    move_seat,
    note_seat,
    record,
)
from models.calls import Call, Offer
from models.events import CallConnecting, OfferEnded, OfferMade
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState, OfferState, SeatState

HEAD = 50
"""How much of the order one decision sees."""


class Offers:
    def __init__(self, work: Work, offer_seconds: float = 20.0) -> None:
        self._work = work
        self._offer_seconds = offer_seconds

    @property
    def offer_seconds(self) -> float:
        return self._offer_seconds

    def distribute(self) -> list[int]:
        """Offer the head of the order to the seats that are free. Returns the ids of new offers."""
        return in_one_unit(self._work, self._distribute)

    def _distribute(self, unit: UnitOfWork) -> list[int]:
        seats = {
            seat.id: seat
            for seat in unit.session.scalars(
                select(Seat)
                .where(Seat.state == SeatState.AVAILABLE, Seat.person_id.is_not(None))
                .order_by(Seat.idle_since)
                .limit(HEAD)
                .with_for_update(skip_locked=True)
            )
        }
        if not seats:
            return []
        calls = {
            call.id: call
            for call in unit.session.scalars(
                select(Call)
                .where(Call.state == CallState.QUEUED, Call.seat_id.is_(None))
                .order_by(Call.queue_key, Call.id)
                .limit(len(seats))
                .with_for_update(skip_locked=True)
            )
        }
        chosen = assignment.assign(_snapshot(unit, list(calls.values()), list(seats.values())))
        if isinstance(chosen, assignment.Wait):
            return []
        return [self._offer(unit, calls[pair.call_id], seats[pair.seat_id]).id for pair in chosen]

    def _offer(self, unit: UnitOfWork, call: Call, seat: Seat) -> Offer:
        offer = Offer(
            call_id=call.id,
            seat_id=seat.id,
            person_id=seat.person_id,
            state=OfferState.MADE,
            made_at=unit.now,
            deadline_at=unit.now + timedelta(seconds=self._offer_seconds),
        )
        unit.session.add(offer)
        unit.session.flush()
        call.seat_id = seat.id
        move_seat(unit, seat, SeatFact.OFFERED, call_id=call.id)
        record(unit, call, "offer_made", offer_id=offer.id, seat_id=seat.id)
        unit.ask("ring_seat", "carrier", f"ring_seat:{offer.id}", {"offer_id": offer.id})
        unit.tell(OfferMade(offer.id, call.id, seat.id))
        return offer

    def leg_made(self, offer_id: int, leg_sid: str) -> bool:
        """The carrier dials the seat under this sid. False: the offer is over, so the leg must go."""

        def step(unit: UnitOfWork) -> bool:
            offer = unit.session.get(Offer, offer_id, with_for_update=True)
            if offer is None:
                return False
            offer.leg_sid = offer.leg_sid or leg_sid
            return offer.state in (OfferState.MADE, OfferState.ACCEPTED)

        return in_one_unit(self._work, step)

    def leg_answered(self, offer_id: int, leg_sid: str) -> bool:
        """The operator's leg answered: the caller is moved to it. False when it came too late or twice."""

        def step(unit: UnitOfWork) -> bool:
            offer = unit.session.get(Offer, offer_id, with_for_update=True)
            return offer is not None and accept(unit, offer, leg_sid)

        return in_one_unit(self._work, step)

    def not_taken(self, offer_id: int, state: OfferState, reason: str) -> bool:
        """The carrier or a deadline says that nobody took it (EXPIRED, DECLINED), or it was WITHDRAWN."""

        def step(unit: UnitOfWork) -> bool:
            offer = unit.session.get(Offer, offer_id, with_for_update=True)
            return offer is not None and end_offer(unit, offer, state, reason)

        return in_one_unit(self._work, step)

    def decline(self, offer_id: int, person_id: int) -> None:
        """暂不接: the caller stays at the head, the seat is paused until its person is ready again.

        Raises OfferAlreadyEnded when the offer is over or was another's.
        """

        def step(unit: UnitOfWork) -> None:
            offer = unit.session.get(Offer, offer_id, with_for_update=True)
            if offer is None or offer.person_id != person_id:
                raise OfferAlreadyEnded(offer_id=offer_id)
            if not end_offer(unit, offer, OfferState.DECLINED, "declined"):
                raise OfferAlreadyEnded(offer_id=offer_id)

        in_one_unit(self._work, step)


def accept(unit: UnitOfWork, offer: Offer, leg_sid: str) -> bool:
    """The operator's leg is up. A leg that answers an offer which is over is taken down again."""
    if offer.state is not OfferState.MADE:
        if offer.state is not OfferState.ACCEPTED:
            offer.leg_sid = leg_sid
            unit.ask("cancel_leg", "carrier", f"cancel_leg:{offer.id}:late", {"offer_id": offer.id})
        return False
    call, seat = load_call(unit, offer.call_id), load_seat(unit, offer.seat_id)
    if call is None or seat is None or not _connect(unit, call, offer):
        end_offer(unit, offer, OfferState.WITHDRAWN, "call_gone")
        return False
    offer.state, offer.ended_at, offer.leg_sid = OfferState.ACCEPTED, unit.now, leg_sid
    call.seat_id, call.person_id, call.operator_sid = seat.id, offer.person_id, leg_sid
    move_seat(unit, seat, SeatFact.ANSWERED, call_id=call.id)
    # A seat whose line dropped in this call is no longer the one that writes its note.
    for other in unit.session.scalars(select(Seat).where(Seat.call_id == call.id, Seat.id != seat.id)):
        other.call_id = None
        note_seat(unit, other, "unbound")
    unit.ask("connect_caller", "carrier", f"connect_caller:{offer.id}", {"call_id": call.id})
    unit.tell(OfferEnded(offer.id, call.id, seat.id, str(OfferState.ACCEPTED)))
    unit.tell(CallConnecting(call.id, seat.id))
    return True


def _connect(unit: UnitOfWork, call: Call, offer: Offer) -> bool:
    ids = {"offer_id": offer.id, "seat_id": offer.seat_id, "person_id": offer.person_id}
    return move_call(unit, call, CallFact.CONNECTING, **ids)


def _snapshot(unit: UnitOfWork, calls: Sequence[Call], seats: Sequence[Seat]) -> Snapshot:
    missed: dict[int, set[int]] = {}
    if calls:
        rows = unit.session.execute(
            select(Offer.call_id, Offer.seat_id).where(
                Offer.call_id.in_([call.id for call in calls]),
                Offer.state.in_((OfferState.EXPIRED, OfferState.DECLINED)),
            )
        )
        for call_id, seat_id in rows:
            missed.setdefault(call_id, set()).add(seat_id)
    return Snapshot(
        [WaitingCall(call.id, call.centre_id, frozenset(missed.get(call.id, ()))) for call in calls],
        [FreeSeat(seat.id, seat.centre_id, seat.idle_since) for seat in seats],
    )
