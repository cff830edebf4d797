"""Place first: the caller's county, then the city, then the province, then any centre; wider with waiting.

Codes are GB/T 2260: two digits of province, two of city, two of county. A ring that has nobody on duty is
not waited for. What two centres agreed on goes before the general times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from hotline.domain.routing_policy import Policy


class Ring(IntEnum):
    OWN = 0
    """The caller's own centre, or a centre of the same county."""
    CITY = 1
    PROVINCE = 2
    ANYWHERE = 3


@dataclass(frozen=True)
class Centres:
    """`place_of`: code of each centre's place. `agreements`: in force now, seconds by (from, to)."""

    place_of: Mapping[int, str] = field(default_factory=dict)
    agreements: Mapping[tuple[int, int], int] = field(default_factory=dict)


def ring_of(centres: Centres, home_id: int | None, place_code: str | None, centre_id: int) -> Ring:
    """How far this centre is from the caller. Who is from nowhere known is at home everywhere."""
    if home_id is not None and home_id == centre_id:
        return Ring.OWN
    if home_id is None and place_code is None:
        return Ring.OWN
    there = centres.place_of.get(centre_id, "")
    here = place_code or centres.place_of.get(home_id or 0, "")
    if home_id is None and len(there) >= 6 and not there.endswith("00") and here[:6] == there[:6]:
        return Ring.OWN
    if here[:4] == there[:4] and there[2:4] != "00":
        return Ring.CITY
    if here[:2] == there[:2] and there:
        return Ring.PROVINCE
    return Ring.ANYWHERE


def place_wait(
    centres: Centres,
    on_duty: frozenset[int],
    home_id: int | None,
    place_code: str | None,
    centre_id: int,
    policy: Policy,
) -> int:
    """Seconds after which a seat of this centre may answer this caller; 0: at once.

    `on_duty`: centres with somebody on duty.
    """
    ring = ring_of(centres, home_id, place_code, centre_id)
    nearest = min((ring_of(centres, home_id, place_code, each) for each in on_duty), default=ring)
    if ring <= nearest:
        return 0
    agreed = centres.agreements.get((home_id, centre_id)) if home_id is not None else None
    if agreed is not None:
        return agreed
    return (0, policy.city_after_seconds, policy.province_after_seconds, policy.anywhere_after_seconds)[ring]
