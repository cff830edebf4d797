"""Recordings, transcripts and risk marks. The words are sealed; the audio lies in sealed files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedJSON, EncryptedText
from models.vocabulary import AnalysisState, RecordingKind, RecordingState


class Recording(Base):
    __tablename__ = "recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    kind: Mapped[RecordingKind]
    carrier_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[RecordingState] = mapped_column(default=RecordingState.STARTED, index=True)
    file_name: Mapped[str | None] = mapped_column(String(80))
    """Under DATA_DIR/recordings; sealed with context `recording:<id>`."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the plain audio."""
    size_bytes: Mapped[int | None]
    duration_seconds: Mapped[float | None]
    channels: Mapped[int | None]
    """2: channel 1 the caller, channel 2 everybody else."""
    started_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]
    erase_by_at: Mapped[datetime | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    call: Mapped[Call] = relationship()

    @property
    def seal_context(self) -> str:
        return f"recording:{self.id}"


class Transcript(Base):
    """What a recording says, each channel by itself; redacted text beside the sealed original."""

    __tablename__ = "transcript"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"), index=True)
    """None for the demonstration's synthetic transcripts."""
    state: Mapped[AnalysisState] = mapped_column(default=AnalysisState.PENDING)
    model: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(10))
    utterances: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJSON("transcript.utterances"))
    """[{speaker: caller|operator, start_seconds, end_seconds, text, words: [...]}] in order of time."""
    redacted: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJSON("transcript.redacted"))
    """The same with redacted text and no words; spans {type, start, end} point into the original."""
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    erase_by_at: Mapped[datetime | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    call: Mapped[Call] = relationship()
    recording: Mapped[Recording | None] = relationship()


class RiskMark(Base):
    """A risk word that software heard or read, with its reason; a person says whether it is so."""

    __tablename__ = "risk_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    source: Mapped[str] = mapped_column(String(12))
    """caption | transcript | message | note."""
    level: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))
    """Code of the lexicon's reason."""
    evidence: Mapped[str | None] = mapped_column(EncryptedText("risk_mark.evidence"))
    at_seconds: Mapped[float | None]
    marked_at: Mapped[datetime]
    confirmed: Mapped[bool | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
