"""Rules that administrators set, seen through the real router: agreements, the kept seat, least talk."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hotline.domain.routing_policy import DEFAULT
from hotline.routing.origin import IncomingCall
from models.network import OverflowAgreement, PhoneLine, RoutingPolicy
from models.seats import Seat
from models.vocabulary import SeatState
from models.vocabulary_network import Keeping, Strategy
from tests.factories import NOW
from tests.integration.routing.house import House


def rules(
    house: House, *, strategy: Strategy = Strategy.LONGEST_IDLE, keeping: Keeping = Keeping.NONE
) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(
            RoutingPolicy(
                most_credit_seconds=5400,
                strategy=strategy,
                ring_at_once=DEFAULT.ring_at_once,
                keeping=keeping,
                keep_from_seats=5,
                city_after_seconds=10,
                province_after_seconds=30,
                anywhere_after_seconds=60,
                skill_after_seconds=20,
                language_after_seconds=180,
                known_operator_seconds=0,
                changed_at=NOW,
            )
        )


def a_line_of(house: House, centre_id: int, number: str) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(PhoneLine(number=number, name_zh="老号码", name_en="Old number", centre_id=centre_id))


def waits_on(house: House, number_dialled: str, sid: str = "CA9") -> int:
    call_id = house.intake.call_arrived(IncomingCall(sid, "13800138000", number_dialled))
    house.intake.enqueue(call_id)
    return call_id


def the_own_seat_is_busy(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    with Session(house.engine) as session, session.begin():
        session.get_one(Seat, seat_id).state = SeatState.TALKING


def an_agreement(house: House, after_seconds: int, hours: list[str]) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(
            OverflowAgreement(
                from_centre_id=house.centre_id,
                to_centre_id=house.other_centre_id,
                after_seconds=after_seconds,
                hours=hours,
            )
        )


def test_a_centre_that_agreed_answers_for_another_after_the_agreed_seconds_and_not_before(
    house: House,
) -> None:
    rules(house)
    a_line_of(house, house.centre_id, "057112345")
    an_agreement(house, 12, [])
    the_own_seat_is_busy(house)
    helper, _ = house.a_ready_seat(centre_id=house.other_centre_id)
    call_id = waits_on(house, "0571 12345")
    assert house.call(call_id).seat_id is None
    house.stopped.advance(seconds=11)
    assert house.offers.distribute() == []
    house.stopped.advance(seconds=1)
    assert len(house.offers.distribute()) == 1
    assert house.offer_of(call_id).seat_id == helper


def test_an_agreement_outside_its_hours_leaves_the_general_widening(house: House) -> None:
    rules(house)
    a_line_of(house, house.centre_id, "057112345")
    an_agreement(house, 12, ["1-5 08:00-18:00"])
    the_own_seat_is_busy(house)
    helper, _ = house.a_ready_seat(centre_id=house.other_centre_id)
    call_id = waits_on(house, "0571 12345")
    house.stopped.advance(seconds=29)
    assert house.offers.distribute() == []
    house.stopped.advance(seconds=1)
    house.offers.distribute()
    assert house.offer_of(call_id).seat_id == helper, "another city of the province, after 30 s"


def test_the_last_free_seat_is_kept_for_danger_and_rung_at_once_for_it(house: House) -> None:
    rules(house, keeping=Keeping.SEAT)
    for _ in range(4):
        the_own_seat_is_busy(house)
    last, _ = house.a_ready_seat()
    first = house.a_caller_waits("CA1", "13800138000")
    house.stopped.advance(seconds=600)
    assert house.offers.distribute() == []
    urgent = house.a_caller_waits("CA2", "13900139000")
    assert house.call(urgent).seat_id is None
    house.intake.danger_key(urgent)
    house.offers.distribute()
    assert house.offer_of(urgent).seat_id == last
    assert house.call(first).seat_id is None
    house.a_ready_seat()
    assert house.call(first).seat_id is None, "the next free one is kept in its turn"
    house.a_ready_seat()
    assert house.call(first).seat_id is not None


def test_who_talked_least_in_this_shift_is_rung_when_so_set_however_short_the_rest(house: House) -> None:
    rules(house, strategy=Strategy.LEAST_TALK)
    talked_long, _ = house.a_ready_seat()
    house.stopped.advance(seconds=300)
    talked_little, _ = house.a_ready_seat()
    with Session(house.engine) as session, session.begin():
        session.get_one(Seat, talked_long).talked_seconds = 3000.0
        session.get_one(Seat, talked_little).talked_seconds = 60.0
    first = house.a_caller_waits("CA1", "13800138000")
    assert house.offer_of(first).seat_id == talked_little
    second = house.a_caller_waits("CA2", "13900139000")
    assert house.offer_of(second).seat_id == talked_long
