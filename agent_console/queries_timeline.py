"""Everything that the hotline and one caller did, across numbers and channels, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.timelines import same_caller
from models.call_back_words import CallDirection
from models.calls import Call, Callback
from models.care import Danger, FollowUp
from models.duties import Appointment, Duty
from models.entries import ContactEntry
from models.notes import Note
from models.people import Person
from models.referrals import Referral
from models.vocabulary import CallbackKind, CallOutcome, RiskLevel
from models.vocabulary_record import Channel

MOST_CONTACTS = 100


@dataclass(frozen=True)
class Moment:
    """One line. `kind`: contact | callback | follow_up | appointment | referral | duty | danger."""

    kind: str
    at: datetime
    call_id: int
    item_id: int
    code: Any
    """The code that names it: call type, call-back kind, rule, method, target, duty."""
    state: Any = None
    level: RiskLevel | None = None
    channel: Channel | None = None
    direction: CallDirection | None = None
    outcome: CallOutcome | None = None
    person: str | None = None
    summary: str | None = None
    form_number: str | None = None
    entered_at: datetime | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Timeline:
    moments: tuple[Moment, ...]
    numbers: int
    """How many numbers were found to be this person's."""
    call_ids: tuple[int, ...]


def timeline_of(session: Session, call: Call) -> Timeline:
    hashes = same_caller(session, call.caller_hash)
    rows = session.execute(
        select(Call, Note, Person.name, ContactEntry)
        .outerjoin(Note, Note.call_id == Call.id)
        .outerjoin(Person, Person.id == Call.person_id)
        .outerjoin(ContactEntry, ContactEntry.call_id == Call.id)
        .where(Call.caller_hash.in_(hashes))
        .order_by(Call.arrived_at.desc(), Call.id.desc())
        .limit(MOST_CONTACTS)
    ).all()
    ids = [row[0].id for row in rows]
    moments = [_contact(*row) for row in rows]
    moments += _what_followed(session, ids)
    return Timeline(
        tuple(sorted(moments, key=lambda one: (one.at, one.item_id), reverse=True)), len(hashes), tuple(ids)
    )


def _contact(call: Call, note: Note | None, person: str | None, entry: ContactEntry | None) -> Moment:
    level = max(note.risk_level or 0, note.risk_floor) if note is not None else None
    talked = call.ended_at - call.answered_at if call.answered_at and call.ended_at else None
    return Moment(
        "contact",
        call.arrived_at,
        call.id,
        call.id,
        note.call_type if note is not None else None,
        state=note.state if note is not None else None,
        level=None if level is None else RiskLevel(level),
        channel=call.channel,
        direction=call.direction,
        outcome=call.outcome,
        person=person,
        summary=note.summary if note is not None else None,
        form_number=entry.form_number if entry is not None else None,
        entered_at=entry.entered_at if entry is not None else None,
        seconds=None if talked is None else talked.total_seconds(),
    )


def _what_followed(session: Session, ids: list[int]) -> list[Moment]:
    found: list[Moment] = []
    for back in session.scalars(
        select(Callback).where(Callback.call_id.in_(ids), Callback.kind != CallbackKind.FOLLOW_UP)
    ):
        found.append(Moment("callback", back.asked_at, back.call_id, back.id, back.kind, back.state))
    for row in session.scalars(select(FollowUp).where(FollowUp.call_id.in_(ids))):
        level = None if row.rerated is None else RiskLevel(row.rerated)
        at = row.done_at or row.due_at
        found.append(Moment("follow_up", at, row.call_id, row.id, row.rule, row.state, level))
    for kept in session.scalars(select(Appointment).where(Appointment.call_id.in_(ids))):
        found.append(Moment("appointment", kept.starts_at, kept.call_id, kept.id, kept.method, kept.state))
    for sent in session.scalars(select(Referral).where(Referral.call_id.in_(ids))):
        found.append(Moment("referral", sent.sent_at, sent.call_id, sent.id, sent.target, sent.state))
    for duty in session.scalars(select(Duty).where(Duty.call_id.in_(ids))):
        found.append(Moment("duty", duty.opened_at, duty.call_id, duty.id, duty.kind, duty.state))
    for danger in session.scalars(select(Danger).where(Danger.call_id.in_(ids))):
        found.append(
            Moment("danger", danger.raised_at, danger.call_id, danger.id, danger.source, danger.state)
        )
    return found
