"""Who is owed a call keeps the place, is rung when a seat is free, three times at most, in person only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.calling_back import AlreadyDialled, CallingBack
from hotline.routing.errors import NotInTalk
from models.call_back_words import TryResult
from models.calls import Call, Callback, CallbackTry, Offer
from models.events import TranscriptFinished
from models.recordings import RiskMark
from models.vocabulary import (
    CallbackKind,
    CallbackState,
    CallOutcome,
    CallState,
    ConsentKind,
    OfferState,
    SeatState,
)
from tests.factories import NOW
from tests.integration.routing.house import House


def a_wish(house: House, sid: str = "CA1", number: str = "13800138000") -> int:
    """Somebody wishes to be called back, and hangs up. Returns the call-back's id."""
    call_id = house.a_caller_waits(sid, number)
    callback_id = house.intake.wish_callback(call_id)
    assert callback_id is not None
    house.conversation.caller_left(call_id, "caller")
    house.deadlines.tick()
    return callback_id


def owed(house: House, callback_id: int) -> Callback:
    with Session(house.engine) as session:
        return session.get_one(Callback, callback_id)


def tries(house: House, callback_id: int) -> list[CallbackTry]:
    with Session(house.engine) as session:
        return list(
            session.scalars(
                select(CallbackTry).where(CallbackTry.callback_id == callback_id).order_by(CallbackTry.id)
            )
        )


def offered(house: House) -> int:
    """Id of the call that rings a seat now."""
    with Session(house.engine) as session:
        return session.scalars(select(Offer.call_id).where(Offer.state == OfferState.MADE)).one()


def prepares(house: House, leg: str = "CAop") -> int:
    """The seat accepts what rings; returns the outbound call."""
    call_id = offered(house)
    assert house.offers.leg_answered(house.offer_of(call_id).id, leg)
    house.carrier.legs[leg] = "in-progress"
    return call_id


def test_a_wish_is_rung_in_the_order_of_the_queue_neither_before_nor_after_its_turn(house: House) -> None:
    earlier = house.a_caller_waits("CA0", "13500000000")
    house.stopped.advance(seconds=10)
    callback_id = a_wish(house)
    house.stopped.advance(seconds=10)
    later = house.a_caller_waits("CA2", "13600000000")
    with Session(house.engine) as session:
        standing = session.scalars(
            select(Call).where(Call.state == CallState.QUEUED).order_by(Call.queue_key)
        ).all()
    assert [call.id for call in standing] == [earlier, tries(house, callback_id)[0].call_id, later]
    assert house.intake.position(later).ahead == 2
    assert standing[1].queue_key == house.call(owed(house, callback_id).call_id).queue_key
    for expected in (earlier, tries(house, callback_id)[0].call_id, later):
        house.a_ready_seat()
        house.deadlines.tick()
        assert house.offer_of(expected).call_id == expected


def test_the_seat_prepares_dials_by_one_click_and_both_talk(house: House) -> None:
    seat_id, person_id = house.an_empty_seat()
    callback_id = a_wish(house)
    house.sit_down(seat_id, person_id)
    call_id = prepares(house)
    assert house.asked("connect_caller") == [], "there is no leg to move yet"
    house.stopped.advance(seconds=40)
    house.deadlines.tick()
    assert house.call(call_id).state is CallState.CONNECTING, "preparing takes its time"
    calling_back = CallingBack(house.work)
    with pytest.raises(NotInTalk):
        calling_back.dial(call_id, person_id + 1)
    calling_back.dial(call_id, person_id)
    with pytest.raises(AlreadyDialled):
        calling_back.dial(call_id, person_id)
    assert house.asked("dial_back") == [{"call_id": call_id}]
    assert calling_back.leg_made(call_id, "CAperson")
    assert owed(house, callback_id).state is CallbackState.DIALLING
    assert house.conversation.caller_joined(call_id)
    assert house.call(call_id).state is CallState.TALKING
    assert house.asked("start_recording") == [], "who is called back heard no notice: they are asked"
    house.conversation.caller_left(call_id, "caller")
    assert owed(house, callback_id).state is CallbackState.DONE
    assert [attempt.result for attempt in tries(house, callback_id)] == [TryResult.REACHED]
    assert house.seat(seat_id).state is SeatState.WRAP_UP
    assert house.call(call_id).outcome is CallOutcome.ANSWERED


def test_three_tries_that_nobody_answers_close_it_as_not_reached_at_spread_times(house: House) -> None:
    seat_id, person_id = house.an_empty_seat()
    callback_id = a_wish(house)
    key = owed(house, callback_id).queue_key
    house.sit_down(seat_id, person_id)
    calling_back = CallingBack(house.work)
    for number, (status, result, pause) in enumerate(
        (
            ("no-answer", TryResult.NO_ANSWER, timedelta(minutes=15)),
            ("busy", TryResult.BUSY, timedelta(hours=2)),
            ("failed", TryResult.FAILED, None),
        ),
        start=1,
    ):
        call_id = prepares(house, f"CAop{number}")
        assert house.call(call_id).queue_key == key, "each try keeps the place of the wish"
        calling_back.dial(call_id, person_id)
        calling_back.leg_made(call_id, f"CAperson{number}")
        assert calling_back.leg_over(call_id, f"CAperson{number}", status)
        assert not calling_back.leg_over(call_id, f"CAperson{number}", status), "told twice, it is one"
        assert house.seat(seat_id).state is SeatState.AVAILABLE, "nothing to write down"
        callback = owed(house, callback_id)
        assert (callback.attempts, tries(house, callback_id)[-1].result) == (number, result)
        if pause is None:
            break
        assert (callback.state, callback.due_at) == (CallbackState.DUE, house.stopped.now + pause)
        house.stopped.advance(seconds=pause.total_seconds() - 5)
        house.seats.report_device(person_id, True)
        house.deadlines.tick()
        assert owed(house, callback_id).state is CallbackState.DUE, "not yet"
        house.stopped.advance(seconds=6)
        house.deadlines.tick()
    assert owed(house, callback_id).state is CallbackState.UNREACHED
    house.stopped.advance(hours=9)
    house.deadlines.tick()
    assert len(tries(house, callback_id)) == 3


def test_a_machine_or_another_person_hears_nothing_counts_as_a_try_and_leaves_no_note(house: House) -> None:
    seat_id, person_id = house.an_empty_seat()
    callback_id = a_wish(house)
    house.sit_down(seat_id, person_id)
    calling_back = CallingBack(house.work)
    call_id = prepares(house)
    calling_back.dial(call_id, person_id)
    calling_back.leg_made(call_id, "CAperson")
    house.conversation.caller_joined(call_id)
    calling_back.not_the_person(call_id, person_id, TryResult.MACHINE)
    assert house.asked("end_call") == [{"call_id": call_id}]
    house.conversation.caller_left(call_id, "caller")
    assert house.seat(seat_id).state is SeatState.AVAILABLE
    callback = owed(house, callback_id)
    assert (callback.state, callback.attempts) == (CallbackState.DUE, 1)
    assert house.call(call_id).outcome is CallOutcome.UNREACHED


def test_a_danger_that_is_not_reached_never_closes_by_itself(house: House) -> None:
    seat_id, person_id = house.an_empty_seat()
    call_id = house.a_caller_waits()
    house.intake.danger_key(call_id)
    callback_id = house.intake.wish_callback(call_id)
    assert callback_id is not None
    house.conversation.caller_left(call_id, "caller")
    house.sit_down(seat_id, person_id)
    calling_back = CallingBack(house.work)
    for number in range(3):
        house.stopped.advance(minutes=11)
        house.seats.report_device(person_id, True)
        house.deadlines.tick()
        call_id = prepares(house, f"CAop{number}")
        assert house.call(call_id).queue_reasons[0] == "danger"
        calling_back.dial(call_id, person_id)
        calling_back.leg_made(call_id, f"CAperson{number}")
        calling_back.leg_over(call_id, f"CAperson{number}", "no-answer")
    assert owed(house, callback_id).state is CallbackState.WITH_SUPERVISOR
    house.callbacks.closed(callback_id, person_id, CallbackState.DUE)
    house.deadlines.tick()
    assert owed(house, callback_id).state is CallbackState.IN_LINE, "a supervisor may try once more"


def test_who_calls_in_again_takes_over_the_place_and_is_not_rung(house: House) -> None:
    callback_id = a_wish(house)
    standing = tries(house, callback_id)[0].call_id
    house.stopped.advance(minutes=30)
    others = house.a_caller_waits("CA2", "13600000000")
    house.stopped.advance(minutes=5)
    again = house.a_caller_waits("CA3", "13800138000")
    assert owed(house, callback_id).state is CallbackState.CALLED_AGAIN
    assert house.call(standing).state is CallState.ENDED
    assert house.call(again).queue_key == owed(house, callback_id).queue_key
    assert "called_again" in house.call(again).queue_reasons
    assert house.intake.position(again).ahead == 0
    assert house.intake.position(others).ahead == 1


def test_a_caller_who_is_answered_while_waiting_is_owed_nothing_more(house: House) -> None:
    call_id = house.a_caller_waits()
    callback_id = house.intake.wish_callback(call_id)
    assert callback_id is not None
    house.deadlines.tick()
    assert tries(house, callback_id) == [], "while the caller waits on the line, nobody is to be rung"
    house.a_ready_seat()
    house.they_talk(call_id)
    assert owed(house, callback_id).state is CallbackState.DONE


def test_a_seat_may_give_it_back_undialled_and_a_seat_that_never_dials_loses_it(house: House) -> None:
    seat_id, person_id = house.an_empty_seat()
    callback_id = a_wish(house)
    house.sit_down(seat_id, person_id)
    calling_back = CallingBack(house.work)
    calling_back.give_back(prepares(house), person_id)
    callback = owed(house, callback_id)
    assert (callback.state, callback.attempts) == (CallbackState.DUE, 0), "nobody was rung: no try"
    assert house.seat(seat_id).state is SeatState.AVAILABLE
    house.stopped.advance(minutes=5)
    house.seats.report_device(person_id, True)
    house.deadlines.tick()
    prepares(house, "CAop2")
    house.stopped.advance(minutes=6)
    house.seats.report_device(person_id, True)
    house.deadlines.tick()
    assert owed(house, callback_id).state is CallbackState.DUE
    assert owed(house, callback_id).attempts == 0


def test_when_the_operators_line_drops_while_it_rings_the_ringing_stops(house: House) -> None:
    seat_id, person_id = house.an_empty_seat()
    callback_id = a_wish(house)
    house.sit_down(seat_id, person_id)
    calling_back = CallingBack(house.work)
    call_id = prepares(house)
    calling_back.dial(call_id, person_id)
    calling_back.leg_made(call_id, "CAperson")
    house.conversation.operator_left(call_id, "CAop")
    assert house.asked("hang_up") == [{"call_id": call_id}], "nobody may pick up and hear nobody"
    assert house.asked("requeue_caller") == []
    assert house.seat(seat_id).state_reason == "line_lost"
    assert owed(house, callback_id).state is CallbackState.DUE


def test_what_was_refused_in_the_wishing_call_stays_refused_in_the_call_back(house: House) -> None:
    call_id = house.a_caller_waits()
    house.intake.recording_declined(call_id)
    callback_id = house.intake.wish_callback(call_id)
    assert callback_id is not None
    house.conversation.caller_left(call_id, "caller")
    house.deadlines.tick()
    standing = tries(house, callback_id)[0].call_id
    with Session(house.engine) as session:
        consents = {row.kind: str(row.state) for row in session.get_one(Call, standing).consents}
    assert consents == {ConsentKind.RECORDING: "refused", ConsentKind.ANALYSIS: "refused"}


def test_a_message_without_a_number_is_kept_to_be_heard_and_never_dialled(house: House) -> None:
    call_id = house.a_caller_waits(number="client:caller_1")
    house.intake.leave_message(call_id)
    callback_id = house.callbacks.message_left(call_id, "RE1", 9.0)
    assert callback_id is not None
    house.conversation.caller_left(call_id, "caller")
    house.deadlines.tick()
    callback = owed(house, callback_id)
    assert (callback.state, callback.kind) == (CallbackState.NO_NUMBER, CallbackKind.MESSAGE)
    assert tries(house, callback_id) == []


@pytest.mark.parametrize("waiting", [True, False])
def test_danger_words_in_a_message_raise_its_call_back_and_tell_the_supervisor(
    house: House, waiting: bool
) -> None:
    call_id = house.a_caller_waits()
    house.intake.leave_message(call_id)
    callback_id = house.callbacks.message_left(call_id, "RE1", 9.0)
    assert callback_id is not None
    others = house.a_caller_waits("CA2", "13600000000")
    if waiting:
        house.conversation.caller_left(call_id, "caller")
        house.deadlines.tick()
    house.react((TranscriptFinished(1, call_id, "done"),))
    assert not owed(house, callback_id).danger, "no word of danger was marked"
    with Session(house.engine) as session, session.begin():
        session.add(RiskMark(call_id=call_id, source="message", level=3, reason="plan", marked_at=NOW))
    house.react((TranscriptFinished(1, call_id, "done"), TranscriptFinished(1, call_id, "done")))
    assert owed(house, callback_id).danger
    assert house.asked("raise_danger") == [{"call_id": call_id, "source": "message"}]
    if waiting:
        assert house.call(tries(house, callback_id)[0].call_id).queue_reasons[0] == "danger"
        assert house.intake.position(others).ahead == 1
