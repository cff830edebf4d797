"""人才信息库: qualifications, and when people can be asked; changed with audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.domain.opening_hours import HoursUnreadable, read_window
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.people import Person
from models.readiness import Availability, Qualification
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_readiness import QualificationKind

MOST_LETTERS = 120
MOST_WINDOWS = 14


@dataclass(frozen=True)
class Certificate:
    kind: QualificationKind
    title: str
    issued_at: datetime | None
    expires_at: datetime | None


def certificate_faults(certificate: Certificate) -> list[tuple[str, str]]:
    wrong = []
    if not 1 <= len(certificate.title) <= MOST_LETTERS:
        wrong.append(("title", "name_missing"))
    issued, expires = certificate.issued_at, certificate.expires_at
    if issued is not None and expires is not None and expires <= issued:
        wrong.append(("expires_on", "expires_early"))
    return wrong


def keep_certificate(unit: UnitOfWork, person_id: int, certificate: Certificate) -> Qualification:
    row = Qualification(
        person_id=person_id,
        kind=certificate.kind,
        title=certificate.title,
        issued_at=certificate.issued_at,
        expires_at=certificate.expires_at,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


class Talent:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def add_certificate(self, person_id: int, certificate: Certificate, *, by_id: int) -> int:
        """Raises NotFound, FieldWrong."""
        wrong = certificate_faults(certificate)
        if wrong:
            raise FieldWrong(*wrong[0])
        with self._work() as unit:
            _known(unit, person_id)
            row = keep_certificate(unit, person_id, certificate)
            self._audit(unit, by_id, person_id, "qualification.add", [None, row.title])
            return row.id

    def remove_certificate(self, qualification_id: int, *, by_id: int) -> int:
        """The person whose it was. Raises NotFound."""
        with self._work() as unit:
            row = unit.session.get(Qualification, qualification_id)
            if row is None:
                raise NotFound(qualification_id=qualification_id)
            self._audit(unit, by_id, row.person_id, "qualification.remove", [row.title, None])
            unit.session.delete(row)
            return row.person_id

    def say_when(self, person_id: int, hours: Sequence[str], short_notice: bool, *, by_id: int) -> None:
        """When the person can be asked, as windows of hours. Raises NotFound, FieldWrong."""
        windows = [text.strip() for text in hours if text.strip()]
        if len(windows) > MOST_WINDOWS or not all(map(_readable, windows)):
            raise FieldWrong("hours", "hours_form")
        with self._work() as unit:
            _known(unit, person_id)
            row = unit.session.get(Availability, person_id)
            before = None if row is None else [row.hours, row.short_notice]
            if before == [windows, short_notice]:
                return
            row = row or Availability(person_id=person_id)
            row.hours, row.short_notice = windows, short_notice
            unit.session.add(row)
            self._audit(unit, by_id, person_id, "availability.save", [before, [windows, short_notice]])

    def _audit(self, unit: UnitOfWork, by_id: int, person_id: int, action: str, change: list[object]) -> None:
        subject = f"person:{person_id}"
        audit(unit, self._audit_key, by_id=by_id, action=action, subject=subject, changes={"value": change})


def _known(unit: UnitOfWork, person_id: int) -> Person:
    person = unit.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(person_id=person_id)
    return person


def _readable(window: str) -> bool:
    try:
        read_window(window)
    except HoursUnreadable:
        return False
    return True
