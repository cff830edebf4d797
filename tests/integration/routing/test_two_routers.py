"""Two routers at once, on both databases: no call is offered twice, no seat rings for two."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.routing.offers import Offers
from models.calls import Offer
from models.unit_of_work import UnitOfWork
from models.vocabulary import OfferState
from tests.integration.routing.house import House

CALLS, SEATS, ROUTERS = 12, 8, 2


def test_two_routers_at_once_offer_each_call_and_each_seat_once(house: House, engine: Engine) -> None:
    house.bulletin.listeners.clear()
    for _ in range(SEATS):
        house.a_ready_seat()
    for number in range(CALLS):
        house.a_caller_waits(f"CA{number}", f"1380013{number:04d}")
        house.stopped.advance(seconds=1)

    def quiet(_events: object, _rows: object) -> None:
        """Nobody listens."""

    routers = [Offers(lambda: UnitOfWork(engine, house.clock, quiet)) for _ in range(ROUTERS)]
    with ThreadPoolExecutor(ROUTERS) as pool:
        made = list(pool.map(lambda router: [router.distribute() for _ in range(4)], routers))
    with Session(engine) as session:
        offers = session.scalars(select(Offer).where(Offer.state == OfferState.MADE)).all()
    assert sorted(offer.id for offer in offers) == sorted(i for each in made for turn in each for i in turn)
    assert max(Counter(offer.call_id for offer in offers).values()) == 1
    assert max(Counter(offer.seat_id for offer in offers).values()) == 1
    head = set(range(1, SEATS))
    assert {offer.call_id for offer in offers} == head, "the head of the order, each once; one seat is kept"


def test_an_answer_and_a_hang_up_at_the_same_moment_leave_one_truth(house: House) -> None:
    house.bulletin.listeners.clear()
    house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.offers.distribute()
    offer_id = house.offer_of(call_id).id
    with ThreadPoolExecutor(2) as pool:
        answered = pool.submit(house.offers.leg_answered, offer_id, "CAleg")
        left = pool.submit(house.conversation.caller_left, call_id, "caller")
        answered.result()
        assert left.result()
    with Session(house.engine) as session:
        assert session.get_one(Offer, offer_id).state is not OfferState.MADE
    call = house.call(call_id)
    assert call.ended_at is not None
    assert {"offer_id": offer_id} in house.asked("cancel_leg"), "the operator's leg is taken down either way"
