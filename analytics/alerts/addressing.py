"""Who is told of an alert: one addressee by the tree of places and the level, copies by rule and by choice.

Pure. Names of bodies are data; what a kind of body is for stands here. By S1 a finding goes to the joint
prevention mechanism or the people's government of the place; the lighter levels go to the place's own worker
first (township 专干, county 专员, city 专班). A place without a body is told through the nearest above it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.vocabulary import PlaceLevel
from models.vocabulary_alerting import BodyKind
from models.vocabulary_surveillance import AlertLevel, SignalKind

OWN_WORKER = {
    PlaceLevel.TOWNSHIP: BodyKind.TOWNSHIP_WORKER,
    PlaceLevel.COUNTY: BodyKind.COUNTY_OFFICER,
    PlaceLevel.CITY: BodyKind.CITY_TEAM,
}
HEAVY = (AlertLevel.RED, AlertLevel.ORANGE)


@dataclass(frozen=True, slots=True)
class Body:
    """An entry of the address book. A higher id is the newer entry and goes before an older one."""

    mechanism_id: int
    place_code: str
    level: PlaceLevel
    kind: BodyKind
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Addressing:
    main: Body
    copies: tuple[Body, ...]
    """By rule: sent without being asked for."""
    suggested: tuple[Body, ...]
    """Responsible departments (责任单位); the signer chooses."""
    restricted: tuple[Body, ...]
    """Public security, political-legal, petition: only where `allows_restricted`, with a reason."""


def order_of(level: AlertLevel, place: PlaceLevel) -> tuple[BodyKind, ...]:
    """Which kinds of body are the addressee, the first that exists."""
    own = (OWN_WORKER[place],) if place in OWN_WORKER else ()
    led = (BodyKind.MECHANISM, BodyKind.GOVERNMENT)
    return (*led, *own) if level in HEAVY else (*own, *led)


def address(
    line: Sequence[str], bodies: Collection[Body], level: AlertLevel, units: Collection[str] = ()
) -> Addressing | None:
    """`line`: the place and what it belongs to, nearest first. `units`: responsible units of the advice.

    None when nobody stands on the line.
    """
    for code in line:
        here = sorted((b for b in bodies if b.place_code == code), key=lambda b: -b.mechanism_id)
        if not here:
            continue
        order = order_of(level, here[0].level)
        found = [next((b for b in here if b.kind is kind), None) for kind in order]
        chosen = [body for body in found if body is not None]
        if not chosen:
            continue
        # A red alert goes to the others of the order as well: none of them may hear it from another.
        copies = tuple(chosen[1:]) if level is AlertLevel.RED else ()
        near = [b for b in bodies if b.place_code in (code, line[0])]
        return Addressing(
            chosen[0],
            copies,
            tuple(b for b in near if b.kind is BodyKind.DEPARTMENT and b.department in units),
            tuple(b for b in near if b.kind.is_restricted),
        )
    return None


def above(
    line: Sequence[str], bodies: Collection[Body], level: AlertLevel, told_places: Collection[str]
) -> Body | None:
    """The next addressee up the line after the places that were told and kept silent."""
    reached = max((line.index(code) for code in told_places if code in line), default=-1)
    found = address(line[reached + 1 :], bodies, level)
    return found.main if found else None


def allows_restricted(kind: SignalKind, harm_to_others: bool) -> bool:
    """Only a verified possible stress event, or harm to others that the signer states."""
    return kind is SignalKind.STRESS_EVENT or harm_to_others
