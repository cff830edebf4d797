"""What a page shows of one call: frozen copies, so that no template touches a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent_console.note_answers import Answer
from models.vocabulary import AnalysisState, CallOutcome, CallState, ConsentKind, ConsentState
from models.vocabulary_record import Channel


@dataclass(frozen=True)
class CallRow:
    call_id: int
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    state: CallState
    outcome: CallOutcome | None
    channel: Channel
    danger: bool
    place_zh: str | None
    place_en: str | None
    seat_label: str | None
    person: str | None
    risk_level: int | None
    call_type: Any
    wait_seconds: float | None
    talk_seconds: float | None


@dataclass(frozen=True)
class Happening:
    """One line of the call's log."""

    at: datetime
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True)
class OfferRow:
    seat_label: str
    made_at: datetime
    ended_at: datetime | None
    state: Any
    reason: str | None


@dataclass(frozen=True)
class ConsentRow:
    kind: ConsentKind
    state: ConsentState
    how: str | None
    at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class NoteRow:
    note_id: int
    state: Any
    revision: int
    person: str | None
    saved_at: datetime
    closed_at: datetime | None
    call_type: Any
    population: Any
    problem: Any
    other_problems: tuple[str, ...]
    risk_level: int | None
    risk_floor: int
    disposition: Any
    summary: str | None
    answers: tuple[Answer, ...]
    form_version: str
    revisions: tuple[tuple[int, datetime], ...]
    risk_changes: tuple[tuple[datetime, int | None, int, str | None, str | None], ...]
    """At, from, to, by (None: software), reason."""


@dataclass(frozen=True)
class RecordingRow:
    recording_id: int
    kind: Any
    state: Any
    duration_seconds: float | None
    channels: int | None
    size_bytes: int | None
    sha256: str | None
    started_at: datetime
    stored_at: datetime | None
    erase_by_at: datetime | None
    playable: bool


@dataclass(frozen=True)
class TranscriptRow:
    transcript_id: int
    state: AnalysisState
    model: str | None
    language: str | None
    created_at: datetime
    finished_at: datetime | None
    redacted: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class MarkRow:
    level: int
    reason: str
    source: str
    at_seconds: float | None
    marked_at: datetime
    confirmed: bool | None
    evidence: str | None


@dataclass(frozen=True)
class JobRow:
    """A step of the pipeline as the outbox knows it."""

    kind: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    done_at: datetime | None
    fault: str | None


@dataclass(frozen=True)
class ContactRow:
    state: AnalysisState
    day: Any
    text: str | None
    text_source: str | None
    embedder: str | None
    has_vector: bool
    issue_id: int | None
    issue_name: str | None
    grouped_at: datetime | None


@dataclass(frozen=True)
class CallPage:
    row: CallRow
    masked_number: str
    number_dialled: str
    place_source: str | None
    resumes_call_id: int | None
    events: tuple[Happening, ...]
    offers: tuple[OfferRow, ...]
    consents: tuple[ConsentRow, ...]
    note: NoteRow | None
    recordings: tuple[RecordingRow, ...]
    transcripts: tuple[TranscriptRow, ...]
    marks: tuple[MarkRow, ...]
    jobs: tuple[JobRow, ...]
    contact: ContactRow | None
    dangers: tuple[tuple[int, datetime, datetime | None, datetime | None, str, str | None], ...]
    """Id, raised, seen, closed, source, outcome."""
    helps: tuple[tuple[datetime, datetime | None], ...]
    follow_ups: tuple[tuple[str, datetime, Any, datetime | None], ...]
    """Rule, due, state, done."""
