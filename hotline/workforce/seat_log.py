"""The log of the seats over any period: which state, and who sat there. What figures and proofs rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from hotline.domain.seat_state import SeatFact
from hotline.domain.seat_time import SeatLine, SeatNow
from hotline.domain.sittings import Sat, sat
from models.seats import Seat, SeatEvent
from models.vocabulary import SeatState

FACTS = tuple(str(fact) for fact in SeatFact)
MARKS = ("person", "found")
LOOK_BACK = timedelta(hours=36)
"""Who sat down earlier than this before a period is not told by name; their seat's states are."""


@dataclass(frozen=True)
class SeatHistory:
    seat_id: int
    centre_id: int
    sat: tuple[Sat, ...]


def log_began(session: Session) -> datetime | None:
    """The first line of any seat. Nothing before it can be proved."""
    return session.scalar(select(func.min(SeatEvent.at)))


def seat_histories(
    session: Session, since: datetime, until: datetime, seat_ids: Collection[int] | None = None
) -> list[SeatHistory]:
    """Of every seat over [since, until), or of some. `until` is not in the future.

    A line tells the state that it ended, so the first line after the period tells how the period went out.
    """
    wanted = select(Seat.id, Seat.centre_id, Seat.state, Seat.call_id, Seat.state_since).order_by(Seat.id)
    if seat_ids is not None:
        wanted = wanted.where(Seat.id.in_(seat_ids))
    # Before the lines, of which a newer one does no harm: a span is lost when its end is on no line.
    seats = session.execute(wanted).all()
    mine = [] if seat_ids is None else [SeatEvent.seat_id.in_(seat_ids)]
    lines: dict[int, list[SeatLine]] = defaultdict(list)
    marks: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    columns = (SeatEvent.seat_id, SeatEvent.at, SeatEvent.kind, SeatEvent.data)
    rows = session.execute(
        select(*columns)
        .where(SeatEvent.at >= since - LOOK_BACK, SeatEvent.at < until, *mine)
        .order_by(SeatEvent.id)
    )
    for seat_id, at, kind, data in rows:
        _take(lines[seat_id], marks[seat_id], at, kind, data)
    for seat_id, at, kind, data in _first_after(session, until, mine):
        _take(lines[seat_id], marks[seat_id], at, kind, data)
    return [
        SeatHistory(
            row.id,
            row.centre_id,
            tuple(
                sat(
                    lines[row.id],
                    marks[row.id],
                    SeatNow(row.state, row.state_since, row.call_id),
                    since,
                    until,
                )
            ),
        )
        for row in seats
    ]


def seats_of_person(session: Session, person_id: int, since: datetime, until: datetime) -> set[int]:
    """Where this person sat down in [since, until), or shortly before."""
    rows = session.execute(
        select(SeatEvent.seat_id, SeatEvent.data).where(
            SeatEvent.at >= since - LOOK_BACK, SeatEvent.at < until, SeatEvent.kind.in_(MARKS)
        )
    )
    return {seat_id for seat_id, data in rows if data.get("person_id") == person_id}


def _take(
    lines: list[SeatLine], marks: list[tuple[datetime, int]], at: datetime, kind: str, data: dict[str, Any]
) -> None:
    if kind in MARKS and data.get("person_id") is not None:
        marks.append((at, data["person_id"]))
    if "before" in data:
        lines.append(SeatLine(at, SeatState(data["before"]), data.get("call_id")))


def _first_after(
    session: Session, until: datetime, mine: Sequence[ColumnElement[bool]]
) -> Sequence[Row[int, datetime, str, dict[str, Any]]]:
    first = (
        select(func.min(SeatEvent.id))
        .where(SeatEvent.at >= until, SeatEvent.kind.in_(FACTS), *mine)
        .group_by(SeatEvent.seat_id)
    )
    columns = select(SeatEvent.seat_id, SeatEvent.at, SeatEvent.kind, SeatEvent.data)
    return session.execute(columns.where(SeatEvent.id.in_(first))).all()
