"""Who sat at a seat over which states, from the lines of its log: pure.

A seat's states follow from `seat_time.spans`; who sat there follows from the marks that each sign-on leaves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.domain.seat_state import ON_DUTY
from hotline.domain.seat_time import SeatLine, SeatNow, Span, spans
from models.vocabulary import SeatState

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Sat:
    """`person_id` None: nobody sat there, or the log does not tell."""

    person_id: int | None
    span: Span


def sat(
    lines: Sequence[SeatLine],
    marks: Sequence[tuple[datetime, int]],
    seat: SeatNow,
    since: datetime,
    until: datetime,
) -> list[Sat]:
    """`lines` and `marks` (when who sat down) in the order of the log; lines after `until` tell the state
    that held up to it."""
    moments = [at for at, _ in marks]
    found = []
    for span in spans(lines, seat, since, until):
        index = bisect_right(moments, span.starts_at) - 1
        nobody = span.state is SeatState.OFFLINE or index < 0
        found.append(Sat(None if nobody else marks[index][1], span))
    return found


def on_duty(sat_there: Iterable[Sat]) -> list[Interval]:
    """When the seat served callers, joined where one state followed the other."""
    return joined((one.span.starts_at, one.span.ends_at) for one in sat_there if one.span.state in ON_DUTY)


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments, each once, in the order of time."""
    found: list[Interval] = []
    for starts_at, ends_at in sorted(intervals):
        if ends_at <= starts_at:
            continue
        if found and starts_at <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends_at))
        else:
            found.append((starts_at, ends_at))
    return found


def common_seconds(one: Sequence[Interval], other: Sequence[Interval]) -> float:
    """How long both held; each a list of `joined`."""
    return sum(
        max(0.0, (min(a_end, b_end) - max(a_start, b_start)).total_seconds())
        for a_start, a_end in one
        for b_start, b_end in other
    )


def adherence(signed_on: Iterable[Interval], rostered: Iterable[Interval]) -> float | None:
    """Share in 0..1 of the rostered time that was spent signed on (pauses are part of a shift).

    None: nothing was rostered. Schedule adherence as contact centres have it; time beyond the roster adds
    nothing.
    """
    planned = joined(rostered)
    whole = sum((end - start).total_seconds() for start, end in planned)
    return common_seconds(joined(signed_on), planned) / whole if whole else None
