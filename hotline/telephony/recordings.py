"""The audio itself: from the carrier into a sealed file, verified, deleted at the carrier; or erased.

No plain copy touches our disk: parts are sealed as they come. What consent forbids is erased on both sides.
"""

from __future__ import annotations

import hashlib
import io
import logging
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from hotline.routing.consent import may_record, may_transcribe
from hotline.routing.transactions import in_one_unit, reading
from hotline.telephony.carrier import Carrier, RecordingGone
from models.analysis_queue import speech_queue
from models.audit import Auditor
from models.calls import Call
from models.crypto import Keyring
from models.events import RecordingStored
from models.policies import standing_policy
from models.recordings import Recording
from models.sealed_files import read_sealed, write_sealed
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import RecordingKind, RecordingState

log = logging.getLogger("hotline.recordings")

WAV_HEAD_BYTES = 4096


class RecordingNotReady(Exception):
    """The carrier does not hold the file yet: try again later."""


class CopyDiffers(Exception):
    """The sealed copy does not read back as it was fetched: it is thrown away and fetched again."""


class RecordingStore:
    def __init__(
        self, *, work: Work, carrier: Carrier, keyring: Keyring, folder: Path, audit_key: bytes
    ) -> None:
        """`folder`: DATA_DIR/recordings."""
        self._work = work
        self._carrier = carrier
        self._keyring = keyring
        self._folder = folder
        self._audit = Auditor(audit_key)

    def fetch(self, recording_id: int) -> None:
        """Job `fetch_recording`. Raises RecordingNotReady, CarrierAway; doing it again is harmless."""
        with reading(self._work) as unit:
            recording = unit.session.get(Recording, recording_id)
        if recording is None or recording.carrier_sid is None:
            return
        if recording.state is not RecordingState.READY_AT_CARRIER:
            return
        path = self._folder / f"{recording.id}.sealed"
        source = _Hashed(self._parts(recording.carrier_sid))
        size = write_sealed(path, source, self._keyring, recording.seal_context)
        self._verify(path, recording.seal_context, source.sha256)
        facts = _WavFacts.of(source.head, size)
        if not in_one_unit(
            self._work, lambda unit: self._keep(unit, recording_id, path, source, size, facts)
        ):
            path.unlink(missing_ok=True)

    def _parts(self, carrier_sid: str) -> Iterator[bytes]:
        try:
            yield from self._carrier.fetch_recording(carrier_sid)
        except RecordingGone:
            raise RecordingNotReady from None

    def _verify(self, path: Path, context: str, sha256: str) -> None:
        read = hashlib.sha256()
        for part in read_sealed(path, self._keyring, context):
            read.update(part)
        if read.hexdigest() != sha256:
            path.unlink(missing_ok=True)
            raise CopyDiffers

    def _keep(
        self, unit: UnitOfWork, recording_id: int, path: Path, source: _Hashed, size: int, facts: _WavFacts
    ) -> bool:
        recording = unit.session.get_one(Recording, recording_id, with_for_update=True)
        if recording.state is not RecordingState.READY_AT_CARRIER:
            # Refused and erased while it was fetched.
            return recording.state is RecordingState.STORED
        recording.state, recording.stored_at = RecordingState.STORED, unit.now
        kept = standing_policy(unit.session).recording_days
        recording.erase_by_at = unit.now + timedelta(days=kept)
        recording.file_name, recording.sha256, recording.size_bytes = path.name, source.sha256, size
        recording.channels = facts.channels or recording.channels
        recording.duration_seconds = facts.duration_seconds or recording.duration_seconds
        unit.tell(RecordingStored(recording.id, recording.call_id))
        unit.ask(
            "delete_at_carrier",
            "carrier",
            f"delete_at_carrier:{recording.id}",
            {"recording_id": recording.id},
        )
        if may_transcribe(unit.session, recording):
            unit.ask(
                "transcribe",
                speech_queue(
                    unit.session, recording.call_id, message=recording.kind is RecordingKind.MESSAGE
                ),
                f"transcribe:{recording.id}",
                {"recording_id": recording.id},
            )
        return True

    def delete_at_carrier(self, recording_id: int) -> None:
        """Our copy is verified: the carrier keeps none."""
        with reading(self._work) as unit:
            recording = unit.session.get(Recording, recording_id)
        if recording is not None and recording.carrier_sid:
            self._carrier.delete_recording(recording.carrier_sid)

    def erase(self, call_id: int, messages: bool = False) -> None:
        """Recording was refused: every byte of the talk goes, there and here. A message that the caller
        chose to leave is kept, unless `messages`. Does nothing when recording is permitted again."""
        with reading(self._work) as unit:
            call = unit.session.get(Call, call_id)
            if call is None or may_record(unit.session, call_id):
                return
            of_call = select(Recording).where(
                Recording.call_id == call_id, Recording.state != RecordingState.ERASED
            )
            if not messages:
                of_call = of_call.where(Recording.kind == RecordingKind.TALK)
            found = unit.session.scalars(of_call).all()
        for recording in found:
            if recording.carrier_sid and call.carrier_sid:
                if recording.state is RecordingState.STARTED:
                    self._carrier.stop_recording(call.carrier_sid, recording.carrier_sid)
                self._carrier.delete_recording(recording.carrier_sid)
            self._erase_here(recording.id, "recording.erased")

    def erase_expired(self, recording_id: int) -> None:
        """Job `erase_expired`: its day has come, by the policy that stood when it was stored."""
        with reading(self._work) as unit:
            recording = unit.session.get(Recording, recording_id)
        if recording is None or recording.erase_by_at is None or recording.erase_by_at > unit.now:
            return
        if recording.state is RecordingState.STORED:
            self._erase_here(recording_id, "recording.expired")

    def _erase_here(self, recording_id: int, action: str) -> None:
        """The audio goes; that it was there, and when it went, stays in the chain of the audit."""

        def step(unit: UnitOfWork) -> None:
            recording = unit.session.get_one(Recording, recording_id, with_for_update=True)
            if recording.state is RecordingState.ERASED:
                return
            self._audit(unit, None, action, f"recording:{recording_id}")
            recording.state = RecordingState.ERASED
            recording.file_name, recording.sha256, recording.size_bytes = None, None, None

        # The file goes by its own name: one that a fetch is writing now is not on the record yet.
        in_one_unit(self._work, step)
        (self._folder / f"{recording_id}.sealed").unlink(missing_ok=True)


class _Hashed:
    """Passes parts on, keeping their digest and the first bytes."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._digest = hashlib.sha256()
        self.head = b""

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._digest.update(part)
            if len(self.head) < WAV_HEAD_BYTES:
                self.head += part[: WAV_HEAD_BYTES - len(self.head)]
            yield part

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@dataclass(frozen=True)
class _WavFacts:
    channels: int | None
    duration_seconds: float | None

    @classmethod
    def of(cls, head: bytes, size: int) -> _WavFacts:
        """From the header; a damaged one says nothing, and the transcription names the damage."""
        try:
            with wave.open(io.BytesIO(head), "rb") as file:
                frame_bytes = file.getnchannels() * file.getsampwidth()
                frames = min(file.getnframes(), max(0, size - 44) // frame_bytes)
                return cls(file.getnchannels(), frames / file.getframerate())
        except (wave.Error, EOFError, ZeroDivisionError):
            return cls(None, None)
