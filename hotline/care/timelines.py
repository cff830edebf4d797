"""One caller across numbers and channels: who was found to be the same person, and who may look."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchCall
from hotline.care.errors_after import CannotTake
from models.audit import AuditLine, write_audit
from models.calls import Call
from models.entries import CallerLink
from models.unit_of_work import Work

CONFIRMED = "timeline.confirmed"
CONFIRMED_FOR = timedelta(hours=8)
"""A shift: after it, the operator says again that it is the same person."""


def same_caller(session: Session, caller_hash: str) -> set[str]:
    """The hashes that named people linked to this one, over any number of links, and itself."""
    known = {caller_hash}
    fresh = {caller_hash}
    while fresh:
        rows = session.execute(
            select(CallerLink.first_hash, CallerLink.second_hash).where(
                CallerLink.first_hash.in_(fresh) | CallerLink.second_hash.in_(fresh)
            )
        )
        fresh = {one for row in rows for one in row} - known
        known |= fresh
    return known


def was_confirmed(session: Session, call_id: int, person_id: int, now: datetime) -> bool:
    """Whether this person said within this shift that the caller is who the earlier contacts speak of."""
    line = select(AuditLine.id).where(
        AuditLine.person_id == person_id,
        AuditLine.action == CONFIRMED,
        AuditLine.subject == f"call:{call_id}",
        AuditLine.at > now - CONFIRMED_FOR,
    )
    return session.scalars(line.limit(1)).first() is not None


class Timelines:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def confirm(self, call_id: int, person_id: int) -> None:
        """确认是同一人: telephones are shared, so nothing opens before. Raises NoSuchCall."""
        with self._work() as unit:
            if unit.session.get(Call, call_id) is None:
                raise NoSuchCall(call_id=call_id)
            self._audit(unit.session, unit.now, person_id, CONFIRMED, call_id, None)

    def link(self, call_id: int, other_id: int, person_id: int, reason: str) -> None:
        """Two contacts are one person's. Raises NoSuchCall, CannotTake(reason="same_person") when they are on
        one line already."""
        with self._work() as unit:
            call, other = unit.session.get(Call, call_id), unit.session.get(Call, other_id)
            if call is None or other is None:
                raise NoSuchCall(call_id=other_id)
            if other.caller_hash in same_caller(unit.session, call.caller_hash):
                raise CannotTake(reason="same_person")
            first, second = sorted((call.caller_hash, other.caller_hash))
            unit.session.add(
                CallerLink(first_hash=first, second_hash=second, linked_at=unit.now, linked_by_id=person_id)
            )
            for one in (call_id, other_id):
                self._audit(unit.session, unit.now, person_id, "timeline.linked", one, reason)

    def unlink(self, call_id: int, person_id: int, reason: str) -> int:
        """It was another person after all: every link of this contact's number goes. Returns how many."""
        with self._work() as unit:
            call = unit.session.get(Call, call_id)
            if call is None:
                raise NoSuchCall(call_id=call_id)
            rows = unit.session.scalars(
                select(CallerLink).where(
                    (CallerLink.first_hash == call.caller_hash) | (CallerLink.second_hash == call.caller_hash)
                )
            ).all()
            for row in rows:
                unit.session.delete(row)
            self._audit(unit.session, unit.now, person_id, "timeline.unlinked", call_id, reason)
            return len(rows)

    def _audit(
        self, session: Session, at: datetime, person_id: int, action: str, call_id: int, reason: str | None
    ) -> None:
        write_audit(
            session,
            self._audit_key,
            at=at,
            person_id=person_id,
            action=action,
            subject=f"call:{call_id}",
            reason=reason,
        )
