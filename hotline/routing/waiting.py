"""How far a waiting call is: people ahead, and minutes when there are grounds for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.waiting_time import WaitSpan, expected_wait
from hotline.routing.duty import seats_on_duty
from models.call_back_words import CallDirection
from models.calls import Call

RECENT_TALKS = 20
RECENT = timedelta(hours=12)
WRAP_UP_ALLOWANCE_SECONDS = 60.0


@dataclass(frozen=True)
class Position:
    ahead: int
    """Callers who wait before this one."""
    wait: WaitSpan | None
    """None: nobody can say honestly."""
    seats_on_duty: int


def position_of(session: Session, call: Call, now: datetime) -> Position:
    ahead = 0
    if call.queue_key is not None and call.seat_id is None:
        ahead = (
            session.scalar(
                select(func.count())
                .select_from(Call)
                .where(
                    Call.need.is_not(None),
                    (Call.queue_key < call.queue_key)
                    | ((Call.queue_key == call.queue_key) & (Call.id < call.id)),
                )
            )
            or 0
        )
    on_duty = seats_on_duty(session)
    return Position(ahead, expected_wait(ahead, on_duty, _recent_handle_seconds(session, now)), on_duty)


def _recent_handle_seconds(session: Session, now: datetime) -> list[float]:
    rows = session.execute(
        select(Call.answered_at, Call.ended_at)
        .where(
            Call.ended_at > now - RECENT,
            Call.answered_at.is_not(None),
            Call.direction != CallDirection.ENTERED,
        )
        .order_by(Call.ended_at.desc())
        .limit(RECENT_TALKS)
    ).all()
    return [
        (ended - answered).total_seconds() + WRAP_UP_ALLOWANCE_SECONDS
        for answered, ended in rows
        if answered is not None and ended is not None
    ]
