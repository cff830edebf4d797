"""One issue (a group of like contacts) by day, place and population, with its history.

What is read is the last `SPAN_DAYS` of the issue, summed by the database, and one page of calls: an issue of
ten years costs what one of half a year costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from agent_console.breakdowns import UNTOLD, Share, shares_of_places, shares_of_populations
from agent_console.queries_issue_calls import IssueCall, page_of_calls, standing_of
from analytics.cluster import GroupSettings
from analytics.issues.line import parts_of
from analytics.steps.registry import people_keep, unpack
from models.people import Person
from models.surveillance import Contact, Issue, IssueEvent, Signal
from models.vocabulary_surveillance import SignalState

CHART_DAYS = 60
SPAN_DAYS = 180
RECENT_DAYS = 7
MERGE_CHOICES = 300
ALIKE_DAYS = 365
"""An issue that nobody rang about for so long is not offered as the same."""


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
    span_days: int
    persons: int
    """Distinct persons, and below by place and population, of the last `span_days`."""
    places: tuple[Share, ...]
    populations: tuple[Share, ...]
    calls: tuple[IssueCall, ...]
    older: str | None
    """Where the next page of calls begins."""
    newest: bool
    """The calls begin with the newest."""
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


def issue_page(session: Session, issue_id: int, today: date, before: str = "") -> IssuePage | None:
    """The issue with all that is merged into it; an alias shows what its issue shows. `before`: where its
    page of calls begins, as `older` of the page above it; anything else is the newest."""
    issue = session.get(Issue, issue_id)
    if issue is None:
        return None
    first_day, last_day, size = _extent(session, issue)
    daily = _daily(session, issue_id, min(last_day, today))
    recent = _calls_of_week(daily, today)
    last = min(last_day, today)
    chart_first = max(last - timedelta(days=CHART_DAYS - 1), min(first_day, last))
    persons, places, populations = _persons(session, issue_id, last)
    standing = standing_of(before)
    calls, older = page_of_calls(session, issue_id, standing)
    alias = session.get(Issue, issue.alias_of_id) if issue.alias_of_id else None
    return IssuePage(
        issue_id=issue.id,
        name=issue.name,
        keywords=tuple(issue.keywords),
        muted=issue.muted,
        open_signal_id=open_signals(session).get(issue.id),
        last_7_days=recent,
        before_7_days=_calls_of_week(daily, today - timedelta(days=RECENT_DAYS)),
        first_day=first_day,
        last_day=last_day,
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
        daily={day: calls for day, calls in daily.items() if day >= chart_first},
        chart_first=chart_first,
        chart_last=last,
        span_days=SPAN_DAYS,
        persons=persons,
        places=shares_of_places(session, places, persons),
        populations=shares_of_populations(populations, persons),
        calls=calls,
        older=older,
        newest=standing is None,
        calls_in_all=size,
        history=_history(session, issue_id),
        signals=_signals(session, issue_id),
    )


def _extent(session: Session, issue: Issue) -> tuple[date, date, int]:
    """First and last day and how many calls, by what each part knows of itself and the ends of its index."""
    days, size = [], 0
    for part in session.scalars(select(Issue).where(Issue.id.in_(parts_of(issue.id)))).all():
        size += part.size
        # One after the other: SQLite finds an end by the index only when it is asked for one.
        for end in (func.min(Contact.day), func.max(Contact.day)):
            day = session.scalar(select(end).where(Contact.issue_id == part.id))
            if day is not None:
                days.append(day)
    return min(days, default=issue.first_day), max(days, default=issue.last_day), size


def _daily(session: Session, issue_id: int, last: date) -> dict[date, int]:
    rows = session.execute(
        select(Contact.day, func.count())
        .where(
            Contact.issue_id.in_(parts_of(issue_id)),
            Contact.day > last - timedelta(days=SPAN_DAYS),
            Contact.day <= last,
        )
        .group_by(Contact.day)
    )
    return dict(rows.all())


def _calls_of_week(daily: dict[date, int], last: date) -> int:
    return sum(daily.get(last - timedelta(days=back), 0) for back in range(RECENT_DAYS))


def _persons(session: Session, issue_id: int, last: date) -> tuple[int, dict[str, int], dict[str, int]]:
    """Distinct persons of the span in all, by place and by population."""
    heard = func.count(Contact.person_hash.distinct())
    inside = (
        Contact.issue_id.in_(parts_of(issue_id)),
        Contact.day > last - timedelta(days=SPAN_DAYS),
        Contact.day <= last,
    )
    told = func.coalesce(Contact.population, UNTOLD).label("told")
    in_all = session.scalar(select(heard).where(*inside)) or 0
    places = session.execute(select(Contact.place_code, heard).where(*inside).group_by(Contact.place_code))
    populations = session.execute(select(told, heard).where(*inside).group_by(told))
    return in_all, dict(places.all()), dict(populations.all())


def _alike(session: Session, issue: Issue) -> tuple[tuple[int, str, float], ...]:
    """Issues whose direction nearly agrees with this one's: a person may find that they are one. Those that
    people split stay apart."""
    kept = people_keep(session, issue.embedder)
    if issue.centroid is None or issue.alias_of_id is not None or issue.id in kept:
        return ()
    others = session.execute(
        select(Issue.id, Issue.name, Issue.centroid).where(
            Issue.embedder == issue.embedder,
            Issue.alias_of_id.is_(None),
            Issue.centroid.is_not(None),
            Issue.id != issue.id,
            Issue.last_day >= issue.last_day - timedelta(days=ALIKE_DAYS),
        )
    ).all()
    others = [other for other in others if other.id not in kept]
    if not others:
        return ()
    near = np.stack([unpack(other.centroid) for other in others]) @ unpack(issue.centroid)
    found = [
        (other.id, other.name, round(float(score), 4))
        for other, score in zip(others, near, strict=True)
        if score >= GroupSettings().merge
    ]
    return tuple(sorted(found, key=lambda row: -row[2]))


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
