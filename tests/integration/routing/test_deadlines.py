"""What time and comparison with the carrier mend, on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.origin import IncomingCall
from models.audit import AuditLine
from models.calls import Call, Callback
from models.events import CallUncovered
from models.seats import SeatEvent
from models.vocabulary import AgentStatus, CallbackKind, CallOutcome, CallState, SeatState
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
    assert house.looks(1).repairs == 1
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
    house.looks(1)
    del house.carrier.legs["CAleg"]
    house.looks(2)
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
    house.looks(2)
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
    house.wrap_up.extend(person_id, 60)
    assert house.seat(seat_id).state_reason is None, "a person who still writes takes more time at any moment"


def test_a_wrap_up_that_nobody_ends_pauses_the_seat_with_the_note_owed(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.conversation.caller_left(call_id, "caller")
    house.stopped.advance(seconds=121)
    house.deadlines.tick()
    house.stopped.advance(minutes=5)
    house.deadlines.tick()
    seat = house.seat(seat_id)
    assert (seat.state, seat.state_reason) == (SeatState.PAUSED, "note_owed")
    house.seats.report_device(person_id, True)
    assert house.seat(seat_id).state is SeatState.PAUSED, "nobody is rung who did not say ready again"
    house.seats.choose_status(person_id, AgentStatus.READY)
    assert house.seat(seat_id).state is SeatState.AVAILABLE


def test_a_supervisor_ends_a_wrap_up_that_is_stuck(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.conversation.caller_left(call_id, "caller")
    _, supervisor_id = house.a_ready_seat()
    house.seats.set_by_supervisor(seat_id, supervisor_id, AgentStatus.BREAK, "整理卡住了")
    seat = house.seat(seat_id)
    assert (seat.state, seat.state_reason, seat.call_id) == (SeatState.PAUSED, "by_supervisor", None)
    with Session(house.engine) as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "seat.status")).one()
        told = [event.data for event in session.scalars(select(SeatEvent))]
    assert (line.person_id, line.subject) == (supervisor_id, f"seat:{seat_id}")
    assert line.reason == "ready → break · 整理卡住了"
    assert "整理卡住了" not in str(told), "the seat's log holds codes alone"


def test_a_leg_that_one_look_passed_over_is_not_taken_for_gone(house: House) -> None:
    house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.looks(1)
    legs = dict(house.carrier.legs)
    house.carrier.legs.clear()
    house.looks(1)
    house.carrier.legs.update(legs)
    house.looks(1)
    assert house.call(call_id).state is CallState.TALKING


def test_a_seat_bound_to_a_call_that_knows_nothing_of_it_is_freed_with_a_reason(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    with Session(house.engine) as session, session.begin():
        session.get_one(Call, call_id).seat_id = None
    assert house.looks(1).repairs == 1
    seat = house.seat(seat_id)
    assert (seat.state, seat.state_reason, seat.call_id) == (SeatState.PAUSED, "reconciled", None)


def test_callers_who_wait_while_nobody_is_on_duty_are_told_of_once(house: House) -> None:
    for number in range(3):
        house.a_caller_waits(f"CA{number}", f"1380013800{number}")
    house.looks(2)
    told = [event for event in house.bulletin.told if isinstance(event, CallUncovered)]
    assert len(told) == 3
