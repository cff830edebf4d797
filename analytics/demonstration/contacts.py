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
from models.notes import Note, NoteRevision
from models.people import Person
from models.places import Centre
from models.seats import Seat
from models.vocabulary import (
    CallOutcome,
    CallState,
    CallType,
    ConsentKind,
    ConsentState,
    DangerState,
    FollowUpState,
    NoteState,
    RiskLevel,
    Role,
)

FOLLOW_UP_DAYS = {RiskLevel.R2: (7, 90), RiskLevel.R3: (1, 7, 30, 90, 365), RiskLevel.R4: (1, 7, 30, 90, 365)}


@dataclass(frozen=True, slots=True)
class Staff:
    """Who answered, by city: centre id, seat ids, operators, and a supervisor."""

    centre_id: int
    seats: tuple[int, ...]
    operators: tuple[int, ...]
    supervisor: int


def staff_by_city(session: Session) -> dict[str, Staff]:
    supervisors = session.scalars(
        select(Person.id)
        .where(Person.role == Role.SUPERVISOR, Person.is_demonstration.is_(True))
        .order_by(Person.id)
    ).all()
    found = {}
    for centre in session.scalars(select(Centre).where(Centre.is_demonstration.is_(True))):
        seats = session.scalars(select(Seat.id).where(Seat.centre_id == centre.id).order_by(Seat.id))
        operators = session.scalars(
            select(Person.id)
            .where(Person.centre_id == centre.id, Person.role == Role.OPERATOR)
            .order_by(Person.id)
        )
        found[centre.place_code] = Staff(centre.id, tuple(seats), tuple(operators), supervisors[0])
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
    for contact in contacts:
        if contact.key not in known:
            known[contact.key] = _write(session, contact, staff[contact.city], hasher, number, now)
    return known


def _write(
    session: Session,
    contact: PlannedContact,
    staff: Staff,
    hasher: NumberHasher,
    number: str,
    now: datetime,
) -> int:
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
    call = Call(
        carrier_sid=contact.key,
        number_dialled=number,
        caller_number=caller,
        caller_hash=hasher(caller),
        place_code=contact.place_code,
        place_source="operator" if contact.place_code else None,
        centre_id=staff.centre_id,
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
    session.add(call)
    session.flush()
    _write_events(session, call)
    _write_consents(session, call, contact)
    if contact.answered:
        _write_note(session, call, contact, operator, staff, now)
    return call.id


def _write_events(session: Session, call: Call) -> None:
    steps = [("arrived", call.arrived_at), ("queued", call.arrived_at + timedelta(seconds=1))]
    if call.answered_at is not None:
        steps += [("connecting", call.answered_at - timedelta(seconds=1)), ("talking", call.answered_at)]
    steps.append(("ended", call.ended_at or call.arrived_at))
    session.add_all(CallEvent(call_id=call.id, at=at, kind=kind, data={}) for kind, at in steps)


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


def _write_note(
    session: Session,
    call: Call,
    contact: PlannedContact,
    operator: int,
    staff: Staff,
    now: datetime,
) -> None:
    ended_at = call.ended_at or call.arrived_at
    closed_at = ended_at + timedelta(seconds=90 + contact.seed % 240)
    summary, fields, topic = summary_of(contact), fields_of(contact), contact.topic
    helped = topic is not None
    note = Note(
        call_id=call.id,
        person_id=operator,
        revision=1,
        state=NoteState.CLOSED,
        call_type=contact.call_type,
        population=contact.population if helped else None,
        problem=topic.problem if topic is not None else None,
        other_problems=[str(p) for p in topic.other_problems[:1]] if topic is not None else [],
        place_code=contact.place_code,
        risk_level=int(contact.risk) if helped else int(RiskLevel.R0),
        disposition=disposition_of(contact) if helped else None,
        fields=fields,
        summary=summary,
        created_at=call.answered_at or ended_at,
        saved_at=closed_at,
        closed_at=closed_at,
        is_demonstration=True,
    )
    session.add(note)
    session.flush()
    content = dict(fields) | {
        "call_type": str(contact.call_type),
        "place_code": contact.place_code,
        "risk_level": note.risk_level,
        "summary": summary,
    }
    if topic is not None:
        content |= {"population": str(contact.population), "problem": str(topic.problem)}
    session.add(
        NoteRevision(note_id=note.id, revision=1, person_id=operator, saved_at=closed_at, content=content)
    )
    if helped and contact.call_type is not CallType.FOLLOW_UP:
        _write_follow_ups(session, call, contact, operator, now)
    if contact.risk is RiskLevel.R4 and helped:
        session.add(
            Danger(
                call_id=call.id,
                state=DangerState.CLOSED,
                source="desk",
                raised_at=call.answered_at or ended_at,
                raised_by_id=operator,
                seen_at=(call.answered_at or ended_at) + timedelta(seconds=6),
                seen_by_id=staff.supervisor,
                closed_at=ended_at + timedelta(minutes=30),
                closed_by_id=staff.supervisor,
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
