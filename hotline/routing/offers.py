"""Waiting calls are offered to free seats; each offer is accepted, declined, expired or withdrawn.

Two processes may distribute at once: one decides after the other (on SQLite by the database's write lock,
on PostgreSQL by a lock of the transaction), so that nobody overtakes a head which the other one holds.
Rows are held in one order, call, offer, seat: two seats that answer the same call never lock each other.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from hotline.domain import assignment
from hotline.domain.assignment import Snapshot
from hotline.domain.call_state import CallFact
from hotline.domain.reach import Reach
from hotline.domain.seat_state import SeatFact
from hotline.routing.calling_back import ask_dial, is_called_at_once
from hotline.routing.errors import OfferAlreadyEnded
from hotline.routing.queue_head import (
    HEAD,
    head_of_order,
    may_assign,
    needs_waiting,
    one_decision_at_a_time,
    seats_for,
    take_seats,
    waiting_calls,
)
from hotline.routing.ringing import Ring, make_offers
from hotline.routing.scene import scene_of
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import (
    end_offer,
    load_call,
    load_offer,
    load_seat,
    move_call,
    move_seat,
    note_seat,
    withdraw_open_offers,
)
from models.calls import Call, Offer
from models.events import CallConnecting, OfferEnded
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import OfferState


class Offers:
    def __init__(self, work: Work, offer_seconds: float = 20.0) -> None:
        self._work = work
        self._offer_seconds = offer_seconds

    @property
    def offer_seconds(self) -> float:
        return self._offer_seconds

    def distribute(self) -> list[int]:
        """Offer the head of the order to the seats that fit, until no more can be made. Ids of new offers.

        Each round is a transaction of its own: a long queue and many free seats hold nobody up. In a rush it
        is asked with every call: while all seats are busy it looks and, on SQLite, takes no write lock; the
        fact that frees one asks again.
        """
        made: list[int] = []
        with reading(self._work) as unit:
            more = may_assign(unit.session)
        while more:
            offers, more = in_one_unit(self._work, self._round)
            made += offers
        return made

    def _round(self, unit: UnitOfWork) -> tuple[list[int], bool]:
        """New offers, and whether another round may find more to do."""
        one_decision_at_a_time(unit.session)
        scene = scene_of(unit)
        needs = needs_waiting(unit.session) if scene is not None else []
        if scene is None or not needs:
            return [], False
        reach = Reach(scene)
        limit = min(HEAD, scene.free_total)
        calls = {call.id: call for call in head_of_order(unit.session, reach.groups(needs), unit.now, limit)}
        if not calls:
            return [], False
        waiting = waiting_calls(unit.session, list(calls.values()), unit.now)
        snapshot = Snapshot(waiting, seats_for(unit.session, waiting, reach), scene)
        chosen = assignment.assign(snapshot, reach)
        if isinstance(chosen, assignment.Wait):
            return [], False
        seats = take_seats(unit.session, [pair.seat_id for pair in chosen])
        some_were_taken = len(seats) < len(chosen)
        if some_were_taken:
            # Another writer is at one of these seats: what is left goes to the first calls all the same.
            left = [seat for seat in snapshot.seats if seat.seat_id in seats]
            chosen = assignment.assign(replace(snapshot, seats=left), reach)
            if isinstance(chosen, assignment.Wait):
                return [], False
        rings = [
            Ring(
                calls[pair.call_id],
                seats[pair.seat_id],
                min(pair.seconds or self._offer_seconds, self._offer_seconds),
            )
            for pair in chosen
        ]
        made = make_offers(unit, rings)
        seen_all = len(calls) < limit and not some_were_taken
        return made, bool(made) and not seen_all and reach.serves_more(needs, len(made))

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
            offer = load_offer(unit, offer_id)
            return offer is not None and accept(unit, offer, leg_sid)

        return in_one_unit(self._work, step)

    def not_taken(self, offer_id: int, state: OfferState, reason: str) -> bool:
        """The carrier or a deadline says that nobody took it (EXPIRED, DECLINED), or it was WITHDRAWN."""

        def step(unit: UnitOfWork) -> bool:
            offer = load_offer(unit, offer_id)
            return offer is not None and end_offer(unit, offer, state, reason)

        return in_one_unit(self._work, step)

    def decline(self, offer_id: int, person_id: int) -> None:
        """暂不接: the caller stays at the head, the seat is paused until its person is ready again.

        Raises OfferAlreadyEnded when the offer is over or was another's.
        """

        def step(unit: UnitOfWork) -> None:
            offer = load_offer(unit, offer_id)
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
    withdraw_open_offers(unit, call, "taken_elsewhere")
    call.seat_id, call.person_id, call.operator_sid = seat.id, offer.person_id, leg_sid
    move_seat(unit, seat, SeatFact.ANSWERED, call_id=call.id)
    # A seat whose line dropped in this call is no longer the one that writes its note.
    for other in unit.session.scalars(select(Seat).where(Seat.call_id == call.id, Seat.id != seat.id)):
        other.call_id = None
        note_seat(unit, other, "unbound")
    if not call.is_to_be_dialled:
        unit.ask("connect_caller", "carrier", f"connect_caller:{offer.id}", {"call_id": call.id})
    elif is_called_at_once(unit, call):
        ask_dial(unit, call, offer.person_id)
    unit.tell(OfferEnded(offer.id, call.id, seat.id, str(OfferState.ACCEPTED)))
    unit.tell(CallConnecting(call.id, seat.id))
    return True


def _connect(unit: UnitOfWork, call: Call, offer: Offer) -> bool:
    ids = {"offer_id": offer.id, "seat_id": offer.seat_id, "person_id": offer.person_id}
    return move_call(unit, call, CallFact.CONNECTING, **ids)
