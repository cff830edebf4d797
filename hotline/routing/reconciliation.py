"""State and carrier compared: ghost calls closed, lost callbacks repaired, stuck seats freed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from hotline.domain.seat_state import SeatFact
from hotline.routing.carrier_view import CarrierState
from hotline.routing.conversation import Conversation
from hotline.routing.offers import Offers
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, load_seat, move_seat, record
from models.calls import Call, Offer
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState, OfferState, SeatState

GRACE = timedelta(seconds=5)
"""A change younger than this may still be on its way to one of the two sides."""
CONNECTING_AT_MOST = timedelta(seconds=20)


class Reconciliation:
    def __init__(self, work: Work, offers: Offers, conversation: Conversation) -> None:
        self._work = work
        self._offers = offers
        self._conversation = conversation

    def conferences_in_doubt(self) -> list[str]:
        """Where a caller should be by now, though nobody told us so."""
        with reading(self._work) as unit:
            calls = unit.session.scalars(
                select(Call).where(Call.state == CallState.CONNECTING, Call.seat_id.is_not(None))
            ).all()
        return [call.conference_name for call in calls]

    def compare(self, carrier: CarrierState, looked_at: datetime) -> int:
        """Repair what differs; only records older than the look and its grace count. Returns repairs."""
        settled = looked_at - GRACE
        return (
            self._close_ghost_calls(carrier, settled)
            + self._repair_answers(carrier)
            + self._repair_talks(carrier, settled)
            + self._free_seats(settled)
        )

    def _close_ghost_calls(self, carrier: CarrierState, settled: datetime) -> int:
        with reading(self._work) as unit:
            rows = unit.session.execute(
                select(Call.id, Call.carrier_sid).where(
                    Call.state != CallState.ENDED,
                    Call.carrier_sid.is_not(None),
                    Call.state_since < settled,
                )
            ).all()
        gone = [call_id for call_id, sid in rows if sid not in carrier.legs]
        return sum(self._conversation.caller_left(call_id, "reconciliation") for call_id in gone)

    def _repair_answers(self, carrier: CarrierState) -> int:
        """An offer whose leg talks was answered, though nobody told us."""
        with reading(self._work) as unit:
            rows = unit.session.execute(
                select(Offer.id, Offer.leg_sid).where(
                    Offer.state == OfferState.MADE, Offer.leg_sid.is_not(None)
                )
            ).all()
        answered = [(offer, leg) for offer, leg in rows if leg and carrier.legs.get(leg) == "in-progress"]
        return sum(self._offers.leg_answered(offer_id, leg) for offer_id, leg in answered)

    def _repair_talks(self, carrier: CarrierState, settled: datetime) -> int:
        with reading(self._work) as unit:
            calls = unit.session.scalars(
                select(Call).where(
                    Call.state.in_((CallState.CONNECTING, CallState.TALKING)),
                    Call.seat_id.is_not(None),
                    Call.operator_sid.is_not(None),
                )
            ).all()
        repairs = 0
        for call in calls:
            inside = carrier.conferences.get(call.conference_name, frozenset())
            operator_lives = call.operator_sid in carrier.legs
            if call.state is CallState.CONNECTING and call.carrier_sid in inside and operator_lives:
                repairs += self._conversation.caller_joined(call.id)
            elif call.state_since < settled and not operator_lives:
                repairs += self._conversation.operator_left(call.id, str(call.operator_sid))
            elif call.state is CallState.CONNECTING and call.state_since < settled:
                repairs += self._connect_again(call.id, call.state_since, settled)
        return repairs

    def _connect_again(self, call_id: int, since: datetime, settled: datetime) -> int:
        """The operator is there, the caller is not: ask the carrier again, then free the operator."""
        if settled - since > CONNECTING_AT_MOST:
            return int(self._conversation.not_connected(call_id, "not_connected"))

        def step(unit: UnitOfWork) -> int:
            call = load_call(unit, call_id)
            if call is None or call.state is not CallState.CONNECTING:
                return 0
            mark = record(unit, call, "connect_again").id
            unit.ask("connect_caller", "carrier", f"connect_caller:{call.id}:{mark}", {"call_id": call.id})
            return 1

        return in_one_unit(self._work, step)

    def _free_seats(self, settled: datetime) -> int:
        """Seats bound to a call that is no longer theirs."""
        with reading(self._work) as unit:
            seat_ids = unit.session.scalars(
                select(Seat.id).where(
                    Seat.state.in_((SeatState.OFFERED, SeatState.TALKING)), Seat.state_since < settled
                )
            ).all()
        return sum(in_one_unit(self._work, _free_if_stuck(seat_id)) for seat_id in seat_ids)


def _free_if_stuck(seat_id: int) -> Callable[[UnitOfWork], int]:
    def step(unit: UnitOfWork) -> int:
        seat = load_seat(unit, seat_id)
        if seat is None or _holds_its_call(unit, seat):
            return 0
        return int(move_seat(unit, seat, SeatFact.NOTHING_HELD, "reconciled"))

    return step


def _holds_its_call(unit: UnitOfWork, seat: Seat) -> bool:
    call = unit.session.get(Call, seat.call_id) if seat.call_id is not None else None
    if call is None or call.seat_id != seat.id:
        return False
    if seat.state is SeatState.OFFERED:
        ringing = select(Offer.id).where(
            Offer.call_id == call.id, Offer.seat_id == seat.id, Offer.state == OfferState.MADE
        )
        return unit.session.scalars(ringing).first() is not None
    return call.state in (CallState.CONNECTING, CallState.TALKING)
