"""The training ledger: who was at which training, drill or assessment, its result, and who is behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.readiness import YEAR, Attended, YearDue, YearlyRule, year_of
from hotline.workforce.changes import audit, plain
from hotline.workforce.errors import FieldWrong, NotFound
from models.people import Person
from models.readiness import TrainingRecord, standing_readiness
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_readiness import TrainingKind, TrainingResult

MOST_LETTERS, MOST_HOURS, MOST_SCORE = 120, 200.0, 100.0
EXAMINED = (TrainingKind.PRE_SERVICE, TrainingKind.ASSESSMENT)
"""Ends with passed or failed; the others may."""


@dataclass(frozen=True)
class Entry:
    """What is written down of one training; `held_at`: the first moment of its local day."""

    kind: TrainingKind
    title: str
    held_at: datetime
    hours: float
    result: TrainingResult
    score: float | None
    trainer: str


def faults_of(entry: Entry, now: datetime) -> list[tuple[str, str]]:
    """(field, reason) of all that is wrong."""
    wrong = []
    if not 1 <= len(entry.title) <= MOST_LETTERS:
        wrong.append(("title", "name_missing"))
    if entry.held_at > now:
        wrong.append(("held_on", "in_the_future"))
    if not 0 <= entry.hours <= MOST_HOURS:
        wrong.append(("hours", "out_of_range"))
    if entry.score is not None and not 0 <= entry.score <= MOST_SCORE:
        wrong.append(("score", "out_of_range"))
    if entry.kind in EXAMINED and entry.result is TrainingResult.ATTENDED:
        wrong.append(("result", "result_missing"))
    if len(entry.trainer) > 60:
        wrong.append(("trainer", "text_long"))
    return wrong


def is_on_file(session: Session, person_id: int, entry: Entry) -> bool:
    return (
        session.scalar(
            select(TrainingRecord.id).where(
                TrainingRecord.person_id == person_id,
                TrainingRecord.kind == entry.kind,
                TrainingRecord.held_at == entry.held_at,
                TrainingRecord.title == entry.title,
                TrainingRecord.voided_at.is_(None),
            )
        )
        is not None
    )


def keep(unit: UnitOfWork, person: Person, entry: Entry, by_id: int | None) -> TrainingRecord:
    """Write a line. A passed pre-service training opens the queue to a person who had none on file."""
    record = TrainingRecord(
        person_id=person.id,
        kind=entry.kind,
        title=entry.title,
        held_at=entry.held_at,
        hours=entry.hours,
        result=entry.result,
        score=entry.score,
        trainer=entry.trainer,
        recorded_at=unit.now,
        recorded_by_id=by_id,
    )
    unit.session.add(record)
    unit.session.flush()
    passed = entry.kind is TrainingKind.PRE_SERVICE and entry.result is TrainingResult.PASSED
    if passed and person.trained_at is None:
        person.trained_at = entry.held_at
    return record


class Trainings:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def record(self, people: Sequence[int], entry: Entry, *, by_id: int) -> int:
        """How many lines were new: who stands there already is passed over. Raises FieldWrong, NotFound."""
        if not people:
            raise FieldWrong("people", "nobody_chosen")
        with self._work() as unit:
            wrong = faults_of(entry, unit.now)
            if wrong:
                raise FieldWrong(*wrong[0])
            written = 0
            for person_id in people:
                person = unit.session.get(Person, person_id, with_for_update=True)
                if person is None:
                    raise NotFound(person_id=person_id)
                if is_on_file(unit.session, person_id, entry):
                    continue
                before = person.trained_at
                record = keep(unit, person, entry, by_id)
                changes: dict[str, list[str | None]] = {
                    "training": [None, f"{entry.kind} {entry.held_at.isoformat()} {entry.result}"]
                }
                if before != person.trained_at:
                    changes["trained_at"] = [None, entry.held_at.isoformat()]
                subject = f"training:{record.id}"
                audit(
                    unit,
                    self._audit_key,
                    by_id=by_id,
                    action="training.record",
                    subject=subject,
                    changes={"person": [None, person_id], **changes},
                )
                written += 1
            return written

    def void(self, record_id: int, *, by_id: int) -> int:
        """Take a wrong line out of the count; it stays on file. Gives the person it was about.

        The date that opens the queue goes with the line that brought it, unless another one stands.
        """
        with self._work() as unit:
            record = unit.session.get(TrainingRecord, record_id, with_for_update=True)
            if record is None:
                raise NotFound(record_id=record_id)
            if record.voided_at is not None:
                return record.person_id
            record.voided_at, record.voided_by_id = unit.now, by_id
            unit.session.flush()
            changes: dict[str, list[object]] = {"person": [record.person_id] * 2, "voided": [False, True]}
            person = record.person
            if record.kind is TrainingKind.PRE_SERVICE and person.trained_at == record.held_at:
                person.trained_at = _first_passed(unit.session, person.id)
                changes["trained_at"] = [plain(record.held_at), plain(person.trained_at)]
            subject = f"training:{record_id}"
            audit(
                unit, self._audit_key, by_id=by_id, action="training.void", subject=subject, changes=changes
            )
            return record.person_id


def _first_passed(session: Session, person_id: int) -> datetime | None:
    return session.scalar(
        select(func.min(TrainingRecord.held_at)).where(
            TrainingRecord.person_id == person_id,
            TrainingRecord.kind == TrainingKind.PRE_SERVICE,
            TrainingRecord.result == TrainingResult.PASSED,
            TrainingRecord.voided_at.is_(None),
        )
    )


def yearly_rule(session: Session) -> YearlyRule:
    policy = standing_readiness(session)
    return YearlyRule(policy.system_trainings, policy.drills, policy.assessments, policy.counted_from)


def years_of(session: Session, people: Iterable[Person], now: datetime) -> Mapping[int, tuple[YearDue, ...]]:
    """By person: each kind of the year, done and due."""
    listed = list(people)
    attended: dict[int, list[Attended]] = defaultdict(list)
    rows = session.execute(
        select(
            TrainingRecord.person_id, TrainingRecord.kind, TrainingRecord.held_at, TrainingRecord.result
        ).where(
            TrainingRecord.person_id.in_([one.id for one in listed]),
            TrainingRecord.held_at > now - YEAR,
            TrainingRecord.voided_at.is_(None),
        )
    )
    for row in rows:
        attended[row.person_id].append(Attended(row.kind, row.held_at, row.result))
    rule = yearly_rule(session)
    return {one.id: year_of(attended[one.id], rule, one.trained_at, now) for one in listed}
