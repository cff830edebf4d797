"""People asked to come on duty: on their page, by text and mail, and by a call; and what they answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotline.domain.roster_cover import Span
from hotline.domain.shift_rules import PlannedShift, faults_of
from hotline.routing.admission import will_be_admitted
from hotline.workforce.errors import FieldWrong, NotFound, NotOpen
from hotline.workforce.roster_facts import cover_kept, shifts_of, worker_of
from hotline.workforce.shifts import audit_shift
from hotline.workforce.staff_notices import tell
from models.audit import write_audit
from models.duty_requests import DutyContact, Summons
from models.events import ShiftChanged
from models.people import Person
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ShiftKind
from models.vocabulary_roster import NoticeKind, SummonsAnswer
from models.workforce import Shift


class Summoning:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def call_standby(self, centre_id: int, span: Span, *, by_id: int) -> int:
        """Ask everybody who stands by in a gap to come, each once; how many. Raises FieldWrong
        (`nobody_stands_by`)."""
        with self._work() as unit:
            begins = max(span.starts_at, unit.now)
            rows = unit.session.scalars(
                select(Shift)
                .where(
                    Shift.centre_id == centre_id,
                    Shift.kind == ShiftKind.STANDBY,
                    Shift.starts_at < span.ends_at,
                    Shift.ends_at > begins,
                    will_be_admitted(),
                )
                .order_by(Shift.standby_order, Shift.id)
            )
            people = list(dict.fromkeys(row.person_id for row in rows))
            if not people:
                raise FieldWrong("what", "nobody_stands_by")
            for person_id in people:
                summons = summon(unit, person_id, centre_id, begins, span.ends_at)
                self._audit(unit, by_id, "summons.call", summons, "")
            return len(people)

    def answer(self, summons_id: int, coming: bool, *, person_id: int | None = None) -> SummonsAnswer:
        """What the person called said: on their page (`person_id`), or by a key of the telephone. Who comes
        for a gap is rostered in it; who comes instead of somebody missing just sits down.

        Raises NotFound; NotOpen when it is over, or they said otherwise before.
        """
        with self._work() as unit:
            summons = unit.session.get(Summons, summons_id, with_for_update=True)
            if summons is None or person_id not in (None, summons.person_id):
                raise NotFound(summons_id=summons_id)
            if summons.ends_at <= unit.now or summons.answer in (
                SummonsAnswer.COMING,
                SummonsAnswer.DECLINED,
            ):
                raise NotOpen(summons_id=summons_id)
            summons.answer = SummonsAnswer.COMING if coming else SummonsAnswer.DECLINED
            summons.answered_at = unit.now
            self._audit(unit, summons.person_id, "summons.answer", summons, str(summons.answer))
            shift = _rostered(unit, summons) if coming and summons.absence_id is None else None
            if shift is not None:
                audit_shift(unit, self._audit_key, summons.person_id, "summons.shift", shift)
            unit.tell(ShiftChanged(summons.centre_id))
            return summons.answer

    def rang(self, summons_id: int, leg_sid: str) -> None:
        """The carrier rings the telephone."""
        with self._work() as unit:
            summons = unit.session.get(Summons, summons_id)
            if summons is not None:
                summons.leg_sid = leg_sid

    def _audit(self, unit: UnitOfWork, by_id: int, action: str, summons: Summons, reason: str) -> None:
        write_audit(
            unit.session,
            self._audit_key,
            at=unit.now,
            person_id=by_id,
            action=action,
            subject=f"summons:{summons.id}",
            reason=f"person:{summons.person_id} {reason}".strip(),
        )


def summon(
    unit: UnitOfWork,
    person_id: int,
    centre_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    absence_id: int | None = None,
) -> Summons:
    """Ask somebody to come: on their page, by text and mail, and by a call where a telephone is on file."""
    summons = Summons(
        absence_id=absence_id,
        centre_id=centre_id,
        person_id=person_id,
        starts_at=starts_at,
        ends_at=ends_at,
        asked_at=unit.now,
    )
    unit.session.add(summons)
    unit.session.flush()
    key = f"summons:{summons.id}"
    tell(unit, person_id, NoticeKind.SUMMONS, key, starts_at=starts_at, centre_id=centre_id)
    contact = unit.session.get(DutyContact, person_id)
    if contact is not None and contact.phone:
        unit.ask_anew("call_standby", "carrier", {f"call_standby:{summons.id}": {"summons_id": summons.id}})
    return summons


def _rostered(unit: UnitOfWork, summons: Summons) -> Shift | None:
    """A seat shift for who comes, in the part of the gap for which they stand by; the stand-by goes on around
    it. None where a shift cannot stand: the yes is on record, and a supervisor sees that the gap is open."""
    begins, ends = max(summons.starts_at, unit.now), summons.ends_at
    near = shifts_of(unit.session, summons.person_id, Span(begins, ends))
    mine = [one for one in near if one.kind is ShiftKind.STANDBY and one.centre_id == summons.centre_id]
    standby = mine[0] if mine else None
    if standby is not None:
        begins, ends = max(begins, standby.starts_at), min(ends, standby.ends_at)
    person = unit.session.get_one(Person, summons.person_id)
    faults = faults_of(
        PlannedShift(person.id, summons.centre_id, None, begins, ends),
        worker_of(person),
        [
            PlannedShift(one.person_id, one.centre_id, None, one.starts_at, one.ends_at)
            for one in near
            if one is not standby
        ],
        seat_centre_id=None,
        now=unit.now,
    )
    if faults:
        return None
    shift = Shift(
        centre_id=summons.centre_id,
        person_id=person.id,
        starts_at=begins,
        ends_at=ends,
        is_demonstration=person.is_demonstration,
    )
    with cover_kept(unit, summons.centre_id, begins, ends):
        if standby is not None:
            _cut_out(unit, standby, begins, ends)
        unit.session.add(shift)
    return shift


def _cut_out(unit: UnitOfWork, standby: Shift, begins: datetime, ends: datetime) -> None:
    """What lies before keeps the row; what lies after gets one of its own."""
    if standby.ends_at > ends:
        kept = ("centre_id", "person_id", "kind", "standby_order", "line_id", "skill", "is_demonstration")
        rest = Shift(
            starts_at=ends, ends_at=standby.ends_at, **{name: getattr(standby, name) for name in kept}
        )
        unit.session.add(rest)
    if standby.starts_at < begins:
        standby.ends_at, standby.version_id = begins, None
        standby.revision += 1
    else:
        unit.session.delete(standby)
