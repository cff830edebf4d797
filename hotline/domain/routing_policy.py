"""The rules that administrators may set, with their defaults and bounds. Pure.

Every number is policy data (`models/network.py` RoutingPolicy); a hotline that set none runs by these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hotline.domain.priority import CREDIT_SECONDS, MOST_CREDIT_SECONDS, Credits
from models.vocabulary_network import Keeping, Strategy


@dataclass(frozen=True)
class Policy:
    credits: Credits = field(default_factory=lambda: Credits(CREDIT_SECONDS, MOST_CREDIT_SECONDS))
    strategy: Strategy = Strategy.LONGEST_IDLE
    ring_at_once: int = 3
    """Seats that ring together for one call under `ring_several`."""
    city_after_seconds: int = 10
    """Then a centre of the same city may answer, not only of the caller's own county."""
    province_after_seconds: int = 30
    """Then any centre of the province, where no agreement between the two says otherwise."""
    anywhere_after_seconds: int = 60
    """Then any centre at all."""
    skill_after_seconds: int = 20
    """So long a call waits for a wanted skill; then anybody may answer."""
    language_after_seconds: int = 180
    """So long it waits for somebody on duty who speaks its language; a person is better than nobody."""
    known_operator_seconds: int = 12
    """How long the last operator of a repeat caller is rung, if free; 0: not preferred."""
    keeping: Keeping = Keeping.SEAT
    keep_from_seats: int = 5
    """On duty in the whole hotline; with fewer, one seat kept idle would cost too many callers."""


DEFAULT = Policy()

BOUNDS: Mapping[str, tuple[int, int]] = {
    "most_credit_seconds": (600, 14400),
    "ring_at_once": (2, 10),
    "city_after_seconds": (0, 600),
    "province_after_seconds": (0, 600),
    "anywhere_after_seconds": (0, 900),
    "skill_after_seconds": (0, 300),
    "language_after_seconds": (0, 900),
    "known_operator_seconds": (0, 30),
    "keep_from_seats": (2, 1000),
}
"""Least and most of each number: no setting lets a caller wait for ever, or empties the queue's order."""
MOST_CREDIT_EACH = 7200
