"""Where an alert goes: the mechanism of the place, else the nearest one above it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.place_tree import PlaceTree
from models.places import UNKNOWN_PLACE, Mechanism, Organisation


def mechanism_for(session: Session, place_code: str) -> Mechanism | None:
    """An alert on callers whose place is unknown goes to the mechanism of the hotline's own place."""
    if place_code == UNKNOWN_PLACE:
        organisation = session.scalars(select(Organisation)).first()
        if organisation is None:
            return None
        place_code = organisation.place_code
    line = PlaceTree.load(session).line(place_code)
    found = {
        mechanism.place_code: mechanism
        for mechanism in session.scalars(
            select(Mechanism).where(Mechanism.place_code.in_(line)).order_by(Mechanism.id.desc())
        )
    }
    return next((found[code] for code in line if code in found), None)
