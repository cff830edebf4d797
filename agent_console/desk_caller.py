"""Who rings a desk, or is rung by it: place, earlier calls of the number, and why they are called back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.callbacks import silence_is_called_back
from hotline.routing.duty import can_be_called
from models.call_back_words import TryResult
from models.calls import Call, Callback, CallbackTry
from models.notes import Note
from models.people import Person
from models.places import Place
from models.recordings import Recording, Transcript
from models.vocabulary import (
    CallbackKind,
    RecordingKind,
    RiskLevel,
)
from models.vocabulary_record import CallType

REPEAT_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class SameNumber:
    """All that may be said of earlier calls before the operator knows that it is the same person."""

    last_level: RiskLevel | None
    last_operator: str | None
    by_me: bool


@dataclass(frozen=True)
class CallBackFacts:
    """Why somebody is called back, and how often that was tried."""

    kind: CallbackKind
    asked_at: datetime
    tries: int
    last_result: TryResult | None
    dialled: bool
    """This try: the carrier was asked."""
    words: tuple[str, ...]
    """Of the message that they left, redacted; empty without one, or without consent."""


def place_path(session: Session, code: str | None) -> list[Place]:
    """City and county, the wider one first; a province alone when nothing finer is known."""
    path: list[Place] = []
    while code is not None:
        place = session.get(Place, code)
        if place is None:
            break
        path.insert(0, place)
        code = place.parent_code
    return path[1:] if len(path) > 1 else path


def same_number(session: Session, call: Call, person_id: int, now: datetime) -> SameNumber | None:
    earlier = (
        Call.caller_hash == call.caller_hash,
        Call.id != call.id,
        Call.arrived_at < call.arrived_at,
        Call.arrived_at >= now - REPEAT_WINDOW,
        Call.answered_at.is_not(None),
    )
    found = session.execute(
        select(Call.person_id, Note.risk_level, Person.name)
        .outerjoin(Note, Note.call_id == Call.id)
        .outerjoin(Person, Person.id == Call.person_id)
        .where(*earlier)
        .order_by(Call.arrived_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    operator_id, level, name = found
    return SameNumber(
        last_level=None if level is None else RiskLevel(level),
        last_operator=name,
        by_me=operator_id == person_id,
    )


def call_back_facts(session: Session, call: Call) -> CallBackFacts | None:
    if not call.is_outbound:
        return None
    callback = session.scalars(
        select(Callback).join(CallbackTry).where(CallbackTry.call_id == call.id)
    ).first()
    if callback is None:
        return None
    results = [attempt.result for attempt in callback.tries if attempt.result is not None]
    before = [attempt for attempt in callback.tries if attempt.dialled_at and attempt.call_id != call.id]
    return CallBackFacts(
        callback.kind,
        callback.asked_at,
        len(before),
        results[-1] if results else None,
        any(attempt.dialled_at for attempt in callback.tries if attempt.call_id == call.id),
        _message_words(session, callback.call_id) if callback.kind is CallbackKind.MESSAGE else (),
    )


def _message_words(session: Session, call_id: int) -> tuple[str, ...]:
    redacted = session.scalars(
        select(Transcript.redacted)
        .join(Recording, Recording.id == Transcript.recording_id)
        .where(Transcript.call_id == call_id, Recording.kind == RecordingKind.MESSAGE)
    ).all()
    return tuple(line["text"] for lines in redacted for line in lines or [] if line.get("text"))


def may_be_called_back(session: Session, call: Call) -> bool:
    if not can_be_called(call.caller_number):
        return False
    kind = session.scalars(select(Note.call_type).where(Note.call_id == call.id)).first()
    owed = select(Callback.id).where(Callback.call_id == call.id)
    if kind not in (CallType.SILENT, CallType.CUT_OFF) or session.scalars(owed).first() is not None:
        return False
    return silence_is_called_back(session, call)
