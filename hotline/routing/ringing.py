"""Seats ring for calls: what one decision writes goes to the database together, one statement a kind of row.

A rush gives fifty calls to fifty seats at once, and all other writers wait meanwhile. The mapper writes call
and seat one by one, each with its own look at what changed; so these rows are written by plain statements.
The rule of the seat's state is asked for each all the same, and the versions guard as the mapper's do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm.exc import StaleDataError

from hotline.domain import seat_state
from hotline.domain.seat_state import SeatFact, SeatSnapshot
from hotline.routing.queue_head import AtHand, AtHead
from models.calls import Call, CallEvent, Offer
from models.events import OfferMade, SeatChanged
from models.seats import Seat, SeatEvent
from models.unit_of_work import UnitOfWork
from models.vocabulary import OfferState, SeatState

_OFFERS = insert(Offer).returning(Offer.id, Offer.call_id, Offer.seat_id)
_CALL_EVENTS, _SEAT_EVENTS = insert(CallEvent), insert(SeatEvent)
_CALLS = (
    update(Call)
    .where(Call.id == bindparam("of_call"), Call.version == bindparam("as_read"))
    # A call that is offered waits for no other seat: `Call.need_now`.
    .values(seat_id=bindparam("rings"), need=None, version=Call.version + 1)
)
_SEATS = (
    update(Seat)
    .where(Seat.id == bindparam("of_seat"), Seat.version == bindparam("as_read"))
    .values(
        state=bindparam("following"),
        state_since=bindparam("now"),
        state_reason=None,
        call_id=bindparam("rings"),
        version=Seat.version + 1,
    )
)


@dataclass(frozen=True)
class Ring:
    """This seat is to ring for this call, at which no seat stands. `fact`: how the seat comes to be rung.

    Records are taken as the database has them: who changed one writes it first, and reads it anew after.
    """

    call: Call | AtHead
    seat: Seat | AtHand
    seconds: float
    fact: SeatFact = SeatFact.OFFERED

    @property
    def following(self) -> SeatState | None:
        seat = self.seat
        return seat_state.after(
            SeatSnapshot(seat.state, seat.status, seat.device_live, seat.state_reason), self.fact
        )


def make_offers(unit: UnitOfWork, rings: Sequence[Ring]) -> list[int]:
    """Ids of the offers, in the order of the rings; a seat that can't be rung as things stand is left out.

    Raises StaleDataError when another writer was at a call or seat meanwhile.
    """
    rings = [ring for ring in rings if ring.following is SeatState.OFFERED]
    if not rings:
        return []
    ids = _write_offers(unit, rings)
    _move_calls(unit, rings)
    _move_seats(unit, rings)
    _write_logs(unit, rings, ids)
    unit.ask_anew(
        "ring_seat", "carrier", {f"ring_seat:{offer_id}": {"offer_id": offer_id} for offer_id in ids}
    )
    for offer_id, ring in zip(ids, rings, strict=True):
        unit.tell(
            SeatChanged(ring.seat.id, str(SeatState.OFFERED)), OfferMade(offer_id, ring.call.id, ring.seat.id)
        )
    return ids


def _write_offers(unit: UnitOfWork, rings: Sequence[Ring]) -> list[int]:
    rows = [
        {
            "call_id": ring.call.id,
            "seat_id": ring.seat.id,
            "person_id": ring.seat.person_id,
            "state": OfferState.MADE,
            "made_at": unit.now,
            "deadline_at": unit.now + timedelta(seconds=ring.seconds),
        }
        for ring in rings
    ]
    made = {
        (call_id, seat_id): offer_id
        for offer_id, call_id, seat_id in unit.session.connection().execute(_OFFERS, rows)
    }
    return [made[ring.call.id, ring.seat.id] for ring in rings]


def _move_calls(unit: UnitOfWork, rings: Sequence[Ring]) -> None:
    # Several seats may ring for one call; the first stands on the call until one of them takes it.
    first: dict[int, Ring] = {}
    for ring in rings:
        first.setdefault(ring.call.id, ring)
    rows = [
        {"of_call": ring.call.id, "as_read": ring.call.version, "rings": ring.seat.id}
        for ring in first.values()
    ]
    if unit.session.connection().execute(_CALLS, rows).rowcount != len(rows):
        raise StaleDataError("a call of this decision was changed meanwhile")


def _move_seats(unit: UnitOfWork, rings: Sequence[Ring]) -> None:
    rows = [
        {
            "of_seat": ring.seat.id,
            "as_read": ring.seat.version,
            "following": ring.following,
            "now": unit.now,
            "rings": ring.call.id,
        }
        for ring in rings
    ]
    if unit.session.connection().execute(_SEATS, rows).rowcount != len(rows):
        raise StaleDataError("a seat of this decision was changed meanwhile")


def _write_logs(unit: UnitOfWork, rings: Sequence[Ring], ids: Sequence[int]) -> None:
    of_calls = [
        {
            "call_id": ring.call.id,
            "at": unit.now,
            "kind": "offer_made",
            "data": {"offer_id": offer_id, "seat_id": ring.seat.id},
        }
        for offer_id, ring in zip(ids, rings, strict=True)
    ]
    of_seats = [
        {
            "seat_id": ring.seat.id,
            "at": unit.now,
            "kind": ring.fact.value,
            "data": {"before": str(ring.seat.state), "reason": None, "call_id": ring.call.id},
        }
        for ring in rings
    ]
    connection = unit.session.connection()
    connection.execute(_CALL_EVENTS, of_calls)
    connection.execute(_SEAT_EVENTS, of_seats)
