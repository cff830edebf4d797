"""What becomes of recordings: refused, taken back later, past their day; what is gone leaves its trace."""

from __future__ import annotations

import io
import wave
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.retention import Retention
from hotline.care.withdrawal import Withdrawals
from hotline.routing.consent import consent_of
from hotline.telephony import recordings
from models.audit import AuditLine, broken_audit_line
from models.calls import Call
from models.crypto import SealBroken
from models.outbox import OutboxRow
from models.policies import RecordingPolicy
from models.recordings import Recording, RiskMark, Transcript
from models.sealed_files import write_sealed
from models.vocabulary import AnalysisState, ConsentKind, ConsentState, RecordingKind, RecordingState
from tests.integration.telephony.switchboard import Switchboard
from tests.integration.telephony.wiring import AUDIT_KEY


def some_wav(channels: int = 2) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\1\0" * 8000 * channels)
    return buffer.getvalue()


@pytest.fixture
def hotline(switchboard: Switchboard) -> Switchboard:
    switchboard.a_ready_seat()
    switchboard.phone.audio = some_wav()
    return switchboard


def a_stored_talk(hotline: Switchboard) -> int:
    """A call that is over, its audio sealed here, its words on file."""
    caller, _ = hotline.a_talk()
    hotline.phone.hang_up(caller)
    hotline.deliver()
    hotline.fetch_recordings()
    call_id = hotline.call_of(caller).id
    with hotline.work() as unit:
        recording = unit.session.scalars(select(Recording).where(Recording.call_id == call_id)).one()
        unit.session.add_all(
            [
                Transcript(
                    call_id=call_id,
                    recording_id=recording.id,
                    state=AnalysisState.DONE,
                    utterances=[{"speaker": "caller", "text": "话"}],
                    created_at=unit.now,
                    erase_by_at=unit.now + timedelta(days=900),
                ),
                RiskMark(
                    call_id=call_id,
                    source="transcript",
                    level=3,
                    reason="intent",
                    evidence="话",
                    marked_at=unit.now,
                ),
            ]
        )
    return call_id


def sealed_files(hotline: Switchboard) -> list[str]:
    return [path.name for path in hotline.store._folder.glob("*")]


def actions(hotline: Switchboard) -> list[tuple[str, str, int | None]]:
    with Session(hotline.engine) as session:
        assert broken_audit_line(session, AUDIT_KEY) is None
        lines = session.scalars(select(AuditLine).order_by(AuditLine.id))
        return [(line.action, line.subject, line.person_id) for line in lines]


def recording_of(hotline: Switchboard, call_id: int) -> Recording:
    with Session(hotline.engine) as session:
        return session.scalars(select(Recording).where(Recording.call_id == call_id)).one()


def do_work(hotline: Switchboard, kind: str) -> None:
    for payload in hotline.asked(kind):
        hotline.handlers[kind](payload)


def test_a_copy_that_was_damaged_on_the_way_is_fetched_again_before_the_carrier_deletes_its_own(
    hotline: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, _ = hotline.a_talk()
    hotline.phone.hang_up(caller)
    hotline.deliver()
    (payload,) = hotline.asked("fetch_recording")

    def on_a_bad_disk(path: Path, *rest: Any) -> int:
        size = write_sealed(path, *rest)
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
        return size

    monkeypatch.setattr(recordings, "write_sealed", on_a_bad_disk)
    with pytest.raises((recordings.CopyDiffers, SealBroken)):
        hotline.store.fetch(payload["recording_id"])
    hotline.work_off()
    assert recording_of(hotline, hotline.call_of(caller).id).state is RecordingState.READY_AT_CARRIER
    assert len(hotline.phone.recordings) == 1, "the carrier's copy is the only whole one"

    monkeypatch.setattr(recordings, "write_sealed", write_sealed)
    hotline.fetch_recordings()
    assert recording_of(hotline, hotline.call_of(caller).id).state is RecordingState.STORED
    assert hotline.phone.recordings == {}


def test_the_talk_after_a_dropped_line_is_recorded_though_the_end_of_the_first_was_not_told(
    hotline: Switchboard,
) -> None:
    caller, operator = hotline.a_talk()
    hotline.stopped.advance(seconds=30)
    hotline.phone.hang_up(operator)
    hotline.a_ready_seat()
    hotline.phone.unsent = [told for told in hotline.phone.unsent if not told.url.endswith("/recording")]
    hotline.deliver()
    hotline.phone.unsent = [told for told in hotline.phone.unsent if not told.url.endswith("/recording")]
    hotline.stopped.advance(seconds=2)
    hotline.phone.seat_answers(hotline.phone.ringing_legs()[-1])
    hotline.deliver()
    assert [one.status for one in hotline.phone.recordings.values()] == ["completed", "in-progress"]
    handler, payload = hotline.handlers["start_recording"], {"call_id": hotline.call_of(caller).id}
    handler(payload)
    assert len(hotline.phone.recordings) == 2, "asked twice, it is one"


def test_a_stored_recording_carries_the_day_on_which_it_goes(hotline: Switchboard) -> None:
    with Session(hotline.engine) as session, session.begin():
        session.add(RecordingPolicy(recording_days=90, transcript_days=1200))
    recording = recording_of(hotline, a_stored_talk(hotline))
    assert recording.stored_at is not None
    assert recording.erase_by_at == recording.stored_at + timedelta(days=90)


def test_what_is_past_its_day_goes_by_the_clock_and_leaves_a_line(hotline: Switchboard) -> None:
    call_id = a_stored_talk(hotline)
    retention = Retention(hotline.work, AUDIT_KEY)
    hotline.stopped.advance(days=364)
    assert retention.enforce() == 0
    assert sealed_files(hotline)
    hotline.stopped.advance(days=2)
    assert retention.enforce() == 1
    do_work(hotline, "erase_expired")
    recording = recording_of(hotline, call_id)
    assert recording.state is RecordingState.ERASED
    assert recording.sha256 is None
    assert sealed_files(hotline) == []
    hotline.stopped.advance(days=600)
    assert retention.enforce() == 1
    with Session(hotline.engine) as session:
        assert session.scalars(select(Transcript)).all() == []
        assert session.scalars(select(RiskMark)).one().evidence is None
    assert actions(hotline) == [
        ("recording.expired", f"recording:{recording.id}", None),
        ("transcript.expired", f"call:{call_id}", None),
    ]
    assert retention.enforce() == 0


def test_a_withdrawal_shows_what_goes_then_takes_it_there_and_here(hotline: Switchboard) -> None:
    call_id = a_stored_talk(hotline)
    _, person_id = hotline.an_empty_seat()
    withdrawals = Withdrawals(hotline.work, AUDIT_KEY)
    with Session(hotline.engine) as session:
        before = withdrawals.preview(session, call_id)
    assert (before.recordings, before.transcripts, before.marks) == (1, 1, 1)

    withdrawals.withdraw(call_id, person_id, "来电人来信要求删除")
    hotline.work_off()

    assert recording_of(hotline, call_id).state is RecordingState.ERASED
    assert sealed_files(hotline) == []
    assert hotline.phone.recordings == {}
    with Session(hotline.engine) as session:
        for kind in (ConsentKind.RECORDING, ConsentKind.ANALYSIS):
            assert consent_of(session, call_id, kind) is ConsentState.WITHDRAWN
        asked = session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "forget")).all()
        assert {"call_id": call_id} in asked
        assert session.get_one(Call, call_id).answered_at is not None, "that there was a call stays"
    lines = actions(hotline)
    assert ("consent.withdrawn", f"call:{call_id}", person_id) in lines
    assert any(action == "recording.erased" and person is None for action, _, person in lines)


def test_a_withdrawal_takes_messages_too_where_a_refusal_in_the_talk_keeps_them(hotline: Switchboard) -> None:
    call_id = a_stored_talk(hotline)
    with hotline.work() as unit:
        unit.session.add(
            Recording(
                call_id=call_id,
                kind=RecordingKind.MESSAGE,
                state=RecordingState.STORED,
                started_at=unit.now,
                stored_at=unit.now,
            )
        )
    _, person_id = hotline.an_empty_seat()
    hotline.conversation.refuse_recording(call_id, person_id, "third_person")
    hotline.work_off()

    def standing() -> set[RecordingKind]:
        with Session(hotline.engine) as session:
            left = select(Recording.kind).where(Recording.state == RecordingState.STORED)
            return set(session.scalars(left))

    assert standing() == {RecordingKind.MESSAGE}
    Withdrawals(hotline.work, AUDIT_KEY).withdraw(call_id, person_id, "来电人要求")
    hotline.work_off()
    assert standing() == set()


def test_a_reason_that_nobody_knows_switches_nothing_off(hotline: Switchboard) -> None:
    caller, _ = hotline.a_talk()
    with pytest.raises(ValueError, match="reason"):
        hotline.conversation.refuse_recording(hotline.call_of(caller).id, 1, "because")
    assert len(hotline.phone.recordings) == 1
