"""What a caller hears and where a caller goes, through the signed door, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.telephony import prompts
from models.calls import Callback
from models.care import Danger
from models.recordings import Recording
from models.vocabulary import (
    CallbackKind,
    CallOutcome,
    CallState,
    ConsentKind,
    RecordingKind,
    RecordingState,
    SeatState,
)
from tests.factories import a_waiting_call
from tests.integration.telephony.switchboard import BASE, Switchboard


def test_a_caller_hears_the_greeting_waits_talks_and_the_talk_is_kept_sealed(
    switchboard: Switchboard,
) -> None:
    seat_id, person_id = switchboard.a_ready_seat()
    switchboard.phone.audio = b"RIFF-what-was-said"
    caller, operator = switchboard.a_talk()
    assert caller.heard[0] == prompts.GREETING.zh
    assert caller.languages[:2] == ["zh-CN", "en-US"]
    call = switchboard.call_of(caller)
    assert call.state is CallState.TALKING
    assert switchboard.phone.inside(call.conference_name) == {caller.sid, operator.sid}
    switchboard.conversation.end(call.id, person_id)
    switchboard.work_off()
    switchboard.deliver()
    call = switchboard.call_of(caller)
    assert (call.outcome, call.ended_by) == (CallOutcome.ANSWERED, "operator")
    assert switchboard.seat(seat_id).state is SeatState.WRAP_UP
    switchboard.fetch_recordings()
    with Session(switchboard.engine) as session:
        recording = session.scalars(select(Recording)).one()
    assert recording.state is RecordingState.STORED
    assert switchboard.asked("transcribe") == [{"recording_id": recording.id}]
    assert switchboard.phone.deleted_recordings == [recording.carrier_sid]
    sealed = (switchboard.store._folder / str(recording.file_name)).read_bytes()
    assert b"what-was-said" not in sealed
    assert switchboard.phone.hung_up_by_product == []


def test_the_second_caller_hears_the_position_and_gets_the_seat_when_it_is_free(
    switchboard: Switchboard,
) -> None:
    seat_id, person_id = switchboard.a_ready_seat()
    first, _ = switchboard.a_talk()
    second = switchboard.a_caller("13900000000")
    third = switchboard.a_caller("13700000000")
    assert "您是下一位" in second.heard[-2]
    assert "您前面还有1人" in third.heard[-2]
    assert "分钟" not in third.heard[-2], "nobody knows yet how long a talk takes here"
    told = len(third.heard)
    switchboard.stopped.advance(seconds=15)
    switchboard.phone.time_passes(third)
    assert len(third.heard) == told, "calm sound between the announcements"
    switchboard.stopped.advance(seconds=46)
    switchboard.phone.time_passes(third)
    assert "您前面还有1人" in third.heard[-2]
    switchboard.phone.hang_up(first)
    switchboard.deliver()
    with Session(switchboard.engine) as session, session.begin():
        from models.notes import Note
        from models.vocabulary import NoteState

        session.add(
            Note(
                call_id=switchboard.call_of(first).id,
                state=NoteState.CLOSED,
                created_at=switchboard.stopped.now,
                saved_at=switchboard.stopped.now,
            )
        )
    switchboard.wrap_up.finish(person_id)
    switchboard.work_off()
    assert switchboard.call_of(second).seat_id == seat_id
    assert [leg.number for leg in switchboard.phone.ringing_legs()] == [f"client:seat_{seat_id}"]


def test_the_breathing_exercise_keeps_the_place_tells_it_and_stops_by_key_or_by_an_offer(
    switchboard: Switchboard,
) -> None:
    switchboard.a_ready_seat()
    caller = switchboard.a_caller()
    waiting = switchboard.a_caller("13900000000")
    key = switchboard.call_of(waiting).queue_key
    switchboard.phone.press(waiting, "5")
    assert prompts.BREATHING_BEGINS.zh in waiting.heard[-2]
    heard = len(waiting.heard)
    switchboard.stopped.advance(seconds=20)
    switchboard.phone.time_passes(waiting)
    assert len(waiting.heard) == heard, "the sound alone"
    switchboard.stopped.advance(seconds=45)
    switchboard.phone.time_passes(waiting)
    assert "您是下一位" in waiting.heard[-2]
    assert prompts.BREATHING_GOES_ON.zh in waiting.heard[-2]
    switchboard.phone.press(waiting, "9")
    assert waiting.place == "keys", "another key changes nothing"
    switchboard.phone.press(waiting, "5")
    assert prompts.BREATHING_STOPPED.zh in waiting.heard[-2]
    switchboard.phone.press(waiting, "5")
    for _ in range(10):
        switchboard.phone.time_passes(waiting)
    assert prompts.BREATHING_ENDS.zh in "".join(waiting.heard[-4:])
    call = switchboard.call_of(waiting)
    assert (call.state, call.queue_key) == (CallState.QUEUED, key)
    switchboard.phone.press(waiting, "5")
    switchboard.a_ready_seat()
    switchboard.work_off()
    switchboard.phone.seat_answers(switchboard.phone.ringing_legs()[-1])
    switchboard.deliver()
    assert switchboard.call_of(waiting).state is CallState.TALKING
    assert switchboard.phone.hung_up_by_product == []
    assert (caller.lives, waiting.lives) == (True, True)


def test_a_wait_that_grows_is_told_as_longer_than_was_said(switchboard: Switchboard) -> None:
    switchboard.a_ready_seat()
    first, _ = switchboard.a_talk()
    with Session(switchboard.engine) as session, session.begin():
        for minutes in range(5):
            ended = switchboard.stopped.now - timedelta(minutes=minutes)
            talk = a_waiting_call(session, number=f"1370000000{minutes}")
            talk.state, talk.answered_at, talk.ended_at = (
                CallState.ENDED,
                ended - timedelta(minutes=1),
                ended,
            )
    waiting = switchboard.a_caller("13900000000")
    assert "您是下一位，大约6分钟以内" in waiting.heard[-2]
    for _ in range(7):
        switchboard.stopped.advance(seconds=61)
        switchboard.phone.time_passes(waiting)
    assert "比刚才说的要久一些，大约" not in waiting.heard[-2], "each telling renews the span"
    with Session(switchboard.engine) as session, session.begin():
        for number in range(8):
            urgent = a_waiting_call(session, number=f"1360000000{number}", danger=True)
            urgent.queue_key = 0.0
    switchboard.stopped.advance(seconds=61)
    switchboard.phone.time_passes(waiting)
    assert "您前面还有8人，比刚才说的要久一些，大约" in waiting.heard[-2]
    assert first.lives


def test_the_danger_key_works_from_the_first_syllable(switchboard: Switchboard) -> None:
    switchboard.a_caller("13900000000")
    urgent = switchboard.phone.a_call_comes_in()
    assert urgent.place == "keys", "the greeting itself listens"
    switchboard.phone.press(urgent, "1")
    assert prompts.DANGER_HEARD.zh in "".join(urgent.heard)
    call = switchboard.call_of(urgent)
    assert (call.danger, call.state, call.queue_reasons) == (True, CallState.QUEUED, ["danger"])
    assert switchboard.intake.position(call.id).ahead == 0
    with Session(switchboard.engine) as session:
        assert session.scalars(select(Danger.source)).all() == ["key"]
    switchboard.phone.press(urgent, "1")
    assert len(switchboard.asked("raise_danger")) == 1
    assert prompts.NOTICE_WAITING.zh in "".join(urgent.heard), "the notice that the key cut off follows"


def test_who_presses_the_star_is_served_in_full_and_no_byte_is_recorded(switchboard: Switchboard) -> None:
    switchboard.a_ready_seat()
    caller = switchboard.phone.a_call_comes_in()
    switchboard.phone.press(caller, "*")
    operator = switchboard.phone.ringing_legs()[0]
    switchboard.phone.seat_answers(operator)
    switchboard.deliver()
    assert switchboard.call_of(caller).state is CallState.TALKING
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    assert switchboard.phone.recordings == {}
    with Session(switchboard.engine) as session:
        assert session.scalars(select(Recording)).all() == []


def test_a_refusal_during_the_talk_erases_what_was_recorded_on_both_sides(switchboard: Switchboard) -> None:
    _, person_id = switchboard.a_ready_seat()
    caller, _ = switchboard.a_talk()
    assert len(switchboard.phone.recordings) == 1
    switchboard.conversation.refuse_recording(switchboard.call_of(caller).id, person_id, "caller_says_no")
    switchboard.work_off()
    assert switchboard.phone.recordings == {}
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    switchboard.fetch_recordings()
    with Session(switchboard.engine) as session:
        assert session.scalars(select(Recording.state)).all() == [RecordingState.ERASED]
    assert list(switchboard.store._folder.glob("*")) == [] or not switchboard.store._folder.exists()


def test_nobody_on_duty_is_said_at_once_and_a_message_becomes_a_call_back(switchboard: Switchboard) -> None:
    caller = switchboard.a_caller()
    said = "".join(caller.heard)
    assert "现在没有接线员在岗" in said
    assert "110" in said
    switchboard.phone.press(caller, "0")
    assert prompts.MENU.zh in caller.heard
    switchboard.phone.press(caller, "2")
    assert caller.place == "record"
    switchboard.phone.speak_message(caller, b"RIFF-message")
    switchboard.deliver()
    assert caller.lives
    assert switchboard.call_of(caller).state is CallState.QUEUED, "the place is kept"
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    assert switchboard.call_of(caller).outcome is CallOutcome.MESSAGE
    switchboard.fetch_recordings()
    with Session(switchboard.engine) as session:
        assert session.scalars(select(Callback.kind)).all() == [CallbackKind.MESSAGE]
        recording = session.scalars(select(Recording)).one()
    assert (recording.kind, recording.state) == (RecordingKind.MESSAGE, RecordingState.STORED)


def test_a_call_back_wish_keeps_the_place(switchboard: Switchboard) -> None:
    caller = switchboard.a_caller()
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "3")
    assert prompts.CALLBACK_NOTED.zh in caller.heard
    assert caller.in_queue
    switchboard.a_ready_seat()
    switchboard.work_off()
    assert switchboard.call_of(caller).seat_id is not None


def test_the_stand_by_phone_is_rung_and_its_silence_leads_back_to_the_queue(switchboard: Switchboard) -> None:
    switchboard.standby_phone("13312345678")
    caller = switchboard.a_caller()
    assert (caller.place, caller.dialled) == ("dial", "13312345678")
    switchboard.a_ready_seat()
    switchboard.work_off()
    assert switchboard.call_of(caller).seat_id is None, "who talks to the stand-by phone is not offered"
    switchboard.phone.standby_ends(caller, "no-answer")
    assert prompts.STANDBY_SILENT.zh in caller.heard
    switchboard.offers.distribute()
    assert switchboard.call_of(caller).seat_id is not None


@pytest.mark.parametrize("way_back", ["enqueue", "after-queue", "return", "voice"])
def test_who_comes_back_though_the_stand_by_phones_end_was_lost_is_offered_a_seat(
    switchboard: Switchboard, way_back: str
) -> None:
    switchboard.standby_phone("13912345678")
    caller = switchboard.a_caller()
    assert caller.place == "dial"
    call = switchboard.call_of(caller)
    path = "voice" if way_back == "voice" else f"calls/{call.id}/{way_back}"
    switchboard.phone._follow(caller, f"{BASE}/carrier/{path}", {"To": "12356", "QueueResult": "leave"})
    assert (caller.in_queue, switchboard.call_of(caller).queue_key) == (True, call.queue_key)
    seat_id, _ = switchboard.a_ready_seat()
    assert switchboard.call_of(caller).seat_id == seat_id


def test_who_wants_to_leave_a_message_gets_to_it_though_the_first_answer_was_lost(
    switchboard: Switchboard,
) -> None:
    switchboard.a_ready_seat()
    switchboard.a_talk()
    caller = switchboard.a_caller("13900000000")
    switchboard.intake.leave_message(switchboard.call_of(caller).id)
    switchboard.phone.time_passes(caller)
    switchboard.phone.time_passes(caller)
    assert (caller.place, caller.in_queue) == ("record", False)


def test_an_operators_lost_leg_leads_the_caller_back_into_the_queue(switchboard: Switchboard) -> None:
    seat_id, _ = switchboard.a_ready_seat()
    caller, operator = switchboard.a_talk()
    switchboard.phone.hang_up(operator)
    switchboard.deliver()
    call = switchboard.call_of(caller)
    assert (caller.in_queue, call.state) == (True, CallState.QUEUED)
    assert prompts.LINE_LOST.zh in "".join(caller.heard)
    assert switchboard.seat(seat_id).state_reason == "line_lost"
    other_seat, _ = switchboard.a_ready_seat()
    switchboard.work_off()
    switchboard.phone.seat_answers(switchboard.phone.ringing_legs()[0])
    switchboard.deliver()
    assert switchboard.call_of(caller).state is CallState.TALKING
    assert switchboard.call_of(caller).seat_id == other_seat


@pytest.mark.parametrize("reorder", [list, lambda sent: sent[::-1], lambda sent: sent + sent])
def test_the_order_and_number_of_callbacks_do_not_matter(
    switchboard: Switchboard, reorder: Callable[[list[object]], list[object]]
) -> None:
    seat_id, _ = switchboard.a_ready_seat()
    caller = switchboard.a_caller()
    operator = switchboard.phone.ringing_legs()[0]
    switchboard.phone.seat_answers(operator)
    sent, switchboard.phone.unsent = switchboard.phone.unsent, []
    switchboard.deliver(reorder(sent))  # type: ignore[arg-type]
    switchboard.deliver()
    assert switchboard.call_of(caller).state is CallState.TALKING
    switchboard.phone.hang_up(caller)
    sent, switchboard.phone.unsent = switchboard.phone.unsent, []
    switchboard.deliver(reorder(sent))  # type: ignore[arg-type]
    switchboard.deliver()
    call = switchboard.call_of(caller)
    assert (call.outcome, call.ended_by) == (CallOutcome.ANSWERED, "caller")
    assert switchboard.seat(seat_id).state is SeatState.WRAP_UP


def test_who_comes_back_from_the_fallback_keeps_the_place(switchboard: Switchboard) -> None:
    caller = switchboard.a_caller()
    switchboard.stopped.advance(seconds=20)
    switchboard.a_caller("13900000000")
    before = switchboard.call_of(caller)
    again = switchboard.post(
        f"{BASE}/carrier/voice", {"CallSid": caller.sid, "From": caller.number, "To": "12356"}
    )
    assert "<Enqueue" in again
    assert prompts.STILL_IN_LINE.zh in again
    after = switchboard.call_of(caller)
    assert (after.id, after.queue_key) == (before.id, before.queue_key)


def test_a_call_held_to_be_over_that_asks_again_lives(switchboard: Switchboard) -> None:
    caller = switchboard.a_caller()
    switchboard.conversation.caller_left(switchboard.call_of(caller).id, "reconciliation")
    switchboard.post(f"{BASE}/carrier/voice", {"CallSid": caller.sid, "From": caller.number, "To": "12356"})
    assert switchboard.call_of(caller).state is CallState.QUEUED


def test_consent_by_notice_covers_recording_and_analysis(switchboard: Switchboard) -> None:
    from hotline.care.consents import Consents

    caller = switchboard.a_caller()
    with Session(switchboard.engine) as session:
        states = Consents.state_of(session, switchboard.call_of(caller).id)
    assert {str(kind) for kind, state in states.items() if str(state) == "granted"} == {
        str(ConsentKind.RECORDING),
        str(ConsentKind.ANALYSIS),
    }
