"""How seats spend their time, from the lines of their log: pure.

Each fact of a seat's log says the state that it ended (`before`), so that the states between the lines are
known without the rules that made them. The state after the last line is the seat's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.vocabulary import SeatState


@dataclass(frozen=True)
class SeatLine:
    """A fact of one seat. `call_id`: the call that it bound the seat to, if any."""

    at: datetime
    before: SeatState
    call_id: int | None = None


@dataclass(frozen=True)
class Span:
    state: SeatState
    starts_at: datetime
    ends_at: datetime
    call_id: int | None
    """The call that the seat was last bound to, as far as the lines tell."""

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds()


@dataclass(frozen=True)
class SeatNow:
    """As its record stands: the state after the last line."""

    state: SeatState
    state_since: datetime
    call_id: int | None = None


def spans(lines: Sequence[SeatLine], seat: SeatNow, since: datetime, until: datetime) -> list[Span]:
    """The states of one seat over [since, until); `lines` in the order of the log.

    Lines before `since` only tell the call it was bound to. What no line and no record tells (a seat that
    changed before there was a log) is left out.
    """
    found: list[Span] = []
    begun, bound = since, None
    for line in lines:
        at = min(max(line.at, since), until)
        if at > begun:
            found.append(Span(line.before, begun, at, bound))
        begun = at
        bound = line.call_id or bound
    begun = max(begun, seat.state_since)
    if until > begun:
        found.append(Span(seat.state, begun, until, seat.call_id or bound))
    return found


@dataclass(frozen=True)
class SeatTime:
    """Seconds by what they were spent on; signed off counts for nothing."""

    ready: float = 0.0
    """Free, or ringing."""
    talking: float = 0.0
    wrap_up: float = 0.0
    paused: float = 0.0

    @property
    def occupancy(self) -> float | None:
        """(talk + wrap-up) / (signed on - paused), in 0..1: Wazo's statistics of an agent."""
        working = self.ready + self.talking + self.wrap_up
        return (self.talking + self.wrap_up) / working if working else None


def time_of(spent: Iterable[Span]) -> SeatTime:
    seconds = dict.fromkeys(SeatState, 0.0)
    for span in spent:
        seconds[span.state] += span.seconds
    return SeatTime(
        ready=seconds[SeatState.AVAILABLE] + seconds[SeatState.OFFERED],
        talking=seconds[SeatState.TALKING],
        wrap_up=seconds[SeatState.WRAP_UP],
        paused=seconds[SeatState.PAUSED],
    )


def together(times: Iterable[SeatTime]) -> SeatTime:
    total = SeatTime()
    for one in times:
        total = SeatTime(
            total.ready + one.ready,
            total.talking + one.talking,
            total.wrap_up + one.wrap_up,
            total.paused + one.paused,
        )
    return total


def wrap_up_by_call(spent: Iterable[Span]) -> dict[int, float]:
    """Seconds of wrap-up of each call, of every seat that took part."""
    seconds: dict[int, float] = {}
    for span in spent:
        if span.state is SeatState.WRAP_UP and span.call_id is not None:
            seconds[span.call_id] = seconds.get(span.call_id, 0.0) + span.seconds
    return seconds
