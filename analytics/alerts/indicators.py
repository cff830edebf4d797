"""How the hotline answers its signals, as CIDARS counts it (DOMAIN.md b3, source 28).

信号响应率 = answered / raised; 24 h 响应率 = answered within 24 h / raised; 疑似事件率 = verified / raised.
A signal is answered with its first decision of a named person. Signals whose 24 h are not over yet, and which
nobody answered, are left out of the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.series import EXERCISE
from models.surveillance import Alert, Signal, SignalReview

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Indicators:
    raised: int
    answered: int
    in_a_day: int
    judged_in_a_day: int
    """Raised at least 24 h ago, or answered already."""
    suspected: int
    median_hours_to_issue: float | None

    @property
    def answer_rate(self) -> float | None:
        return self.answered / self.raised if self.raised else None

    @property
    def day_rate(self) -> float | None:
        return self.in_a_day / self.judged_in_a_day if self.judged_in_a_day else None

    @property
    def event_rate(self) -> float | None:
        return self.suspected / self.raised if self.raised else None


def indicators(session: Session, since: datetime, now: datetime) -> Indicators:
    first_answer = (
        select(SignalReview.signal_id, func.min(SignalReview.at).label("at"))
        .group_by(SignalReview.signal_id)
        .subquery()
    )
    rows = session.execute(
        select(Signal.id, Signal.raised_at, first_answer.c.at)
        .outerjoin(first_answer, first_answer.c.signal_id == Signal.id)
        .where(Signal.raised_at >= since, Signal.raised_at <= now, Signal.series != EXERCISE)
    ).all()
    alerts = session.execute(
        select(Alert.signal_id, func.min(Alert.issued_at))
        .where(Alert.signal_id.in_([row.id for row in rows]))
        .group_by(Alert.signal_id)
    ).all()
    issued = {row[0]: row[1] for row in alerts}
    raised_at = {row.id: row.raised_at for row in rows}
    spans = sorted(
        (at - raised_at[signal_id]).total_seconds() / 3600
        for signal_id, at in issued.items()
        if at is not None
    )
    return Indicators(
        raised=len(rows),
        answered=sum(row.at is not None for row in rows),
        in_a_day=sum(row.at is not None and row.at - row.raised_at <= DAY for row in rows),
        judged_in_a_day=sum(row.at is not None or now - row.raised_at >= DAY for row in rows),
        suspected=len(issued),
        median_hours_to_issue=spans[len(spans) // 2] if spans else None,
    )
