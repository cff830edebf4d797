"""Where the played outbreak happens, who decides in it, and how far it has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.place_tree import PlaceTree
from analytics.report.answers import sees
from models.people import Person
from models.places import Organisation, Place
from models.surveillance import Alert, Contact, Signal
from models.vocabulary import PlaceLevel, Role
from models.vocabulary_record import Problem
from models.vocabulary_surveillance import DeliveryChannel, DeliveryState, SignalKind


class NoDemonstration(Exception):
    """There is no demonstration organisation, or it has no city with a county and the people for it."""


def stage_of(session: Session) -> tuple[str, list[str]]:
    """A city that an official answers for, and its counties. Raises NoDemonstration."""
    organisation = session.scalars(select(Organisation)).first()
    if organisation is None or not organisation.is_demonstration:
        raise NoDemonstration
    officials = set(session.scalars(select(Person.place_code).where(Person.role == Role.OFFICIAL)))
    for city in session.scalars(select(Place).where(Place.level == PlaceLevel.CITY).order_by(Place.code)):
        counties = [
            code
            for code in PlaceTree.load(session).children(city.code)
            if session.get_one(Place, code).level is PlaceLevel.COUNTY
        ]
        if city.code in officials and counties:
            return city.code, counties[:2]
    raise NoDemonstration


def signal_of(session: Session, city: str, since: datetime) -> int | None:
    """The one that carries this week's calls: raised since, in the city, and mostly of the problem played."""
    within = PlaceTree.load(session).within(city)
    for signal in session.scalars(
        select(Signal)
        .where(
            Signal.kind == SignalKind.PROMINENT_ISSUE,
            Signal.place_code.in_(within),
            Signal.raised_at >= since,
        )
        .order_by(Signal.observed.desc())
    ):
        if signal.series.startswith(f"problem:{Problem.PRACTICAL}"):
            return signal.id
        problems = session.scalars(
            select(Contact.problem).where(Contact.issue_id == signal.issue_id, Contact.issue_id.is_not(None))
        ).all()
        if problems and problems.count(str(Problem.PRACTICAL)) * 2 > len(problems):
            return signal.id
    return None


def all_sent(session: Session, alert_id: int) -> int | None:
    """Every way of the alert was tried: nothing waits for its first attempt."""
    alert = session.get_one(Alert, alert_id)
    tried = [
        d.attempts > 0 or d.state is DeliveryState.HELD
        for d in alert.deliveries
        if d.channel is not DeliveryChannel.FEED
    ]
    return alert_id if all(tried) else None


def supervisors_of(session: Session) -> tuple[int, int]:
    found = session.scalars(
        select(Person.id)
        .where(Person.role == Role.SUPERVISOR, Person.active.is_(True))
        .order_by(Person.id)
        .limit(2)
    ).all()
    if len(found) < 2:
        raise NoDemonstration
    return found[0], found[1]


def official_for(session: Session, place_code: str) -> int:
    tree = PlaceTree.load(session)
    officials = session.scalars(
        select(Person).where(Person.role == Role.OFFICIAL, Person.active.is_(True))
    ).all()
    seeing = [person for person in officials if sees(session, person, place_code)]
    if not seeing:
        raise NoDemonstration
    return max(seeing, key=lambda person: len(tree.line(person.place_code or ""))).id
