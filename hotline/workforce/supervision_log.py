"""督导记录: what a supervisor and a person worked on; read by these two and by the centre's supervisors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotline.workforce.errors import FieldWrong, NotFound
from models.audit import Auditor
from models.people import Person
from models.readiness import SupervisionRecord
from models.unit_of_work import Work
from models.vocabulary_readiness import SupervisionForm

MOST_LETTERS = 2000
MOST_MINUTES = 480


@dataclass(frozen=True)
class Meeting:
    """One hour together. `content` names no caller."""

    held_at: datetime
    minutes: int
    form: SupervisionForm
    content: str
    agreed: str


class SupervisionLog:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def write(self, person_id: int, meeting: Meeting, *, by_id: int) -> int:
        """Raises NotFound, and FieldWrong for what is missing, too long or yet to come."""
        if not 1 <= meeting.minutes <= MOST_MINUTES:
            raise FieldWrong("minutes", "out_of_range")
        if not 1 <= len(meeting.content.strip()) <= MOST_LETTERS:
            raise FieldWrong("content", "content_missing")
        if len(meeting.agreed) > MOST_LETTERS:
            raise FieldWrong("agreed", "text_long")
        if person_id == by_id:
            raise FieldWrong("person_id", "own_supervision")
        with self._work() as unit:
            if meeting.held_at > unit.now:
                raise FieldWrong("held_at", "in_the_future")
            if unit.session.get(Person, person_id) is None:
                raise NotFound(person_id=person_id)
            row = SupervisionRecord(
                person_id=person_id,
                supervisor_id=by_id,
                held_at=meeting.held_at,
                minutes=meeting.minutes,
                form=meeting.form,
                content=meeting.content.strip(),
                agreed=meeting.agreed.strip() or None,
                recorded_at=unit.now,
            )
            unit.session.add(row)
            unit.session.flush()
            self._audit(unit, by_id, "supervision.write", f"supervision:{row.id}", f"person:{person_id}")
            return row.id

    def read(self, record_id: int, person_id: int) -> None:
        """The person it is about has read it. Raises NotFound for anybody else."""
        with self._work() as unit:
            row = unit.session.get(SupervisionRecord, record_id)
            if row is None or row.person_id != person_id:
                raise NotFound(record_id=record_id)
            row.read_at = row.read_at or unit.now
