"""Limits on numbers that were marked as nuisance: set with an end, told to the caller, lifted by a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hotline.domain.nuisance import LimitPolicy, comes_through_at, limit_for
from hotline.routing.caller_history import history_of
from hotline.routing.errors import Refused
from hotline.routing.policy import policy_of
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, record
from models.audit import Auditor
from models.call_back_words import CallDirection
from models.calls import Call, CallEvent
from models.notes import Note
from models.nuisance import CallerLimit
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallOutcome, CallState
from models.vocabulary_record import CallType

LONGEST_EXTENSION = timedelta(days=30)


class UnknownLimit(Refused):
    code = "unknown_limit"


class WhyMissing(Refused):
    code = "reason_missing"


class Nuisance:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def held_until(self, call_id: int) -> datetime | None:
        """None: this call comes through. Else from when the number's next call will; that is on record,
        and its caller is told."""

        def step(unit: UnitOfWork) -> datetime | None:
            call = load_call(unit, call_id)
            if call is None or call.danger or call.state is not CallState.GREETING:
                return None
            limit = limit_on(unit.session, call.caller_hash, unit.now)
            if limit is None or self._is_protected(unit.session, call.caller_hash):
                return None
            until = comes_through_at(
                limit.calls,
                timedelta(seconds=limit.window_seconds),
                _came_through(unit.session, call, unit.now - timedelta(seconds=limit.window_seconds)),
                unit.now,
            )
            if until is None:
                return None
            until = min(until, limit.expires_at)
            record(unit, call, "limited", limit_id=limit.id, until=until.isoformat())
            return until

        return in_one_unit(self._work, step)

    def went_no_further(self, call_id: int) -> bool:
        """Held back, and never in line: a message is left out of turn, the place is not part of it."""
        kinds = select(CallEvent.kind).where(
            CallEvent.call_id == call_id, CallEvent.kind.in_(("limited", "queued"))
        )
        with reading(self._work) as unit:
            return set(unit.session.scalars(kinds)) == {"limited"}

    def note_closed(self, call_id: int) -> int | None:
        """The disposition 骚扰 limits its number, unless it must never be limited. Id of the limit."""

        def step(unit: UnitOfWork) -> int | None:
            call = load_call(unit, call_id)
            note = unit.session.scalars(select(Note).where(Note.call_id == call_id)).first()
            if call is None or note is None or note.call_type is not CallType.NUISANCE:
                return None
            set_already = select(CallerLimit.id).where(CallerLimit.call_id == call_id)
            if unit.session.scalars(set_already).first() is not None:
                return None
            policy = policy_of(unit.session).limits
            wanted = limit_for(
                self._nuisance_contacts(unit, call, policy),
                protected=call.danger or self._is_protected(unit.session, call.caller_hash),
                now=unit.now,
                policy=policy,
            )
            if wanted is None:
                record(unit, call, "limit_not_set")
                return None
            limit = CallerLimit(
                caller_hash=call.caller_hash,
                calls=wanted.calls,
                window_seconds=int(wanted.window.total_seconds()),
                reason=wanted.reason,
                call_id=call.id,
                set_at=unit.now,
                set_by_id=note.person_id,
                expires_at=wanted.expires_at,
            )
            unit.session.add(limit)
            unit.session.flush()
            self._audit(unit, "limit.set", limit, note.person_id, None)
            return limit.id

        return in_one_unit(self._work, step)

    def lift(self, limit_id: int, person_id: int, why: str) -> None:
        """Raises UnknownLimit, WhyMissing. Lifting a lifted one changes nothing."""

        def step(unit: UnitOfWork) -> None:
            limit = _load(unit, limit_id, why)
            if limit.lifted_at is None:
                limit.lifted_at, limit.lifted_by_id, limit.why = unit.now, person_id, why.strip()
                self._audit(unit, "limit.lift", limit, person_id, why)

        in_one_unit(self._work, step)

    def extend_limit(self, limit_id: int, person_id: int, hours: int, why: str) -> None:
        """From its end on, or from now when that is past; never beyond 30 days from now.

        Raises UnknownLimit, WhyMissing.
        """

        def step(unit: UnitOfWork) -> None:
            limit = _load(unit, limit_id, why)
            if limit.lifted_at is not None:
                raise UnknownLimit(limit_id=limit_id)
            end = max(limit.expires_at, unit.now) + timedelta(hours=max(1, hours))
            limit.expires_at, limit.why = min(end, unit.now + LONGEST_EXTENSION), why.strip()
            self._audit(unit, "limit.extend", limit, person_id, why)

        in_one_unit(self._work, step)

    def _is_protected(self, session: Session, caller_hash: str) -> bool:
        """R3 or R4 on file, a danger, or a minor: never limited."""
        history = history_of(session, caller_hash)
        in_danger = select(Call.id).where(Call.caller_hash == caller_hash, Call.danger.is_(True))
        return (
            history.risk_is_high or history.minor or session.scalars(in_danger.limit(1)).first() is not None
        )

    def _nuisance_contacts(self, unit: UnitOfWork, call: Call, policy: LimitPolicy) -> int:
        marked = (
            select(func.count())
            .select_from(Note)
            .join(Call, Call.id == Note.call_id)
            .where(
                Call.caller_hash == call.caller_hash,
                Note.call_type == CallType.NUISANCE,
                Call.arrived_at > unit.now - policy.repeated_within,
            )
        )
        return unit.session.scalar(marked) or 0

    def _audit(
        self, unit: UnitOfWork, action: str, limit: CallerLimit, person_id: int | None, why: str | None
    ) -> None:
        self._audit_line(unit, person_id, action, f"limit:{limit.id}", why)


def in_force(caller_hash: object, now: object) -> tuple[ColumnElement[bool], ...]:
    """Which limits hold for this number at this time; both may be parameters of a statement."""
    return (
        CallerLimit.caller_hash == caller_hash,
        CallerLimit.lifted_at.is_(None),
        CallerLimit.expires_at > now,
    )


def limit_on(session: Session, caller_hash: str, now: datetime) -> CallerLimit | None:
    """The limit that holds for this number now; of several the one that ends last."""
    return session.scalars(
        select(CallerLimit)
        .where(*in_force(caller_hash, now))
        .order_by(CallerLimit.expires_at.desc())
        .limit(1)
    ).first()


def _came_through(session: Session, call: Call, since: datetime) -> list[datetime]:
    return list(
        session.scalars(
            select(Call.arrived_at).where(
                Call.caller_hash == call.caller_hash,
                Call.id != call.id,
                Call.direction == CallDirection.INBOUND,
                Call.arrived_at > since,
                (Call.outcome != CallOutcome.LIMITED) | Call.outcome.is_(None),
            )
        )
    )


def _load(unit: UnitOfWork, limit_id: int, why: str) -> CallerLimit:
    if not why.strip():
        raise WhyMissing
    limit = unit.session.get(CallerLimit, limit_id, with_for_update=True)
    if limit is None:
        raise UnknownLimit(limit_id=limit_id)
    return limit
