"""A planned contact into the rows that a real call leaves: call, events, consent, note, follow-ups."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.demonstration.plan import PlannedContact
from analytics.demonstration.texts import disposition_of, fields_of, summary_of
from models.calls import Call, CallEvent, Consent
from models.care import Danger, FollowUp
from models.crypto import NumberHasher
from models.network import PhoneLine
from models.notes import Note, NoteRevision
from models.people import Person
from models.places import Centre
from models.seats import Seat
from models.vocabulary import (
    CallOutcome,
    CallState,
    ConsentKind,
    ConsentState,
    DangerState,
    FollowUpState,
    NoteState,
    RiskLevel,
    Role,
)
from models.vocabulary_record import CallType

FOLLOW_UP_DAYS = {RiskLevel.R2: (7, 90), RiskLevel.R3: (1, 7, 30, 90, 365), RiskLevel.R4: (1, 7, 30, 90, 365)}

OLD_NUMBER_ONE_IN = 6


@dataclass(frozen=True, slots=True)
class Staff:
    """Who answered, by city: centre id, seat ids, operators, and a supervisor."""

    centre_id: int
    seats: tuple[int, ...]
    operators: tuple[int, ...]
    supervisor: int
    own_number: tuple[str, int] | None
    """The city's old number, and its line: some still dial it."""


def staff_by_city(session: Session) -> dict[str, Staff]:
    supervisors = session.scalars(
        select(Person.id)
        .where(Person.role == Role.SUPERVISOR, Person.is_demonstration.is_(True))
        .order_by(Person.id)
    ).all()
    lines = session.scalars(select(PhoneLine).where(PhoneLine.is_demonstration.is_(True))).all()
    found = {}
    for centre in session.scalars(select(Centre).where(Centre.is_demonstration.is_(True))):
        seats = session.scalars(select(Seat.id).where(Seat.centre_id == centre.id).order_by(Seat.id))
        operators = session.scalars(
            select(Person.id)
            .where(Person.centre_id == centre.id, Person.role == Role.OPERATOR)
            .order_by(Person.id)
        )
        found[centre.place_code] = Staff(
            centre.id,
            tuple(seats),
            tuple(operators),
            supervisors[0],
            next(((line.number, line.id) for line in lines if line.centre_id == centre.id), None),
        )
    return found


def caller_number(person: int) -> str:
    """A number that no network gives out: the segment 100."""
    return f"1000000{person:04d}"


def write_contacts(
    session: Session,
    contacts: Sequence[PlannedContact],
    staff: dict[str, Staff],
    hasher: NumberHasher,
    number: str,
    now: datetime,
) -> dict[str, int]:
    """Gives {key: call id} of all of them; those that stand already are left as they are."""
    known = {
        row.carrier_sid: row.id
        for row in session.execute(
            select(Call.carrier_sid, Call.id).where(Call.carrier_sid.in_([c.key for c in contacts]))
        )
    }
    line_id = session.scalars(select(PhoneLine.id).where(PhoneLine.number == number)).first()
    new = [(contact, _call(contact, staff[contact.city], hasher, (number, line_id))) for contact in contacts]
    new = [(contact, call) for contact, call in new if contact.key not in known]
    session.add_all(call for _, call in new)
    session.flush()
    notes = []
    for contact, call in new:
        known[contact.key] = call.id
        _write_events(session, call)
        _write_consents(session, call, contact)
        if call.person_id is not None:
            notes.append((contact, call, _note(call, contact)))
    session.add_all(note for _, _, note in notes)
    session.flush()
    for contact, call, note in notes:
        session.add(_revision(note, contact))
        if contact.topic is not None:
            _write_duties(session, call, contact, staff[contact.city].supervisor, now)
    return known


def _call(
    contact: PlannedContact, staff: Staff, hasher: NumberHasher, unified: tuple[str, int | None]
) -> Call:
    chance = random.Random(contact.seed + 4)
    caller = caller_number(contact.person)
    wait = timedelta(seconds=min(chance.expovariate(1 / 14), 170) + 2)
    if not contact.answered:
        wait = timedelta(seconds=chance.uniform(15, 150))
    answered_at = contact.arrived_at + wait if contact.answered else None
    length = timedelta(seconds=chance.uniform(20, 70) if contact.topic is None else chance.gauss(1150, 380))
    ended_at = contact.arrived_at + wait
    if answered_at is not None:
        ended_at = answered_at + max(length, timedelta(seconds=45))
    operator, seat = chance.choice(staff.operators), chance.choice(staff.seats)
    dials_old = contact.seed % OLD_NUMBER_ONE_IN == 0
    number, line_id = staff.own_number if dials_old and staff.own_number is not None else unified
    return Call(
        carrier_sid=contact.key,
        number_dialled=number,
        caller_number=caller,
        caller_hash=hasher(caller),
        place_code=contact.place_code,
        place_source="operator" if contact.place_code else None,
        centre_id=staff.centre_id,
        line_id=line_id,
        state=CallState.ENDED,
        state_since=ended_at,
        danger=contact.risk is RiskLevel.R4,
        arrived_at=contact.arrived_at,
        answered_at=answered_at,
        ended_at=ended_at,
        outcome=CallOutcome.ANSWERED if contact.answered else CallOutcome.ABANDONED,
        ended_by="caller" if not contact.answered or chance.random() < 0.7 else "operator",
        seat_id=seat if contact.answered else None,
        person_id=operator if contact.answered else None,
        is_demonstration=True,
    )


def _write_events(session: Session, call: Call) -> None:
    steps = [("arrived", call.arrived_at), ("queued", call.arrived_at + timedelta(seconds=1))]
    if call.answered_at is not None:
        steps += [("connecting", call.answered_at - timedelta(seconds=1)), ("talking", call.answered_at)]
    steps.append(("ended", call.ended_at or call.arrived_at))
    session.add_all(
        CallEvent(
            call_id=call.id, at=at, kind=kind, data={"ended_by": call.ended_by} if kind == "ended" else {}
        )
        for kind, at in steps
    )


def _write_consents(session: Session, call: Call, contact: PlannedContact) -> None:
    state = ConsentState.GRANTED if contact.recorded else ConsentState.REFUSED
    how = "notice" if contact.recorded else "key"
    kinds = [(ConsentKind.RECORDING, state, how), (ConsentKind.ANALYSIS, state, how)]
    if contact.answered:
        kinds.append((ConsentKind.NOTE, ConsentState.GRANTED, "operator"))
    session.add_all(
        Consent(
            call_id=call.id,
            kind=kind,
            state=given,
            how=way,
            text_version="2026-11",
            at=contact.arrived_at,
        )
        for kind, given, way in kinds
    )


def _note(call: Call, contact: PlannedContact) -> Note:
    ended_at = call.ended_at or call.arrived_at
    closed_at = ended_at + timedelta(seconds=90 + contact.seed % 240)
    topic = contact.topic
    return Note(
        call_id=call.id,
        person_id=call.person_id,
        revision=1,
        state=NoteState.CLOSED,
        call_type=contact.call_type,
        population=contact.population if topic is not None else None,
        problem=topic.problem if topic is not None else None,
        other_problems=[str(p) for p in topic.other_problems[:1]] if topic is not None else [],
        place_code=contact.place_code,
        risk_level=int(contact.risk) if topic is not None else int(RiskLevel.R0),
        disposition=disposition_of(contact) if topic is not None else None,
        fields=fields_of(contact),
        summary=summary_of(contact),
        created_at=call.answered_at or ended_at,
        saved_at=closed_at,
        closed_at=closed_at,
        is_demonstration=True,
    )


def _revision(note: Note, contact: PlannedContact) -> NoteRevision:
    content = dict(note.fields) | {
        "call_type": str(contact.call_type),
        "place_code": contact.place_code,
        "risk_level": note.risk_level,
        "summary": note.summary,
    }
    if contact.topic is not None:
        content |= {"population": str(contact.population), "problem": str(contact.topic.problem)}
    return NoteRevision(
        note_id=note.id, revision=1, person_id=note.person_id, saved_at=note.saved_at, content=content
    )


def _write_duties(
    session: Session, call: Call, contact: PlannedContact, supervisor: int, now: datetime
) -> None:
    """Follow-ups by the level, and what an imminent danger left behind."""
    if contact.call_type is not CallType.FOLLOW_UP and call.person_id is not None:
        _write_follow_ups(session, call, contact, call.person_id, now)
    if contact.risk is not RiskLevel.R4 or call.answered_at is None or call.ended_at is None:
        return
    session.add(
        Danger(
            call_id=call.id,
            state=DangerState.CLOSED,
            source="desk",
            raised_at=call.answered_at,
            raised_by_id=call.person_id,
            seen_at=call.answered_at + timedelta(seconds=6),
            seen_by_id=supervisor,
            closed_at=call.ended_at + timedelta(minutes=30),
            closed_by_id=supervisor,
            outcome="110 到场，本人平安，家属接回",
        )
    )


def _write_follow_ups(
    session: Session, call: Call, contact: PlannedContact, operator: int, now: datetime
) -> None:
    chance = random.Random(contact.seed + 5)
    for days in FOLLOW_UP_DAYS.get(contact.risk, ()):
        due_at = (call.ended_at or call.arrived_at) + timedelta(days=days)
        past = due_at < now - timedelta(hours=20)
        state = FollowUpState.DUE
        if past:
            state = chance.choices((FollowUpState.DONE, FollowUpState.UNREACHED), (88, 12))[0]
        session.add(
            FollowUp(
                call_id=call.id,
                rule=f"{contact.risk.name}-D{days}",
                due_at=due_at,
                state=state,
                done_at=due_at + timedelta(hours=2) if past else None,
                done_by_id=operator if past else None,
            )
        )
