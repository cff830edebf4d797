"""Leave for one shift: asked for at the desk, given by a supervisor with a reason, audited.

The queue asks `papers_of`; who gives leave answers for it by name, and the count of earlier leaves is shown.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotline.domain.readiness import NOT_ACTIVE, UNROSTERED_ADMISSION, admitted_until, lacks
from hotline.routing.admission import papers_of
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.rostered import shift_now
from models.audit import Auditor
from models.events import AdmissionChanged
from models.people import Person
from models.readiness import Admission
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_readiness import AdmissionState

SHORTEST_REASON, LONGEST_REASON = 4, 300
ASK_HOLDS = UNROSTERED_ADMISSION
"""A request lapses with the shift that it was for."""


class Admissions:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def ask(self, person_id: int) -> bool:
        """A person whom the queue refuses asks the supervisors. False: there is nothing to ask, or it was
        asked already."""
        with self._work() as unit:
            person = _held(unit, person_id)
            against = lacks(papers_of(unit.session, person), unit.now)
            asked = _open(unit, person_id)
            fresh = asked is not None and (asked.asked_at or unit.now) > unit.now - ASK_HOLDS
            if not against or NOT_ACTIVE in against or fresh:
                return False
            ask = asked or Admission(person_id=person_id, state=AdmissionState.ASKED)
            ask.lacks, ask.asked_at = list(against), unit.now
            unit.session.add(ask)
            self._told(unit, person_id, person_id, "admission.ask", None)
            return True

    def admit(self, person_id: int, *, by_id: int, reason: str, vouched: bool) -> datetime:
        """Until when. `vouched`: the supervisor answers for it that they were trained and keep secrecy.

        Raises NotFound, and FieldWrong for a missing reason, without the vouching, for oneself, for an
        account that is closed or answers no calls, and where nothing is lacking.
        """
        reason = _reason(reason)
        if not vouched:
            raise FieldWrong("vouched", "not_vouched")
        if person_id == by_id:
            raise FieldWrong("person_id", "own_admission")
        with self._work() as unit:
            person = _held(unit, person_id)
            against = lacks(papers_of(unit.session, person), unit.now)
            if NOT_ACTIVE in against or person.role not in (Role.OPERATOR, Role.SUPERVISOR):
                raise FieldWrong("person_id", "cannot_answer")
            if not against:
                raise FieldWrong("person_id", "nothing_lacking")
            shift = shift_now(unit.session, person_id, unit.now)
            until = admitted_until(unit.now, shift.ends_at if shift else None)
            leave = _open(unit, person_id) or Admission(person_id=person_id)
            leave.lacks, leave.state, leave.until = list(against), AdmissionState.GRANTED, until
            leave.decided_at, leave.decided_by_id, leave.reason = unit.now, by_id, reason
            unit.session.add(leave)
            why = f"{', '.join(against)} · {until.isoformat()} · {reason}"
            self._told(unit, person_id, by_id, "admission.grant", why)
            return until

    def decline(self, admission_id: int, *, by_id: int, reason: str) -> None:
        """Raises NotFound for a request that is not open, and FieldWrong for a missing reason."""
        reason = _reason(reason)
        with self._work() as unit:
            leave = unit.session.get(Admission, admission_id, with_for_update=True)
            if leave is None or leave.state is not AdmissionState.ASKED:
                raise NotFound(admission_id=admission_id)
            leave.state, leave.reason = AdmissionState.DECLINED, reason
            leave.decided_at, leave.decided_by_id = unit.now, by_id
            self._told(unit, leave.person_id, by_id, "admission.decline", reason)

    def _told(self, unit: UnitOfWork, person_id: int, by_id: int, action: str, reason: str | None) -> None:
        self._audit(unit, by_id, action, f"person:{person_id}", reason)
        unit.tell(AdmissionChanged(person_id))


def _held(unit: UnitOfWork, person_id: int) -> Person:
    """Held, so that two who decide at once decide one after the other."""
    person = unit.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(person_id=person_id)
    return person


def _open(unit: UnitOfWork, person_id: int) -> Admission | None:
    asked = select(Admission).where(Admission.person_id == person_id, Admission.state == AdmissionState.ASKED)
    return unit.session.scalars(asked.order_by(Admission.id.desc()).limit(1)).first()


def _reason(text: str) -> str:
    text = text.strip()
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        raise FieldWrong("reason", "reason_short")
    return text
