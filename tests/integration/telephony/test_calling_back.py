"""A call-back through the carrier: rung into the conference, answered, not answered, and never outside."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.calling_back import CallingBack
from hotline.telephony import prompts
from hotline.telephony.outgoing import OutgoingGuard
from models.call_back_words import TryResult
from models.calls import Call, Callback, CallbackTry
from models.vocabulary import CallbackState, CallState, SeatState
from tests.fake_carrier import Leg
from tests.integration.telephony.switchboard import Switchboard


def a_wish(switchboard: Switchboard, number: str = "13800138000") -> None:
    caller = switchboard.a_caller(number)
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "3")
    assert prompts.CALLBACK_NOTED.zh in "".join(caller.heard)
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    switchboard.deadlines.tick()


def dials(switchboard: Switchboard) -> tuple[Call, int, int, Leg]:
    """(outbound call, seat, person, the operator's leg): the seat is up and has clicked to dial."""
    seat_id, person_id = switchboard.a_ready_seat()
    switchboard.work_off()
    operator = switchboard.phone.ringing_legs()[-1]
    switchboard.phone.seat_answers(operator)
    switchboard.deliver()
    with Session(switchboard.engine) as session:
        call = session.scalars(select(Call).where(Call.state == CallState.CONNECTING)).one()
    CallingBack(switchboard.work).dial(call.id, person_id)
    switchboard.work_off()
    return call, seat_id, person_id, operator


def the_only(switchboard: Switchboard) -> tuple[Callback, CallbackTry]:
    with Session(switchboard.engine) as session:
        return session.scalars(select(Callback)).one(), session.scalars(select(CallbackTry)).one()


def test_the_person_is_rung_from_the_conference_and_hears_no_word_of_ours(switchboard: Switchboard) -> None:
    a_wish(switchboard)
    call, _, _, operator = dials(switchboard)
    person = switchboard.phone.ringing_legs()[-1]
    assert (person.number, person.ends_conference) == ("13800138000", True)
    switchboard.phone.seat_answers(person)
    switchboard.deliver()
    assert switchboard.call(call.id).state is CallState.TALKING
    assert switchboard.phone.inside(call.conference_name) == {person.sid, operator.sid}
    assert person.heard == [], "the first words are the operator's"
    assert switchboard.phone.recordings == {}
    switchboard.phone.hang_up(person)
    switchboard.deliver()
    assert not operator.lives
    callback, attempt = the_only(switchboard)
    assert (callback.state, attempt.result) == (CallbackState.DONE, TryResult.REACHED)


def test_a_busy_line_is_a_try_and_frees_the_seat(switchboard: Switchboard) -> None:
    a_wish(switchboard)
    _, seat_id, _, operator = dials(switchboard)
    switchboard.phone.seat_lets_ring(switchboard.phone.ringing_legs()[-1], "busy")
    switchboard.deliver()
    callback, attempt = the_only(switchboard)
    assert (callback.state, callback.attempts, attempt.result) == (CallbackState.DUE, 1, TryResult.BUSY)
    assert switchboard.seat(seat_id).state is SeatState.AVAILABLE
    assert not operator.lives


def test_a_lost_word_of_the_carrier_is_made_up_for(switchboard: Switchboard) -> None:
    a_wish(switchboard)
    _, seat_id, _, _ = dials(switchboard)
    switchboard.deliver()
    switchboard.phone.seat_lets_ring(switchboard.phone.ringing_legs()[-1])
    switchboard.phone.unsent.clear()
    for _ in range(3):
        switchboard.stopped.advance(seconds=8)
        switchboard.deadlines.tick()
        switchboard.work_off()
    callback, attempt = the_only(switchboard)
    assert (callback.state, attempt.result) == (CallbackState.DUE, TryResult.NO_ANSWER)
    assert switchboard.seat(seat_id).state is SeatState.AVAILABLE


def test_a_person_who_was_called_back_and_loses_the_operator_hears_nothing_that_tells_what_this_is(
    switchboard: Switchboard,
) -> None:
    a_wish(switchboard)
    call, _, _, operator = dials(switchboard)
    person = switchboard.phone.ringing_legs()[-1]
    switchboard.phone.seat_answers(person)
    switchboard.deliver()
    switchboard.phone.hang_up(operator)
    switchboard.deliver()
    assert switchboard.call(call.id).state is CallState.QUEUED
    switchboard.phone.time_passes(person)
    assert set(person.heard) == {prompts.ONE_MOMENT.zh, prompts.ONE_MOMENT.en}
    for word in ("热线", "心理", "接线", "110", "危险"):
        assert word not in "".join(person.heard)


def test_outside_production_a_call_back_never_leaves_on_a_live_carrier(switchboard: Switchboard) -> None:
    switchboard.phone.guard = OutgoingGuard(
        carrier_is_embedded=False, mode="test", is_demonstration=lambda: False
    )
    a_wish(switchboard)
    dials(switchboard)
    assert [leg for leg in switchboard.phone.legs.values() if leg.number == "13800138000" and leg.lives] == []
    callback, attempt = the_only(switchboard)
    assert (callback.attempts, attempt.result) == (1, TryResult.FAILED)


def test_a_withheld_number_is_told_at_once_that_it_cannot_be_called(switchboard: Switchboard) -> None:
    caller = switchboard.a_caller("client:caller_abc")
    switchboard.phone.press(caller, "0")
    assert prompts.MENU_NO_CALLBACK.zh in "".join(caller.heard)
    switchboard.phone.press(caller, "3")
    assert prompts.CALLBACK_IMPOSSIBLE.zh in "".join(caller.heard)


def test_who_calls_while_a_seat_prepares_to_ring_them_finds_that_seat_free(switchboard: Switchboard) -> None:
    a_wish(switchboard)
    seat_id, _ = switchboard.a_ready_seat()
    switchboard.work_off()
    operator = switchboard.phone.ringing_legs()[-1]
    switchboard.phone.seat_answers(operator)
    switchboard.deliver()
    assert switchboard.seat(seat_id).state is SeatState.TALKING
    caller = switchboard.a_caller("13800138000")
    switchboard.deliver()
    assert not operator.lives, "a leg is up for nobody"
    callback, attempt = the_only(switchboard)
    assert (callback.state, callback.attempts) == (CallbackState.CALLED_AGAIN, 0)
    assert attempt.ended_at is not None
    assert switchboard.call_of_sid(caller.sid).seat_id == seat_id  # type: ignore[union-attr]
