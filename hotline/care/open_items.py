"""What a shift holds open now, each with its level and its owner: read from the records, judged elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.domain.follow_up_rules import level_of_rule
from hotline.domain.handover import HOLDS_UNSEATED, LOOK_AHEAD, OpenItem
from models.assessments import Consultation
from models.calls import Call, Callback
from models.care import Danger, FollowUp
from models.duties import Appointment, Duty, Handover
from models.forced_reports import ForcedReport
from models.linkage import Linkage
from models.notes import Note
from models.people import Person
from models.referrals import Referral
from models.seats import Seat
from models.vocabulary import (
    CallbackKind,
    CallState,
    DangerState,
    FollowUpState,
    NoteState,
    RiskLevel,
    Role,
    SeatState,
)
from models.vocabulary_after import AppointmentState, DutyKind, DutyState, HandoverState, ItemKind
from models.vocabulary_care import ConsultationState, ForcedReportState
from models.vocabulary_talk import RescueReached

OWNING = (HandoverState.ACCEPTED, HandoverState.TAKEN)
UNANSWERED = (ConsultationState.ASKED, ConsultationState.SENT)


@dataclass(frozen=True)
class _Found:
    kind: ItemKind
    item_id: int
    call_id: int
    due_at: datetime | None
    owner_id: int | None
    at_least: RiskLevel | None = None

    @property
    def key(self) -> tuple[ItemKind, int]:
        return self.kind, self.item_id


def open_items(session: Session, now: datetime, centre_id: int | None) -> list[OpenItem]:
    """Of one centre and of none, or of all; the highest level first, then by time."""
    found = [*_of_the_call(session, centre_id), *_of_the_days(session, now, centre_id)]
    levels = _levels(session, {one.call_id for one in found})
    handed = _handed(session, found)
    owners = [handed[one.key][0] if one.key in handed else one.owner_id for one in found]
    present = _present(session, {owner for owner in owners if owner is not None})
    items = []
    for one, owner in zip(found, owners, strict=True):
        known = [level for level in (one.at_least, levels.get(one.call_id)) if level is not None]
        taken_at = handed[one.key][1] if one.key in handed else None
        fresh = taken_at is not None and now - taken_at < HOLDS_UNSEATED
        holds = owner is not None and (owner in present or fresh)
        level = max(known, default=None)
        items.append(OpenItem(one.kind, one.item_id, one.call_id, level, one.due_at, owner, holds))
    last = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(items, key=lambda item: (-(item.level or 0), item.due_at or last, item.kind, item.item_id))


def is_last_on_duty(session: Session, person_id: int, centre_id: int | None) -> bool:
    query = select(Seat.id).where(
        Seat.person_id.is_not(None), Seat.person_id != person_id, Seat.state != SeatState.OFFLINE
    )
    if centre_id is not None:
        query = query.where(Seat.centre_id == centre_id)
    return session.scalars(query.limit(1)).first() is None


def _of(query: Select, centre_id: int | None) -> Select:  # type: ignore[type-arg]
    """Of this centre, or of none: such a contact is everybody's."""
    return (
        query if centre_id is None else query.where((Call.centre_id == centre_id) | Call.centre_id.is_(None))
    )


def _of_the_call(session: Session, centre_id: int | None) -> Iterable[_Found]:
    """Dangers, hand-offs, call-backs, notes, reports required by law and consultations: open until somebody
    ends them, whenever they fall due."""
    dangers = _of(select(Danger, Call).join(Call, Call.id == Danger.call_id), centre_id)
    for danger, call in session.execute(dangers.where(Danger.state == DangerState.OPEN)):
        owner = danger.seen_by_id or danger.raised_by_id or call.person_id
        yield _Found(ItemKind.DANGER, danger.id, call.id, danger.raised_at, owner, RiskLevel.R4)
    linkages = _of(select(Linkage, Call).join(Call, Call.id == Linkage.call_id), centre_id)
    for linkage, call in session.execute(linkages.where(Linkage.reached == RescueReached.UNKNOWN)):
        yield _Found(
            ItemKind.LINKAGE, linkage.id, call.id, linkage.asked_at, linkage.asked_by_id, RiskLevel.R4
        )
    owed = _of(select(Callback, Seat.person_id).join(Call, Call.id == Callback.call_id), centre_id)
    owed = owed.outerjoin(Seat, Seat.id == Callback.seat_id).where(
        Callback.closed_at.is_(None), Callback.kind != CallbackKind.FOLLOW_UP
    )
    for callback, holder in session.execute(owed):
        least = RiskLevel.R3 if callback.danger else None
        yield _Found(ItemKind.CALLBACK, callback.id, callback.call_id, callback.due_at, holder, least)
    notes = _of(select(Note, Call).join(Call, Call.id == Note.call_id), centre_id)
    for note, call in session.execute(
        notes.where(Note.state == NoteState.DRAFT, Call.state == CallState.ENDED)
    ):
        yield _Found(ItemKind.NOTE, note.id, call.id, call.ended_at, note.person_id)
    required = _of(select(ForcedReport).join(Call, Call.id == ForcedReport.call_id), centre_id)
    for report in session.scalars(required.where(ForcedReport.state == ForcedReportState.DUE)):
        # Harm to a minor: it is handed on as an R3 is, whatever level the note found.
        yield _Found(
            ItemKind.FORCED_REPORT,
            report.id,
            report.call_id,
            report.due_at,
            report.opened_by_id,
            RiskLevel.R3,
        )
    asked = _of(select(Consultation).join(Call, Call.id == Consultation.call_id), centre_id)
    for one in session.scalars(asked.where(Consultation.state.in_(UNANSWERED))):
        yield _Found(ItemKind.CONSULTATION, one.id, one.call_id, None, one.asked_by_id)


def _of_the_days(session: Session, now: datetime, centre_id: int | None) -> Iterable[_Found]:
    """What falls due before the next shift ends."""
    until = now + LOOK_AHEAD
    follow_ups = _of(select(FollowUp).join(Call, Call.id == FollowUp.call_id), centre_id)
    for row in session.scalars(
        follow_ups.where(FollowUp.state == FollowUpState.DUE, FollowUp.due_at <= until)
    ):
        yield _Found(ItemKind.FOLLOW_UP, row.id, row.call_id, row.due_at, None, level_of_rule(row.rule))
    referrals = _of(select(Referral).join(Call, Call.id == Referral.call_id), centre_id)
    for sent in session.scalars(referrals.where(Referral.due_at <= until)):
        yield _Found(ItemKind.REFERRAL, sent.id, sent.call_id, sent.due_at, sent.sent_by_id)
    duties = _of(select(Duty).join(Call, Call.id == Duty.call_id), centre_id)
    for duty in session.scalars(duties.where(Duty.state == DutyState.OPEN, Duty.due_at <= until)):
        least = RiskLevel.R3 if duty.kind is DutyKind.FIND_PERSON else None
        yield _Found(ItemKind.DUTY, duty.id, duty.call_id, duty.due_at, None, least)
    kept = _of(select(Appointment).join(Call, Call.id == Appointment.call_id), centre_id)
    for one in session.scalars(
        kept.where(Appointment.state == AppointmentState.PLANNED, Appointment.starts_at <= until)
    ):
        yield _Found(ItemKind.APPOINTMENT, one.id, one.call_id, one.starts_at, one.worker_id)


def _levels(session: Session, call_ids: set[int]) -> dict[int, RiskLevel]:
    rows = session.execute(
        select(Note.call_id, Note.risk_level, Note.risk_floor).where(Note.call_id.in_(call_ids))
    )
    return {row.call_id: RiskLevel(max(row.risk_level or 0, row.risk_floor)) for row in rows}


def _handed(session: Session, found: list[_Found]) -> dict[tuple[ItemKind, int], tuple[int, datetime | None]]:
    """The last one who accepted each item, and when."""
    rows = session.scalars(
        select(Handover)
        .where(Handover.call_id.in_({one.call_id for one in found}), Handover.state.in_(OWNING))
        .order_by(Handover.id)
    )
    return {(row.item_kind, row.item_id): (row.to_id, row.answered_at) for row in rows}


def _present(session: Session, people: set[int]) -> set[int]:
    seated = session.scalars(
        select(Seat.person_id).where(Seat.person_id.in_(people), Seat.state != SeatState.OFFLINE)
    )
    supervisors = session.scalars(
        select(Person.id).where(
            Person.id.in_(people), Person.role == Role.SUPERVISOR, Person.active.is_(True)
        )
    )
    return {person for person in (*seated, *supervisors) if person is not None}
