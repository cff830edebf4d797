"""Shifts in search of a person: offered, signed up for by who is free and rested, given, or closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span
from hotline.domain.roster_rules import breaches, new_breaches
from hotline.routing.admission import ANSWERING
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound, NotOpen
from hotline.workforce.roster_policy import rules_of, standing_roster_policy, zone_of
from hotline.workforce.shifts import AROUND, ShiftFile, audit_shift, put
from hotline.workforce.staff_notices import tell
from models.duty_requests import Leave
from models.events import ShiftChanged
from models.people import Person
from models.places import Centre
from models.roster import OpenShift
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ShiftKind
from models.vocabulary_roster import AskState, NoticeKind, OpenReason, OpenState
from models.workforce import Shift


@dataclass(frozen=True)
class Free:
    """Somebody who could take a span without breaking rest or hours."""

    person_id: int
    name: str


class OpenShifts:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def offer(
        self,
        centre_id: int,
        starts_at: datetime,
        ends_at: datetime,
        *,
        by_id: int,
        ask_volunteers: bool,
        kind: ShiftKind = ShiftKind.SEAT,
    ) -> tuple[int, int]:
        """(open shift's id, people asked): those of the centre who are free and rested, when
        `ask_volunteers`. Raises FieldWrong."""
        with self._work() as unit:
            centre = unit.session.get(Centre, centre_id)
            if centre is None:
                raise FieldWrong("centre_id", "unknown")
            if not starts_at < ends_at or ends_at <= unit.now:
                raise FieldWrong("ends_at", "ends_before_start")
            row = OpenShift(
                centre_id=centre_id,
                kind=kind,
                starts_at=max(starts_at, unit.now),
                ends_at=ends_at,
                reason=OpenReason.GAP,
                made_at=unit.now,
                is_demonstration=centre.is_demonstration,
            )
            unit.session.add(row)
            unit.session.flush()
            asked = 0
            if ask_volunteers:
                for one in free_and_rested(unit.session, centre_id, Span(row.starts_at, row.ends_at)):
                    tell(
                        unit,
                        one.person_id,
                        NoticeKind.VOLUNTEERS,
                        f"volunteers:{row.id}:{one.person_id}",
                        starts_at=row.starts_at,
                        centre_id=centre_id,
                    )
                    asked += 1
            self._told(unit, by_id, "open_shift.offer", row, asked)
            return row.id, asked

    def take(self, open_id: int, person_id: int, *, by_id: int | None = None, reason: str = "") -> int:
        """The shift that it became. `by_id`: a supervisor gives it; None: the person signs up.

        Raises NotFound, NotOpen, FieldWrong (`no_sign_up`), ShiftRefused, RulesBroken.
        """
        with self._work() as unit:
            row = self._open(unit, open_id)
            policy = standing_roster_policy(unit.session, row.centre_id)
            if by_id is None and not policy.sign_up:
                raise FieldWrong("open_id", "no_sign_up")
            file = ShiftFile(
                centre_id=row.centre_id,
                person_id=person_id,
                kind=row.kind,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                seat_id=row.seat_id,
                line_id=row.line_id,
                skill=row.skill,
            )
            keep_rules = by_id is None or not reason.strip()
            shift = put(unit, file, keep_rules=keep_rules, pattern_id=row.pattern_id)
            row.state, row.taken_by_id, row.closed_at = OpenState.TAKEN, person_id, unit.now
            audit_shift(unit, self._audit_key, by_id or person_id, "open_shift.take", shift, reason.strip())
            return shift.id

    def close(self, open_id: int, *, by_id: int) -> None:
        """Nobody is wanted any more. Raises NotFound, NotOpen."""
        with self._work() as unit:
            row = self._open(unit, open_id)
            row.state, row.closed_at = OpenState.CLOSED, unit.now
            self._told(unit, by_id, "open_shift.close", row, 0)

    def _open(self, unit: UnitOfWork, open_id: int) -> OpenShift:
        row = unit.session.get(OpenShift, open_id, with_for_update=True)
        if row is None:
            raise NotFound(open_id=open_id)
        if row.state is not OpenState.OPEN or row.ends_at <= unit.now:
            raise NotOpen(open_id=open_id)
        return row

    def _told(self, unit: UnitOfWork, by_id: int, action: str, row: OpenShift, asked: int) -> None:
        span = [row.starts_at.isoformat(), row.ends_at.isoformat()]
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action=action,
            subject=f"open_shift:{row.id}",
            changes={"span": [None, span], "asked": [None, asked]},
        )
        unit.tell(ShiftChanged(row.centre_id))


def free_and_rested(session: Session, centre_id: int, span: Span) -> list[Free]:
    """People of the centre who may answer, are not rostered or on leave then, and would keep rest and hours;
    those with the fewest hours in the weeks around come first."""
    rules, zone = rules_of(standing_roster_policy(session, centre_id)), zone_of(session, None)
    away = set(
        session.scalars(
            select(Leave.person_id).where(
                Leave.state == AskState.GRANTED,
                Leave.starts_at < span.ends_at,
                Leave.ends_at > span.starts_at,
            )
        )
    )
    people = session.scalars(
        select(Person)
        .where(
            Person.centre_id == centre_id,
            Person.active.is_(True),
            Person.role.in_(ANSWERING),
            Person.trained_at.is_not(None),
            Person.confidentiality_signed_at.is_not(None),
            Person.id.not_in(away),
        )
        .order_by(Person.id)
    ).all()
    shifts: dict[int, list[Shift]] = {person.id: [] for person in people}
    for shift in session.scalars(
        select(Shift).where(
            Shift.person_id.in_(shifts),
            Shift.starts_at < span.ends_at + AROUND,
            Shift.ends_at > span.starts_at - AROUND,
        )
    ):
        shifts[shift.person_id].append(shift)
    found = []
    for person in people:
        if any(s.starts_at < span.ends_at and span.starts_at < s.ends_at for s in shifts[person.id]):
            continue
        own = [Span(s.starts_at, s.ends_at) for s in shifts[person.id] if s.kind is ShiftKind.SEAT]
        before = breaches(person.id, own, rules, zone)
        if not new_breaches(before, breaches(person.id, [*own, span], rules, zone)):
            found.append((sum(one.minutes for one in own), Free(person.id, person.name)))
    return [free for _minutes, free in sorted(found, key=lambda pair: (pair[0], pair[1].person_id))]
