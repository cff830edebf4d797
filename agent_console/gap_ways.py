"""The ways in which each gap of a week can be filled, for the coverage page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span, common, merged
from hotline.routing.admission import will_be_admitted
from hotline.workforce.exits import Candidate, candidates
from hotline.workforce.needed import WeekOfCentre
from hotline.workforce.open_shifts import Free, free_and_rested
from models.people import Person
from models.roster import NamedExit, OpenShift
from models.vocabulary import ShiftKind
from models.vocabulary_roster import OpenState
from models.workforce import Shift

GAPS_WITH_WAYS = 8
"""The nearest ones; a way takes reading, and the farther gaps come nearer."""


@dataclass(frozen=True)
class Ways:
    starts_at: datetime
    """Aware, as a form sends it back."""
    ends_at: datetime
    standby: int
    """People who stand by in the gap."""
    volunteers: Sequence[Free]
    exits: Sequence[Candidate]
    asked: bool
    """An open shift waits for somebody already."""
    by_exit: bool
    """A named exit covers all of it."""
    not_admitted: Sequence[str]
    """Names of people rostered in it whom the queue would refuse."""


def ways_to_fill(session: Session, week: WeekOfCentre, now: datetime) -> Mapping[datetime, Ways]:
    """By the begin of the gap."""
    found = {}
    for gap in week.gaps(now)[:GAPS_WITH_WAYS]:
        span = Span(max(gap.starts_at, now), gap.ends_at)
        found[gap.starts_at] = Ways(
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            standby=_standing_by(session, week.centre_id, span),
            volunteers=free_and_rested(session, week.centre_id, span),
            exits=candidates(session, week.centre_id, span),
            asked=_is_asked(session, week.centre_id, span),
            by_exit=_by_exit(session, week.centre_id, span),
            not_admitted=_not_admitted(session, week.centre_id, span),
        )
    return found


def _standing_by(session: Session, centre_id: int, span: Span) -> int:
    people = session.scalars(
        select(Shift.person_id)
        .where(
            Shift.centre_id == centre_id,
            Shift.kind == ShiftKind.STANDBY,
            Shift.starts_at < span.ends_at,
            Shift.ends_at > span.starts_at,
            will_be_admitted(),
        )
        .distinct()
    )
    return len(people.all())


def _not_admitted(session: Session, centre_id: int, span: Span) -> Sequence[str]:
    return session.scalars(
        select(Person.name)
        .join(Shift, Shift.person_id == Person.id)
        .where(
            Shift.centre_id == centre_id,
            Shift.kind == ShiftKind.SEAT,
            Shift.starts_at < span.ends_at,
            Shift.ends_at > span.starts_at,
            not_(will_be_admitted()),
        )
        .distinct()
        .order_by(Person.name)
    ).all()


def _is_asked(session: Session, centre_id: int, span: Span) -> bool:
    query = select(OpenShift.id).where(
        OpenShift.centre_id == centre_id,
        OpenShift.state == OpenState.OPEN,
        OpenShift.starts_at < span.ends_at,
        OpenShift.ends_at > span.starts_at,
    )
    return session.scalar(query.limit(1)) is not None


def _by_exit(session: Session, centre_id: int, span: Span) -> bool:
    exits = session.scalars(
        select(NamedExit).where(
            NamedExit.centre_id == centre_id,
            NamedExit.starts_at < span.ends_at,
            NamedExit.ends_at > span.starts_at,
        )
    )
    return common([span], [Span(one.starts_at, one.ends_at) for one in exits]) == merged([span])
