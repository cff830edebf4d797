"""Isolation sites: people and workers there, against the 6 to 9 for each 200 of S2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.domain.needed_seats import isolation_site_workers
from hotline.workforce.changes import apply, audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.isolation import IsolationSite
from models.places import Place
from models.unit_of_work import Work

MOST = 100_000


@dataclass(frozen=True)
class Site:
    """`low` to `high` workers are advised for its people."""

    site_id: int
    name: str
    place_code: str
    place_zh: str
    place_en: str
    people: int
    workers: int
    low: int
    high: int
    counted_at: datetime

    @property
    def missing(self) -> int:
        return max(0, self.low - self.workers)


def open_sites(session: Session) -> tuple[Site, ...]:
    """The one that lacks most workers first."""
    rows = session.scalars(
        select(IsolationSite)
        .where(IsolationSite.closed_at.is_(None))
        .options(joinedload(IsolationSite.place))
    )
    sites = (
        Site(
            row.id,
            row.name,
            row.place_code,
            row.place.name_zh,
            row.place.name_en,
            row.people,
            row.workers,
            *isolation_site_workers(row.people),
            row.counted_at,
        )
        for row in rows
    )
    return tuple(sorted(sites, key=lambda site: (-site.missing, site.site_id)))


class IsolationSites:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def save(
        self, site_id: int | None, *, name: str, place_code: str, people: int, workers: int, by_id: int
    ) -> int:
        """A new site (None), or one counted anew. Raises FieldWrong, NotFound."""
        if not 1 <= len(name) <= 60:
            raise FieldWrong("name", "name_missing")
        for field, count in (("people", people), ("workers", workers)):
            if not 0 <= count <= MOST:
                raise FieldWrong(field, "out_of_range")
        with self._work() as unit:
            if unit.session.get(Place, place_code) is None:
                raise FieldWrong("place_code", "place_missing")
            site = IsolationSite() if site_id is None else unit.session.get(IsolationSite, site_id)
            if site is None or site.closed_at is not None:
                raise NotFound(site_id=site_id)
            values = {"name": name, "place_code": place_code, "people": people, "workers": workers}
            changes = apply(site, values)
            site.counted_at = unit.now
            unit.session.add(site)
            unit.session.flush()
            subject = f"isolation_site:{site.id}"
            audit(
                unit, self._audit_key, by_id=by_id, action="isolation.save", subject=subject, changes=changes
            )
            return site.id

    def close(self, site_id: int, *, by_id: int) -> None:
        """It stands no longer; its record stays. Raises NotFound."""
        with self._work() as unit:
            site = unit.session.get(IsolationSite, site_id)
            if site is None:
                raise NotFound(site_id=site_id)
            site.closed_at = site.closed_at or unit.now
            subject, changes = f"isolation_site:{site_id}", {"closed": [False, True]}
            audit(
                unit, self._audit_key, by_id=by_id, action="isolation.close", subject=subject, changes=changes
            )
