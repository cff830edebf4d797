"""The roster in force, changed by hand: a shift is added after its checks, or taken out when that empties no
minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span
from hotline.domain.roster_rules import new_breaches
from hotline.domain.shift_rules import PlannedShift, faults_of
from hotline.workforce.errors import NotFound, RulesBroken, ShiftOver, ShiftRefused
from hotline.workforce.roster_facts import breaches_of, cover_kept, worker_of
from hotline.workforce.roster_policy import rules_of, standing_roster_policy
from models.audit import write_audit
from models.events import ShiftChanged
from models.people import Person
from models.places import Centre
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ShiftKind
from models.workforce import Shift

AROUND = timedelta(days=15)
"""How far rest, weeks and nights in a row can reach."""


@dataclass(frozen=True)
class ShiftFile:
    """A shift as typed. `seat_id` None: any seat of the centre, or a stand-by phone."""

    centre_id: int
    person_id: int
    kind: ShiftKind
    starts_at: datetime
    ends_at: datetime
    seat_id: int | None = None
    standby_order: int = 1
    line_id: int | None = None
    skill: str | None = None


class Shifts:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def add(self, file: ShiftFile, *, by_id: int, reason: str = "") -> int:
        """The new shift's id. `reason`: why rest or hours may be broken; without one they may not.

        Raises NotFound, ShiftRefused with every fault at once, RulesBroken.
        """
        with self._work() as unit:
            shift = put(unit, file, keep_rules=not reason.strip())
            audit_shift(unit, self._audit_key, by_id, "shift.add", shift, reason.strip())
            return shift.id

    def remove(self, shift_id: int, *, by_id: int) -> None:
        """Raises NotFound, ShiftOver (what was is a record), HoursUncovered."""
        with self._work() as unit:
            shift = unit.session.get(Shift, shift_id, with_for_update=True)
            if shift is None:
                raise NotFound(shift_id=shift_id)
            if shift.ends_at <= unit.now:
                raise ShiftOver(shift_id=shift_id)
            with cover_kept(unit, shift.centre_id, shift.starts_at, shift.ends_at):
                audit_shift(unit, self._audit_key, by_id, "shift.remove", shift)
                unit.session.delete(shift)


def put(unit: UnitOfWork, file: ShiftFile, *, keep_rules: bool, pattern_id: int | None = None) -> Shift:
    """Into the roster in force, after its checks. Raises NotFound, ShiftRefused, RulesBroken."""
    person = unit.session.get(Person, file.person_id)
    # One change of a centre's table at a time: two people could give the same seat twice.
    centre = unit.session.get(Centre, file.centre_id, with_for_update=True)
    # Held, so that it is not retired meanwhile.
    seat = unit.session.get(Seat, file.seat_id, with_for_update=True) if file.seat_id is not None else None
    no_such_seat = file.seat_id is not None and (seat is None or seat.retired_at is not None)
    if person is None or centre is None or no_such_seat:
        raise NotFound()
    planned = PlannedShift(file.person_id, file.centre_id, file.seat_id, file.starts_at, file.ends_at)
    faults = faults_of(
        planned,
        worker_of(person),
        _near(unit.session, planned),
        seat_centre_id=seat.centre_id if seat else None,
        now=unit.now,
    )
    if faults:
        raise ShiftRefused(faults)
    around = Span(file.starts_at - AROUND, file.ends_at + AROUND)
    rules = rules_of(standing_roster_policy(unit.session, file.centre_id))
    before = breaches_of(unit.session, file.person_id, around, rules)
    shift = Shift(
        centre_id=file.centre_id,
        person_id=file.person_id,
        seat_id=file.seat_id,
        kind=file.kind,
        standby_order=file.standby_order,
        line_id=file.line_id,
        skill=file.skill,
        starts_at=file.starts_at,
        ends_at=file.ends_at,
        pattern_id=pattern_id,
        is_demonstration=person.is_demonstration,
    )
    unit.session.add(shift)
    unit.session.flush()
    broken = new_breaches(before, breaches_of(unit.session, file.person_id, around, rules))
    if broken and keep_rules:
        raise RulesBroken(broken)
    return shift


def audit_shift(
    unit: UnitOfWork, key: bytes, by_id: int | None, action: str, shift: Shift, reason: str = ""
) -> None:
    """A line of the audit, and the boards are told."""
    told = f"person:{shift.person_id} {shift.starts_at.isoformat()}/{shift.ends_at.isoformat()}"
    write_audit(
        unit.session,
        key,
        at=unit.now,
        person_id=by_id,
        action=action,
        subject=f"shift:{shift.id}",
        reason=f"{told} {reason}".strip(),
    )
    unit.tell(ShiftChanged(shift.centre_id))


def _near(session: Session, planned: PlannedShift) -> list[PlannedShift]:
    rows = session.scalars(
        select(Shift).where(Shift.starts_at < planned.ends_at, Shift.ends_at > planned.starts_at)
    )
    return [PlannedShift(s.person_id, s.centre_id, s.seat_id, s.starts_at, s.ends_at) for s in rows]
