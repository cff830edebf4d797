"""Issues (groups of like contacts): the list, and one issue by day, place, population and call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from agent_console.breakdowns import Share, place_shares, population_shares
from models.calls import Call
from models.people import Person
from models.places import Place
from models.surveillance import Contact, Issue, IssueEvent, Signal
from models.vocabulary_surveillance import SignalState

CHART_DAYS = 60
CALLS_SHOWN = 100
RECENT_DAYS = 7


@dataclass(frozen=True)
class IssueRow:
    issue_id: int
    name: str
    keywords: tuple[str, ...]
    language: str
    size: int
    last_7_days: int
    before_7_days: int
    """The 7 days before those."""
    first_day: date
    last_day: date
    muted: bool
    open_signal_id: int | None


@dataclass(frozen=True)
class IssueCall:
    call_id: int
    arrived_at: datetime
    place_zh: str
    place_en: str
    population: str | None
    problem: str | None
    risk_level: int | None
    source: str | None


@dataclass(frozen=True)
class IssueChange:
    at: datetime
    kind: str
    person: str | None
    data: dict[str, Any]


@dataclass(frozen=True)
class IssuePage:
    row: IssueRow
    alias_of_id: int | None
    alias_of_name: str | None
    created_at: datetime
    embedder: str
    daily: dict[date, int]
    """Calls a day, over the last `CHART_DAYS` up to its last day."""
    chart_first: date
    chart_last: date
    persons: int
    places: tuple[Share, ...]
    populations: tuple[Share, ...]
    calls: tuple[IssueCall, ...]
    calls_in_all: int
    history: tuple[IssueChange, ...]
    signals: tuple[tuple[int, date, int, float, SignalState], ...]
    """Id, onset, observed, expected, state; newest first."""


def issue_list(session: Session, today: date, limit: int = 200) -> tuple[IssueRow, ...]:
    """Issues that are no alias, the fastest growing of the last week first."""
    issues = session.scalars(select(Issue).where(Issue.alias_of_id.is_(None))).all()
    recent = _counts(session, today - timedelta(days=RECENT_DAYS - 1), today)
    before = _counts(
        session, today - timedelta(days=2 * RECENT_DAYS - 1), today - timedelta(days=RECENT_DAYS)
    )
    signals = _open_signals(session)
    rows = [
        _row(issue, recent.get(issue.id, 0), before.get(issue.id, 0), signals.get(issue.id))
        for issue in issues
    ]
    rows.sort(key=lambda row: (row.muted, -row.last_7_days, -row.size, row.issue_id))
    return tuple(rows[:limit])


def _counts(session: Session, first: date, last: date) -> dict[int, int]:
    rows = session.execute(
        select(Contact.issue_id, func.count())
        .where(Contact.issue_id.is_not(None), Contact.day >= first, Contact.day <= last)
        .group_by(Contact.issue_id)
    )
    return {issue_id: count for issue_id, count in rows if issue_id is not None}


def _open_signals(session: Session) -> dict[int, int]:
    rows = session.execute(
        select(Signal.issue_id, Signal.id)
        .where(
            Signal.issue_id.is_not(None),
            Signal.state.in_((SignalState.NEW, SignalState.WATCHED, SignalState.VERIFIED)),
        )
        .order_by(Signal.id)
    )
    return {issue_id: signal_id for issue_id, signal_id in rows if issue_id is not None}


def _row(issue: Issue, recent: int, before: int, signal_id: int | None) -> IssueRow:
    return IssueRow(
        issue_id=issue.id,
        name=issue.name,
        keywords=tuple(issue.keywords),
        language=issue.language,
        size=issue.size,
        last_7_days=recent,
        before_7_days=before,
        first_day=issue.first_day,
        last_day=issue.last_day,
        muted=issue.muted,
        open_signal_id=signal_id,
    )


def issue_page(session: Session, issue_id: int, today: date) -> IssuePage | None:
    issue = session.get(Issue, issue_id)
    if issue is None:
        return None
    contacts = session.scalars(select(Contact).where(Contact.issue_id == issue_id)).all()
    recent = sum(today - timedelta(days=RECENT_DAYS) < contact.day <= today for contact in contacts)
    before = sum(
        today - timedelta(days=2 * RECENT_DAYS) < contact.day <= today - timedelta(days=RECENT_DAYS)
        for contact in contacts
    )
    last = min(max(issue.last_day, issue.first_day), today) if contacts else today
    first = max(last - timedelta(days=CHART_DAYS - 1), min(issue.first_day, last))
    alias = session.get(Issue, issue.alias_of_id) if issue.alias_of_id else None
    return IssuePage(
        row=_row(issue, recent, before, _open_signals(session).get(issue.id)),
        alias_of_id=issue.alias_of_id,
        alias_of_name=alias.name if alias else None,
        created_at=issue.created_at,
        embedder=issue.embedder,
        daily=dict(Counter(contact.day for contact in contacts if first <= contact.day <= last)),
        chart_first=first,
        chart_last=last,
        persons=len({contact.person_hash for contact in contacts}),
        places=place_shares(session, contacts) if contacts else (),
        populations=population_shares(contacts) if contacts else (),
        calls=_calls(session, issue_id),
        calls_in_all=len(contacts),
        history=_history(session, issue_id),
        signals=_signals(session, issue_id),
    )


def _calls(session: Session, issue_id: int) -> tuple[IssueCall, ...]:
    rows = session.execute(
        select(Contact, Call.arrived_at, Place.name_zh, Place.name_en)
        .join(Call, Call.id == Contact.call_id)
        .outerjoin(Place, Place.code == Contact.place_code)
        .where(Contact.issue_id == issue_id)
        .order_by(Call.arrived_at.desc())
        .limit(CALLS_SHOWN)
    )
    return tuple(
        IssueCall(
            call_id=contact.call_id,
            arrived_at=arrived_at,
            place_zh=zh or "地区未知",
            place_en=en or "Place unknown",
            population=contact.population,
            problem=contact.problem,
            risk_level=contact.risk_level,
            source=contact.text_source,
        )
        for contact, arrived_at, zh, en in rows
    )


def _history(session: Session, issue_id: int) -> tuple[IssueChange, ...]:
    rows = session.execute(
        select(IssueEvent, Person.name)
        .outerjoin(Person, Person.id == IssueEvent.person_id)
        .where(IssueEvent.issue_id == issue_id)
        .order_by(IssueEvent.at.desc(), IssueEvent.id.desc())
    )
    return tuple(IssueChange(event.at, event.kind, name, event.data) for event, name in rows)


def _signals(session: Session, issue_id: int) -> tuple[tuple[int, date, int, float, SignalState], ...]:
    signals = session.scalars(
        select(Signal)
        .where(Signal.issue_id == issue_id)
        .options(joinedload(Signal.place))
        .order_by(Signal.id.desc())
    )
    return tuple((s.id, s.onset_day, s.observed, s.expected, s.state) for s in signals)
