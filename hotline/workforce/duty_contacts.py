"""Where staff are reached off duty, and the secret link to their own calendar; each keeps their own."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from contextlib import ExitStack

from sqlalchemy import select

from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong
from hotline.workforce.roster_facts import cover_kept
from models.crypto import normalise_number
from models.duty_requests import DutyContact
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ShiftKind
from models.workforce import Shift

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
PHONE = re.compile(r"\+?[0-9 -]{3,20}")
TOKEN_BYTES = 32


class DutyContacts:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def save(self, person_id: int, phone: str, email: str) -> None:
        """Empty ones are taken out. Raises FieldWrong, and HoursUncovered while this phone is the only exit
        of a published hour."""
        phone, email = phone.strip(), email.strip()
        if phone and not PHONE.fullmatch(phone):
            raise FieldWrong("phone", "phone_form")
        if email and not EMAIL.fullmatch(email):
            raise FieldWrong("email", "email_form")
        with self._work() as unit, ExitStack() as kept:
            row = _row(unit, person_id)
            if row.phone and not phone:
                for shift in _standing_by(unit, person_id):
                    kept.enter_context(cover_kept(unit, shift.centre_id, shift.starts_at, shift.ends_at))
            row.phone = normalise_number(phone) if phone else None
            row.email = email or None
            unit.session.flush()
            changes = {"phone": [None, bool(phone)], "email": [None, bool(email)]}
            self._audit(unit, person_id, "duty_contact.save", changes)

    def make_link(self, person_id: int) -> str:
        """A new secret; the one before it opens nothing any more. Only its hash is kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._work() as unit:
            row = _row(unit, person_id)
            row.feed_token_hash, row.feed_made_at = hash_of(token), unit.now
            self._audit(unit, person_id, "calendar_link.make", {"link": [None, True]})
        return token

    def revoke_link(self, person_id: int) -> None:
        with self._work() as unit:
            row = _row(unit, person_id)
            if row.feed_token_hash is not None:
                row.feed_token_hash = row.feed_made_at = None
                self._audit(unit, person_id, "calendar_link.revoke", {"link": [True, None]})

    def _audit(self, unit: UnitOfWork, person_id: int, action: str, changes: Mapping[str, object]) -> None:
        audit(
            unit,
            self._audit_key,
            by_id=person_id,
            action=action,
            subject=f"person:{person_id}",
            changes=changes,
        )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _row(unit: UnitOfWork, person_id: int) -> DutyContact:
    row = unit.session.get(DutyContact, person_id, with_for_update=True)
    if row is None:
        row = DutyContact(person_id=person_id)
        unit.session.add(row)
    return row


def _standing_by(unit: UnitOfWork, person_id: int) -> list[Shift]:
    return list(
        unit.session.scalars(
            select(Shift).where(
                Shift.person_id == person_id, Shift.kind == ShiftKind.STANDBY, Shift.ends_at > unit.now
            )
        )
    )
