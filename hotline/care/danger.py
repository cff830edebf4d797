"""有生命危险: raised by key, mark or button, seen by a supervisor, closed only with an outcome."""

from __future__ import annotations

from sqlalchemy import select

from hotline.care.danger_reports import rescue_is_decided
from hotline.care.errors import NoSuchCall, NoSuchDanger, OutcomeMissing, RescueUndecided, RescueUnknown
from hotline.domain.danger_rules import why_not_closable
from hotline.routing.errors import Refused
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import load_call
from hotline.routing.waiting_marks import mark_danger
from models.audit import write_audit
from models.calls import Call
from models.care import Danger
from models.events import DangerClosed, DangerRaised
from models.linkage import Linkage
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import DangerState
from models.vocabulary_talk import RescueReached

AGAINST_CLOSING: dict[str, type[Refused]] = {
    "outcome_missing": OutcomeMissing,
    "rescue_unknown": RescueUnknown,
    "rescue_undecided": RescueUndecided,
}


def raise_in(unit: UnitOfWork, audit_key: bytes, call: Call, source: str, person_id: int | None) -> int:
    """Raise within a transaction that is already open. Idempotent while one is open."""
    open_one = unit.session.scalars(
        select(Danger).where(Danger.call_id == call.id, Danger.state == DangerState.OPEN)
    ).first()
    if open_one is not None:
        return open_one.id
    danger = Danger(call_id=call.id, source=source, raised_at=unit.now, raised_by_id=person_id)
    unit.session.add(danger)
    mark_danger(unit, call)
    unit.session.flush()
    write_audit(
        unit.session,
        audit_key,
        at=unit.now,
        person_id=person_id,
        action="danger.raised",
        subject=f"call:{call.id}",
    )
    unit.tell(DangerRaised(danger.id, call.id))
    return danger.id


class DangerProtocol:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def raise_danger(self, call_id: int, source: str, person_id: int | None = None) -> int:
        """`source`: key | mark | desk | message. Returns the danger's id. Raises NoSuchCall."""

        def step(unit: UnitOfWork) -> int:
            call = load_call(unit, call_id)
            if call is None:
                raise NoSuchCall(call_id=call_id)
            return raise_in(unit, self._audit_key, call, source, person_id)

        return in_one_unit(self._work, step)

    def see(self, danger_id: int, person_id: int) -> None:
        """A supervisor has seen it; the first one stays on file. Raises NoSuchDanger."""
        with self._work() as unit:
            danger = unit.session.get(Danger, danger_id)
            if danger is None:
                raise NoSuchDanger(danger_id=danger_id)
            if danger.seen_at is not None:
                return
            danger.seen_at = unit.now
            danger.seen_by_id = person_id
            self._audit(unit, "danger.seen", danger, person_id)
            # The strip on the desk and on the other boards changes: the same fact, told anew.
            unit.tell(DangerRaised(danger.id, danger.call_id))

    def close(self, danger_id: int, person_id: int, outcome: str) -> None:
        """Raises NoSuchDanger, OutcomeMissing when no outcome is written, RescueUnknown while a hand-off to
        110/120 has no answer to whether help reached the person, and RescueUndecided while nobody wrote down
        a decision on 110/120."""
        with self._work() as unit:
            danger = unit.session.get(Danger, danger_id)
            if danger is None:
                raise NoSuchDanger(danger_id=danger_id)
            if danger.state is DangerState.CLOSED:
                return
            open_linkage = select(Linkage.id).where(
                Linkage.call_id == danger.call_id, Linkage.reached == RescueReached.UNKNOWN
            )
            against = why_not_closable(
                outcome,
                rescue_decided=rescue_is_decided(unit.session, danger),
                reached_unknown=unit.session.scalars(open_linkage).first() is not None,
            )
            if against is not None:
                raise AGAINST_CLOSING[against](danger_id=danger_id)
            danger.state = DangerState.CLOSED
            danger.closed_at = unit.now
            danger.closed_by_id = person_id
            danger.outcome = outcome.strip()
            self._audit(unit, "danger.closed", danger, person_id)
            unit.tell(DangerClosed(danger.id, danger.call_id))

    def _audit(self, unit: UnitOfWork, action: str, danger: Danger, person_id: int) -> None:
        write_audit(
            unit.session,
            self._audit_key,
            at=unit.now,
            person_id=person_id,
            action=action,
            subject=f"call:{danger.call_id}",
        )
