"""One issue (a group of like contacts) by day, place, population and call, with its history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.breakdowns import Share, place_shares, population_shares
from agent_console.queries_examples import Example, medoids
from analytics.cluster import Grouper
from analytics.issues.line import parts_of
from analytics.steps.registry import load_state
from models.calls import Call
from models.people import Person
from models.places import Place
from models.surveillance import Contact, Issue, IssueEvent, IssueRegistry, Signal
from models.vocabulary_surveillance import SignalState

CHART_DAYS = 60
CALLS_SHOWN = 100
RECENT_DAYS = 7
EXAMPLE_POOL = 300
MERGE_CHOICES = 300


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
    issue_id: int
    name: str
    keywords: tuple[str, ...]
    muted: bool
    open_signal_id: int | None
    last_7_days: int
    before_7_days: int
    """The 7 days before those."""
    first_day: date
    last_day: date
    alias_of_id: int | None
    alias_of_name: str | None
    parts: tuple[tuple[int, str], ...]
    """What was merged into it: id and name."""
    alike: tuple[tuple[int, str, float], ...]
    """Id, name and cosine of issues that may be the same."""
    others: tuple[tuple[int, str], ...]
    """What it may be merged into, the latest first."""
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


def open_signals(session: Session) -> dict[int, int]:
    """The newest undecided or verified signal of each issue."""
    rows = session.execute(
        select(Signal.issue_id, Signal.id)
        .where(
            Signal.issue_id.is_not(None),
            Signal.state.in_((SignalState.NEW, SignalState.WATCHED, SignalState.VERIFIED)),
        )
        .order_by(Signal.id)
    )
    return {issue_id: signal_id for issue_id, signal_id in rows if issue_id is not None}


def issue_page(session: Session, issue_id: int, today: date) -> IssuePage | None:
    """The issue with all that is merged into it; an alias shows what its issue shows."""
    issue = session.get(Issue, issue_id)
    if issue is None:
        return None
    contacts = session.execute(
        select(Contact.day, Contact.person_hash, Contact.place_code, Contact.population).where(
            Contact.issue_id.in_(parts_of(issue_id))
        )
    ).all()
    recent = sum(today - timedelta(days=RECENT_DAYS) < contact.day <= today for contact in contacts)
    before = sum(
        today - timedelta(days=2 * RECENT_DAYS) < contact.day <= today - timedelta(days=RECENT_DAYS)
        for contact in contacts
    )
    days = [contact.day for contact in contacts]
    last = min(max(days, default=today), today)
    first = max(last - timedelta(days=CHART_DAYS - 1), min(days, default=last))
    alias = session.get(Issue, issue.alias_of_id) if issue.alias_of_id else None
    return IssuePage(
        issue_id=issue.id,
        name=issue.name,
        keywords=tuple(issue.keywords),
        muted=issue.muted,
        open_signal_id=open_signals(session).get(issue.id),
        last_7_days=recent,
        before_7_days=before,
        first_day=min(days, default=issue.first_day),
        last_day=max(days, default=issue.last_day),
        alias_of_id=issue.alias_of_id,
        alias_of_name=alias.name if alias else None,
        parts=tuple(
            (part.id, part.name)
            for part in session.scalars(select(Issue).where(Issue.alias_of_id == issue_id).order_by(Issue.id))
        ),
        alike=_alike(session, issue),
        others=tuple(
            (row.id, row.name)
            for row in session.execute(
                select(Issue.id, Issue.name)
                .where(Issue.alias_of_id.is_(None), Issue.embedder == issue.embedder, Issue.id != issue_id)
                .order_by(Issue.last_day.desc(), Issue.id)
                .limit(MERGE_CHOICES)
            )
        ),
        created_at=issue.created_at,
        embedder=issue.embedder,
        daily=dict(Counter(day for day in days if first <= day <= last)),
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


def _alike(session: Session, issue: Issue) -> tuple[tuple[int, str, float], ...]:
    """Issues whose direction nearly agrees with this one's: a person may find that they are one."""
    registry = session.get(IssueRegistry, issue.embedder)
    if registry is None:
        return ()
    state = load_state(session, registry)
    found = []
    for pair in Grouper(state).alike():
        if issue.id in (pair.keep, pair.gone):
            other = pair.gone if pair.keep == issue.id else pair.keep
            found.append((other, state.issues[other].name, pair.similarity))
    return tuple(sorted(found, key=lambda row: -row[2]))


def issue_examples(session: Session, issue_id: int) -> tuple[Example, ...]:
    """Redacted texts of its newest calls, nearest to its middle first."""
    contacts = session.scalars(
        select(Contact)
        .where(Contact.issue_id.in_(parts_of(issue_id)))
        .order_by(Contact.day.desc(), Contact.id.desc())
        .limit(EXAMPLE_POOL)
    ).all()
    return medoids(contacts, session.get(Issue, issue_id))


def _calls(session: Session, issue_id: int) -> tuple[IssueCall, ...]:
    rows = session.execute(
        select(
            Contact.call_id,
            Contact.population,
            Contact.problem,
            Contact.risk_level,
            Contact.text_source,
            Call.arrived_at,
            Place.name_zh,
            Place.name_en,
        )
        .join(Call, Call.id == Contact.call_id)
        .outerjoin(Place, Place.code == Contact.place_code)
        .where(Contact.issue_id.in_(parts_of(issue_id)))
        .order_by(Call.arrived_at.desc())
        .limit(CALLS_SHOWN)
    )
    return tuple(
        IssueCall(
            call_id=row.call_id,
            arrived_at=row.arrived_at,
            place_zh=row.name_zh or "地区未知",
            place_en=row.name_en or "Place unknown",
            population=row.population,
            problem=row.problem,
            risk_level=row.risk_level,
            source=row.text_source,
        )
        for row in rows
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
