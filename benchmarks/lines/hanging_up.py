"""Calls that end: a closed note and a sealed recording each, written as the product writes them."""

from __future__ import annotations

import secrets
from datetime import timedelta

from benchmarks.lines.house import House, keyring
from models.analysis_queue import analysis_queue, speech_queue
from models.calls import Call, Consent
from models.notes import Note
from models.recordings import Recording
from models.sealed_files import write_sealed
from models.vocabulary import (
    CallOutcome,
    CallState,
    ConsentKind,
    ConsentState,
    NoteState,
    RecordingKind,
    RecordingState,
)
from models.vocabulary_record import CallType, Disposition, Population, Problem


def hangs_up(house: House, summary: str, sound: bytes, risk_level: int = 1) -> int:
    """The call's id; its two jobs are asked for in the transaction that writes it."""
    with house.work() as unit:
        now, session = unit.now, unit.session
        call = Call(
            number_dialled="12356",
            caller_hash=secrets.token_hex(32),
            state=CallState.ENDED,
            outcome=CallOutcome.ANSWERED,
            state_since=now,
            arrived_at=now - timedelta(minutes=20),
            answered_at=now - timedelta(minutes=20),
            ended_at=now,
        )
        session.add(call)
        session.flush()
        for kind in (ConsentKind.ANALYSIS, ConsentKind.RECORDING):
            session.add(
                Consent(
                    call_id=call.id,
                    kind=kind,
                    state=ConsentState.GRANTED,
                    how="notice",
                    text_version="1",
                    at=now,
                )
            )
        session.add(
            Note(
                call_id=call.id,
                revision=1,
                state=NoteState.CLOSED,
                call_type=CallType.SUPPORT,
                population=Population.PUBLIC,
                problem=Problem.WORK,
                place_code="990101",
                risk_level=risk_level,
                disposition=Disposition.CLOSED,
                fields={},
                summary=summary,
                created_at=now,
                saved_at=now,
                closed_at=now,
            )
        )
        recording = Recording(
            call_id=call.id,
            kind=RecordingKind.TALK,
            state=RecordingState.STORED,
            channels=2,
            started_at=now,
            stored_at=now,
        )
        session.add(recording)
        session.flush()
        recording.file_name = f"{recording.id}.sealed"
        write_sealed(house.folder / recording.file_name, [sound], keyring(), recording.seal_context)
        heard, queue = {"recording_id": recording.id}, analysis_queue(session, call.id)
        unit.ask("understand", queue, f"understand:{call.id}:1", {"call_id": call.id})
        unit.ask("transcribe", speech_queue(session, call.id), f"transcribe:{recording.id}", heard)
        return call.id
