"""The tree of places (GB/T 2260): added, renamed, retired; a code is never used again."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.workforce.changes import apply, audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.places import Centre, Place
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import PlaceLevel

CODE = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")
MOST_LETTERS = 60


def level_of(code: str) -> PlaceLevel:
    """By the shape of the code: two digits each for province, city and county, more below."""
    if len(code) > 6:
        return PlaceLevel.TOWNSHIP
    if code.endswith("0000"):
        return PlaceLevel.PROVINCE
    return PlaceLevel.CITY if code.endswith("00") else PlaceLevel.COUNTY


def parent_of(code: str) -> str | None:
    """The code one step up; None for a province."""
    match level_of(code):
        case PlaceLevel.PROVINCE:
            return None
        case PlaceLevel.CITY:
            return code[:2] + "0000"
        case PlaceLevel.COUNTY:
            return code[:4] + "00"
        case PlaceLevel.TOWNSHIP:
            return code[:6]


class Places:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def rename(self, code: str, name_zh: str, name_en: str, *, by_id: int) -> None:
        """Raises NotFound, FieldWrong."""
        check_names(name_zh, name_en)
        with self._work() as unit:
            place = _found(unit.session, code)
            changes = apply(place, {"name_zh": name_zh, "name_en": name_en})
            self._audit(unit, by_id, "place.rename", code, changes)

    def retire(self, code: str, *, by_id: int) -> None:
        """It is chosen no more; records that name it keep it. Raises NotFound, FieldWrong while something
        below it, or a centre, still stands there."""
        with self._work() as unit:
            place = _found(unit.session, code)
            if place.valid_to is not None:
                return
            below = select(Place.code).where(Place.parent_code == code, Place.valid_to.is_(None))
            if unit.session.scalars(below.limit(1)).first() is not None:
                raise FieldWrong("code", "place_has_places")
            if unit.session.scalars(select(Centre.id).where(Centre.place_code == code).limit(1)).first():
                raise FieldWrong("code", "place_has_centre")
            place.valid_to = unit.now
            self._audit(unit, by_id, "place.retire", code, {"valid_to": [None, unit.now.isoformat()]})

    def _audit(
        self, unit: UnitOfWork, by_id: int, action: str, code: str, changes: dict[str, list[object]]
    ) -> None:
        audit(unit, self._audit_key, by_id=by_id, action=action, subject=f"place:{code}", changes=changes)


def check_names(name_zh: str, name_en: str) -> None:
    """Raises FieldWrong."""
    for field, name in (("name_zh", name_zh), ("name_en", name_en)):
        if not 1 <= len(name) <= MOST_LETTERS:
            raise FieldWrong(field, "name_missing")


def _found(session: Session, code: str) -> Place:
    place = session.get(Place, code, with_for_update=True)
    if place is None:
        raise NotFound(code=code)
    return place
