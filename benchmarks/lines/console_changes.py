"""The commits of a busy night: calls, seats and offers, so many a second."""

from __future__ import annotations

import time
from datetime import timedelta

from benchmarks.lines.console_house import House
from models.calls import Call, Offer
from models.events import CallEnded, CallQueued, Event, OfferEnded, OfferMade, SeatChanged
from models.seats import Seat
from models.vocabulary import CallOutcome, CallState, OfferState, SeatState
from tests import factories

CHANGES_A_SECOND = 20


class Changes:
    """Commits that a busy night makes: calls that come and go, seats that change, offers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._calls: list[int] = []
        self._offers: list[tuple[int, int, int]] = []
        self._next = 0
        self.committed: dict[tuple[str, int], float] = {}
        self.offered: dict[int, int] = {}
        """Newest offer of each seat."""

    def one(self) -> None:
        kind = (
            "seat",
            "call",
            "offer",
            "seat",
            "offer-end",
            "call",
            "offer",
            "call-end",
            "seat",
            "offer-end",
        )
        {
            "seat": self._seat,
            "call": self._call,
            "call-end": self._call_end,
            "offer": lambda: self.offer(self._house.seats[self._next % len(self._house.seats)]),
            "offer-end": self._offer_end,
        }[kind[self._next % len(kind)]]()
        self._next += 1

    def _told(self, event: Event, number: int) -> None:
        self.committed[event.name, number] = time.time()

    def _seat(self) -> None:
        seat_id = self._house.seats[(self._next * 7) % len(self._house.seats)]
        with self._house.core.work() as unit:
            seat = unit.session.get(Seat, seat_id, with_for_update=True)
            assert seat is not None
            free = seat.state is SeatState.AVAILABLE
            seat.state = SeatState.PAUSED if free else SeatState.AVAILABLE
            seat.state_since = unit.now
            event = SeatChanged(seat_id, str(seat.state))
            unit.tell(event)
        self._told(event, seat_id)

    def _call(self) -> None:
        with self._house.core.work() as unit:
            call = factories.a_waiting_call(unit.session, waited_seconds=0, place_code=None)
            call.carrier_sid = f"CAbench{self._next:026}"
            call.arrived_at = call.state_since = unit.now
            call.queue_key, call.centre_id = unit.now.timestamp(), self._house.centre_id
            unit.session.flush()
            event = CallQueued(call.id)
            unit.tell(event)
        self._calls.append(call.id)
        self._told(event, call.id)

    def _call_end(self) -> None:
        if len(self._calls) < 4:
            return self._call()
        call_id = self._calls.pop(0)
        with self._house.core.work() as unit:
            call = unit.session.get(Call, call_id, with_for_update=True)
            assert call is not None
            call.state, call.ended_at, call.outcome = CallState.ENDED, unit.now, CallOutcome.ABANDONED
            event = CallEnded(call_id, str(call.outcome))
            unit.tell(event)
        self._told(event, call_id)
        return None

    def offer(self, seat_id: int) -> None:
        if not self._calls:
            self._call()
        call_id = self._calls[-1]
        with self._house.core.work() as unit:
            offer = Offer(
                call_id=call_id,
                seat_id=seat_id,
                made_at=unit.now,
                deadline_at=unit.now + timedelta(seconds=60),
            )
            unit.session.add(offer)
            seat = unit.session.get(Seat, seat_id, with_for_update=True)
            assert seat is not None
            seat.state, seat.call_id, seat.state_since = SeatState.OFFERED, call_id, unit.now
            unit.session.flush()
            event = OfferMade(offer.id, call_id, seat_id)
            unit.tell(event)
        self._offers.append((offer.id, call_id, seat_id))
        self.offered[seat_id] = offer.id
        self._told(event, offer.id)

    def _offer_end(self) -> None:
        if not self._offers:
            return self._seat()
        offer_id, call_id, seat_id = self._offers.pop(0)
        with self._house.core.work() as unit:
            offer, seat = unit.session.get(Offer, offer_id), unit.session.get(Seat, seat_id)
            assert offer is not None
            assert seat is not None
            offer.state = OfferState.WITHDRAWN
            seat.state, seat.call_id = SeatState.AVAILABLE, None
            event = OfferEnded(offer_id, call_id, seat_id, "withdrawn")
            unit.tell(event)
        self._told(event, offer_id)
        return None

    def steadily(self, seconds: float) -> float:
        """Changes a second that were really committed."""
        begun, made = time.monotonic(), 0
        while (passed := time.monotonic() - begun) < seconds:
            if made > passed * CHANGES_A_SECOND:
                time.sleep(0.005)
                continue
            self.one()
            made += 1
        return made / (time.monotonic() - begun)
