"""A standing signature: trend digests, which hold public figures alone, may go out unread until a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.report.errors import NotFound, ReasonMissing
from analytics.report.review import require_supervisor
from models.audit import Auditor
from models.papers import StandingSignature
from models.people import Person
from models.places import Organisation, Place
from models.unit_of_work import Work

LONGEST = timedelta(days=92)
"""A signature that nobody renews ends within a quarter."""


def standing_signature(session: Session, place_code: str, now: datetime) -> StandingSignature | None:
    """The one in force; a person who left signs nothing any more."""
    return session.scalars(
        select(StandingSignature)
        .join(Person, Person.id == StandingSignature.person_id)
        .where(
            StandingSignature.place_code == place_code,
            StandingSignature.revoked_at.is_(None),
            StandingSignature.until > now,
            Person.active.is_(True),
        )
        .order_by(StandingSignature.id.desc())
    ).first()


class StandingSignatures:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def give(self, place_code: str, person_id: int, days: int, reason: str) -> None:
        """For `days` (at most 92); the one before ends. Raises NotPermitted, ReasonMissing, NotFound."""
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            if not reason.strip():
                raise ReasonMissing(place_code=place_code)
            if unit.session.get(Place, place_code) is None:
                raise NotFound(place_code=place_code)
            old = standing_signature(unit.session, place_code, unit.now)
            if old is not None:
                old.revoked_at = unit.now
            demonstrates = unit.session.scalars(select(Organisation.is_demonstration)).first()
            unit.session.add(
                StandingSignature(
                    place_code=place_code,
                    person_id=person_id,
                    given_at=unit.now,
                    until=unit.now + min(timedelta(days=max(days, 1)), LONGEST),
                    reason=reason.strip(),
                    is_demonstration=bool(demonstrates),
                )
            )
            self._audit(unit, person_id, "report.standing_given", f"place:{place_code}", reason.strip())

    def revoke(self, place_code: str, person_id: int) -> None:
        """Raises NotPermitted, NotFound."""
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            old = standing_signature(unit.session, place_code, unit.now)
            if old is None:
                raise NotFound(place_code=place_code)
            old.revoked_at = unit.now
            self._audit(unit, person_id, "report.standing_ended", f"place:{place_code}")
