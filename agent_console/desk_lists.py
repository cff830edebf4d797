"""What an idle desk shows beside the bar: the queue in figures, call-backs, follow-ups, own last calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.rendering import CHINA_TIME
from hotline.care.follow_ups import due_follow_ups
from models.call_back_words import CallDirection
from models.calls import Call, Callback
from models.care import FollowUp
from models.notes import Note
from models.people import Person
from models.places import Centre, Place
from models.vocabulary import (
    CallbackKind,
    CallbackState,
    CallOutcome,
    CallState,
    NoteState,
    PlaceLevel,
    RiskLevel,
    Role,
    SeatState,
)
from models.vocabulary_record import AgeBand, Problem, Sex
from models.workforce import Shift

WORKING = (SeatState.AVAILABLE, SeatState.OFFERED, SeatState.TALKING, SeatState.WRAP_UP)
LOOK_AHEAD = timedelta(hours=24)
CALLBACK_TARGET = timedelta(minutes=15)


@dataclass(frozen=True)
class OwedCall:
    callback: Callback
    place: Place | None
    age_seconds: float
    late: bool


def owed_calls(session: Session, centre_id: int | None, now: datetime, limit: int = 30) -> list[OwedCall]:
    """Danger first, then the oldest."""
    query = (
        select(Callback)
        .join(Call, Call.id == Callback.call_id)
        .where(
            Callback.closed_at.is_(None),
            Callback.state != CallbackState.DIALLING,
            Callback.kind != CallbackKind.FOLLOW_UP,
        )
        .order_by(Callback.danger.desc(), Callback.asked_at)
        .options(joinedload(Callback.call).joinedload(Call.place))
        .limit(limit)
    )
    if centre_id is not None:
        query = query.where((Call.centre_id == centre_id) | Call.centre_id.is_(None))
    return [
        OwedCall(
            callback,
            callback.call.place,
            (now - callback.asked_at).total_seconds(),
            now > callback.due_at,
        )
        for callback in session.scalars(query)
    ]


@dataclass(frozen=True)
class DueFollowUp:
    follow_up: FollowUp
    level: RiskLevel | None
    sex: Sex | None
    age_band: AgeBand | None
    place: Place | None
    seconds_left: float


def follow_ups_of(session: Session, centre_id: int | None, now: datetime) -> list[DueFollowUp]:
    rows = []
    for follow_up in due_follow_ups(session, now + LOOK_AHEAD, centre_id):
        note = session.scalars(select(Note).where(Note.call_id == follow_up.call_id)).first()
        fields = (note.fields if note else None) or {}
        place = session.get(Place, note.place_code) if note and note.place_code else None
        rows.append(
            DueFollowUp(
                follow_up,
                RiskLevel(note.risk_level) if note and note.risk_level is not None else None,
                Sex(fields["sex"]) if fields.get("sex") else None,
                AgeBand(fields["age_band"]) if fields.get("age_band") else None,
                place,
                (follow_up.due_at - now).total_seconds(),
            )
        )
    return rows


@dataclass(frozen=True)
class OwnCall:
    call: Call
    level: RiskLevel | None
    problem: Problem | None
    unfinished: bool
    talked_seconds: float


def own_last_calls(session: Session, person_id: int, now: datetime, limit: int = 8) -> list[OwnCall]:
    """Of the last 14 hours; an unfinished note of any age comes first."""
    rows = session.execute(
        select(Call, Note)
        .outerjoin(Note, Note.call_id == Call.id)
        .where(
            Call.person_id == person_id,
            Call.state == CallState.ENDED,
            Call.outcome != CallOutcome.UNREACHED,
            (Call.arrived_at >= now - timedelta(hours=14)) | (Note.state == NoteState.DRAFT),
        )
        .order_by((Note.state == NoteState.DRAFT).desc(), Call.arrived_at.desc())
        .limit(limit)
    ).all()
    return [
        OwnCall(
            call,
            RiskLevel(note.risk_level) if note and note.risk_level is not None else None,
            note.problem if note else None,
            note is None or note.state is NoteState.DRAFT,
            ((call.ended_at or now) - (call.answered_at or call.ended_at or now)).total_seconds(),
        )
        for call, note in rows
    ]


@dataclass(frozen=True)
class HourBar:
    hour: int
    calls: int


def calls_by_hour(session: Session, now: datetime, hours: int = 12) -> list[HourBar]:
    """Arrivals in each of the last hours by China's clock, the current one last."""
    current = now.astimezone(CHINA_TIME).replace(minute=0, second=0, microsecond=0)
    first = current - timedelta(hours=hours - 1)
    counted = dict.fromkeys((first + timedelta(hours=step) for step in range(hours)), 0)
    for arrived in session.scalars(
        select(Call.arrived_at).where(Call.arrived_at >= first, Call.direction == CallDirection.INBOUND)
    ):
        hour = arrived.astimezone(CHINA_TIME).replace(minute=0, second=0, microsecond=0)
        if hour in counted:
            counted[hour] += 1
    return [HourBar(hour.hour, count) for hour, count in counted.items()]


@dataclass(frozen=True)
class ShiftFacts:
    """`supervisors`: names of those of this centre; `standby`: the stand-by telephone, staff only."""

    shift: Shift | None
    calls: int
    talked_seconds: float
    high: int
    supervisors: list[str]
    standby: str | None


def shift_facts(session: Session, person_id: int, centre_id: int | None, now: datetime) -> ShiftFacts:
    shift = session.scalars(
        select(Shift).where(Shift.person_id == person_id, Shift.starts_at <= now, Shift.ends_at > now)
    ).first()
    since = shift.starts_at if shift else now - timedelta(hours=12)
    mine = session.execute(
        select(Call.answered_at, Call.ended_at, Note.risk_level)
        .outerjoin(Note, Note.call_id == Call.id)
        .where(
            Call.person_id == person_id,
            Call.answered_at >= since,
            Call.direction != CallDirection.ENTERED,
        )
    ).all()
    centre = session.get(Centre, centre_id) if centre_id is not None else None
    supervisors = select(Person.name).where(Person.role == Role.SUPERVISOR, Person.active.is_(True))
    if centre_id is not None:
        supervisors = supervisors.where((Person.centre_id == centre_id) | Person.centre_id.is_(None))
    return ShiftFacts(
        shift,
        len(mine),
        sum(((row[1] or now) - row[0]).total_seconds() for row in mine if row[0] is not None),
        sum(1 for row in mine if row[2] is not None and row[2] >= RiskLevel.R3),
        list(session.scalars(supervisors.order_by(Person.name).limit(3))),
        centre.standby_phone if centre else None,
    )


@dataclass(frozen=True)
class Places:
    cities: list[Place]
    counties: list[Place]


def places_of(session: Session) -> Places:
    """Cities and counties that are valid now, for the two selects of the form."""
    rows = session.scalars(select(Place).where(Place.valid_to.is_(None)).order_by(Place.code)).all()
    return Places(
        [place for place in rows if place.level is PlaceLevel.CITY],
        [place for place in rows if place.level is PlaceLevel.COUNTY],
    )
