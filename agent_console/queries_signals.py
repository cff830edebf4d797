"""Signals for review: the queue by urgency, and all that a person needs to check one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from agent_console.breakdowns import Share, place_shares, population_shares, sliding_persons
from agent_console.charts import Point
from agent_console.local_time import local
from agent_console.signal_grounds import Grounds, grounds_of
from analytics.place_tree import PlaceTree
from analytics.series import STRESS, in_places, in_series, population_of, problem_of
from models.calls import Call
from models.surveillance import Alert, Contact, Signal, SignalReview
from models.vocabulary_record import Population, Problem
from models.vocabulary_surveillance import AlertLevel, AlertState, SignalKind, SignalState

CHART_DAYS = 42
OPEN_STATES = (SignalState.NEW, SignalState.WATCHED, SignalState.VERIFIED)


@dataclass(frozen=True)
class SignalRow:
    signal_id: int
    kind: SignalKind
    topic: str
    problem: Problem | None
    """Set when the series is a problem category; its label is the vocabulary's."""
    population: Population | None
    """Set when the series is a problem of one population."""
    place_zh: str
    place_en: str
    onset_day: date
    raised_at: datetime
    due_at: datetime
    overdue: bool
    observed: int
    expected: float
    state: SignalState
    alert_id: int | None
    alert_state: AlertState | None

    @property
    def needs_a_person(self) -> bool:
        return self.state is SignalState.NEW or self.alert_state in (
            AlertState.AWAITING_SIGNATURE,
            AlertState.RETURNED,
        )


@dataclass(frozen=True)
class Review:
    person_id: int
    person: str
    decision: SignalState
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class AlertOfSignal:
    alert_id: int
    number: str | None
    state: AlertState
    level: AlertLevel
    title: str
    verified_by_id: int
    verified_by: str
    verified_at: datetime
    signed_by: str | None
    signed_at: datetime | None


@dataclass(frozen=True)
class SignalPage:
    row: SignalRow
    issue_id: int | None
    upper: float
    p_value: float
    q_value: float
    history_days: int
    window_days: int
    window_first: date
    window_last: date
    method: str
    method_version: str
    calls: int
    persons: int
    moderate_or_higher: int
    """Persons at R2 or above."""
    place_told: int
    """Calls of the window whose place was told or heard, not derived from the number."""
    points: tuple[Point, ...]
    populations: tuple[Share, ...]
    places: tuple[Share, ...]
    hours: tuple[tuple[str, int], ...]
    keywords: tuple[str, ...]
    reviews: tuple[Review, ...]
    alert: AlertOfSignal | None
    grounds: Grounds


def signal_queue(session: Session, now: datetime, limit: int = 60) -> tuple[SignalRow, ...]:
    """What needs a person first, by the clock that runs out first; what is closed after it, newest first."""
    signals = session.scalars(
        select(Signal)
        .options(joinedload(Signal.issue), joinedload(Signal.place))
        .order_by(Signal.state.not_in(OPEN_STATES), Signal.raised_at.desc())
        .limit(limit)
    ).all()
    alerts = _latest_alerts(session, [signal.id for signal in signals])
    rows = [_row(signal, alerts.get(signal.id), now) for signal in signals]
    return tuple(sorted(rows, key=_urgency))


def _urgency(row: SignalRow) -> tuple[int, int, float]:
    if row.needs_a_person:
        return (0, 0 if row.kind is SignalKind.STRESS_EVENT else 1, row.due_at.timestamp())
    return (1 if row.state is SignalState.WATCHED else 2, 0, -row.raised_at.timestamp())


def signal_page(session: Session, signal_id: int, now: datetime) -> SignalPage | None:
    signal = session.get(
        Signal,
        signal_id,
        options=[
            joinedload(Signal.issue),
            joinedload(Signal.place),
            selectinload(Signal.reviews).joinedload(SignalReview.person),
        ],
    )
    if signal is None:
        return None
    alert = _latest_alerts(session, [signal.id]).get(signal.id)
    first = signal.last_day - timedelta(days=signal.window_days - 1)
    contacts = _window_rows(session, signal, first)
    return SignalPage(
        row=_row(signal, alert, now),
        issue_id=signal.issue_id,
        upper=signal.upper,
        p_value=signal.p_value,
        q_value=signal.q_value,
        history_days=signal.history_days,
        window_days=signal.window_days,
        window_first=first,
        window_last=signal.last_day,
        method=signal.method,
        method_version=signal.method_version,
        calls=len(contacts),
        persons=len({contact.person_hash for contact in contacts}),
        moderate_or_higher=len({c.person_hash for c in contacts if (c.risk_level or 0) >= 2}),
        place_told=sum(c.place_source in ("caller", "operator", "home") for c in contacts),
        points=signal_points(session, signal),
        populations=population_shares(contacts),
        places=place_shares(session, contacts),
        hours=_hours([contact.arrived_at for contact in contacts]),
        keywords=tuple(signal.issue.keywords) if signal.issue else (),
        reviews=tuple(
            Review(review.person_id, review.person.name, review.decision, review.reason, review.at)
            for review in signal.reviews
        ),
        alert=_alert_of(alert),
        grounds=grounds_of(session, signal),
    )


def in_window(session: Session, signal: Signal, first: date) -> tuple[ColumnElement[bool], ...]:
    """The counted contacts of the signal's series, in its place and all below it, from a day to its last."""
    codes = PlaceTree.load(session).within(signal.place_code)
    inside = (in_series(signal.series), in_places(codes))
    return (*inside, Contact.day >= first, Contact.day <= signal.last_day)


def _window_rows(session: Session, signal: Signal, first: date) -> Sequence[Any]:
    """Only what is counted: texts and vectors stay sealed."""
    columns = (Contact.day, Contact.person_hash, Contact.place_code, Contact.population, Contact.risk_level)
    return session.execute(
        select(*columns, Call.arrived_at, Call.place_source)
        .join(Call, Call.id == Contact.call_id)
        .where(*in_window(session, signal, first))
    ).all()


def signal_points(session: Session, signal: Signal) -> tuple[Point, ...]:
    """Distinct persons in the window that ends on each day, beside the expectation of its own day."""
    first = signal.last_day - timedelta(days=CHART_DAYS - 1)
    heard = session.execute(
        select(Contact.day, Contact.person_hash)
        .where(*in_window(session, signal, first - timedelta(days=signal.window_days - 1)))
        .distinct()
    )
    sums = sliding_persons(heard.all(), first, signal.last_day, signal.window_days)
    return tuple(Point(day, float(total), signal.expected, signal.upper) for day, total in sums.items())


def _hours(arrivals: Sequence[datetime]) -> tuple[tuple[str, int], ...]:
    bands = {"08–18": 0, "18–23": 0, "23–08": 0}
    for at in arrivals:
        hour = local(at).hour
        bands["08–18" if 8 <= hour < 18 else "18–23" if 18 <= hour < 23 else "23–08"] += 1
    return tuple(bands.items())


def _latest_alerts(session: Session, signal_ids: Sequence[int]) -> dict[int, Alert]:
    alerts = session.scalars(
        select(Alert)
        .where(Alert.signal_id.in_(signal_ids))
        .options(joinedload(Alert.verified_by), joinedload(Alert.signed_by))
        .order_by(Alert.id)
    )
    return {alert.signal_id: alert for alert in alerts}


def _row(signal: Signal, alert: Alert | None, now: datetime) -> SignalRow:
    topic, problem = topic_of(signal)
    waits = signal.state is SignalState.NEW or (
        alert is not None and alert.state is AlertState.AWAITING_SIGNATURE
    )
    return SignalRow(
        signal_id=signal.id,
        kind=signal.kind,
        topic=topic,
        problem=problem,
        population=population_of(signal.series),
        place_zh=signal.place.name_zh,
        place_en=signal.place.name_en,
        onset_day=signal.onset_day,
        raised_at=signal.raised_at,
        due_at=signal.due_at,
        overdue=waits and signal.due_at < now,
        observed=signal.observed,
        expected=signal.expected,
        state=signal.state,
        alert_id=alert.id if alert else None,
        alert_state=alert.state if alert else None,
    )


def topic_of(signal: Signal) -> tuple[str, Problem | None]:
    if signal.issue is not None:
        return signal.issue.name, None
    if signal.series == STRESS:
        return SignalKind.STRESS_EVENT.zh, None
    problem = problem_of(signal.series)
    return (problem.zh if problem else signal.series), problem


def _alert_of(alert: Alert | None) -> AlertOfSignal | None:
    if alert is None:
        return None
    return AlertOfSignal(
        alert_id=alert.id,
        number=alert.number,
        state=alert.state,
        level=alert.level,
        title=alert.title,
        verified_by_id=alert.verified_by_id,
        verified_by=alert.verified_by.name,
        verified_at=alert.verified_at,
        signed_by=alert.signed_by.name if alert.signed_by else None,
        signed_at=alert.signed_at,
    )


def open_signals(session: Session) -> int:
    """Signals to check and drafts to sign: the number beside the menu entry."""
    new = session.scalars(select(Signal.id).where(Signal.state == SignalState.NEW)).all()
    unsigned = session.scalars(
        select(Alert.id).where(
            or_(Alert.state == AlertState.AWAITING_SIGNATURE, Alert.state == AlertState.RETURNED)
        )
    ).all()
    return len(new) + len(unsigned)
