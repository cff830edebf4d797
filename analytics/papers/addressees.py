"""Who a report of a place is for: its mechanism and people's government; its own worker (专班, 专员, 专干).

S1: findings go to the mechanism or the people's government of the place. Where neither stands the own
worker is the addressee, else gets a copy. Departments are named as copies on the paper and are sent nothing
by themselves; a restricted body is neither."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.addressing import OWN_WORKER
from models.places import Mechanism, Place
from models.vocabulary_alerting import BodyKind

LED = (BodyKind.MECHANISM, BodyKind.GOVERNMENT)


@dataclass(frozen=True)
class Addressees:
    to: tuple[Mechanism, ...]
    copies: tuple[Mechanism, ...]
    departments: tuple[Mechanism, ...]


def addressees_of(session: Session, place_code: str) -> Addressees:
    """Bodies that stand today; `to` is empty where the place has none."""
    place = session.get_one(Place, place_code)
    bodies = session.scalars(
        select(Mechanism)
        .where(Mechanism.place_code == place_code, Mechanism.active.is_(True))
        .order_by(Mechanism.id)
    ).all()
    own = OWN_WORKER.get(place.level)
    led = tuple(b for b in bodies if b.kind in LED)
    workers = tuple(b for b in bodies if b.kind is own)
    departments = tuple(b for b in bodies if b.kind is BodyKind.DEPARTMENT)
    return Addressees(led or workers, workers if led else (), departments)


def addressed_places(session: Session) -> frozenset[str]:
    """Places that have an addressee."""
    rows = session.execute(
        select(Mechanism.place_code, Mechanism.kind, Place.level)
        .join(Place, Place.code == Mechanism.place_code)
        .where(Mechanism.active.is_(True))
    )
    return frozenset(r.place_code for r in rows if _may_be_told(r.kind, OWN_WORKER.get(r.level)))


def _may_be_told(kind: BodyKind, own: BodyKind | None) -> bool:
    wanted: Collection[BodyKind | None] = (*LED, own)
    return kind in wanted
