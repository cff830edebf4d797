"""Trainings of a period, added up for reports: how many were held, who was there, who is behind with the
year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.workforce.training import years_of
from models.people import Person
from models.readiness import TrainingRecord
from models.vocabulary import Role
from models.vocabulary_readiness import TrainingKind


@dataclass(frozen=True)
class Held:
    trainings: int
    drills: int
    attended: int
    hours: float
    behind: int


def held_between(
    session: Session, since: datetime, until: datetime, centre_ids: tuple[int, ...] | None
) -> Held:
    """Lines of [since, until) that stand. `centre_ids` None: of everybody; `behind` is of those at the
    seats."""
    query = (
        select(TrainingRecord, Person)
        .join(Person, Person.id == TrainingRecord.person_id)
        .where(
            TrainingRecord.held_at >= since,
            TrainingRecord.held_at < until,
            TrainingRecord.voided_at.is_(None),
        )
    )
    operators = select(Person).where(Person.role == Role.OPERATOR, Person.active.is_(True))
    if centre_ids is not None:
        query = query.where(Person.centre_id.in_(centre_ids))
        operators = operators.where(Person.centre_id.in_(centre_ids))
    lines = [row[0] for row in session.execute(query)]
    held = {(line.kind, line.title, line.held_at) for line in lines}
    drills = sum(kind is TrainingKind.DRILL for kind, _, _ in held)
    years = years_of(session, session.scalars(operators).all(), until)
    return Held(
        trainings=sum(kind is not TrainingKind.ASSESSMENT for kind, _, _ in held) - drills,
        drills=drills,
        attended=len({line.person_id for line in lines}),
        hours=sum(line.hours for line in lines),
        behind=sum(any(due.behind for due in year) for year in years.values()),
    )
