"""Recordings as records: started, ready at the carrier, absent. The audio is `recordings`' matter."""

from __future__ import annotations

from sqlalchemy import select

from hotline.routing.captions import follow as follow_captions
from hotline.routing.consent import may_record
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import record
from models.calls import Call
from models.events import RecordingChanged
from models.recordings import Recording
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import RecordingKind, RecordingState


class RecordingFacts:
    def __init__(self, work: Work) -> None:
        self._work = work

    def started(self, call_id: int, recording_sid: str) -> int | None:
        """The carrier records the talk. A refusal that came meanwhile erases it again."""

        def step(unit: UnitOfWork) -> int | None:
            recording = self._talk(unit, call_id, recording_sid)
            if not self._erase_if_refused(unit, call_id, recording_sid):
                unit.tell(RecordingChanged(call_id, "started"))
            return recording.id

        return in_one_unit(self._work, step)

    def paused(self, call_id: int, on: bool) -> None:
        """The carrier paused the recording, or went on with it."""
        state = "paused" if on else "resumed"

        def step(unit: UnitOfWork) -> None:
            call = unit.session.get_one(Call, call_id)
            record(unit, call, f"recording_{state}")
            follow_captions(unit, call)
            unit.tell(RecordingChanged(call_id, state))

        in_one_unit(self._work, step)

    def completed(
        self, call_id: int, recording_sid: str, duration_seconds: float | None, channels: int | None
    ) -> None:
        """The carrier holds it ready: a job fetches it. Heals a lost `started`."""

        def step(unit: UnitOfWork) -> None:
            recording = self._talk(unit, call_id, recording_sid)
            if recording.state is not RecordingState.STARTED:
                return
            recording.state = RecordingState.READY_AT_CARRIER
            recording.duration_seconds, recording.channels = duration_seconds, channels
            if not self._erase_if_refused(unit, call_id, recording_sid):
                unit.ask(
                    "fetch_recording",
                    "work",
                    f"fetch_recording:{recording.id}",
                    {"recording_id": recording.id},
                )

        in_one_unit(self._work, step)

    def absent(self, recording_sid: str) -> None:
        def step(unit: UnitOfWork) -> None:
            recording = _by_sid(unit, recording_sid)
            if recording is not None and recording.state is RecordingState.STARTED:
                recording.state = RecordingState.ABSENT

        in_one_unit(self._work, step)

    def _talk(self, unit: UnitOfWork, call_id: int, recording_sid: str) -> Recording:
        recording = _by_sid(unit, recording_sid)
        if recording is None:
            call = unit.session.get_one(Call, call_id)
            recording = Recording(
                call_id=call_id,
                kind=RecordingKind.TALK,
                carrier_sid=recording_sid,
                state=RecordingState.STARTED,
                channels=2,
                started_at=unit.now,
                is_demonstration=call.is_demonstration,
            )
            unit.session.add(recording)
            unit.session.flush()
        return recording

    def _erase_if_refused(self, unit: UnitOfWork, call_id: int, recording_sid: str) -> bool:
        if may_record(unit.session, call_id):
            return False
        unit.ask(
            "erase_recording",
            "carrier",
            f"erase_recording:{call_id}:{recording_sid[-24:]}:{unit.now.timestamp():.0f}",
            {"call_id": call_id},
        )
        return True


def _by_sid(unit: UnitOfWork, recording_sid: str) -> Recording | None:
    return unit.session.scalars(
        select(Recording).where(Recording.carrier_sid == recording_sid).with_for_update()
    ).first()
