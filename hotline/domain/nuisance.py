"""How often a number that was marked as nuisance may come through: bounded, with an end, never silent.

People in distress repeat themselves, fall silent and curse; so a limit slows a number down and never shuts
it out: the danger key and a message work at any moment, and who was ever at high risk, or is a minor, is
never limited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class LimitPolicy:
    """What a nuisance disposition leads to; administrators set it with the routing rules."""

    calls: int = 3
    window: timedelta = timedelta(hours=1)
    lasts: timedelta = timedelta(hours=24)
    repeated_from: int = 3
    """So many nuisance contacts within `repeated_within` make it last longer."""
    repeated_within: timedelta = timedelta(days=7)
    repeated_lasts: timedelta = timedelta(days=7)


POLICY = LimitPolicy()


@dataclass(frozen=True)
class Limit:
    calls: int
    window: timedelta
    expires_at: datetime
    reason: str
    """nuisance | repeated_nuisance."""


def limit_for(
    nuisance_contacts: int, *, protected: bool, now: datetime, policy: LimitPolicy = POLICY
) -> Limit | None:
    """What one more nuisance contact leads to; `nuisance_contacts` counts it, within `repeated_within`.

    `protected`: R3 or R4 on file, or a minor.
    """
    if protected or nuisance_contacts < 1:
        return None
    repeated = nuisance_contacts >= policy.repeated_from
    return Limit(
        policy.calls,
        policy.window,
        now + (policy.repeated_lasts if repeated else policy.lasts),
        "repeated_nuisance" if repeated else "nuisance",
    )


def comes_through_at(
    calls: int, window: timedelta, arrivals: Sequence[datetime], now: datetime
) -> datetime | None:
    """None: the call that arrives `now` comes through. Else the moment from which the next one will.

    `arrivals`: earlier calls of this number that came through; this one is not among them.
    """
    recent = sorted(at for at in arrivals if now - window < at <= now)
    if len(recent) < calls:
        return None
    return recent[-calls] + window
