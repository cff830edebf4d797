"""The rules that administrators may set, with their defaults and bounds. Pure.

Every number is policy data (`models/network.py` RoutingPolicy); a hotline that set none runs by these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hotline.domain.nuisance import POLICY, LimitPolicy
from hotline.domain.priority import CREDIT_SECONDS, MOST_CREDIT_SECONDS, Credits
from models.vocabulary_network import Keeping, Strategy

HOUR, DAY = 3600, 86400


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


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
    partner_after_seconds: int = 300
    """Then the caller hears of a partner line that is open, and may choose it by key; 0: never."""
    skill_after_seconds: int = 20
    """So long a call waits for a wanted skill; then anybody may answer."""
    language_after_seconds: int = 180
    """So long it waits for somebody on duty who speaks its language; a person is better than nobody."""
    known_operator_seconds: int = 12
    """How long the last operator of a repeat caller is rung, if free; 0: not preferred."""
    keeping: Keeping = Keeping.SEAT
    keep_from_seats: int = 5
    """On duty in the whole hotline; with fewer, one seat kept idle would cost too many callers."""
    wrap_up_seconds: int = 120
    """Time for the note after a talk, before it is marked as over its time."""
    wrap_up_over_seconds: int = 300
    """So long a wrap-up stands over its time; then the seat is paused with the note owed."""
    rest_after_decline_seconds: int = 0
    """A seat that said not now is ready by itself after this time; 0: when its person says so."""
    rest_after_no_answer_seconds: int = 0
    """The same for a seat that rang in vain; 0, since nobody may sit there."""
    nuisance_calls: int = POLICY.calls
    nuisance_window_seconds: int = _seconds(POLICY.window)
    nuisance_lasts_seconds: int = _seconds(POLICY.lasts)
    nuisance_repeated_from: int = POLICY.repeated_from
    nuisance_repeated_within_seconds: int = _seconds(POLICY.repeated_within)
    nuisance_repeated_lasts_seconds: int = _seconds(POLICY.repeated_lasts)

    @property
    def limits(self) -> LimitPolicy:
        """What a nuisance disposition leads to."""
        return LimitPolicy(
            calls=self.nuisance_calls,
            window=timedelta(seconds=self.nuisance_window_seconds),
            lasts=timedelta(seconds=self.nuisance_lasts_seconds),
            repeated_from=self.nuisance_repeated_from,
            repeated_within=timedelta(seconds=self.nuisance_repeated_within_seconds),
            repeated_lasts=timedelta(seconds=self.nuisance_repeated_lasts_seconds),
        )


DEFAULT = Policy()

BOUNDS: Mapping[str, tuple[int, int]] = {
    "most_credit_seconds": (600, 14400),
    "ring_at_once": (2, 10),
    "city_after_seconds": (0, 600),
    "province_after_seconds": (0, 600),
    "anywhere_after_seconds": (0, 900),
    "partner_after_seconds": (0, 3600),
    "skill_after_seconds": (0, 300),
    "language_after_seconds": (0, 900),
    "known_operator_seconds": (0, 30),
    "keep_from_seats": (2, 1000),
    "wrap_up_seconds": (30, 1800),
    "wrap_up_over_seconds": (60, 1800),
    "rest_after_decline_seconds": (0, 900),
    "rest_after_no_answer_seconds": (0, 900),
    "nuisance_calls": (1, 20),
    "nuisance_window_seconds": (HOUR // 4, DAY),
    "nuisance_lasts_seconds": (HOUR, 7 * DAY),
    "nuisance_repeated_from": (2, 20),
    "nuisance_repeated_within_seconds": (DAY, 30 * DAY),
    "nuisance_repeated_lasts_seconds": (DAY, 30 * DAY),
}
"""Least and most of each number: no setting lets a caller wait for ever, empties the queue's order, shuts a
number out (one call a day at the least comes through), or limits it for more than 30 days."""
MOST_CREDIT_EACH = 7200
