"""Who verifies and signs when, and who stands in; and which officials want to hear of alerts by mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.report.errors import NotFound, NotPermitted, Refused
from models.alerting import SigningDuty, Subscription
from models.audit import Auditor
from models.people import Person
from models.unit_of_work import Work
from models.vocabulary import Role
from models.vocabulary_surveillance import AlertLevel

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
PHONE = re.compile(r"\+?[0-9 -]{3,20}")


class DutyWrong(Refused):
    """`field` names what can't be kept."""

    code = "duty_wrong"


class AddressWrong(Refused):
    code = "address_wrong"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a signer is told; either may be missing, then the console alone tells."""

    email: str | None = None
    phone: str | None = None


class DutyList:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def add(
        self,
        by_id: int,
        person_id: int,
        deputy_id: int | None,
        starts_at: datetime,
        ends_at: datetime,
        contact: Contact,
        deputy_contact: Contact,
    ) -> int:
        """Raises DutyWrong, NotPermitted: signers and deputies are supervisors, and not the same person."""
        with self._work() as unit:
            _require(unit.session, by_id, Role.SUPERVISOR)
            for signer in filter(None, (person_id, deputy_id)):
                _require(unit.session, signer, Role.SUPERVISOR)
            if deputy_id == person_id:
                raise DutyWrong(field="deputy_id")
            if not starts_at < ends_at:
                raise DutyWrong(field="ends_at")
            for found in (contact, deputy_contact):
                if found.email and not EMAIL.fullmatch(found.email):
                    raise DutyWrong(field="email")
                if found.phone and not PHONE.fullmatch(found.phone):
                    raise DutyWrong(field="phone")
            duty = SigningDuty(
                person_id=person_id,
                deputy_id=deputy_id,
                starts_at=starts_at,
                ends_at=ends_at,
                email=contact.email,
                phone=contact.phone,
                deputy_email=deputy_contact.email,
                deputy_phone=deputy_contact.phone,
            )
            unit.session.add(duty)
            unit.session.flush()
            self._audit(unit, by_id, "signing_duty.add", f"signing_duty:{duty.id}")
            return duty.id

    def remove(self, by_id: int, duty_id: int) -> None:
        with self._work() as unit:
            _require(unit.session, by_id, Role.SUPERVISOR)
            duty = unit.session.get(SigningDuty, duty_id, with_for_update=True)
            if duty is None:
                raise NotFound(duty_id=duty_id)
            unit.session.delete(duty)
            self._audit(unit, by_id, "signing_duty.remove", f"signing_duty:{duty_id}")


class Subscriptions:
    def __init__(self, work: Work) -> None:
        self._work = work

    def subscribe(
        self,
        person_id: int,
        email: str,
        lowest_level: AlertLevel,
        updates: bool,
        reports: bool = False,
    ) -> None:
        """One a person; the newest wish counts. Raises NotPermitted, AddressWrong."""
        with self._work() as unit:
            _require(unit.session, person_id, Role.OFFICIAL)
            if not EMAIL.fullmatch(email.strip()):
                raise AddressWrong(person_id=person_id)
            row = subscription_of(unit.session, person_id)
            if row is None:
                row = Subscription(person_id=person_id, created_at=unit.now)
                unit.session.add(row)
            row.email, row.lowest_level, row.updates = email.strip(), AlertLevel(lowest_level), updates
            row.reports = reports

    def unsubscribe(self, person_id: int) -> None:
        with self._work() as unit:
            row = subscription_of(unit.session, person_id)
            if row is not None:
                unit.session.delete(row)


def subscription_of(session: Session, person_id: int) -> Subscription | None:
    return session.scalars(select(Subscription).where(Subscription.person_id == person_id)).first()


def _require(session: Session, person_id: int, role: Role) -> None:
    person = session.get(Person, person_id)
    if person is None or not person.active or person.role is not role:
        raise NotPermitted(person_id=person_id)
