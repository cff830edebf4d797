"""The door and the real client against the embedded exchange: real HTTP, real sound, no fake in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.crypto import Keyring
from models.notes import Note
from models.recordings import Recording
from models.sealed_files import read_sealed
from models.unit_of_work import system_clock
from models.vocabulary import CallOutcome, CallState, NoteState, RecordingState, SeatState
from tests.grounds import SqliteGround
from tests.integration.telephony.exchange_process import (
    LiveSwitchboard,
    Telephone,
    channels_of,
    eventually,
    loudness_of,
)

pytestmark = pytest.mark.begins_first

CALLER_HZ, OPERATOR_HZ, SECOND_HZ = 620.0, 440.0, 810.0


@pytest.fixture
def live(tmp_path: Path, keyring: Keyring, sqlite_ground: SqliteGround) -> Iterator[LiveSwitchboard]:
    engine = sqlite_ground.copy(tmp_path / "live.db")
    switchboard = LiveSwitchboard(engine, keyring, tmp_path)
    try:
        switchboard.start()
        yield switchboard
    finally:
        switchboard.stop()
        engine.dispose()


def state_of(live: LiveSwitchboard, phone: Telephone) -> CallState | None:
    call = live.call_of_sid(phone.call_sid)
    return call.state if call else None


def close_the_note(live: LiveSwitchboard, call_id: int) -> None:
    with Session(live.engine) as session, session.begin():
        now = system_clock()
        session.add(Note(call_id=call_id, state=NoteState.CLOSED, created_at=now, saved_at=now))


def test_greeting_queue_talk_recording_and_the_second_caller_gets_the_seat(
    live: LiveSwitchboard, keyring: Keyring
) -> None:
    seat_id, person_id = live.a_ready_telephone(OPERATOR_HZ)
    first = live.a_telephone("13800138000", CALLER_HZ)
    eventually(lambda: state_of(live, first) is CallState.TALKING, "the first caller talks", 40)
    second = live.a_telephone("13900139000", SECOND_HZ)
    eventually(lambda: state_of(live, second) is CallState.QUEUED, "the second caller waits", 40)
    waiting = live.call_of_sid(second.call_sid)
    assert waiting is not None
    eventually(lambda: _announced(live, second), "the second caller hears the position")
    assert live.intake.position(waiting.id).ahead == 0

    eventually(
        lambda: loudness_of(first.heard()[-8000:], OPERATOR_HZ) > 2000, "the caller hears the operator"
    )
    talk = live.call_of_sid(first.call_sid)
    assert talk is not None
    first.hang_up()
    eventually(lambda: state_of(live, first) is CallState.ENDED, "the first call ended")
    ended = live.call_of_sid(first.call_sid)
    assert ended is not None
    assert (ended.outcome, ended.ended_by) == (CallOutcome.ANSWERED, "caller")
    eventually(lambda: live.seat(seat_id).state is SeatState.WRAP_UP, "the seat wraps up")

    recording = eventually(lambda: _stored(live, talk.id), "the recording is stored")
    path = live.folder / "recordings" / str(recording.file_name)
    sound = channels_of(b"".join(read_sealed(path, keyring, recording.seal_context)))
    assert sound.shape[1] == 2
    body = sound[len(sound) // 3 : len(sound) * 2 // 3]
    assert loudness_of(body[:, 0], CALLER_HZ) > 50 * loudness_of(body[:, 0], OPERATOR_HZ)
    assert loudness_of(body[:, 1], OPERATOR_HZ) > 50 * loudness_of(body[:, 1], CALLER_HZ)
    eventually(
        lambda: not list((live.folder / "var/exchange/recordings").glob("*.wav")), "no copy is left there"
    )

    close_the_note(live, talk.id)
    live.wrap_up.finish(person_id)
    eventually(lambda: state_of(live, second) is CallState.TALKING, "the second caller gets the seat", 30)
    operator_talk = live.call_of_sid(second.call_sid)
    assert operator_talk is not None
    live.conversation.end(operator_talk.id, person_id)
    eventually(lambda: state_of(live, second) is CallState.ENDED, "the operator's end ends the call")
    assert second.outcome is None or second.outcome["status"] == "completed"


def test_while_the_door_is_down_the_caller_hears_the_fallback_and_keeps_the_place(
    live: LiveSwitchboard,
) -> None:
    phone = live.a_telephone("13800138000")
    eventually(lambda: state_of(live, phone) is CallState.QUEUED, "the caller waits", 40)
    before = live.call_of_sid(phone.call_sid)
    assert before is not None
    live.stop_door()
    heard = len(phone.heard())
    eventually(lambda: len(phone.heard()) > heard + 8000 * 12, "twelve seconds without the door", 60)
    assert np.abs(phone.heard()[heard:]).max() > 500, "it was not silent"
    assert phone.outcome is None, "nobody hung up"
    live.start_door()
    live.a_ready_telephone(OPERATOR_HZ)
    eventually(lambda: state_of(live, phone) is CallState.TALKING, "the caller is served after all", 60)
    after = live.call_of_sid(phone.call_sid)
    assert after is not None
    assert (after.id, after.queue_key) == (before.id, before.queue_key)


def test_an_operators_dropped_line_brings_the_caller_back_and_another_seat_answers(
    live: LiveSwitchboard,
) -> None:
    first_seat, _ = live.a_ready_telephone(OPERATOR_HZ, hangup_after_seconds=3)
    phone = live.a_telephone("13800138000", CALLER_HZ)
    eventually(lambda: state_of(live, phone) is CallState.TALKING, "they talk", 40)
    eventually(lambda: live.seat(first_seat).state_reason == "line_lost", "the operator's line drops")
    live.a_ready_telephone(SECOND_HZ)
    eventually(lambda: state_of(live, phone) is CallState.TALKING, "another seat answers", 40)
    eventually(lambda: loudness_of(phone.heard()[-8000:], SECOND_HZ) > 2000, "the caller hears it")
    assert phone.outcome is None


def test_a_refusal_by_star_leaves_no_recording_at_the_exchange(live: LiveSwitchboard) -> None:
    live.a_ready_telephone(OPERATOR_HZ)
    phone = live.a_telephone("13800138000", CALLER_HZ, digits=[[1.0, "*"]])
    eventually(lambda: state_of(live, phone) is CallState.TALKING, "they talk", 40)
    eventually(
        lambda: loudness_of(phone.heard()[-8000:], OPERATOR_HZ) > 2000, "the caller hears the operator"
    )
    phone.hang_up()
    eventually(lambda: state_of(live, phone) is CallState.ENDED, "the call ended")
    assert _at_the_exchange(live) == []
    with Session(live.engine) as session:
        assert session.scalars(select(Recording)).all() == []


def _at_the_exchange(live: LiveSwitchboard) -> list[Path]:
    return list((live.folder / "var/exchange/recordings").glob("*.wav"))


def _announced(live: LiveSwitchboard, phone: Telephone) -> bool:
    call = live.call_of_sid(phone.call_sid)
    return call is not None and call.announced_at is not None


def _stored(live: LiveSwitchboard, call_id: int) -> Recording | None:
    with Session(live.engine) as session:
        return session.scalars(
            select(Recording).where(Recording.call_id == call_id, Recording.state == RecordingState.STORED)
        ).first()
