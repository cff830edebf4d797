"""The hotline's figures, pure: what counts as answered, abandoned, in time, and how busy the seats are.

One place for boards, thresholds and reports; the pages print the definitions beside the figures.
- received: inbound contacts that rang; visits, follow-ups and call-backs are counted apart;
- wait: from entering the queue (end of the greeting) until answered or ended;
- ending: each ended call is exactly one of `Ending`, decided in the order of `CallFact.ending`;
- short abandon: hung up within `short_abandon_seconds` of entering: left out of SL2 and abandonment, since
  nobody could have answered; counted apart, never hidden;
- abandoned: hung up without a talk, while waiting, after a seat rang in vain, or with nobody on duty
  (ABANDONED, NOT_ANSWERED, BLOCKED), short ones apart; CLOSED is out of hours and counted apart;
- service level (SL): answered within `answer_within_seconds` / answered;
- service level 2 (SL2): (answered within + abandoned within) / (answered + abandoned);
- abandonment: abandoned / (answered + abandoned);
- connect rate: answered / (received - closed), of calls that ended or were answered;
- ASA: average wait of the answered; AHT: average talk (hold in it) + wrap-up of talks that have ended;
- occupancy: (talk + wrap-up) / (signed on - paused), see `seat_time`.
SL and SL2 as in Asterisk's app_queue, the endings and occupancy as in Wazo's call centre statistics, short
abandons as in Twilio Flex. 15 s and 95 % are the benchmark of GB/T 33358-2016 (non-emergency government
hotlines), not a duty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hotline.domain.seat_time import SeatTime
from models.vocabulary import CallOutcome
from models.vocabulary_watch import Ending

HUNG_UP = frozenset({Ending.ABANDONED, Ending.NOT_ANSWERED, Ending.BLOCKED})
_AS_THEY_ARE = {
    CallOutcome.ANSWERED: Ending.ANSWERED,
    CallOutcome.TRANSFERRED: Ending.SATURATED,
    CallOutcome.MESSAGE: Ending.MESSAGE,
    CallOutcome.CALLBACK: Ending.CALLBACK,
    CallOutcome.LIMITED: Ending.LIMITED,
    CallOutcome.FAILED: Ending.FAILED,
    CallOutcome.UNREACHED: Ending.FAILED,
}


@dataclass(frozen=True)
class MeasureRule:
    """What "in time" and "short" mean, in seconds."""

    answer_within_seconds: int = 15
    short_abandon_seconds: int = 10


DEFAULT_RULE = MeasureRule()


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
    line_id: int | None = None
    rang_in_vain: bool = False
    """A seat was offered the call and declined it or let it ring."""
    uncovered: bool = False
    """Nobody was on duty while it waited."""
    unrostered: bool = False
    """And no seat was rostered at that hour."""

    @property
    def wait_seconds(self) -> float | None:
        until = self.answered_at or self.ended_at
        return None if until is None else max(0.0, (until - self.entered_at).total_seconds())

    @property
    def ending(self) -> Ending | None:
        """None while it goes on; a call in a talk is already ANSWERED."""
        if self.answered_at is not None:
            return Ending.ANSWERED
        if self.ended_at is None or self.outcome is None:
            return None
        if self.outcome in _AS_THEY_ARE:
            return _AS_THEY_ARE[self.outcome]
        if self.uncovered:
            return Ending.CLOSED if self.unrostered else Ending.BLOCKED
        return Ending.NOT_ANSWERED if self.rang_in_vain else Ending.ABANDONED


@dataclass(frozen=True)
class Figures:
    """Counts, and shares in 0..1 (None: nothing to divide by)."""

    received: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    short_abandons: int = 0
    unfinished: int = 0
    """Neither answered nor ended yet."""
    service_level: float | None = None
    service_level_2: float | None = None
    abandonment: float | None = None
    connect_rate: float | None = None
    asa_seconds: float | None = None
    aht_seconds: float | None = None
    talk_seconds: float | None = None
    """Average length of the talks that have ended."""
    occupancy: float | None = None
    longest_wait_seconds: float | None = None
    endings: Mapping[Ending, int] = field(default_factory=dict)


def figures(
    calls: Iterable[CallFact],
    rule: MeasureRule = DEFAULT_RULE,
    seats: SeatTime | None = None,
    wrap_up: Mapping[int, float] | None = None,
) -> Figures:
    """Recount the figures from single calls, and the occupancy from the time of the seats.

    `wrap_up`: seconds by call.
    """
    wrapped = wrap_up or {}
    received = within = abandoned = abandoned_within = short = 0
    waits: list[float] = []
    talks: list[float] = []
    wraps: list[float] = []
    longest: float | None = None
    endings: Counter[Ending] = Counter()
    for call in calls:
        received += 1
        wait = call.wait_seconds
        ending = call.ending
        if wait is not None:
            longest = wait if longest is None else max(longest, wait)
        if ending is None:
            continue
        endings[ending] += 1
        waited = wait or 0.0
        if ending is Ending.ANSWERED:
            waits.append(waited)
            within += waited <= rule.answer_within_seconds
            if call.ended_at is not None and call.answered_at is not None:
                talks.append((call.ended_at - call.answered_at).total_seconds())
                wraps.append(wrapped.get(call.call_id, 0.0))
        elif ending in HUNG_UP:
            if waited < rule.short_abandon_seconds:
                short += 1
            else:
                abandoned += 1
                abandoned_within += waited <= rule.answer_within_seconds
    answered, over = len(waits), endings.total()
    return Figures(
        received=received,
        answered=answered,
        answered_within=within,
        abandoned=abandoned,
        abandoned_within=abandoned_within,
        short_abandons=short,
        unfinished=received - over,
        service_level=_share(within, answered),
        service_level_2=_share(within + abandoned_within, answered + abandoned),
        abandonment=_share(abandoned, answered + abandoned),
        connect_rate=_share(answered, over - endings[Ending.CLOSED]),
        asa_seconds=_mean(waits),
        aht_seconds=_mean([talk + wrap for talk, wrap in zip(talks, wraps, strict=True)]),
        talk_seconds=_mean(talks),
        occupancy=seats.occupancy if seats is not None else None,
        longest_wait_seconds=longest,
        endings={ending: endings[ending] for ending in Ending},
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
