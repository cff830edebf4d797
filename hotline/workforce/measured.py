"""Figures as they are on file: calls, the lines of their log, and how the seats spent their time."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, or_, select
from sqlalchemy.orm import Session

from hotline.domain.measures import DEFAULT_RULE, CallFact, MeasureRule
from hotline.domain.seat_time import (
    SeatLine,
    SeatNow,
    SeatTime,
    spans,
    time_of,
    together,
    wrap_up_by_call,
)
from models.call_back_words import CallDirection
from models.calls import Call, CallEvent
from models.seats import Seat, SeatEvent
from models.vocabulary import OfferState, SeatState
from models.vocabulary_record import Channel
from models.watch import ServiceRule

INBOUND = (Channel.PHONE, Channel.WEB_TEXT, Channel.APP, Channel.VIDEO)
"""Contacts that ring a seat; visits, follow-ups and call-backs are counted apart."""
QUEUED, UNCOVERED, UNROSTERED = "queued", "uncovered", "unrostered"
IN_VAIN = tuple(f"offer_{state}" for state in (OfferState.DECLINED, OfferState.EXPIRED))
LONGEST_TALK = timedelta(hours=12)
"""How far before the period a seat may have been bound to a call whose wrap-up lies in it."""
SETTLED_AFTER = timedelta(minutes=30)
"""What a call's record and log say of it changes no more this long after its end."""
READ_ANEW_AFTER = timedelta(minutes=10)
"""What came late all the same (a correction, an erased record) is seen by then."""
IDS_AGAIN = 100
"""Lines of other writers may be committed after ones with greater ids."""


@dataclass(frozen=True)
class Measured:
    """Everything that figures of one period are made of, of the whole hotline and of each part."""

    rule: MeasureRule
    calls: Sequence[CallFact]
    wrap_up: Mapping[int, float] = field(default_factory=dict)
    """Seconds by call."""
    seat_times: Mapping[int, SeatTime] = field(default_factory=dict)
    """By seat."""
    centre_of_seat: Mapping[int, int] = field(default_factory=dict)

    def seats_of(self, centre_id: int | None) -> SeatTime:
        """`centre_id` None: of all."""
        return together(
            time
            for seat_id, time in self.seat_times.items()
            if centre_id is None or self.centre_of_seat[seat_id] == centre_id
        )


class Memory:
    """What was read of one period, so that reading it again costs what is new. One process, any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.since: datetime | None = None
        self.whole_at: datetime | None = None
        self.calls: dict[int, CallFact] = {}
        self.lines: dict[int, dict[int, SeatLine]] = {}
        self.newest_line = 0

    def begin(self, since: datetime, now: datetime) -> None:
        """Forget what is of another period, or was read too long ago."""
        old = self.whole_at is None or not timedelta(0) <= now - self.whole_at <= READ_ANEW_AFTER
        if self.since != since or old:
            self.calls, self.lines, self.newest_line = {}, defaultdict(dict), 0
            self.since, self.whole_at = since, now


def rule_of(session: Session) -> MeasureRule:
    row = session.scalars(select(ServiceRule).order_by(ServiceRule.id).limit(1)).first()
    return DEFAULT_RULE if row is None else MeasureRule(row.answer_within_seconds, row.short_abandon_seconds)


def measured(
    session: Session,
    since: datetime,
    until: datetime,
    memory: Memory | None = None,
    *,
    lines_until: datetime | None = None,
) -> Measured:
    """Of the inbound contacts that arrived in [since, until), and the seats over the same time.

    `lines_until`: for a period that is past, so that not the whole log after it is read; the next line of a
    seat tells its state at `until`.
    """
    kept = memory or Memory()
    with kept.lock:
        kept.begin(since, until)
        _recall_calls(session, kept, since, until)
        # Before the lines, of which a newer one does no harm: a span is lost when its end is on no line.
        seats = session.execute(
            select(Seat.id, Seat.centre_id, Seat.state, Seat.call_id, Seat.state_since)
        ).all()
        _recall_lines(session, kept, since, lines_until)
        calls = list(kept.calls.values())
        lines = {seat_id: list(rows.values()) for seat_id, rows in kept.lines.items()}
    times: dict[int, SeatTime] = {}
    centres: dict[int, int] = {}
    wrap_up: dict[int, float] = defaultdict(float)
    for seat in seats:
        now = SeatNow(seat.state, seat.state_since, seat.call_id)
        spent = spans(lines.get(seat.id, ()), now, since, until)
        times[seat.id], centres[seat.id] = time_of(spent), seat.centre_id
        for call_id, seconds in wrap_up_by_call(spent).items():
            wrap_up[call_id] += seconds
    return Measured(rule_of(session), calls, wrap_up, times, centres)


def entered_queue(*of_calls: ColumnElement[bool]) -> Subquery:
    """When each of these calls first entered the queue. The log is long: only their lines are read."""
    return (
        select(CallEvent.call_id, func.min(CallEvent.at).label("at"))
        .join(Call, Call.id == CallEvent.call_id)
        .where(CallEvent.kind == QUEUED, *of_calls)
        .group_by(CallEvent.call_id)
        .subquery()
    )


def call_facts(session: Session, since: datetime, until: datetime) -> list[CallFact]:
    """Single calls alone, without the seats."""
    return _facts(session, (Call.arrived_at >= since, Call.arrived_at < until))


def _recall_calls(session: Session, kept: Memory, since: datetime, until: datetime) -> None:
    """A call that is over is read again for half an hour; a new one whatever its times say, since calls that
    came while the doors were away are written down later."""
    where: list[Any] = [Call.arrived_at >= since, Call.arrived_at < until]
    if kept.calls:
        where.append(
            or_(
                Call.ended_at.is_(None),
                Call.ended_at > until - SETTLED_AFTER,
                Call.id > max(kept.calls) - IDS_AGAIN,
            )
        )
    kept.calls.update((fact.call_id, fact) for fact in _facts(session, where))


def _facts(session: Session, where: Iterable[Any]) -> list[CallFact]:
    these = (*where, Call.channel.in_(INBOUND), Call.direction != CallDirection.ENTERED)
    told: dict[str, dict[int, datetime]] = defaultdict(dict)
    lines = session.execute(
        select(CallEvent.call_id, CallEvent.kind, func.min(CallEvent.at))
        .join(Call, Call.id == CallEvent.call_id)
        .where(CallEvent.kind.in_((QUEUED, UNCOVERED, UNROSTERED, *IN_VAIN)), *these)
        .group_by(CallEvent.call_id, CallEvent.kind)
    )
    for call_id, kind, at in lines:
        told[kind][call_id] = at
    columns = (Call.id, Call.centre_id, Call.line_id, Call.arrived_at, Call.answered_at, Call.ended_at)
    return [
        CallFact(
            call_id=row.id,
            centre_id=row.centre_id,
            line_id=row.line_id,
            entered_at=told[QUEUED].get(row.id, row.arrived_at),
            answered_at=row.answered_at,
            ended_at=row.ended_at,
            outcome=row.outcome,
            rang_in_vain=any(row.id in told[kind] for kind in IN_VAIN),
            uncovered=row.id in told[UNCOVERED],
            unrostered=row.id in told[UNROSTERED],
        )
        for row in session.execute(select(*columns, Call.outcome).where(*these))
    ]


def _recall_lines(session: Session, kept: Memory, since: datetime, lines_until: datetime | None) -> None:
    lines = (
        select(SeatEvent.id, SeatEvent.seat_id, SeatEvent.at, SeatEvent.data)
        .where(SeatEvent.at >= since - LONGEST_TALK, SeatEvent.id > kept.newest_line - IDS_AGAIN)
        .order_by(SeatEvent.id)
    )
    rows = session.execute(lines if lines_until is None else lines.where(SeatEvent.at < lines_until))
    late: set[int] = set()
    for line_id, seat_id, at, data in rows:
        of_seat = kept.lines.setdefault(seat_id, {})
        if "before" in data and line_id not in of_seat:
            if line_id < kept.newest_line:
                late.add(seat_id)
            of_seat[line_id] = SeatLine(at, SeatState(data["before"]), data.get("call_id"))
        kept.newest_line = max(kept.newest_line, line_id)
    for seat_id in late:
        kept.lines[seat_id] = dict(sorted(kept.lines[seat_id].items()))
