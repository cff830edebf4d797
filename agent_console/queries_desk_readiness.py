"""What the desk tells a person of themselves: why the queue does not admit them, rest, trainings owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.queries_readiness import open_ask, readiness_of
from hotline.domain.readiness import YearDue
from hotline.workforce.rest_offers import open_offer
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


def own_readiness(session: Session, person_id: int, now: datetime) -> OwnReadiness:
    (row,) = readiness_of(session, [session.get_one(Person, person_id)], now)
    ask = open_ask(session, person_id) if row.lacks else None
    states = select(Admission.state).where(Admission.person_id == person_id).order_by(Admission.id.desc())
    newest = session.scalars(states.limit(1)).first() if row.lacks else None
    return OwnReadiness(
        lacks=row.lacks,
        admitted_until=row.admitted_until,
        asked_at=ask.asked_at if ask else None,
        declined=newest is AdmissionState.DECLINED,
        behind=tuple(one for one in row.year if one.behind),
        rest=open_offer(session, person_id, now),
    )
