"""What the desk tells a person of themselves: why the queue does not admit them, rest, trainings owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.queries_readiness import open_ask
from hotline.domain.readiness import YearDue, lacks
from hotline.routing.admission import papers_of
from hotline.workforce.rest_offers import open_offer
from hotline.workforce.training import years_of
from models.people import Person
from models.readiness import Admission, RestOffer
from models.vocabulary_readiness import AdmissionState


@dataclass(frozen=True)
class OwnReadiness:
    lacks: tuple[str, ...] = ()
    admitted_until: datetime | None = None
    asked_at: datetime | None = None
    """Leave was asked for, and is not decided yet."""
    declined: bool = False
    """The newest request was declined."""
    behind: tuple[YearDue, ...] = ()
    rest: RestOffer | None = None

    @property
    def refused(self) -> bool:
        return bool(self.lacks) and self.admitted_until is None


def own_readiness(session: Session, person_id: int, now: datetime, at_the_door: bool) -> OwnReadiness:
    """`at_the_door`: before they sit down; only then the year's trainings are counted."""
    person = session.get_one(Person, person_id)
    papers = papers_of(session, person)
    against = lacks(papers, now)
    until = papers.admitted_until
    year = years_of(session, [person], now)[person_id] if at_the_door else ()
    ask = open_ask(session, person_id, now) if against else None
    return OwnReadiness(
        lacks=against,
        admitted_until=until if against and until is not None and until > now else None,
        asked_at=ask.asked_at if ask else None,
        declined=bool(against) and _was_declined(session, person_id),
        behind=tuple(one for one in year if one.behind),
        rest=None if at_the_door else open_offer(session, person_id, now),
    )


def _was_declined(session: Session, person_id: int) -> bool:
    states = select(Admission.state).where(Admission.person_id == person_id).order_by(Admission.id.desc())
    return session.scalars(states.limit(1)).first() is AdmissionState.DECLINED
