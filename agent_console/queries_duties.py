"""What the shift owes, as frozen rows: follow-ups, forced tasks, appointments, referrals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from agent_console.local_time import local_day, midnight
from hotline.care.follow_ups import due_follow_ups
from hotline.domain.duty_rules import waits_for
from models.calls import Call
from models.care import FollowUp
from models.crypto import mask_number
from models.duties import Appointment, Duty
from models.forced_reports import ForcedReport
from models.notes import Note
from models.people import Person
from models.places import Place
from models.referrals import Referral
from models.vocabulary import CallbackState, RiskLevel, Role
from models.vocabulary_after import (
    AppointmentState,
    ContactMethod,
    DutyKind,
    DutyState,
    ReferralState,
    ReferralTarget,
)
from models.vocabulary_care import ForcedReportState
from models.vocabulary_record import AgeBand, Sex

MOST = 200


@dataclass(frozen=True)
class Who:
    """As much of a person as a list may show."""

    call_id: int
    masked: str
    level: RiskLevel | None
    sex: Sex | None
    age_band: AgeBand | None
    place_zh: str
    place_en: str


@dataclass(frozen=True)
class FollowUpRow:
    follow_up_id: int
    who: Who
    rule: str
    due_at: datetime
    late: bool
    preferred: str | None
    mine: bool
    tries: int
    callback_state: CallbackState | None


@dataclass(frozen=True)
class DutyRow:
    duty_id: int
    who: Who
    kind: DutyKind
    due_at: datetime
    late: bool
    first: tuple[DutyKind, ...]
    """What must be done before it."""


@dataclass(frozen=True)
class AppointmentRow:
    appointment_id: int
    who: Who
    method: ContactMethod
    starts_at: datetime
    minutes: int
    worker: str
    mine: bool
    late: bool


@dataclass(frozen=True)
class ReferralRow:
    referral_id: int
    who: Who
    target: ReferralTarget
    unit_name: str
    state: ReferralState
    sent_at: datetime
    due_at: datetime | None
    late: bool


@dataclass(frozen=True)
class ReportRow:
    """强制报告 that nobody has ended yet; one for a contact."""

    who: Who
    due_at: datetime
    late: bool


@dataclass(frozen=True)
class ShiftDuties:
    follow_ups: tuple[FollowUpRow, ...]
    duties: tuple[DutyRow, ...]
    reports: tuple[ReportRow, ...]
    appointments: tuple[AppointmentRow, ...]
    referrals: tuple[ReferralRow, ...]


def end_of_day(now: datetime) -> datetime:
    """The first moment of tomorrow by the hotline's clock."""
    return midnight(local_day(now) + timedelta(days=1))


def shift_duties(session: Session, now: datetime, centre_id: int | None, person_id: int) -> ShiftDuties:
    """Due today or before, of one centre and of none, or of all; the earliest first."""
    until = end_of_day(now)
    follow_ups = due_follow_ups(session, until, centre_id, MOST)
    duties = session.scalars(
        _of(select(Duty).join(Duty.call), centre_id).where(Duty.state == DutyState.OPEN).order_by(Duty.due_at)
    ).all()
    appointments = session.scalars(
        _of(select(Appointment).join(Appointment.call), centre_id)
        .where(Appointment.state == AppointmentState.PLANNED, Appointment.starts_at < until)
        .options(joinedload(Appointment.worker))
        .order_by(Appointment.starts_at)
    ).all()
    referrals = session.scalars(
        _of(select(Referral).join(Referral.call), centre_id)
        .where(Referral.due_at.is_not(None))
        .order_by(Referral.due_at)
        .limit(MOST)
    ).all()
    reports = session.scalars(
        _of(select(ForcedReport).join(ForcedReport.call), centre_id)
        .where(ForcedReport.state == ForcedReportState.DUE)
        .order_by(ForcedReport.due_at)
    ).all()
    concerned = (*follow_ups, *duties, *reports, *appointments, *referrals)
    people = whos(session, [row.call_id for row in concerned])
    return ShiftDuties(
        tuple(follow_up_row(row, people, now, person_id) for row in follow_ups),
        duty_rows(duties, people, now),
        report_rows(reports, people, now),
        tuple(
            AppointmentRow(
                row.id,
                people[row.call_id],
                row.method,
                row.starts_at,
                row.minutes,
                row.worker.name,
                row.worker_id == person_id,
                row.starts_at + timedelta(minutes=row.minutes) < now,
            )
            for row in appointments
        ),
        referral_rows(referrals, people, now),
    )


def whos(session: Session, call_ids: Iterable[int]) -> dict[int, Who]:
    wanted = set(call_ids)
    rows = session.execute(
        select(Call, Note, Place)
        .outerjoin(Note, Note.call_id == Call.id)
        .outerjoin(Place, Place.code == Note.place_code)
        .where(Call.id.in_(wanted))
    )
    return {call.id: _who(call, note, place) for call, note, place in rows}


def _who(call: Call, note: Note | None, place: Place | None) -> Who:
    fields = (note.fields or {}) if note is not None else {}
    level = max(note.risk_level or 0, note.risk_floor) if note is not None else None
    return Who(
        call.id,
        mask_number(call.caller_number or ""),
        None if level is None else RiskLevel(level),
        Sex(fields["sex"]) if fields.get("sex") else None,
        AgeBand(fields["age_band"]) if fields.get("age_band") else None,
        place.name_zh if place is not None else "",
        place.name_en if place is not None else "",
    )


def follow_up_row(row: FollowUp, people: dict[int, Who], now: datetime, person_id: int) -> FollowUpRow:
    return FollowUpRow(
        row.id,
        people[row.call_id],
        row.rule,
        row.due_at,
        row.due_at < now,
        row.preferred.name if row.preferred is not None else None,
        row.preferred_id == person_id,
        row.callback.attempts if row.callback is not None else 0,
        row.callback.state if row.callback is not None else None,
    )


def report_rows(
    reports: Iterable[ForcedReport], people: dict[int, Who], now: datetime
) -> tuple[ReportRow, ...]:
    return tuple(ReportRow(people[row.call_id], row.due_at, row.due_at < now) for row in reports)


def duty_rows(duties: Iterable[Duty], people: dict[int, Who], now: datetime) -> tuple[DutyRow, ...]:
    rows = list(duties)
    still_open: dict[int, set[DutyKind]] = {}
    for row in rows:
        still_open.setdefault(row.call_id, set()).add(row.kind)
    return tuple(
        DutyRow(
            row.id,
            people[row.call_id],
            row.kind,
            row.due_at,
            row.due_at < now,
            waits_for(row.kind, still_open[row.call_id]),
        )
        for row in rows
    )


def referral_rows(
    referrals: Iterable[Referral], people: dict[int, Who], now: datetime
) -> tuple[ReferralRow, ...]:
    return tuple(
        ReferralRow(
            row.id,
            people[row.call_id],
            row.target,
            row.unit_name,
            row.state,
            row.sent_at,
            row.due_at,
            row.due_at is not None and row.due_at < now,
        )
        for row in referrals
    )


def workers(session: Session, centre_id: int | None) -> list[tuple[int, str]]:
    """Who may take something over or keep an appointment: id and name of active operators and supervisors."""
    query = select(Person.id, Person.name).where(
        Person.active.is_(True), Person.role.in_((Role.OPERATOR, Role.SUPERVISOR))
    )
    if centre_id is not None:
        query = query.where((Person.centre_id == centre_id) | Person.centre_id.is_(None))
    return [
        (row.id, row.name) for row in session.execute(query.order_by(Person.role, Person.name, Person.id))
    ]


def _of(query: Select, centre_id: int | None) -> Select:  # type: ignore[type-arg]
    if centre_id is None:
        return query
    return query.where((Call.centre_id == centre_id) | Call.centre_id.is_(None))
