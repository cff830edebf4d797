"""A recording into words: each channel by itself, streamed out of its sealed file, with no plain copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from analytics.steps.marks import Mark, keep_marks, marks_in
from analytics.steps.permission import may_be_transcribed
from analytics.transcribe import AudioUnreadable, Transcriber, TranscriptState
from analytics.transcribe import Transcript as Words
from analytics.understand import RiskLanguage, redact
from models.analysis_queue import analysis_queue
from models.crypto import Keyring, SealBroken
from models.events import TranscriptFinished
from models.policies import standing_policy
from models.recordings import Recording, Transcript
from models.sealed_files import read_sealed
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import AnalysisState, RecordingKind, RecordingState

TranscriberFor = Callable[[str], Transcriber | None]

FINAL = (AnalysisState.DONE, AnalysisState.DAMAGED, AnalysisState.EMPTY)
CALLER, OPERATOR, UNKNOWN = "caller", "operator", "unknown"


@dataclass(frozen=True, slots=True)
class _Job:
    recording_id: int
    call_id: int
    path: Path
    seal_context: str
    labels: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript that was read: redacted, with its risk words."""

    words: Words
    redacted: list[dict[str, Any]]
    marks: list[Mark]

    def write(self, unit: UnitOfWork, transcript: Transcript, source: str) -> None:
        transcript.model = f"{self.words.model}@{self.words.model_version}"[:60]
        transcript.language = self.words.language
        transcript.utterances = [_utterance(u) for u in self.words.utterances]
        transcript.redacted = self.redacted
        keep_marks(unit, transcript.call_id, source, self.marks)


class Transcribe:
    """The job `transcribe {recording_id}`. Done once for each recording; run again after a model was
    installed (NO_MODEL), and after nothing else."""

    def __init__(
        self,
        work: Work,
        keyring: Keyring,
        recordings_dir: Path,
        transcriber_for: TranscriberFor,
        marker: RiskLanguage,
        helplines: frozenset[str],
        language: str,
        give_way: Callable[[], None],
    ) -> None:
        self._work = work
        self._keyring = keyring
        self._recordings_dir = recordings_dir
        self._transcriber_for = transcriber_for
        self._marker = marker
        self._helplines = helplines
        self._language = language
        self._give_way = give_way

    def __call__(self, payload: dict[str, Any]) -> None:
        job = self._load(int(payload["recording_id"]))
        if job is None:
            return
        transcriber = self._transcriber_for(self._language)
        if transcriber is None:
            self._end(job, AnalysisState.NO_MODEL)
            return
        try:
            words = transcriber.transcribe(
                read_sealed(job.path, self._keyring, job.seal_context),
                channel_labels=job.labels,
                progress=lambda _seconds: self._give_way(),
            )
        except AudioUnreadable as fault:
            self._end(job, AnalysisState.EMPTY if fault.state == "empty" else AnalysisState.DAMAGED)
        except (SealBroken, FileNotFoundError):
            self._end(job, AnalysisState.DAMAGED)
        else:
            spoken = words.state is TranscriptState.TRANSCRIBED
            self._end(job, AnalysisState.DONE if spoken else AnalysisState.EMPTY, words)

    def _load(self, recording_id: int) -> _Job | None:
        with self._work() as unit:
            recording = unit.session.get(Recording, recording_id)
            if recording is None or recording.state is RecordingState.ERASED:
                return None
            transcript = _transcript_of(unit, recording)
            if transcript.state in FINAL:
                return None
            if not may_be_transcribed(unit.session, recording):
                _finish(unit, transcript, AnalysisState.NOT_PERMITTED)
                return None
            if recording.state is not RecordingState.STORED or recording.file_name is None:
                return None
            message = recording.kind is RecordingKind.MESSAGE
            labels = (CALLER,) if message or recording.channels == 1 else (CALLER, OPERATOR)
            if recording.channels == 1 and not message:
                labels = (UNKNOWN,)
            return _Job(
                recording.id,
                recording.call_id,
                self._recordings_dir / Path(recording.file_name).name,
                recording.seal_context,
                labels,
                "message" if message else "transcript",
            )

    def _end(self, job: _Job, state: AnalysisState, words: Words | None = None) -> None:
        heard = self.read(words) if words is not None else None
        with self._work() as unit:
            recording = unit.session.get(Recording, job.recording_id)
            if recording is None:
                return
            transcript = _transcript_of(unit, recording)
            if transcript.state in FINAL:
                return
            # The caller may have withdrawn while the engine worked.
            if not may_be_transcribed(unit.session, recording):
                _finish(unit, transcript, AnalysisState.NOT_PERMITTED)
                return
            if heard is not None:
                heard.write(unit, transcript, job.source)
            _finish(unit, transcript, state)
            unit.ask(
                "understand",
                analysis_queue(unit.session, job.call_id),
                f"understand:{job.call_id}:t{transcript.id}",
                {"call_id": job.call_id},
            )

    def read(self, words: Words) -> Heard:
        """Redact and mark, with no transaction open."""
        redacted, marks = [], []
        for utterance in words.utterances:
            redaction = redact(utterance.text, self._helplines)
            redacted.append(
                {
                    "speaker": utterance.speaker,
                    "start_seconds": utterance.start_seconds,
                    "end_seconds": utterance.end_seconds,
                    "text": redaction.text,
                    "spans": [{"type": s.type, "start": s.start, "end": s.end} for s in redaction.spans],
                }
            )
            if utterance.speaker in (CALLER, UNKNOWN):
                marks += marks_in(self._marker, utterance.text, utterance.start_seconds)
        return Heard(words, redacted, marks)


def _utterance(utterance: Any) -> dict[str, Any]:
    row = asdict(utterance)
    row["words"] = [
        [word.text, word.start_seconds, word.end_seconds, word.confidence] for word in utterance.words
    ]
    return row


def _transcript_of(unit: UnitOfWork, recording: Recording) -> Transcript:
    found = unit.session.scalars(select(Transcript).where(Transcript.recording_id == recording.id)).first()
    if found is None:
        found = Transcript(
            call_id=recording.call_id,
            recording_id=recording.id,
            state=AnalysisState.PENDING,
            created_at=unit.now,
            erase_by_at=unit.now + timedelta(days=standing_policy(unit.session).transcript_days),
            is_demonstration=recording.is_demonstration,
        )
        unit.session.add(found)
        unit.session.flush()
    return found


def _finish(unit: UnitOfWork, transcript: Transcript, state: AnalysisState) -> None:
    transcript.state = state
    transcript.finished_at = unit.now
    unit.tell(TranscriptFinished(transcript.id, transcript.call_id, str(state.value)))
