"""Leave: asked by the person, granted by a supervisor; its shifts become open ones, never empty hours."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from sqlalchemy import select

from hotline.domain.roster_cover import Span
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound, NotOpen
from hotline.workforce.roster_facts import cover_kept, shifts_of
from hotline.workforce.staff_notices import supervisors_of, tell
from models.duty_requests import Leave
from models.events import ShiftChanged
from models.roster import OpenShift
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_roster import AskState, LeaveKind, NoticeKind, OpenReason
from models.workforce import Shift

MOST_DAYS = 366
LONGEST_NOTE = 500


class Leaves:
    """Every method raises NotFound for an id that is none, NotOpen where somebody answered first."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def ask(
        self, person_id: int, kind: LeaveKind, starts_at: datetime, ends_at: datetime, note: str = ""
    ) -> int:
        """Raises FieldWrong."""
        if not starts_at < ends_at or (ends_at - starts_at).days > MOST_DAYS:
            raise FieldWrong("ends_at", "ends_before_start")
        if len(note) > LONGEST_NOTE:
            raise FieldWrong("note", "text_long")
        with self._work() as unit:
            if ends_at <= unit.now:
                raise FieldWrong("ends_at", "already_over")
            leave = Leave(
                person_id=person_id,
                kind=kind,
                starts_at=starts_at,
                ends_at=ends_at,
                note=note.strip() or None,
                asked_at=unit.now,
            )
            unit.session.add(leave)
            unit.session.flush()
            return leave.id

    def withdraw(self, leave_id: int, person_id: int) -> None:
        """Before it was decided. What was granted is taken back by asking for the shifts again."""
        with self._work() as unit:
            leave = self._asked(unit, leave_id)
            if leave.person_id != person_id:
                raise NotFound(leave_id=leave_id)
            leave.state, leave.decided_at = AskState.WITHDRAWN, unit.now

    def refuse(self, leave_id: int, *, by_id: int) -> None:
        with self._work() as unit:
            self._decided(unit, self._asked(unit, leave_id), AskState.REFUSED, by_id, 0)

    def grant(self, leave_id: int, *, by_id: int) -> int:
        """How many shifts became open. Raises HoursUncovered: then fill the hours or name an exit first."""
        with self._work() as unit:
            leave = self._asked(unit, leave_id)
            span = Span(max(leave.starts_at, unit.now), leave.ends_at)
            shifts = [one for one in shifts_of(unit.session, leave.person_id, span) if one.ends_at > unit.now]
            with ExitStack() as kept:
                for centre_id in sorted({one.centre_id for one in shifts}):
                    own = [one for one in shifts if one.centre_id == centre_id]
                    kept.enter_context(
                        cover_kept(
                            unit, centre_id, min(s.starts_at for s in own), max(s.ends_at for s in own)
                        )
                    )
                for shift in shifts:
                    free(unit, shift, OpenReason.LEAVE)
                unit.session.flush()
            self._decided(unit, leave, AskState.GRANTED, by_id, len(shifts))
            return len(shifts)

    def _asked(self, unit: UnitOfWork, leave_id: int) -> Leave:
        leave = unit.session.get(Leave, leave_id, with_for_update=True)
        if leave is None:
            raise NotFound(leave_id=leave_id)
        if leave.state is not AskState.ASKED:
            raise NotOpen(leave_id=leave_id)
        return leave

    def _decided(self, unit: UnitOfWork, leave: Leave, state: AskState, by_id: int, freed: int) -> None:
        leave.state, leave.decided_at, leave.decided_by_id = state, unit.now, by_id
        tell(unit, leave.person_id, NoticeKind.LEAVE, f"leave:{leave.id}:{state}", starts_at=leave.starts_at)
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action=f"leave.{state}",
            subject=f"leave:{leave.id}",
            changes={"person": [None, leave.person_id], "freed": [None, freed]},
        )


def free_all(unit: UnitOfWork, person_id: int) -> int:
    """Who will never come is not rostered: an account was closed. That can't wait for a substitute, so it is
    the one change that may empty an hour; supervisors are told at once. Gives how many became open."""
    shifts = unit.session.scalars(
        select(Shift).where(Shift.person_id == person_id, Shift.ends_at > unit.now).order_by(Shift.id)
    ).all()
    for shift in shifts:
        free(unit, shift, OpenReason.LEAVE)
        for supervisor_id in supervisors_of(unit.session, shift.centre_id):
            key = f"freed:{shift.id}:{supervisor_id}"
            tell(
                unit,
                supervisor_id,
                NoticeKind.GAP,
                key,
                starts_at=shift.starts_at,
                centre_id=shift.centre_id,
            )
    return len(shifts)


def free(unit: UnitOfWork, shift: Shift, reason: OpenReason) -> OpenShift:
    """Take the person out of the shift: it becomes an open one, from now on."""
    open_ = OpenShift(
        centre_id=shift.centre_id,
        kind=shift.kind,
        seat_id=shift.seat_id,
        line_id=shift.line_id,
        skill=shift.skill,
        starts_at=max(shift.starts_at, unit.now),
        ends_at=shift.ends_at,
        reason=reason,
        pattern_id=shift.pattern_id,
        made_at=unit.now,
        is_demonstration=shift.is_demonstration,
    )
    unit.session.add(open_)
    unit.tell(ShiftChanged(shift.centre_id))
    if shift.starts_at < unit.now:
        shift.ends_at = unit.now
        shift.revision += 1
    else:
        unit.session.delete(shift)
    return open_
