"""One decision for many: what it writes, in how many statements, and who else was at the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from hotline.domain.seat_state import SeatFact
from hotline.routing.origin import IncomingCall
from hotline.routing.queue_head import HEAD
from hotline.routing.ringing import Ring, make_offers
from models.calls import Call, CallEvent, Offer
from models.outbox import OutboxRow
from models.seats import Seat, SeatEvent
from models.vocabulary import OfferState, SeatState
from tests.factories import a_centre, a_person, a_seat, a_waiting_call
from tests.integration.routing.house import House


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        found.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    yield found
    event.remove(house.engine, "before_cursor_execute", note)


def a_rush(house: House, count: int) -> None:
    """So many wait, in the order of their ids, and so many seats are free, the first one longest."""
    with Session(house.engine) as session, session.begin():
        centre = a_centre(session, name="热闹中心")
        for number in range(count):
            seat = a_seat(session, centre, a_person(session), SeatState.AVAILABLE)
            seat.idle_since = seat.state_since
            a_waiting_call(session, place_code=None).queue_key = 1000.0 + number


def test_a_decision_for_forty_is_as_many_statements_as_one_for_four(house: House) -> None:
    found = []
    for count in (4, 40):
        a_rush(house, count)
        with statements(house) as asked:
            assert len(house.offers.distribute()) >= count - 1
        found.append(len(asked))
    assert found[0] == found[1]


def test_a_decision_leaves_offer_seat_logs_and_the_work_of_ringing_for_each(house: House) -> None:
    a_rush(house, HEAD + 5)
    with Session(house.engine) as session:
        before = {call.id: call.version for call in session.scalars(select(Call))}
    made = house.offers.distribute()
    assert len(made) >= HEAD + 4, "one seat may be kept for a life in danger; a second round serves the rest"
    with Session(house.engine) as session:
        for offer in session.scalars(select(Offer).order_by(Offer.id)):
            assert offer.state is OfferState.MADE
            assert (offer.deadline_at - offer.made_at).total_seconds() == 20
            call, seat = offer.call, offer.seat
            assert (call.seat_id, call.need, call.version) == (seat.id, None, before[call.id] + 1)
            assert (seat.state, seat.call_id, seat.person_id) == (SeatState.OFFERED, call.id, offer.person_id)
            line = session.scalars(select(CallEvent).where(CallEvent.call_id == call.id)).one()
            assert (line.kind, line.data) == ("offer_made", {"offer_id": offer.id, "seat_id": seat.id})
            line_of_seat = session.scalars(select(SeatEvent).where(SeatEvent.seat_id == seat.id)).one()
            assert line_of_seat.kind == SeatFact.OFFERED.value
            assert line_of_seat.data == {"before": "available", "reason": None, "call_id": call.id}
            work = session.scalars(select(OutboxRow).where(OutboxRow.key == f"ring_seat:{offer.id}")).one()
            assert (work.kind, work.queue, work.payload) == ("ring_seat", "carrier", {"offer_id": offer.id})
        calls = session.scalars(select(Offer.call_id).order_by(Offer.id)).all()
        assert calls == sorted(calls), "the order of service"


def test_a_call_that_fits_nobody_yet_hides_nobody_behind_it(house: House) -> None:
    """Two seats, one speaks Dai: of two who want Dai one must wait, and the third is served all the same."""
    with Session(house.engine) as session, session.begin():
        centre = a_centre(session, name="两座中心")
        a_seat(session, centre, a_person(session), SeatState.AVAILABLE).profile = f"{centre.id}||dai:4"
        a_seat(session, centre, a_person(session), SeatState.AVAILABLE)
        calls = [a_waiting_call(session, waited_seconds=0, place_code=None) for _ in range(3)]
        for number, (call, language) in enumerate(zip(calls, ("dai", "dai", "zh"), strict=True)):
            call.queue_key, call.language, call.wants_since = 1000.0 + number, language, house.stopped.now
        ids = [call.id for call in calls]
    assert len(house.offers.distribute()) == 2
    with Session(house.engine) as session:
        assert set(session.scalars(select(Offer.call_id))) == {ids[0], ids[2]}


@pytest.mark.parametrize("record", [Call, Seat])
def test_what_another_writer_changed_meanwhile_is_not_offered(
    house: House, record: type[Call] | type[Seat]
) -> None:
    house.a_ready_seat()
    with Session(house.engine) as session, session.begin():
        call_id = a_waiting_call(session).id
    with house.work() as unit:
        call, seat = unit.session.get_one(Call, call_id), unit.session.scalars(select(Seat)).one()
    with Session(house.engine) as session, session.begin():
        other = session.scalars(select(record)).one()
        other.is_demonstration = True
    with pytest.raises(StaleDataError), house.work() as unit:
        make_offers(unit, [Ring(call, seat, 20.0)])
    with Session(house.engine) as session:
        assert session.scalars(select(Offer)).first() is None
        assert session.scalars(select(Seat.state)).one() is SeatState.AVAILABLE


def test_a_seat_that_cannot_ring_as_things_stand_is_left_out(house: House) -> None:
    house.a_ready_seat()
    house.intake.enqueue(house.intake.call_arrived(IncomingCall("CA1", "13900000001", "12356")))
    with house.work() as unit:
        call, seat = unit.session.scalars(select(Call)).one(), unit.session.scalars(select(Seat)).one()
        assert seat.state is SeatState.OFFERED
        assert make_offers(unit, [Ring(call, seat, 20.0)]) == []
