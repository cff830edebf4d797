"""A recording of which the carrier's word was lost is found in its list: kept, or heard as a message."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Call, Callback, CallEvent
from models.recordings import Recording
from models.vocabulary import CallbackKind, CallOutcome, RecordingKind, RecordingState
from tests.fake_carrier import FakeRecording, Leg
from tests.integration.telephony.switchboard import Switchboard
from tests.integration.telephony.test_recordings_go import some_wav


@pytest.fixture
def hotline(switchboard: Switchboard) -> Switchboard:
    switchboard.a_ready_seat()
    switchboard.phone.audio = some_wav()
    return switchboard


def the_clock_looks(hotline: Switchboard) -> int:
    looked = hotline.lost_recordings.look()
    hotline.fetch_recordings()
    return looked


def lose_recording_callbacks(hotline: Switchboard) -> None:
    hotline.phone.unsent = [told for told in hotline.phone.unsent if not told.url.endswith("/recording")]


def recording_of(hotline: Switchboard) -> Recording:
    with Session(hotline.engine) as session:
        return session.scalars(select(Recording)).one()


def a_talk_whose_recording_was_never_told(hotline: Switchboard) -> Leg:
    caller, _ = hotline.a_talk()
    hotline.phone.hang_up(caller)
    lose_recording_callbacks(hotline)
    hotline.deliver()
    assert recording_of(hotline).state is RecordingState.STARTED
    return caller


def test_a_talk_is_fetched_and_deleted_at_the_carrier_though_its_end_was_never_told(
    hotline: Switchboard,
) -> None:
    a_talk_whose_recording_was_never_told(hotline)
    assert the_clock_looks(hotline) == 0, "the carrier's own word has its time first"
    hotline.stopped.advance(seconds=31)
    assert the_clock_looks(hotline) == 1
    assert recording_of(hotline).state is RecordingState.STORED
    assert hotline.phone.recordings == {}, "the carrier keeps none"
    assert the_clock_looks(hotline) == 0


def test_what_the_carrier_does_not_have_is_absent_and_asked_no_more(hotline: Switchboard) -> None:
    a_talk_whose_recording_was_never_told(hotline)
    hotline.phone.recordings.clear()
    hotline.stopped.advance(seconds=31)
    assert the_clock_looks(hotline) == 1
    assert recording_of(hotline).state is RecordingState.ABSENT
    assert the_clock_looks(hotline) == 0


def test_while_the_carrier_is_away_nothing_is_concluded(hotline: Switchboard) -> None:
    a_talk_whose_recording_was_never_told(hotline)
    hotline.stopped.advance(seconds=31)
    hotline.phone.away = True
    assert the_clock_looks(hotline) == 0
    assert recording_of(hotline).state is RecordingState.STARTED
    hotline.phone.away = False
    assert the_clock_looks(hotline) == 1
    assert recording_of(hotline).state is RecordingState.STORED


def a_caller_who_spoke_a_message(hotline: Switchboard) -> Leg:
    caller = hotline.phone.a_call_comes_in("13800138000")
    hotline.phone.press(caller, "0")
    hotline.phone.press(caller, "2")
    assert caller.place == "record"
    sid = "RE" + "9" * 32
    hotline.phone.recordings[sid] = FakeRecording(caller.sid, "completed", some_wav(1), "RecordVerb")
    return caller


def test_a_message_of_which_every_word_was_lost_becomes_a_call_back(hotline: Switchboard) -> None:
    caller = a_caller_who_spoke_a_message(hotline)
    hotline.phone.hang_up(caller)
    hotline.deliver()
    with Session(hotline.engine) as session:
        assert session.scalars(select(Call.outcome)).one() is CallOutcome.ABANDONED
    hotline.stopped.advance(seconds=31)
    assert the_clock_looks(hotline) == 1
    recording = recording_of(hotline)
    assert (recording.kind, recording.state) == (RecordingKind.MESSAGE, RecordingState.STORED)
    with Session(hotline.engine) as session:
        call = session.scalars(select(Call).where(Call.carrier_sid == caller.sid)).one()
        assert call.outcome is CallOutcome.MESSAGE
        assert session.scalars(select(Callback.kind)).all() == [CallbackKind.MESSAGE]
    assert the_clock_looks(hotline) == 0


def test_who_said_nothing_after_the_tone_is_asked_about_once(hotline: Switchboard) -> None:
    caller = a_caller_who_spoke_a_message(hotline)
    hotline.phone.recordings.clear()
    hotline.phone.hang_up(caller)
    hotline.deliver()
    hotline.stopped.advance(seconds=31)
    assert the_clock_looks(hotline) == 1
    assert the_clock_looks(hotline) == 0
    with Session(hotline.engine) as session:
        assert session.scalars(select(CallEvent).where(CallEvent.kind == "message_looked_for")).one()
        assert session.scalars(select(Callback)).all() == []
