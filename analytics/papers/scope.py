"""Whose contacts a report counts: all of the hotline, or those of one place's people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from analytics.days import HOTLINE_ZONE
from analytics.papers.calendar import Period
from analytics.place_tree import PlaceTree
from models.places import Centre, Organisation, Place
from models.surveillance import Contact
from models.vocabulary_papers import PaperKind


@dataclass(frozen=True)
class Scope:
    """`codes` None: the whole hotline, the unknown place and callers from outside among its contacts."""

    place_code: str
    place_name: str
    first: date
    last: date
    since: datetime
    until: datetime
    codes: frozenset[str] | None
    children: tuple[str, ...]
    child_of: dict[str, str]
    """Code below -> the child of `place_code` that holds it."""
    names: dict[str, str]
    centre_ids: tuple[int, ...] | None
    """Centres at the place and below; None: of the whole hotline. Empty: calls and shifts are not the
    place's."""
    zone: tzinfo = HOTLINE_ZONE
    kind: PaperKind | None = None

    @property
    def answers_calls(self) -> bool:
        return self.centre_ids != ()

    def on_days(self) -> tuple[ColumnElement[bool], ...]:
        return (Contact.day >= self.first, Contact.day <= self.last)

    def in_place(
        self, column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
    ) -> ColumnElement[bool]:
        return true() if self.codes is None else column.in_(sorted(self.codes))


def scope_of(session: Session, place_code: str, period: Period, zone: tzinfo = HOTLINE_ZONE) -> Scope:
    tree = PlaceTree.load(session)
    organisation = session.scalars(select(Organisation)).first()
    whole = organisation is not None and organisation.place_code == place_code
    codes = tree.within(place_code)
    children = tree.children(place_code)
    named = session.execute(select(Place.code, Place.name_zh).where(Place.code.in_([place_code, *children])))
    names = {row.code: row.name_zh for row in named}
    centres = session.scalars(
        select(Centre.id).where(Centre.place_code.in_(sorted(codes))).order_by(Centre.id)
    )
    since, until = period.bounds(zone)
    return Scope(
        place_code=place_code,
        place_name=names.get(place_code, place_code),
        first=period.first,
        last=period.last,
        since=since,
        until=until,
        codes=None if whole else codes,
        children=children,
        child_of={code: child for child in children for code in tree.within(child)},
        names=names,
        centre_ids=None if whole else tuple(centres),
        zone=zone,
        kind=period.kind,
    )
