"""Which reports a place gets: its own for every place of the tree that has an addressee, by its level.

S1 names the addressee, DOMAIN.md e the reports; which level gets which is data, and the defaults are this
project's ([D]): the hotline's own place gets every report; a city those of five days and longer, which it
can act on; a county those of a month and longer and the digest, since a county's days and weeks are mostly
too few persons to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.papers.addressees import addressed_places
from analytics.place_tree import PlaceTree
from analytics.report.review import require_supervisor
from models.audit import Auditor
from models.papers import PaperPlan
from models.places import Organisation, Place
from models.unit_of_work import Work
from models.vocabulary import PlaceLevel
from models.vocabulary_papers import PaperKind

SHEETS = (PaperKind.MONTH, PaperKind.QUARTER, PaperKind.HALF_YEAR)
DEFAULTS: Mapping[PlaceLevel, tuple[PaperKind, ...]] = {
    PlaceLevel.PROVINCE: tuple(PaperKind),
    PlaceLevel.CITY: (PaperKind.FIVE_DAY, *SHEETS, PaperKind.DIGEST),
    PlaceLevel.COUNTY: (*SHEETS, PaperKind.DIGEST),
    PlaceLevel.TOWNSHIP: (),
}
RECEIPT_OF = SHEETS
"""A named official acknowledges these; to have opened them is not enough ([D])."""


@dataclass(frozen=True)
class Planned:
    """A place that gets reports, and which."""

    place_code: str
    level: PlaceLevel
    is_own: bool
    kinds: frozenset[PaperKind]


def kinds_by_level(session: Session) -> dict[PlaceLevel, tuple[PaperKind, ...]]:
    chosen = {row.level: row.kinds for row in session.scalars(select(PaperPlan))}
    return {
        level: tuple(kind for kind in PaperKind if str(kind.value) in chosen[level])
        if level in chosen
        else default
        for level, default in DEFAULTS.items()
    }


def plan_of(session: Session) -> tuple[Planned, ...]:
    """The hotline's own place first, then those below it that have an addressee, by code."""
    own = session.scalars(select(Organisation.place_code).limit(1)).first()
    if own is None:
        return ()
    below = PlaceTree.load(session).within(own) - {own}
    by_level = kinds_by_level(session)
    places = session.execute(
        select(Place.code, Place.level)
        .where(Place.code.in_(sorted({own} | (below & addressed_places(session)))), Place.valid_to.is_(None))
        .order_by(Place.code)
    ).all()
    found = [
        Planned(
            row.code,
            row.level,
            row.code == own,
            frozenset(PaperKind if row.code == own else by_level[row.level]),
        )
        for row in places
    ]
    return tuple(sorted((p for p in found if p.kinds), key=lambda p: not p.is_own))


def gets(session: Session, place_code: str, kind: PaperKind) -> bool:
    return any(p.place_code == place_code and kind in p.kinds for p in plan_of(session))


class Plans:
    """A supervisor says which reports the places of a level get."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def choose(self, person_id: int, chosen: Mapping[PlaceLevel, Collection[PaperKind]]) -> None:
        """Levels that are not in `chosen` stay. Raises NotPermitted."""
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            demonstrates = unit.session.scalars(select(Organisation.is_demonstration)).first()
            for level, kinds in chosen.items():
                row = unit.session.get(PaperPlan, level) or PaperPlan(level=level)
                row.kinds = [str(kind.value) for kind in PaperKind if kind in kinds]
                row.set_at, row.set_by_id = unit.now, person_id
                row.is_demonstration = bool(demonstrates)
                unit.session.add(row)
                self._audit(unit, person_id, "report.plan", f"level:{level.value}", ",".join(row.kinds))
