"""The address book as the rules of addressing see it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.addressing import Addressing, Body, above, address
from analytics.place_tree import PlaceTree
from models.places import UNKNOWN_PLACE, Mechanism, Organisation, Place
from models.vocabulary_surveillance import AlertLevel


def bodies_of(session: Session) -> tuple[Body, ...]:
    """Every body that stands today."""
    rows = session.execute(
        select(Mechanism.id, Mechanism.place_code, Place.level, Mechanism.kind, Mechanism.department)
        .join(Place, Place.code == Mechanism.place_code)
        .where(Mechanism.active.is_(True))
    )
    return tuple(Body(r.id, r.place_code, r.level, r.kind, r.department) for r in rows)


def line_of(session: Session, place_code: str) -> tuple[str, ...]:
    """The place and what it belongs to; callers whose place is unknown belong to the hotline's own place."""
    if place_code == UNKNOWN_PLACE:
        organisation = session.scalars(select(Organisation)).first()
        if organisation is None:
            return ()
        place_code = organisation.place_code
    return PlaceTree.load(session).line(place_code)


def addressing_of(
    session: Session, place_code: str, level: AlertLevel, units: Collection[str] = ()
) -> Addressing | None:
    """None when no body stands for the place nor for any above it."""
    return address(line_of(session, place_code), bodies_of(session), level, units)


def next_above(
    session: Session, place_code: str, level: AlertLevel, told_places: Collection[str]
) -> Body | None:
    return above(line_of(session, place_code), bodies_of(session), level, told_places)
