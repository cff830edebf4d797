"""Skills, lines and several rung at once on a real database; known faults of other routers by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.routing_policy import DEFAULT
from hotline.routing.origin import IncomingCall
from hotline.routing.profiles import refresh_profile
from models.calls import Offer
from models.network import PartnerLine, PhoneLine, RoutingPolicy
from models.people import Person
from models.skills import PersonSkill
from models.vocabulary import CallState, OfferState, SeatState
from models.vocabulary_network import Keeping, PartnerKind, Strategy
from tests.factories import NOW
from tests.integration.routing.house import House


def ring_several(house: House) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(
            RoutingPolicy(
                most_credit_seconds=5400,
                strategy=Strategy.RING_SEVERAL,
                ring_at_once=3,
                keeping=Keeping.NONE,
                keep_from_seats=DEFAULT.keep_from_seats,
                city_after_seconds=10,
                province_after_seconds=30,
                anywhere_after_seconds=60,
                skill_after_seconds=20,
                language_after_seconds=180,
                known_operator_seconds=12,
                changed_at=NOW,
            )
        )


def speaks(house: House, person_id: int, skill: str) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(PersonSkill(person_id=person_id, skill=skill, level=4))
        refresh_profile(session, session.get_one(Person, person_id))


def ringing(house: House, call_id: int) -> list[Offer]:
    with Session(house.engine) as session:
        made = select(Offer).where(Offer.call_id == call_id, Offer.state == OfferState.MADE)
        return list(session.scalars(made.order_by(Offer.id)))


def test_asterisk_176_of_several_that_answer_at_once_one_has_the_call_and_nobody_is_blamed(
    house: House,
) -> None:
    """asterisk#176: two agents answered the same call."""
    ring_several(house)
    seats = [house.a_ready_seat()[0] for _ in range(3)]
    call_id = house.a_caller_waits()
    offers = ringing(house, call_id)
    assert [offer.seat_id for offer in offers] == seats
    with ThreadPoolExecutor(3) as pool:
        won = list(pool.map(lambda o: house.offers.leg_answered(o.id, f"CAleg{o.id}"), offers))
    assert sum(won) == 1
    winner = offers[won.index(True)]
    assert house.call(call_id).seat_id == winner.seat_id
    assert house.call(call_id).state is CallState.CONNECTING
    for seat_id in set(seats) - {winner.seat_id}:
        assert house.seat(seat_id).state is SeatState.AVAILABLE
        assert house.seat(seat_id).state_reason is None
    assert ringing(house, call_id) == []


def test_asterisk_1557_one_that_declines_lets_the_others_ring_on_and_rings_nobody_anew(house: House) -> None:
    """asterisk#1557: ringall rang everybody again."""
    ring_several(house)
    for _ in range(3):
        house.a_ready_seat()
    call_id = house.a_caller_waits()
    first, *others = ringing(house, call_id)
    assert house.offers.not_taken(first.id, OfferState.DECLINED, "declined")
    assert [offer.id for offer in ringing(house, call_id)] == [offer.id for offer in others]
    assert house.call(call_id).seat_id == others[0].seat_id
    assert house.seat(first.seat_id).state is SeatState.PAUSED
    assert len(house.asked("ring_seat")) == 3


def test_freeswitch_1216_one_seat_that_cannot_be_reached_halts_nobody(house: House) -> None:
    """freeswitch#1216: one unavailable agent halted the distribution."""
    house.a_ready_seat()
    house.a_ready_seat()
    first, second = house.a_caller_waits("CA1"), house.a_caller_waits("CA2", "13900139000")
    assert house.offers.not_taken(house.offer_of(first).id, OfferState.EXPIRED, "no_answer")
    assert house.offer_of(second).state is OfferState.MADE
    third, _ = house.a_ready_seat()
    assert house.offer_of(first).seat_id == third, "the call kept its place at the head"


def test_freeswitch_pr800_and_1973_who_leaves_during_an_offer_is_not_rung_again_and_stands_nowhere(
    house: House,
) -> None:
    """freeswitch PR#800: an offer was made over and over; #1973: stale members were listed as answered."""
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.seats.sign_off(person_id)
    house.deadlines.tick()
    assert ringing(house, call_id) == []
    assert len(house.asked("ring_seat")) == 1
    assert house.call(call_id).seat_id is None
    assert house.seat(seat_id).call_id is None


def test_a_line_brings_its_language_and_centre_and_the_right_person_is_rung(house: House) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(
            PhoneLine(
                number="057112345",
                name_zh="蒙古语专线",
                name_en="Mongolian line",
                centre_id=house.centre_id,
                language="mn",
            )
        )
    house.a_ready_seat()
    seat_id, person_id = house.a_ready_seat()
    speaks(house, person_id, "mn")
    house.stopped.advance(seconds=60)
    call_id = house.intake.call_arrived(IncomingCall("CA9", "13800138000", "0571 12345"))
    house.intake.enqueue(call_id)
    call = house.call(call_id)
    assert (call.language, call.centre_id, call.place_code) == ("mn", house.centre_id, "990100")
    assert (call.place_source, call.number_dialled) == ("trunk", "0571 12345")
    assert house.offer_of(call_id).seat_id == seat_id


def test_a_head_that_waits_for_a_rare_language_does_not_starve_those_behind(house: House) -> None:
    _, speaker = house.a_ready_seat()
    speaks(house, speaker, "dai")
    busy = house.a_caller_waits("CA0", "13700137000")
    house.they_talk(busy)
    for number in range(3):
        call_id = house.intake.call_arrived(IncomingCall(f"CAd{number}", f"1360013600{number}", "12356"))
        assert house.intake.language_chosen(call_id, "dai")
        house.intake.enqueue(call_id)
    behind = house.a_caller_waits("CA5", "13500135000")
    seat_id, _ = house.a_ready_seat()
    assert house.offer_of(behind).seat_id == seat_id
    house.stopped.advance(seconds=181)
    another, _ = house.a_ready_seat()
    assert house.offer_of(busy + 1).seat_id == another, "nobody waits for ever for a skill"


def test_nobody_on_duty_leads_to_a_partner_that_is_open_once_and_never_to_110(house: House) -> None:
    with Session(house.engine) as session, session.begin():
        for kind, number, hours in (
            (PartnerKind.POLICE, "110", []),
            (PartnerKind.HOTLINE, "057100000", ["1-5 08:00-18:00"]),
            (PartnerKind.YOUTH_LINE, "057112355", ["7 18:00-24:00"]),
        ):
            session.add(
                PartnerLine(
                    name_zh="伙伴",
                    name_en="Partner",
                    kind=kind,
                    number=number,
                    hours=hours,
                    takes_overflow=True,
                )
            )
    call_id = house.a_caller_waits()
    way = house.standby.way_for(call_id)
    assert way is not None
    assert way.number == "057112355"
    assert "057112355" not in repr(way)
    assert house.standby.dialled(call_id, way.partner_id)
    assert house.standby.ended(call_id, answered=False)
    assert house.standby.way_for(call_id) is None, "just tried: other ways are told meanwhile"
