"""Seats that did not come on duty: noticed by the clock within minutes, told, and replaced down the list.

Who stands by is called on the telephone, and asked on their page, by text and mail. Each call and each answer
stands in the audit. Callers do not wait for it: while nobody is on duty the router rings the same telephones
(`hotline/routing/standby.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.absence_rules import Called, Due, absence_over, goes_silent, is_absent, next_to_call
from hotline.routing.admission import will_be_admitted
from hotline.routing.transactions import in_one_unit, reading
from hotline.workforce.roster_policy import standing_roster_policy
from hotline.workforce.staff_notices import supervisors_of, tell
from hotline.workforce.summons import summon
from models.audit import Auditor
from models.duty_requests import Absence, Summons
from models.events import ShiftChanged
from models.seats import Seat, SeatEvent
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import SeatState, ShiftKind
from models.vocabulary_roster import AbsenceEnd, NoticeKind, SummonsAnswer
from models.workforce import Shift

EARLY = timedelta(hours=2)
"""Who sat down so long before the shift has come."""


class Absences:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def look(self) -> int:
        """One look of the clock. Gives how many absences began, moved on or ended; reads only while all is
        well."""
        with reading(self._work) as unit:
            fresh = _newly_absent(unit.session, unit.now)
            running = unit.session.scalars(select(Absence.id).where(Absence.ended_at.is_(None))).all()
            moving = [one for one in running if self._would_move(unit, one)]
        for shift_id in fresh:
            in_one_unit(self._work, lambda unit, shift_id=shift_id: self._begin(unit, shift_id))  # type: ignore[misc]
        for absence_id in moving:
            in_one_unit(self._work, lambda unit, absence_id=absence_id: self._move(unit, absence_id))  # type: ignore[misc]
        return len(fresh) + len(moving)

    def _begin(self, unit: UnitOfWork, shift_id: int) -> None:
        shift = unit.session.get(Shift, shift_id, with_for_update=True)
        known = select(Absence.id).where(Absence.shift_id == shift_id)
        if shift is None or unit.session.scalar(known) is not None:
            return
        absence = Absence(
            shift_id=shift.id,
            centre_id=shift.centre_id,
            person_id=shift.person_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            noticed_at=unit.now,
            is_demonstration=shift.is_demonstration,
        )
        unit.session.add(absence)
        unit.session.flush()
        for supervisor_id in supervisors_of(unit.session, shift.centre_id):
            key = f"absence:{absence.id}:{supervisor_id}"
            tell(
                unit,
                supervisor_id,
                NoticeKind.ABSENCE,
                key,
                starts_at=shift.starts_at,
                centre_id=shift.centre_id,
            )
        key = f"missing:{absence.id}"
        tell(
            unit,
            shift.person_id,
            NoticeKind.REMINDER,
            key,
            starts_at=shift.starts_at,
            centre_id=shift.centre_id,
        )
        self._audit(unit, "absence.noticed", absence, shift.starts_at.isoformat())
        unit.tell(ShiftChanged(shift.centre_id))
        self._call_next(unit, absence)

    def _would_move(self, unit: UnitOfWork, absence_id: int) -> bool:
        absence = unit.session.get_one(Absence, absence_id)
        called = _called(unit.session, absence.id)
        if _over(unit.session, absence, called, unit.now) is not None:
            return True
        minutes = standing_roster_policy(unit.session, absence.centre_id).standby_minutes
        if any(goes_silent(one, unit.now, minutes) for one in called):
            return True
        standby = _standing_by(unit.session, absence.centre_id, unit.now)
        return next_to_call(standby, called, unit.now, minutes) is not None

    def _move(self, unit: UnitOfWork, absence_id: int) -> None:
        absence = unit.session.get(Absence, absence_id, with_for_update=True)
        if absence is None or absence.ended_at is not None:
            return
        end = _over(unit.session, absence, _called(unit.session, absence.id), unit.now)
        if end is not None:
            absence.ended_at, absence.ended_how = unit.now, end
            self._audit(unit, "absence.ended", absence, str(end))
            unit.tell(ShiftChanged(absence.centre_id))
            return
        minutes = standing_roster_policy(unit.session, absence.centre_id).standby_minutes
        for summons in unit.session.scalars(select(Summons).where(Summons.absence_id == absence.id)):
            if goes_silent(_as_called(summons), unit.now, minutes):
                summons.answer = SummonsAnswer.SILENT
                self._audit(unit, "summons.silent", summons, "")
        unit.session.flush()
        self._call_next(unit, absence)

    def _call_next(self, unit: UnitOfWork, absence: Absence) -> None:
        minutes = standing_roster_policy(unit.session, absence.centre_id).standby_minutes
        standby = _standing_by(unit.session, absence.centre_id, unit.now)
        person_id = next_to_call(standby, _called(unit.session, absence.id), unit.now, minutes)
        if person_id is not None:
            summons = summon(
                unit, person_id, absence.centre_id, unit.now, absence.ends_at, absence_id=absence.id
            )
            self._audit(unit, "summons.call", summons, f"absence:{absence.id}")
            unit.tell(ShiftChanged(absence.centre_id))

    def _audit(
        self, unit: UnitOfWork, action: str, about: Absence | Summons, reason: str, by_id: int | None = None
    ) -> None:
        """By nobody: the clock did it."""
        self._audit_line(
            unit,
            by_id,
            action,
            f"{about.__tablename__}:{about.id}",
            f"person:{about.person_id} {reason}".strip(),
        )


def _newly_absent(session: Session, now: datetime) -> list[int]:
    noticed = select(Absence.shift_id)
    shifts = session.scalars(
        select(Shift)
        .where(
            Shift.kind == ShiftKind.SEAT,
            Shift.starts_at <= now,
            Shift.ends_at > now,
            Shift.id.not_in(noticed),
        )
        .order_by(Shift.id)
    ).all()
    found = []
    for shift in shifts:
        late = standing_roster_policy(session, shift.centre_id).late_minutes
        if shift.starts_at + timedelta(minutes=late) > now:
            continue
        due = Due(shift.id, shift.starts_at, shift.ends_at, _seen(session, shift.person_id, shift.starts_at))
        if is_absent(due, now, late):
            found.append(shift.id)
    return found


def _seen(session: Session, person_id: int, starts_at: datetime) -> bool:
    """Whether this person sits at a seat, or has sat down since shortly before the shift."""
    seated = select(Seat.id).where(Seat.person_id == person_id, Seat.state != SeatState.OFFLINE)
    if session.scalar(seated.limit(1)) is not None:
        return True
    sat_down = session.scalars(
        select(SeatEvent.data).where(SeatEvent.kind == "person", SeatEvent.at >= starts_at - EARLY)
    )
    return any(data.get("person_id") == person_id for data in sat_down)


def _standing_by(session: Session, centre_id: int, now: datetime) -> list[int]:
    """By the roster, now, in their order: who may answer."""
    people = session.scalars(
        select(Shift.person_id)
        .where(
            Shift.centre_id == centre_id,
            Shift.kind == ShiftKind.STANDBY,
            Shift.starts_at <= now,
            Shift.ends_at > now,
            will_be_admitted(),
        )
        .order_by(Shift.standby_order, Shift.id)
    )
    return list(dict.fromkeys(people))


def _called(session: Session, absence_id: int) -> list[Called]:
    rows = session.scalars(select(Summons).where(Summons.absence_id == absence_id))
    return [_as_called(row) for row in rows]


def _as_called(row: Summons) -> Called:
    return Called(row.person_id, row.asked_at, row.answer)


def _over(session: Session, absence: Absence, called: Sequence[Called], now: datetime) -> AbsenceEnd | None:
    shift = session.get(Shift, absence.shift_id)
    if shift is None or shift.person_id != absence.person_id or shift.ends_at <= now:
        return AbsenceEnd.OVER  # taken out of the roster, given to somebody else, or done
    due = Due(
        absence.shift_id,
        absence.starts_at,
        absence.ends_at,
        _seen(session, absence.person_id, absence.starts_at),
    )
    came = any(_seen(session, one.person_id, absence.noticed_at + EARLY) for one in called)
    return absence_over(due, came, now)
