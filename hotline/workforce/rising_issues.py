"""Callers to expect on top of history, of issues that rise now where a centre serves.

Only signals that a named person has verified count. The forecast's level learns a rise by itself, half of it
in `LEVEL_HALF_LIFE_DAYS`: what it knows by today is not added again.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.forecast import LEVEL_HALF_LIFE_DAYS
from hotline.routing.duty import covers
from models.surveillance import Signal
from models.vocabulary_surveillance import SignalState

HOLDS = timedelta(days=7)
"""A rise whose last day lies farther back is over."""


def more_a_day(session: Session, place_code: str, today: date) -> float:
    """Of one place and what lies in it; each series by its largest rise, as a city's holds its counties'."""
    rises: dict[str, float] = {}
    rows = session.scalars(
        select(Signal).where(Signal.state == SignalState.VERIFIED, Signal.last_day >= today - HOLDS)
    )
    for signal in rows:
        if covers(place_code, signal.place_code):
            rises[signal.series] = max(rises.get(signal.series, 0.0), _left(signal, today))
    return sum(rises.values())


def _left(signal: Signal, today: date) -> float:
    """Calls a day above the expected ones, as far as the level has not learned them."""
    calls_a_person = signal.calls / signal.observed if signal.calls and signal.observed else 1.0
    above = max(0.0, signal.observed - signal.expected) * calls_a_person / signal.window_days
    known_for = max(0, (today - signal.onset_day).days)
    return float(above * 0.5 ** (known_for / LEVEL_HALF_LIFE_DAYS))
