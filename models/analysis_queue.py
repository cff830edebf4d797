"""Whose words are read first: a call in danger, and a message that nobody has heard yet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Call
from models.notes import Note
from models.recordings import RiskMark
from models.vocabulary import RiskLevel

DANGER, WORK, SPEECH = "danger", "work", "speech"


def analysis_queue(session: Session, call_id: int, *, message: bool = False) -> str:
    """`danger` for a message, a call in danger, and one that a person or software puts at R3 or R4."""
    if message or session.scalar(select(Call.danger).where(Call.id == call_id)):
        return DANGER
    high = int(RiskLevel.R3)
    noted = select(Note.id).where(Note.call_id == call_id, Note.risk_level >= high)
    marked = select(RiskMark.id).where(
        RiskMark.call_id == call_id, RiskMark.level >= high, RiskMark.confirmed.is_not(False)
    )
    found = session.scalar(noted.limit(1)) or session.scalar(marked.limit(1))
    return WORK if found is None else DANGER


def speech_queue(session: Session, call_id: int, *, message: bool = False) -> str:
    """Where a recording waits to be transcribed: it takes as long as a hundred of the other steps, which go
    first, or each call's issue and count would wait for the sound of the calls after it."""
    queue = analysis_queue(session, call_id, message=message)
    return SPEECH if queue == WORK else queue
