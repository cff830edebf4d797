"""What is on file of a person when they want to sit down at a seat, or are rostered to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from hotline.domain.readiness import NOT_ACTIVE, Papers, refused_for
from hotline.routing.errors import NotAdmitted
from models.people import Person
from models.readiness import Admission
from models.vocabulary import Role
from models.vocabulary_readiness import AdmissionState
from models.workforce import Shift

ANSWERING = (Role.OPERATOR, Role.SUPERVISOR)


def papers_of(session: Session, person: Person) -> Papers:
    until = session.scalar(
        select(func.max(Admission.until)).where(
            Admission.person_id == person.id, Admission.state == AdmissionState.GRANTED
        )
    )
    return Papers(person.active, person.trained_at, person.confidentiality_signed_at, until)


def admitted(session: Session, person: Person | None, now: datetime) -> Person:
    """Raises NotAdmitted with every code that stands against it, the first as its reason."""
    against = (NOT_ACTIVE,) if person is None else refused_for(papers_of(session, person), now)
    if person is None or against:
        raise NotAdmitted(reason=against[0], reasons=list(against))
    return person


def will_be_admitted() -> ColumnElement[bool]:
    """Of a `Shift`: whether its person may answer in it, by the records as they stand.

    What `refused_for` says of its begin, as a condition, since rosters are read in bulk. A leave counts where
    it reaches to the end.
    """
    leave = (
        exists()
        .where(
            Admission.person_id == Shift.person_id,
            Admission.state == AdmissionState.GRANTED,
            Admission.until >= Shift.ends_at,
        )
        .correlate(Shift)
    )
    on_file = and_(Person.trained_at <= Shift.starts_at, Person.confidentiality_signed_at <= Shift.starts_at)
    works = (Person.id == Shift.person_id, Person.active.is_(True), Person.role.in_(ANSWERING))
    return or_(
        exists().where(*works, on_file).correlate(Shift),
        and_(exists().where(*works).correlate(Shift), leave),
    )
