"""Whether the recording of a talk runs, as the call's own log tells: asked, confirmed, gone on."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import CallEvent

TURNS = ("recording_asked", "pause_recording_asked", "recording_paused", "recording_resumed")


class RecordingPause(StrEnum):
    NONE = "none"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    RESUME_ASKED = "resume_asked"


def recording_pause(session: Session, call_id: int) -> RecordingPause:
    """A button asks, the carrier confirms; a recording that starts anew is not paused."""
    last = session.scalars(
        select(CallEvent)
        .where(CallEvent.call_id == call_id, CallEvent.kind.in_(TURNS))
        .order_by(CallEvent.id.desc())
        .limit(1)
    ).first()
    if last is None or last.kind in ("recording_asked", "recording_resumed"):
        return RecordingPause.NONE
    if last.kind == "recording_paused":
        return RecordingPause.CONFIRMED
    return RecordingPause.ASKED if last.data.get("on") else RecordingPause.RESUME_ASKED
