"""Nothing runs without the caller's consent: a record of its own, where none on file means not asked."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Consent
from models.recordings import Recording, Transcript
from models.surveillance import Contact
from models.vocabulary import AnalysisState, ConsentKind, ConsentState, RecordingKind

ANALYSIS = (ConsentKind.ANALYSIS,)
TRANSCRIPTION = (ConsentKind.ANALYSIS, ConsentKind.RECORDING)


def permitted_calls(
    session: Session, call_ids: Iterable[int], kinds: tuple[ConsentKind, ...] = ANALYSIS
) -> set[int]:
    """The calls whose caller granted every one of `kinds`."""
    wanted = list(call_ids)
    rows = session.execute(
        select(Consent.call_id, Consent.kind).where(
            Consent.call_id.in_(wanted), Consent.kind.in_(kinds), Consent.state == ConsentState.GRANTED
        )
    )
    granted: dict[int, set[ConsentKind]] = {}
    for call_id, kind in rows:
        granted.setdefault(call_id, set()).add(kind)
    return {call_id for call_id, found in granted.items() if found >= set(kinds)}


def may_be_transcribed(session: Session, recording: Recording) -> bool:
    """By consent to recording and analysis; of a message, also by the caller's word before the tone, which
    covers its transcript and risk words and nothing that follows."""
    if recording.call_id in permitted_calls(session, [recording.call_id], TRANSCRIPTION):
        return True
    message = recording.kind is RecordingKind.MESSAGE
    return message and recording.call_id in permitted_calls(
        session, [recording.call_id], (ConsentKind.MESSAGE,)
    )


def analysis_state(session: Session, call_id: int) -> AnalysisState:
    """How far analysis is with a call, for people to read."""
    if call_id not in permitted_calls(session, [call_id]):
        return AnalysisState.NOT_PERMITTED
    contact = session.scalars(select(Contact.state).where(Contact.call_id == call_id)).first()
    if contact is not None:
        return contact
    transcript = session.scalars(
        select(Transcript.state).where(Transcript.call_id == call_id).order_by(Transcript.id.desc())
    ).first()
    return transcript if transcript is AnalysisState.FAILED else AnalysisState.PENDING
