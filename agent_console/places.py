"""Names of places, by code."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.places import UNKNOWN_PLACE, Place

UNKNOWN_NAMES = ("地区未知", "Place unknown")


def names_of(session: Session, codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Chinese and English name by code; the stratum without a place has its own words."""
    wanted = list(codes)
    rows = session.execute(select(Place.code, Place.name_zh, Place.name_en).where(Place.code.in_(wanted)))
    names = {code: (zh, en) for code, zh, en in rows}
    names.setdefault(UNKNOWN_PLACE, UNKNOWN_NAMES)
    return names
