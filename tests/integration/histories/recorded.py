"""Recordings that are paused, taken up again and refused by voice; what must be true of sound at rest."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.routing.consent import may_record
from models.calls import Call
from models.recordings import Recording
from models.vocabulary import CallState, RecordingKind, RecordingState, SeatState
from tests.fake_carrier import FakeCarrier
from tests.integration.histories.stage import Stage


class Recorded(Stage):
    @precondition(lambda self: self.seats_that(SeatState.TALKING))
    @rule(
        data=st.data(),
        what=st.sampled_from(["pause", "pause", "go on", "go on", "refuse"]),
        told=st.booleans(),
    )
    def an_operator_pauses_or_ends_the_recording(self, data: st.DataObject, what: str, told: bool) -> None:
        seat = data.draw(st.sampled_from(self.seats_that(SeatState.TALKING)))
        call_id, person_id = int(seat.call_id or 0), int(seat.person_id or 0)
        if what == "refuse":
            self.act(
                lambda router: router.conversation.refuse_recording(call_id, person_id, "caller_says_no")
            )
        else:
            self.act(lambda router: router.conversation.pause_recording(call_id, person_id, what == "pause"))
        if told:
            self.phone.deliver_all()


def sound_is_kept_sealed_or_gone(engine: Engine, phone: FakeCarrier, folder: Path) -> None:
    """The carrier keeps no sound of a call that is over, we keep none that was refused, and of what may be
    kept nothing is lost: each message that was spoken, each talk that the carrier held."""
    with Session(engine) as session:
        calls = {call.carrier_sid: call for call in session.scalars(select(Call))}
        recordings = session.scalars(select(Recording)).all()
        refused = {call.id for call in calls.values() if not may_record(session, call.id)}
    for sid, held in phone.recordings.items():
        assert calls[held.call_sid].state is not CallState.ENDED, f"{sid} lies at the carrier"
    over = {call.id for call in calls.values() if call.state is CallState.ENDED}
    known = {recording.carrier_sid: recording for recording in recordings}
    for recording in recordings:
        if recording.call_id in over:
            assert recording.state not in (RecordingState.STARTED, RecordingState.READY_AT_CARRIER)
        is_here = (folder / "recordings" / f"{recording.id}.sealed").exists()
        assert is_here == (recording.state is RecordingState.STORED), (recording.id, recording.state)
        if recording.kind is RecordingKind.TALK and recording.call_id in refused:
            assert not is_here, "what was refused is kept"
    for sid in phone.spoken:
        assert known[sid].state is RecordingState.STORED, "a message that nobody will hear"
    for sid in phone.deleted_recordings:
        assert known[sid].state in (RecordingState.STORED, RecordingState.ERASED)
