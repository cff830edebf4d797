"""What is on file of a person when they want to sit down at a seat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.readiness import NOT_ACTIVE, Papers, refused_for
from hotline.routing.errors import NotAdmitted
from models.people import Person
from models.readiness import Admission
from models.vocabulary_readiness import AdmissionState


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
