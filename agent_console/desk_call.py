"""The call in hand, or the one that is being written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.desk_caller import (
    CallBackFacts,
    SameNumber,
    call_back_facts,
    may_be_called_back,
    place_path,
    same_number,
)
from agent_console.desk_talk import TalkFacts, talk_facts
from hotline.care.consents import Consents
from hotline.routing.recording_pause import RecordingPause, recording_pause
from models.calls import Call
from models.care import Danger, HelpRequest
from models.notes import Note
from models.places import Place
from models.policies import standing_policy
from models.recordings import Recording
from models.seats import Seat
from models.vocabulary import (
    CallState,
    ConsentKind,
    ConsentState,
    DangerState,
    RecordingState,
    RiskLevel,
)


@dataclass(frozen=True)
class CallFacts:
    call: Call
    place: list[Place]
    waited_seconds: float
    talked_seconds: float
    level: RiskLevel | None
    danger: Danger | None
    help_request: HelpRequest | None
    recording: str
    """on | pausing | paused | resuming | refused | waiting | off"""
    captions_separately: bool
    consents: dict[ConsentKind, ConsentState]
    same_number: SameNumber | None
    talk: TalkFacts
    """Who else is in it, and the transfer that is open."""
    call_back: CallBackFacts | None
    may_be_called_back: bool
    """A silent or cut-off contact that the rule would call back, and nobody is owed a call yet."""


PAUSE_WORDS = {
    RecordingPause.NONE: "on",
    RecordingPause.ASKED: "pausing",
    RecordingPause.CONFIRMED: "paused",
    RecordingPause.RESUME_ASKED: "resuming",
}


def own_call(session: Session, call_id: int, person_id: int) -> Call | None:
    """The call, when this person talks with it, is offered it, or talked with it."""
    call = session.get(Call, call_id)
    if call is None:
        return None
    if call.person_id == person_id:
        return call
    at_seat = session.scalar(select(Seat.id).where(Seat.person_id == person_id, Seat.call_id == call_id))
    return call if at_seat is not None else None


def call_facts(session: Session, call: Call, person_id: int, now: datetime) -> CallFacts:
    note_level = session.scalar(select(Note.risk_level).where(Note.call_id == call.id))
    answered = call.answered_at or now
    consents = Consents.state_of(session, call.id)
    return CallFacts(
        call=call,
        place=place_path(session, call.place_code),
        waited_seconds=(answered - call.arrived_at).total_seconds(),
        talked_seconds=((call.ended_at or now) - answered).total_seconds(),
        level=None if note_level is None else RiskLevel(note_level),
        danger=session.scalars(
            select(Danger).where(Danger.call_id == call.id, Danger.state == DangerState.OPEN)
        ).first(),
        help_request=session.scalars(
            select(HelpRequest).where(HelpRequest.call_id == call.id).order_by(HelpRequest.id.desc())
        ).first(),
        recording=_recording(session, call, consents[ConsentKind.RECORDING]),
        captions_separately=standing_policy(session).captions_separately,
        consents=consents,
        same_number=same_number(session, call, person_id, now),
        talk=talk_facts(session, call, person_id),
        call_back=call_back_facts(session, call),
        may_be_called_back=may_be_called_back(session, call),
    )


def _recording(session: Session, call: Call, consent: ConsentState) -> str:
    if consent in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        return "refused"
    state = session.scalar(
        select(Recording.state).where(Recording.call_id == call.id).order_by(Recording.id.desc()).limit(1)
    )
    if state is not RecordingState.STARTED:
        return "waiting" if state is None and call.state is CallState.TALKING else "off"
    return PAUSE_WORDS[recording_pause(session, call.id)]
