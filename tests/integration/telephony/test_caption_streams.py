"""The stream of a talk: begun with consent, stopped without it, begun again when it is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.consent import set_consent
from hotline.telephony.captions.tokens import StreamPass
from models.captions import CaptionStream, StreamState
from models.outbox import OutboxRow
from models.policies import ConsentMode, RecordingPolicy
from models.vocabulary import ConsentKind, ConsentState
from tests.fake_carrier import FakeStream, Leg
from tests.integration.telephony.switchboard import Switchboard


@pytest.fixture
def hotline(switchboard: Switchboard) -> Switchboard:
    switchboard.speech_installed = True
    switchboard.seat_id, switchboard.person_id = switchboard.a_ready_seat()  # type: ignore[attr-defined]
    return switchboard


def open_streams(hotline: Switchboard) -> list[FakeStream]:
    return [stream for stream in hotline.phone.streams.values() if stream.open]


def rows(hotline: Switchboard) -> list[CaptionStream]:
    with Session(hotline.engine) as session:
        return list(session.scalars(select(CaptionStream).order_by(CaptionStream.id)))


def pause(hotline: Switchboard, caller: Leg, on: bool) -> None:
    hotline.conversation.pause_recording(hotline.call_of(caller).id, hotline.person_id, on)  # type: ignore[attr-defined]
    hotline.work_off()
    hotline.deliver()


def policy(hotline: Switchboard, **decided: object) -> None:
    with Session(hotline.engine) as session, session.begin():
        session.add(RecordingPolicy(**decided))


def test_a_talk_with_consent_streams_the_callers_leg_with_a_pass_of_its_own(hotline: Switchboard) -> None:
    caller, _ = hotline.a_talk()
    [stream] = open_streams(hotline)
    assert stream.call_sid == caller.sid
    assert stream.url == hotline.media_url
    admitted = hotline.tokens.stream(stream.token)
    assert isinstance(admitted, StreamPass)
    assert admitted.call_id == hotline.call_of(caller).id
    assert [row.state for row in rows(hotline)] == [StreamState.LIVE]


def test_who_pressed_star_is_never_streamed(hotline: Switchboard) -> None:
    caller = hotline.phone.a_call_comes_in()
    hotline.phone.press(caller, "*")
    hotline.work_off()
    hotline.phone.time_passes(caller)
    hotline.work_off()
    hotline.phone.seat_answers(hotline.phone.ringing_legs()[-1])
    hotline.deliver()
    assert hotline.phone.streams == {}
    assert rows(hotline) == []


def test_without_a_speech_model_no_sound_leaves_the_carrier(hotline: Switchboard) -> None:
    hotline.speech_installed = False
    hotline.a_talk()
    assert hotline.phone.streams == {}
    hotline.speech_installed = True
    hotline.stopped.advance(seconds=30)
    assert hotline.captions.heal() == 1
    hotline.work_off()
    assert len(open_streams(hotline)) == 1, "installed later, the talk gets its captions"


def test_a_refusal_in_the_talk_stops_the_stream_with_the_recording(hotline: Switchboard) -> None:
    caller, _ = hotline.a_talk()
    hotline.conversation.refuse_recording(hotline.call_of(caller).id, hotline.person_id, "caller_says_no")  # type: ignore[attr-defined]
    hotline.work_off()
    hotline.deliver()
    assert open_streams(hotline) == []
    assert hotline.phone.recordings == {}
    hotline.stopped.advance(minutes=5)
    assert hotline.captions.heal() == 0


def test_a_pause_of_the_recording_pauses_captions_until_it_is_confirmed_to_go_on(
    hotline: Switchboard,
) -> None:
    caller, _ = hotline.a_talk()
    pause(hotline, caller, True)
    assert open_streams(hotline) == []
    pause(hotline, caller, False)
    assert len(open_streams(hotline)) == 1


def test_a_stream_that_breaks_is_begun_again_later_each_time_while_the_talk_goes_on(
    hotline: Switchboard,
) -> None:
    caller, _ = hotline.a_talk()
    call_id = hotline.call_of(caller).id
    waits = []
    for _ in range(4):
        [sid] = [sid for sid, stream in hotline.phone.streams.items() if stream.open]
        hotline.phone.stream_breaks(sid)
        hotline.deliver()
        with Session(hotline.engine) as session:
            due = session.scalars(
                select(OutboxRow.due_at)
                .where(OutboxRow.kind == "follow_captions")
                .order_by(OutboxRow.id.desc())
            ).first()
        assert due is not None
        waits.append((due - hotline.stopped.now).total_seconds())
        hotline.stopped.advance(seconds=waits[-1])
        hotline.work_off()
        hotline.deliver()
    assert waits == [1, 1, 2, 4]
    assert len(open_streams(hotline)) == 1
    assert hotline.call_of(caller).id == call_id
    hotline.phone.hang_up(caller)
    hotline.deliver()
    assert open_streams(hotline) == []
    assert {row.state for row in rows(hotline)} == {StreamState.ENDED}


def test_a_captions_process_that_starts_gives_up_the_streams_of_the_one_before(hotline: Switchboard) -> None:
    hotline.a_talk()
    assert hotline.captions.all_lost() == 1
    hotline.stopped.advance(seconds=1)
    hotline.work_off()
    assert len(rows(hotline)) == 2
    assert rows(hotline)[0].reason == "restarted"


def test_a_callback_told_twice_or_late_changes_nothing(hotline: Switchboard) -> None:
    hotline.a_talk()
    [row] = rows(hotline)
    hotline.captions.told(row.id, str(row.carrier_sid), "stream-started")
    hotline.captions.told(row.id, str(row.carrier_sid), "stream-stopped")
    hotline.captions.told(row.id, str(row.carrier_sid), "stream-started")
    hotline.captions.told(row.id, str(row.carrier_sid), "stream-error")
    assert rows(hotline)[0].state is StreamState.ENDED
    hotline.captions.told(999, "MZ", "stream-started")


def test_a_start_that_the_carrier_never_confirmed_is_given_up_and_tried_again(hotline: Switchboard) -> None:
    hotline.a_talk()
    with Session(hotline.engine) as session, session.begin():
        stream = session.scalars(select(CaptionStream)).one()
        stream.state, stream.carrier_sid = StreamState.ASKED, None
    hotline.stopped.advance(seconds=20)
    assert hotline.captions.heal() == 1
    assert rows(hotline)[0].reason == "silent"


def test_under_separate_consent_nothing_is_recorded_or_streamed_before_the_caller_said_yes(
    hotline: Switchboard,
) -> None:
    policy(hotline, consent_mode=ConsentMode.SEPARATE)
    caller, _ = hotline.a_talk()
    assert not any("录音" in words and "按星号" in words for words in caller.heard)
    assert (hotline.phone.recordings, hotline.phone.streams) == ({}, {})
    call = hotline.call_of(caller)
    with hotline.work() as unit:
        set_consent(unit, call, ConsentKind.RECORDING, ConsentState.GRANTED, "operator")
    hotline.work_off()
    assert len(hotline.phone.recordings) == 1
    assert len(open_streams(hotline)) == 1


def test_captions_of_their_own_need_no_recording_but_that_the_caller_was_told(hotline: Switchboard) -> None:
    policy(hotline, captions_separately=True)
    caller = hotline.phone.a_call_comes_in()
    hotline.phone.press(caller, "*")
    hotline.work_off()
    hotline.phone.time_passes(caller)
    hotline.work_off()
    hotline.phone.seat_answers(hotline.phone.ringing_legs()[-1])
    hotline.deliver()
    assert any("文字" in words and "不保存" in words for words in caller.heard), "told before the talk"
    assert hotline.phone.recordings == {}
    assert len(open_streams(hotline)) == 1
    call = hotline.call_of(caller)
    with hotline.work() as unit:
        set_consent(unit, call, ConsentKind.CAPTIONS, ConsentState.REFUSED, "operator")
    hotline.work_off()
    assert open_streams(hotline) == []


def test_asking_twice_starts_one_stream(hotline: Switchboard) -> None:
    caller, _ = hotline.a_talk()
    call_id = hotline.call_of(caller).id
    for _ in range(3):
        hotline.handlers["follow_captions"]({"call_id": call_id})
    assert len(hotline.phone.streams) == 1


def test_a_carrier_without_streams_is_asked_once_a_talk(hotline: Switchboard) -> None:
    hotline.phone.refuses_streams = True
    hotline.a_talk()
    assert [row.reason for row in rows(hotline)] == ["refused"]
    hotline.stopped.advance(minutes=3)
    assert hotline.captions.heal() == 0
