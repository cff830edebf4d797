"""Reports are handed the board's figures: analytics does not know how waiting and answering are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.papers.desk import Papers
from analytics.papers.reception import CallCount, Covered, Ledgers, Reception, Trained
from hotline.bootstrap.core import Core
from hotline.domain.cover_proof import Cover
from hotline.domain.local_day import ZONE, local_day
from hotline.domain.measures import figures
from hotline.domain.seat_time import together
from hotline.workforce.cover_proof import cover_proof
from hotline.workforce.measured import measured
from hotline.workforce.training_sums import held_between
from models.call_back_words import CallDirection
from models.calls import Call


def make_papers(core: Core) -> Papers:
    return Papers(core.work, core.audit_key, BOOKS)


LINES_BEYOND = timedelta(days=1)
"""The state of a seat at the end of a period is told by its next line."""


def reception_of(
    session: Session, since: datetime, until: datetime, centre_ids: tuple[int, ...] | None
) -> Reception:
    """Plays `ReceptionOf`: by `hotline/domain/measures.py`, as boards and limits do."""
    over = measured(session, since, until, lines_until=until + LINES_BEYOND)
    calls = [c for c in over.calls if centre_ids is None or c.centre_id in centre_ids]
    seats = together(
        time
        for seat_id, time in over.seat_times.items()
        if centre_ids is None or over.centre_of_seat[seat_id] in centre_ids
    )
    found = figures(calls, over.rule, seats, over.wrap_up)
    rows = session.execute(
        select(
            Call.id,
            Call.centre_id,
            Call.direction,
            Call.channel,
            Call.caller_hash,
            Call.person_id,
            Call.answered_at,
        ).where(Call.arrived_at >= since, Call.arrived_at < until)
    ).all()
    mine = [row for row in rows if centre_ids is None or row.centre_id in centre_ids]
    hashes = {row.id: row.caller_hash for row in mine}
    by_ending: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        if call.ending is not None:
            by_ending[str(call.ending.value)].append(hashes.get(call.call_id, ""))
    by_channel: dict[str, list[str]] = defaultdict(list)
    for row in mine:
        if row.direction is not CallDirection.OUTBOUND:
            by_channel[str(row.channel.value)].append(row.caller_hash)
    return Reception(
        received=_count(hashes.get(call.call_id, "") for call in calls),
        endings={code: _count(found) for code, found in by_ending.items()},
        channels={code: _count(found) for code, found in by_channel.items()},
        outbound=_count(row.caller_hash for row in mine if row.direction is CallDirection.OUTBOUND),
        connect_rate=found.connect_rate,
        service_level=found.service_level,
        asa_seconds=found.asa_seconds,
        longest_wait_seconds=found.longest_wait_seconds,
        aht_seconds=found.aht_seconds,
        occupancy=found.occupancy,
        signed_on_hours=(seats.ready + seats.talking + seats.wrap_up + seats.paused) / 3600,
        staff=len(
            {row.person_id for row in mine if row.answered_at is not None and row.person_id is not None}
        ),
    )


def trained_of(
    session: Session, since: datetime, until: datetime, centre_ids: tuple[int, ...] | None
) -> Trained:
    """Plays `TrainedOf`: by the training ledger and its yearly rule."""
    sums = held_between(session, since, until, centre_ids)
    return Trained(sums.trainings, sums.drills, sums.attended, sums.hours, sums.behind)


def covered_of(
    session: Session, since: datetime, until: datetime, centre_ids: tuple[int, ...] | None
) -> Covered:
    """Plays `CoveredOf`: by the proof that `/coverage/proof/` shows. Of a place with several centres each
    must be covered by itself."""
    first, last = local_day(since), local_day(until - timedelta(seconds=1))
    places = [
        place
        for place in cover_proof(session, first, last, until, ZONE)
        if (place.centre_id is None if centre_ids is None else place.centre_id in centre_ids)
    ]
    known = [
        day
        for day in zip(*(place.days for place in places), strict=True)
        if not any(one.seconds_by(Cover.UNKNOWN) for one in day)
    ]
    return Covered(
        days=len(known),
        proved=sum(all(one.is_proved for one in day) for day in known),
        exit_seconds=sum(one.exit_seconds for day in known for one in day),
        uncovered_seconds=sum(one.uncovered_seconds for day in known for one in day),
    )


BOOKS = Ledgers(reception_of, trained_of, covered_of)


def _count(hashes: Iterable[str]) -> CallCount:
    found = list(hashes)
    return CallCount(len(found), len(set(found)))
