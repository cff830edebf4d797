"""The hotline's figures, pure: what counts as answered, abandoned, in time, and when a figure warns.

Definitions (one place; the page prints them beside each figure):
- wait: from entering the queue (end of the greeting) until answered or ended;
- short abandon: hung up within `SHORT_ABANDON_SECONDS` of entering, counted apart, since nobody could answer;
- service level: answered within `ANSWER_WITHIN_SECONDS` / answered;
- service level 2: answered within / (answered + abandoned, short abandons left out);
- abandonment: abandoned without short ones / (answered + abandoned without short ones);
- connect rate: answered / all calls that have ended or were answered.
15 s and 95 % are the benchmark of GB/T 33358-2016 (non-emergency government hotlines), not a duty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.vocabulary import CallOutcome

ANSWER_WITHIN_SECONDS = 15
SHORT_ABANDON_SECONDS = 10
TARGET_SHARE = 0.95
CRITICAL_SHARE = 0.80
WAITING_WARN, WAITING_CRIT = 3, 6
LONGEST_WARN_SECONDS, LONGEST_CRIT_SECONDS = 60, 120

NORMAL, WARN, CRIT = "normal", "warn", "crit"


@dataclass(frozen=True)
class CallFact:
    """What the figures need of one call."""

    call_id: int
    centre_id: int | None
    entered_at: datetime
    """When it entered the queue; its arrival where no such moment is on record."""
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: CallOutcome | None

    @property
    def wait_seconds(self) -> float | None:
        until = self.answered_at or self.ended_at
        return None if until is None else max(0.0, (until - self.entered_at).total_seconds())


@dataclass(frozen=True)
class Figures:
    """Counts, and shares in 0..1 (None: nothing to divide by)."""

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    short_abandons: int = 0
    unfinished: int = 0
    """Neither answered nor ended yet."""
    service_level: float | None = None
    service_level_2: float | None = None
    abandonment: float | None = None
    connect_rate: float | None = None
    asa_seconds: float | None = None
    """Average speed of answer."""
    talk_seconds: float | None = None
    """Average length of the talks that have ended."""
    longest_wait_seconds: float | None = None
    outcomes: Mapping[str, int] = field(default_factory=dict)


def figures(calls: Iterable[CallFact]) -> Figures:
    """Recount the figures from single calls."""
    offered = answered = within = abandoned = short = unfinished = 0
    waits: list[float] = []
    talks: list[float] = []
    longest: float | None = None
    outcomes: Counter[str] = Counter()
    for call in calls:
        offered += 1
        wait = call.wait_seconds
        if wait is not None:
            longest = wait if longest is None else max(longest, wait)
        if call.answered_at is not None:
            answered += 1
            waits.append(wait or 0.0)
            within += (wait or 0.0) <= ANSWER_WITHIN_SECONDS
            if call.ended_at is not None:
                talks.append((call.ended_at - call.answered_at).total_seconds())
        elif call.ended_at is None:
            unfinished += 1
        elif call.outcome is CallOutcome.ABANDONED:
            if wait is not None and wait < SHORT_ABANDON_SECONDS:
                short += 1
            else:
                abandoned += 1
        if call.outcome is not None:
            outcomes[str(call.outcome)] += 1
    return Figures(
        offered=offered,
        answered=answered,
        answered_within=within,
        abandoned=abandoned,
        short_abandons=short,
        unfinished=unfinished,
        service_level=_share(within, answered),
        service_level_2=_share(within, answered + abandoned),
        abandonment=_share(abandoned, answered + abandoned),
        connect_rate=_share(answered, offered - unfinished),
        asa_seconds=sum(waits) / len(waits) if waits else None,
        talk_seconds=sum(talks) / len(talks) if talks else None,
        longest_wait_seconds=longest,
        outcomes=dict(outcomes),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def waiting_state(count: int) -> str:
    return CRIT if count >= WAITING_CRIT else WARN if count >= WAITING_WARN else NORMAL


def longest_state(seconds: float | None) -> str:
    if seconds is None or seconds < LONGEST_WARN_SECONDS:
        return NORMAL
    return CRIT if seconds >= LONGEST_CRIT_SECONDS else WARN


def share_state(share: float | None) -> str:
    if share is None or share >= TARGET_SHARE:
        return NORMAL
    return WARN if share >= CRITICAL_SHARE else CRIT
