"""Counting what the line was asked for, by centre and quarter of an hour; and reading it as a history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from hotline.domain.forecast import QUARTERS
from hotline.domain.needed_seats import QUARTER_SECONDS, Workload
from models.call_back_words import CallDirection
from models.calls import Call, CallEvent
from models.demand import QuarterCount, StaffingPolicy
from models.notes import Note
from models.unit_of_work import Work
from models.vocabulary import CallOutcome

SHORT_ABANDON_SECONDS = 10
"""Who hung up sooner could not have been answered; the board counts them apart in the same way."""
LONGEST_NOTE_SECONDS = 3600
"""A note that lay open for longer was not being written all that time."""
HISTORY_DAYS = 26 * 7
WORKLOAD_DAYS = 56
LEAST_TALKS, LEAST_WHO_GAVE_UP = 30, 20
"""With fewer, the policy's start value stands."""
NO_DEMAND = (CallOutcome.LIMITED,)


def recount(work: Work, since: datetime, until: datetime) -> int:
    """Count [since, until) anew from the calls, whole quarters; the rows written. Safe to repeat."""
    since, until = quarter_of(since), quarter_of(until + timedelta(seconds=QUARTER_SECONDS - 1))
    with work() as unit:
        unit.session.execute(
            delete(QuarterCount).where(QuarterCount.starts_at >= since, QuarterCount.starts_at < until)
        )
        rows = _counted(unit.session, since, until)
        unit.session.add_all(rows)
        return len(rows)


def catch_up(work: Work, days: int = HISTORY_DAYS) -> int:
    """What the clock asks for: the last two days anew, and all days before them that were never counted."""
    with work() as unit:
        unit.only_read()
        newest = unit.session.scalar(select(func.max(QuarterCount.starts_at)))
        now = unit.now
    oldest = now - timedelta(days=days)
    return recount(work, max(oldest, newest - timedelta(days=2)) if newest else oldest, now)


def quarter_of(at: datetime) -> datetime:
    """The start of its quarter of an hour. Every zone lies whole quarters from UTC, so days fit them."""
    return datetime.fromtimestamp(at.timestamp() // QUARTER_SECONDS * QUARTER_SECONDS, at.tzinfo)


def _counted(session: Session, since: datetime, until: datetime) -> list[QuarterCount]:
    entered = (
        select(CallEvent.call_id, func.min(CallEvent.at).label("at"))
        .join(Call, Call.id == CallEvent.call_id)
        .where(CallEvent.kind == "queued", Call.arrived_at >= since, Call.arrived_at < until)
        .group_by(CallEvent.call_id)
        .subquery()
    )
    calls = session.execute(
        select(
            Call.centre_id,
            Call.arrived_at,
            func.coalesce(entered.c.at, Call.arrived_at),
            Call.answered_at,
            Call.ended_at,
            Note.closed_at,
        )
        .outerjoin(entered, entered.c.call_id == Call.id)
        .outerjoin(Note, Note.call_id == Call.id)
        .where(
            Call.arrived_at >= since,
            Call.arrived_at < until,
            Call.direction == CallDirection.INBOUND,
            Call.carrier_sid.is_not(None),
            or_(Call.outcome.is_(None), Call.outcome.not_in(NO_DEMAND)),
        )
    )
    rows: dict[tuple[int | None, datetime], QuarterCount] = defaultdict(
        lambda: QuarterCount(
            callers=0, answered=0, gave_up=0, waited_seconds=0.0, handled=0, handle_seconds=0.0
        )
    )
    for centre_id, arrived_at, entered_at, answered_at, ended_at, closed_at in calls:
        waited = _seconds(entered_at, answered_at or ended_at)
        gone = answered_at is None and ended_at is not None
        if gone and waited < SHORT_ABANDON_SECONDS:
            continue
        row = rows[centre_id, quarter_of(arrived_at)]
        row.callers += 1
        row.waited_seconds += waited
        row.gave_up += gone
        row.answered += answered_at is not None
        if answered_at is not None and ended_at is not None:
            row.handled += 1
            row.handle_seconds += _seconds(answered_at, ended_at) + min(
                _seconds(ended_at, closed_at), LONGEST_NOTE_SECONDS
            )
    for (centre_id, starts_at), row in rows.items():
        row.centre_id, row.starts_at = centre_id, starts_at
    return list(rows.values())


def _seconds(start: datetime, end: datetime | None) -> float:
    return max(0.0, (end - start).total_seconds()) if end is not None else 0.0


@dataclass(frozen=True)
class Demand:
    """`counts`: callers, shape (days, 96), from `first_day` on, in the hotline's own time."""

    first_day: date
    counts: NDArray[np.int64]
    workload: Workload
    knows_its_own: bool
    """The workload was seen here; else it is the policy's start value."""


def demand_of(
    session: Session, centre_id: int | None, today: date, zone: tzinfo, policy: StaffingPolicy
) -> Demand:
    """Of one centre, or with None of the whole line; the days before `today` since the first call on file."""
    midnight = datetime.combine(today, datetime.min.time(), zone)
    where = [
        QuarterCount.starts_at >= midnight - timedelta(days=HISTORY_DAYS),
        QuarterCount.starts_at < midnight,
    ]
    if centre_id is not None:
        where.append(QuarterCount.centre_id == centre_id)
    rows = session.execute(
        select(QuarterCount.starts_at, QuarterCount.callers).where(*where).order_by(QuarterCount.starts_at)
    ).all()
    first = rows[0][0].astimezone(zone).date() if rows else today
    counts = np.zeros(((today - first).days, QUARTERS), dtype=np.int64)
    for starts_at, callers in rows:
        local = starts_at.astimezone(zone)
        counts[(local.date() - first).days, local.hour * 4 + local.minute // 15] += callers
    recent = [*where, QuarterCount.starts_at >= midnight - timedelta(days=WORKLOAD_DAYS)]
    sums = session.execute(
        select(
            func.sum(QuarterCount.handled),
            func.sum(QuarterCount.handle_seconds),
            func.sum(QuarterCount.gave_up),
            func.sum(QuarterCount.waited_seconds),
        ).where(*recent)
    ).one()
    handled, handle, gave_up, waited = (value or 0 for value in sums)
    own = handled >= LEAST_TALKS
    return Demand(
        first_day=first,
        counts=counts,
        workload=Workload(
            handle_seconds=handle / handled if own else policy.handle_minutes * 60.0,
            # Of exponential patience, seen until the wait ended otherwise: all waiting over all who gave up.
            patience_seconds=waited / gave_up if gave_up >= LEAST_WHO_GAVE_UP else None,
        ),
        knows_its_own=own,
    )
