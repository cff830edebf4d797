"""A seat that did not take a call is ready again by the clock, where the rules set a time for it.

Without such a time its person says so. Only who is still there is rung again: chosen status ready, microphone
and sound live, desk heard of.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from hotline.domain.seat_state import HEARTBEAT_AT_MOST, SeatFact
from hotline.routing.policy import policy_of
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_seat, move_seat
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import AgentStatus, SeatState


def end_rests(work: Work) -> int:
    """How many seats are ready again."""
    with reading(work) as unit:
        over = _over(unit)
        ids = unit.session.scalars(select(Seat.id).where(over)).all() if over is not None else ()

    def step(unit: UnitOfWork, seat_id: int) -> int:
        seat, over = load_seat(unit, seat_id), _over(unit)
        still = over is not None and unit.session.scalar(select(Seat.id).where(Seat.id == seat_id, over))
        return int(seat is not None and bool(still) and move_seat(unit, seat, SeatFact.RESTED))

    return sum(in_one_unit(work, lambda unit, one=seat_id: step(unit, one)) for seat_id in ids)  # type: ignore[misc]


def _over(unit: UnitOfWork) -> ColumnElement[bool] | None:
    """Which seats have rested long enough; None: the rules set no such time."""
    policy = policy_of(unit.session)
    rests = {"declined": policy.rest_after_decline_seconds, "no_answer": policy.rest_after_no_answer_seconds}
    over = [
        and_(Seat.state_reason == reason, Seat.state_since <= unit.now - timedelta(seconds=seconds))
        for reason, seconds in rests.items()
        if seconds > 0
    ]
    if not over:
        return None
    return and_(
        Seat.state == SeatState.PAUSED,
        Seat.status == AgentStatus.READY,
        Seat.device_live.is_(True),
        Seat.seen_at >= unit.now - HEARTBEAT_AT_MOST,
        or_(*over),
    )
