"""The shift table, changed: a shift is added after its checks, or taken out while it is not over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.shift_rules import PlannedShift, Worker, faults_of
from hotline.workforce.errors import NotFound, ShiftOver, ShiftRefused
from models.audit import write_audit
from models.events import ShiftChanged
from models.people import Person
from models.places import Centre
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role, ShiftKind
from models.workforce import Shift

ANSWERING = (Role.OPERATOR, Role.SUPERVISOR)


class Shifts:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def add(
        self,
        *,
        by_id: int,
        centre_id: int,
        person_id: int,
        seat_id: int | None,
        kind: ShiftKind,
        starts_at: datetime,
        ends_at: datetime,
    ) -> int:
        """The new shift's id. Raises NotFound, and ShiftRefused with every fault at once."""
        with self._work() as unit:
            person = unit.session.get(Person, person_id)
            # One change of a centre's table at a time: two people could give the same seat twice.
            centre = unit.session.get(Centre, centre_id, with_for_update=True)
            # Held, so that it is not retired meanwhile.
            seat = unit.session.get(Seat, seat_id, with_for_update=True) if seat_id is not None else None
            no_such_seat = seat_id is not None and (seat is None or seat.retired_at is not None)
            if person is None or centre is None or no_such_seat:
                raise NotFound()
            planned = PlannedShift(person_id, centre_id, seat_id, starts_at, ends_at)
            faults = faults_of(
                planned,
                _worker(person),
                _near(unit.session, planned),
                seat_centre_id=seat.centre_id if seat else None,
                now=unit.now,
            )
            if faults:
                raise ShiftRefused(faults)
            shift = Shift(
                centre_id=centre_id,
                person_id=person_id,
                seat_id=seat_id,
                kind=kind,
                starts_at=starts_at,
                ends_at=ends_at,
            )
            unit.session.add(shift)
            unit.session.flush()
            self._told(unit, by_id, "shift.add", shift)
            return shift.id

    def remove(self, shift_id: int, *, by_id: int) -> None:
        """Raises NotFound, and ShiftOver: what was is a record."""
        with self._work() as unit:
            shift = unit.session.get(Shift, shift_id, with_for_update=True)
            if shift is None:
                raise NotFound(shift_id=shift_id)
            if shift.ends_at <= unit.now:
                raise ShiftOver(shift_id=shift_id)
            self._told(unit, by_id, "shift.remove", shift)
            unit.session.delete(shift)

    def _told(self, unit: UnitOfWork, by_id: int, action: str, shift: Shift) -> None:
        write_audit(
            unit.session,
            self._audit_key,
            at=unit.now,
            person_id=by_id,
            action=action,
            subject=f"shift:{shift.id}",
            reason=f"person:{shift.person_id} {shift.starts_at.isoformat()}/{shift.ends_at.isoformat()}",
        )
        unit.tell(ShiftChanged(shift.centre_id))


def _worker(person: Person) -> Worker:
    return Worker(
        active=person.active,
        answers_calls=person.role in ANSWERING,
        trained=person.trained_at is not None,
        confidentiality_signed=person.confidentiality_signed_at is not None,
    )


def _near(session: Session, planned: PlannedShift) -> list[PlannedShift]:
    rows = session.scalars(
        select(Shift).where(Shift.starts_at < planned.ends_at, Shift.ends_at > planned.starts_at)
    )
    return [PlannedShift(s.person_id, s.centre_id, s.seat_id, s.starts_at, s.ends_at) for s in rows]
