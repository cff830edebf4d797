"""One call through the use cases, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from hotline.routing.errors import CannotBeReady, InCall, NotAdmitted, NoteIncomplete, NotInTalk, SeatTaken
from hotline.routing.origin import IncomingCall
from models.calls import Callback
from models.events import CallAnswered, CallEnded, CallReturnedToQueue, CallUncovered, OfferMade
from models.notes import Note
from models.people import Person
from models.vocabulary import (
    AgentStatus,
    CallbackState,
    CallOutcome,
    CallState,
    NoteState,
    OfferState,
    SeatState,
)
from tests.factories import NOW
from tests.integration.routing.house import House


def close_the_note(house: House, call_id: int) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(Note(call_id=call_id, state=NoteState.CLOSED, created_at=NOW, saved_at=NOW))


def test_a_call_is_offered_answered_talked_ended_and_wrapped_up(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    assert house.asked("ring_seat") == [{"offer_id": house.offer_of(call_id).id}]
    assert house.seat(seat_id).state is SeatState.OFFERED
    house.they_talk(call_id)
    assert house.call(call_id).state is CallState.TALKING
    assert house.call(call_id).person_id == person_id
    assert house.asked("connect_caller") == house.asked("start_recording") == [{"call_id": call_id}]
    house.conversation.end(call_id, person_id)
    assert house.call(call_id).state is CallState.TALKING, "only the carrier ends a call"
    house.conversation.operator_left(call_id, "CAleg")
    assert house.call(call_id).state is CallState.TALKING, "the end was asked for"
    house.conversation.caller_left(call_id, "caller")
    call = house.call(call_id)
    assert (call.state, call.outcome, call.ended_by) == (CallState.ENDED, CallOutcome.ANSWERED, "operator")
    assert house.seat(seat_id).state is SeatState.WRAP_UP
    with pytest.raises(NoteIncomplete):
        house.wrap_up.finish(person_id)
    close_the_note(house, call_id)
    house.wrap_up.finish(person_id)
    assert house.seat(seat_id).state is SeatState.AVAILABLE
    told = [type(event) for event in house.bulletin.told]
    assert [told.count(kind) for kind in (OfferMade, CallAnswered, CallEnded)] == [1, 1, 1]


def test_who_ends_a_call_before_the_carrier_told_that_both_are_in_it_still_writes_its_note(
    house: House,
) -> None:
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.offers.leg_answered(house.offer_of(call_id).id, "CAleg")
    assert house.call(call_id).state is CallState.CONNECTING
    house.conversation.end(call_id, person_id)
    house.conversation.caller_left(call_id, "caller")
    assert (house.seat(seat_id).state, house.seat(seat_id).call_id) == (SeatState.WRAP_UP, call_id)


def test_facts_told_twice_late_or_out_of_order_change_nothing(house: House) -> None:
    house.a_ready_seat()
    call_id = house.a_caller_waits()
    offer_id = house.offer_of(call_id).id
    house.conversation.caller_joined(call_id)
    assert house.call(call_id).state is CallState.QUEUED, "nobody answered yet"
    house.they_talk(call_id)
    log = house.log_of(call_id)
    assert not house.offers.leg_answered(offer_id, "CAleg")
    assert not house.offers.not_taken(offer_id, OfferState.EXPIRED, "no_answer")
    assert not house.conversation.caller_joined(call_id)
    assert not house.conversation.operator_left(call_id, "CAanother")
    house.intake.enqueue(call_id)
    assert house.intake.call_arrived(IncomingCall("CA1", "13800138000", "12356")) == call_id
    assert house.log_of(call_id) == log
    house.conversation.caller_left(call_id, "caller")
    assert not house.conversation.caller_left(call_id, "carrier")
    assert not house.conversation.operator_left(call_id, "CAleg")
    assert house.call(call_id).ended_by == "caller"


def test_who_does_not_answer_is_paused_with_the_reason_and_the_caller_stays_at_the_head(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    first = house.a_caller_waits("CA1")
    house.stopped.advance(seconds=1)
    house.a_caller_waits("CA2", "13900000000")
    key = house.call(first).queue_key
    house.offers.not_taken(house.offer_of(first).id, OfferState.EXPIRED, "no_answer")
    seat = house.seat(seat_id)
    assert (seat.state, seat.state_reason, seat.call_id) == (SeatState.PAUSED, "no_answer", None)
    assert house.call(first).queue_key == key
    other_seat, _ = house.a_ready_seat()
    assert house.offer_of(first).seat_id == other_seat


def test_an_operators_lost_line_brings_the_caller_back_to_the_head(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    first = house.a_caller_waits("CA1")
    house.they_talk(first)
    house.stopped.advance(seconds=60)
    house.conversation.operator_left(first, "CAleg")
    call = house.call(first)
    assert (call.state, call.queue_reasons, call.seat_id) == (CallState.QUEUED, ["operator_lost"], None)
    assert house.seat(seat_id).state_reason == "line_lost"
    assert house.asked("requeue_caller") == [{"call_id": first}]
    assert house.asked("stop_recording") == [{"call_id": first}]
    assert CallReturnedToQueue(first, "operator_lost") in house.bulletin.told
    other_seat, _ = house.a_ready_seat()
    assert house.offer_of(first).seat_id == other_seat


def test_a_caller_who_hung_up_while_the_operators_leg_drop_was_told_first_still_gets_a_note(
    house: House,
) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.conversation.operator_left(call_id, "CAleg")
    house.conversation.caller_left(call_id, "caller")
    assert house.call(call_id).outcome is CallOutcome.ANSWERED
    seat = house.seat(seat_id)
    assert (seat.state, seat.call_id) == (SeatState.WRAP_UP, call_id)


def test_a_caller_who_leaves_while_it_rings_withdraws_the_offer(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    offer_id = house.offer_of(call_id).id
    house.conversation.caller_left(call_id, "caller")
    assert house.call(call_id).outcome is CallOutcome.ABANDONED
    assert house.seat(seat_id).state is SeatState.AVAILABLE
    assert house.asked("cancel_leg") == [{"offer_id": offer_id}]
    assert not house.offers.leg_answered(offer_id, "CAlate")
    assert len(house.asked("cancel_leg")) == 2, "a leg that answers too late is taken down"


def test_the_danger_key_brings_a_caller_to_the_head_and_starts_the_protocol_once(house: House) -> None:
    house.a_caller_waits("CA1")
    house.stopped.advance(seconds=30)
    urgent = house.a_caller_waits("CA2", "13900000000")
    assert house.intake.position(urgent).ahead == 1
    house.intake.danger_key(urgent)
    house.intake.danger_key(urgent)
    assert house.intake.position(urgent).ahead == 0
    assert house.asked("raise_danger") == [{"call_id": urgent, "source": "key"}]


def test_nobody_on_duty_is_told_once_and_the_message_becomes_a_call_back(house: House) -> None:
    call_id = house.a_caller_waits()
    house.deadlines.tick()
    assert house.bulletin.told.count(CallUncovered(call_id)) == 1
    house.intake.leave_message(call_id)
    _, person_id = house.a_ready_seat()
    assert house.call(call_id).state is CallState.MESSAGE, "who speaks a message is not offered"
    callback_id = house.callbacks.message_left(call_id, "RE1", 12.0)
    assert house.callbacks.message_left(call_id, "RE1", 12.0) is None
    house.conversation.caller_left(call_id, "caller")
    assert house.call(call_id).outcome is CallOutcome.MESSAGE
    assert len(house.asked("fetch_recording")) == 1
    assert callback_id is not None
    house.callbacks.closed(callback_id, person_id, CallbackState.DONE)
    with Session(house.engine) as session:
        callback = session.get_one(Callback, callback_id)
    assert (callback.state, callback.closed_by_id) == (CallbackState.DONE, person_id)


def test_a_web_caller_has_no_number_for_a_call_back(house: House) -> None:
    call_id = house.a_caller_waits(number="client:caller_1")
    assert house.intake.wish_callback(call_id) is None


def test_who_is_not_trained_or_sworn_in_cannot_sit_down(house: House) -> None:
    seat_id, person_id = house.an_empty_seat()
    for field, reason in (("trained_at", "no_training"), ("confidentiality_signed_at", "no_confidentiality")):
        with Session(house.engine) as session, session.begin():
            person = session.get_one(Person, person_id)
            kept = getattr(person, field)
            setattr(person, field, None)
        with pytest.raises(NotAdmitted) as refusal:
            house.seats.sign_on(person_id, seat_id)
        assert refusal.value.reason == reason
        with Session(house.engine) as session, session.begin():
            setattr(session.get_one(Person, person_id), field, kept)
    house.seats.sign_on(person_id, seat_id)
    with pytest.raises(CannotBeReady) as hindrance:
        house.seats.choose_status(person_id, AgentStatus.READY)
    assert hindrance.value.reason == "no_sound"


def test_a_seat_is_one_persons_and_a_talk_keeps_its_person(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    _, other = house.an_empty_seat()
    with pytest.raises(SeatTaken):
        house.seats.sign_on(other, seat_id)
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    with pytest.raises(InCall):
        house.seats.sign_off(person_id)
    with pytest.raises(NotInTalk):
        house.conversation.end(call_id, other)


def test_a_break_chosen_during_the_talk_counts_after_it(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.seats.choose_status(person_id, AgentStatus.BREAK)
    assert house.seat(seat_id).state is SeatState.TALKING
    house.conversation.caller_left(call_id, "caller")
    close_the_note(house, call_id)
    house.stopped.advance(seconds=121)
    house.deadlines.tick()
    assert house.seat(seat_id).state is SeatState.PAUSED


def test_a_lost_device_pauses_and_its_return_frees(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    house.seats.report_device(person_id, False, "no_microphone")
    assert house.seat(seat_id).state_reason == "device_lost"
    house.seats.report_device(person_id, True)
    assert house.seat(seat_id).state is SeatState.AVAILABLE
    house.stopped.advance(seconds=46)
    house.deadlines.tick()
    assert house.seat(seat_id).state_reason == "heartbeat_lost"


def test_a_caller_cut_off_resumes_the_old_place(house: House) -> None:
    first = house.a_caller_waits("CA1")
    house.stopped.advance(seconds=10)
    house.a_caller_waits("CA2", "13900000000")
    house.conversation.caller_left(first, "carrier")
    house.stopped.advance(seconds=60)
    again = house.a_caller_waits("CA3")
    assert house.call(again).queue_reasons == ["cut_off"]
    assert house.call(again).resumes_call_id == first
    assert house.intake.position(again).ahead == 0


def test_the_star_key_refuses_recording_and_the_talk_is_never_recorded(house: House) -> None:
    house.a_ready_seat()
    call_id = house.intake.call_arrived(IncomingCall("CA1", "13800138000", "12356"))
    house.intake.recording_declined(call_id)
    house.intake.enqueue(call_id)
    house.they_talk(call_id)
    assert house.asked("start_recording") == []
    assert house.asked("erase_recording") != []
    assert house.call(call_id).state is CallState.TALKING


def test_a_message_told_after_the_hang_up_is_no_abandonment(house: House) -> None:
    call_id = house.a_caller_waits()
    house.intake.leave_message(call_id)
    house.conversation.caller_left(call_id, "caller")
    assert house.call(call_id).outcome is CallOutcome.ABANDONED
    house.callbacks.message_left(call_id, "RE2", 15.0)
    assert house.call(call_id).outcome is CallOutcome.MESSAGE
