"""What became of like signals within a year: of the same subject, in the place, above it and below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from analytics.place_tree import PlaceTree
from analytics.series import problem_of, problem_series
from models.surveillance import Signal
from models.vocabulary_alerting import RejectionCause
from models.vocabulary_surveillance import SignalState

LOOK_BACK = timedelta(days=365)
SHOWN = 6


@dataclass(frozen=True)
class SimilarSignal:
    signal_id: int
    place_zh: str
    place_en: str
    onset_day: date
    state: SignalState
    cause: RejectionCause | None
    observed: int
    expected: float


def similar_signals(session: Session, signal_id: int) -> tuple[SimilarSignal, ...]:
    """The newest first."""
    signal = session.get(Signal, signal_id)
    if signal is None:
        return ()
    tree = PlaceTree.load(session)
    near = {*tree.line(signal.place_code), *tree.within(signal.place_code)}
    problem = problem_of(signal.series)
    same = Signal.series == signal.series
    if problem is not None:
        whole = problem_series(str(problem))
        same = or_(same, Signal.series == whole, Signal.series.startswith(f"{whole}:"))
    rows = session.scalars(
        select(Signal)
        .where(
            same,
            Signal.id != signal_id,
            Signal.place_code.in_(near),
            Signal.onset_day >= signal.onset_day - LOOK_BACK,
        )
        .options(joinedload(Signal.place), selectinload(Signal.reviews))
        .order_by(Signal.onset_day.desc(), Signal.id.desc())
        .limit(SHOWN)
    ).all()
    return tuple(
        SimilarSignal(
            row.id,
            row.place.name_zh,
            row.place.name_en,
            row.onset_day,
            row.state,
            row.reviews[-1].cause if row.reviews else None,
            row.observed,
            row.expected,
        )
        for row in rows
    )
