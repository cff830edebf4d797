"""What the desk of one person shows now, read from the records: idle, offer, call or wrap-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.desk_talk import CalledIn, TalkFacts, called_to, talk_facts
from agent_console.queries_queue import order_of
from hotline.care.consents import Consents
from hotline.domain.explanation import Explanation
from hotline.routing.callbacks import silence_is_called_back
from hotline.routing.dropped_line import held_by
from hotline.routing.duty import can_be_called
from hotline.routing.policy import policy_of
from hotline.routing.recording_pause import RecordingPause, recording_pause
from models.call_back_words import TryResult
from models.calls import Call, Callback, CallbackTry, Offer
from models.care import Danger, HelpRequest
from models.notes import Note
from models.people import Person
from models.places import Place
from models.policies import standing_policy
from models.recordings import Recording, Transcript
from models.seats import Seat
from models.vocabulary import (
    AgentStatus,
    CallbackKind,
    CallState,
    ConsentKind,
    ConsentState,
    DangerState,
    OfferState,
    RecordingKind,
    RecordingState,
    RiskLevel,
    SeatState,
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


@dataclass(frozen=True)
class OfferFacts:
    offer: Offer | None
    call: Call
    waited_seconds: float
    seconds_left: float
    seconds_whole: float
    place: list[Place]
    same_number: SameNumber | None
    order: Explanation
    """Why it comes first."""
    called_in: CalledIn | None = None
    """For an offer that is a colleague's transfer: then there is no `offer`."""
    call_back: CallBackFacts | None = None


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


@dataclass(frozen=True)
class DeskState:
    """`mode`: off | setup | idle | offer | call | wrap_up."""

    mode: str
    seat: Seat | None
    offer: OfferFacts | None = None
    call: CallFacts | None = None
    seconds_in_state: float = 0
    wrap_up_left: float | None = None
    dropped: Callback | None = None
    """A line that dropped in danger, which this seat is to call back."""

    @property
    def prepares(self) -> bool:
        """Somebody is to be called back and has not answered: there is no talk to write down yet."""
        return self.mode == "call" and self.call is not None and self.call.call.nobody_answered_yet

    @property
    def main_key(self) -> str:
        """Names what fills the page below the bar; while it stays the same, nothing there is replaced."""
        if self.prepares and self.call is not None:
            return f"prepare:{self.call.call.id}"
        return f"call:{self.call.call.id}" if self.call else "idle"


def desk_state(session: Session, person_id: int, now: datetime) -> DeskState:
    seat = session.scalars(
        select(Seat).where(Seat.person_id == person_id).options(joinedload(Seat.centre))
    ).first()
    if seat is None:
        return DeskState("off", None)
    since = (now - seat.state_since).total_seconds()
    if seat.state is SeatState.OFFERED:
        offer = session.scalars(
            select(Offer)
            .where(Offer.seat_id == seat.id, Offer.state.in_([OfferState.MADE, OfferState.ACCEPTED]))
            .order_by(Offer.id.desc())
            .options(joinedload(Offer.call))
        ).first()
        called_in = called_to(session, seat.id)
        if called_in is not None:
            return DeskState("offer", seat, offer=_transfer_offer(session, called_in, person_id, now))
        if offer is not None:
            return DeskState("offer", seat, offer=_offer_facts(session, offer, person_id, now))
    call = session.get(Call, seat.call_id) if seat.call_id is not None else None
    if call is not None and seat.state is SeatState.TALKING:
        return DeskState("call", seat, call=call_facts(session, call, person_id, now), seconds_in_state=since)
    if seat.state is SeatState.WRAP_UP:
        call = call or _last_call(session, seat.id, person_id)
        if call is not None:
            left = (seat.wrap_up_until - now).total_seconds() if seat.wrap_up_until else None
            facts = call_facts(session, call, person_id, now)
            return DeskState(
                "wrap_up",
                seat,
                call=facts,
                seconds_in_state=since,
                wrap_up_left=left,
                dropped=held_by(session, seat.id),
            )
    ready = seat.state is SeatState.AVAILABLE and seat.status is AgentStatus.READY
    return DeskState("idle" if ready else "setup", seat, seconds_in_state=since)


def _last_call(session: Session, seat_id: int, person_id: int) -> Call | None:
    return session.scalars(
        select(Call)
        .where(Call.seat_id == seat_id, Call.person_id == person_id, Call.state == CallState.ENDED)
        .order_by(Call.ended_at.desc())
        .limit(1)
    ).first()


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
        same_number=_same_number(session, call, person_id, now),
        talk=talk_facts(session, call, person_id),
        call_back=_call_back(session, call),
        may_be_called_back=_may_be_called_back(session, call),
    )


def _transfer_offer(session: Session, one: CalledIn, person_id: int, now: datetime) -> OfferFacts:
    call = one.participation.call
    return OfferFacts(
        offer=None,
        call=call,
        waited_seconds=(now - call.arrived_at).total_seconds(),
        seconds_left=max(0.0, (one.participation.deadline_at - now).total_seconds()),
        seconds_whole=(one.participation.deadline_at - one.participation.asked_at).total_seconds(),
        place=place_path(session, call.place_code),
        same_number=_same_number(session, call, person_id, now),
        order=order_of(call, now, policy_of(session).credits),
        called_in=one,
    )


def _call_back(session: Session, call: Call) -> CallBackFacts | None:
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


def _may_be_called_back(session: Session, call: Call) -> bool:
    if not can_be_called(call.caller_number):
        return False
    kind = session.scalars(select(Note.call_type).where(Note.call_id == call.id)).first()
    owed = select(Callback.id).where(Callback.call_id == call.id)
    if kind not in (CallType.SILENT, CallType.CUT_OFF) or session.scalars(owed).first() is not None:
        return False
    return silence_is_called_back(session, call)


def _offer_facts(session: Session, offer: Offer, person_id: int, now: datetime) -> OfferFacts:
    call = offer.call
    return OfferFacts(
        offer=offer,
        call=call,
        waited_seconds=(now - call.arrived_at).total_seconds(),
        seconds_left=max(0.0, (offer.deadline_at - now).total_seconds()),
        seconds_whole=max(1.0, (offer.deadline_at - offer.made_at).total_seconds()),
        place=place_path(session, call.place_code),
        same_number=_same_number(session, call, person_id, now),
        order=order_of(call, now, policy_of(session).credits),
        call_back=_call_back(session, call),
    )


PAUSE_WORDS = {
    RecordingPause.NONE: "on",
    RecordingPause.ASKED: "pausing",
    RecordingPause.CONFIRMED: "paused",
    RecordingPause.RESUME_ASKED: "resuming",
}


def _recording(session: Session, call: Call, consent: ConsentState) -> str:
    if consent in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        return "refused"
    state = session.scalar(
        select(Recording.state).where(Recording.call_id == call.id).order_by(Recording.id.desc()).limit(1)
    )
    if state is not RecordingState.STARTED:
        return "waiting" if state is None and call.state is CallState.TALKING else "off"
    return PAUSE_WORDS[recording_pause(session, call.id)]


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


def _same_number(session: Session, call: Call, person_id: int, now: datetime) -> SameNumber | None:
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
