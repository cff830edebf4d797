"""What time and comparison with the carrier mend, on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.intake import IncomingCall
from models.calls import Callback
from models.vocabulary import CallbackKind, CallOutcome, CallState, SeatState
from tests.integration.routing.house import House


def test_an_offer_that_the_carrier_forgot_expires(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.stopped.advance(seconds=22)
    house.deadlines.tick()
    assert house.seat(seat_id).state is SeatState.OFFERED, "the carrier's own time-out speaks first"
    house.stopped.advance(seconds=2)
    turn = house.deadlines.tick()
    assert turn.expired_offers == 1
    assert house.seat(seat_id).state_reason == "no_answer"
    assert house.call(call_id).state is CallState.QUEUED


def test_a_call_that_the_carrier_no_longer_has_is_closed_by_reconciliation(house: House) -> None:
    call_id = house.a_caller_waits()
    del house.carrier.legs["CA1"]
    house.deadlines.tick()
    assert house.call(call_id).state is CallState.QUEUED, "too young to be judged"
    house.stopped.advance(seconds=6)
    assert house.deadlines.tick().repairs == 1
    call = house.call(call_id)
    assert (call.state, call.ended_by, call.outcome) == (
        CallState.ENDED,
        "reconciliation",
        CallOutcome.FAILED,
    )


def test_while_the_carrier_does_not_answer_nobody_is_taken_for_gone(house: House) -> None:
    call_id = house.a_caller_waits()
    house.carrier.legs.clear()
    house.carrier.away = True
    house.stopped.advance(seconds=60)
    house.deadlines.tick()
    assert house.call(call_id).state is CallState.QUEUED


def test_a_lost_answer_and_a_lost_join_are_repaired(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    offer = house.offer_of(call_id)
    house.offers.leg_made(offer.id, "CAleg")
    house.carrier.legs["CAleg"] = "in-progress"
    house.stopped.advance(seconds=6)
    house.deadlines.tick()
    assert house.call(call_id).state is CallState.CONNECTING
    house.carrier.conferences[f"call-{call_id}"] = frozenset({"CA1", "CAleg"})
    house.stopped.advance(seconds=6)
    house.deadlines.tick()
    assert house.call(call_id).state is CallState.TALKING
    assert house.seat(seat_id).state is SeatState.TALKING


def test_an_operators_leg_that_is_gone_unheard_brings_the_caller_back(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    del house.carrier.legs["CAleg"]
    house.stopped.advance(seconds=6)
    house.deadlines.tick()
    assert house.call(call_id).state is CallState.QUEUED
    assert house.seat(seat_id).state_reason == "line_lost"


def test_a_caller_who_does_not_reach_the_conference_is_moved_again_and_then_waits_on(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.carrier.legs["CAleg"] = "in-progress"
    house.offers.leg_answered(house.offer_of(call_id).id, "CAleg")
    house.stopped.advance(seconds=6)
    house.deadlines.tick()
    assert len(house.asked("connect_caller")) == 2
    house.stopped.advance(seconds=30)
    house.deadlines.tick()
    assert house.seat(seat_id).state is not SeatState.TALKING
    assert house.asked("cancel_leg") != []
    assert house.call(call_id).state is CallState.QUEUED


def test_a_talk_that_broke_off_with_the_carrier_is_owed_a_call_back(house: House) -> None:
    house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.carrier.legs.clear()
    house.stopped.advance(seconds=6)
    house.deadlines.tick()
    with Session(house.engine) as session:
        assert session.scalars(select(Callback.kind)).all() == [CallbackKind.DROPPED]


def test_a_greeting_that_never_ended_waits_like_everybody(house: House) -> None:
    call_id = house.intake.call_arrived(IncomingCall("CA1", "13800138000", "12356"))
    house.carrier.legs["CA1"] = "in-progress"
    house.stopped.advance(seconds=46)
    house.deadlines.tick()
    assert house.call(call_id).state is CallState.QUEUED


def test_wrap_up_that_runs_out_is_marked_and_ends_only_with_the_note(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.conversation.caller_left(call_id, "caller")
    house.wrap_up.extend(person_id, 60)
    house.seats.report_device(person_id, True)
    house.stopped.advance(seconds=150)
    house.deadlines.tick()
    assert house.seat(seat_id).state_reason is None
    house.stopped.advance(seconds=31)
    house.deadlines.tick()
    seat = house.seat(seat_id)
    assert (seat.state, seat.state_reason) == (SeatState.WRAP_UP, "wrap_up_over")
