"""Appointments: one, or a series agreed together; each ends with whether the person came."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.care.errors import NoSuchCall
from hotline.care.errors_after import NotOpen, RecordIncomplete
from models.audit import Auditor
from models.calls import Call
from models.duties import Appointment
from models.events import DutyChanged
from models.people import Person
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_after import AppointmentState, ContactMethod, ItemKind

MOST_TIMES = 26
LONGEST_MINUTES = 240
AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Agreed:
    """`times` at `every_days` (0 with a single one): 「约定每周做一次面对面心理咨询」 (S4)."""

    method: ContactMethod
    starts_at: datetime
    minutes: int
    worker_id: int
    times: int = 1
    every_days: int = 0
    text: str = ""


def faults_of(agreed: Agreed, now: datetime) -> list[str]:
    faults = []
    if not now < agreed.starts_at <= now + AHEAD:
        faults.append("starts_at")
    if not 5 <= agreed.minutes <= LONGEST_MINUTES:
        faults.append("minutes")
    if not 1 <= agreed.times <= MOST_TIMES:
        faults.append("times")
    if agreed.times > 1 and not 1 <= agreed.every_days <= 90:
        faults.append("every_days")
    return faults


class Appointments:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def make(self, call_id: int, person_id: int, agreed: Agreed) -> list[int]:
        """Ids in order of time. Raises NoSuchCall, RecordIncomplete(faults)."""
        with self._work() as unit:
            if unit.session.get(Call, call_id) is None:
                raise NoSuchCall(call_id=call_id)
            faults = faults_of(agreed, unit.now)
            worker = unit.session.get(Person, agreed.worker_id)
            if worker is None or not worker.active:
                faults.append("worker_id")
            if faults:
                raise RecordIncomplete(faults)
            series = secrets.token_hex(8)
            rows = [
                Appointment(
                    call_id=call_id,
                    series=series,
                    method=agreed.method,
                    starts_at=agreed.starts_at + timedelta(days=agreed.every_days * turn),
                    minutes=agreed.minutes,
                    worker_id=agreed.worker_id,
                    agreed=agreed.text.strip() or None,
                    made_at=unit.now,
                )
                for turn in range(agreed.times)
            ]
            unit.session.add_all(rows)
            unit.session.flush()
            self._told(unit, rows[0], person_id, "appointment.made")
            return [row.id for row in rows]

    def close(self, appointment_id: int, person_id: int, state: AppointmentState, text: str) -> None:
        """Attended, missed or cancelled. Raises NotOpen; RecordIncomplete: an appointment that has not begun
        can only be cancelled."""
        with self._work() as unit:
            row = unit.session.get(Appointment, appointment_id, with_for_update=True)
            if row is None or row.state is not AppointmentState.PLANNED:
                raise NotOpen(appointment_id=appointment_id)
            if state is AppointmentState.PLANNED:
                raise RecordIncomplete(["state"])
            if state is not AppointmentState.CANCELLED and unit.now < row.starts_at:
                raise RecordIncomplete(["not_begun"])
            row.state, row.closing_note = state, text.strip() or None
            row.closed_at, row.closed_by_id = unit.now, person_id
            self._told(unit, row, person_id, f"appointment.{state}")

    def _told(self, unit: UnitOfWork, row: Appointment, person_id: int, action: str) -> None:
        self._audit(unit, person_id, action, f"call:{row.call_id}")
        unit.tell(DutyChanged(row.call_id, str(ItemKind.APPOINTMENT), row.id))
