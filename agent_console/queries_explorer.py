"""The explorer of issues: how each stood in a span of days, in a place, a population, a problem."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from agent_console.queries_issues import open_signals
from analytics.place_tree import PlaceTree
from analytics.series import in_places, is_counted
from models.places import Place
from models.surveillance import Contact, Issue
from models.vocabulary import PlaceLevel

SHOWN, DRAWN = 200, 8
SPANS = (7, 14, 28, 90, 180)


@dataclass(frozen=True)
class Filters:
    """What is looked at: the `days` that end on `last`. Codes are empty where all are meant."""

    last: date
    days: int = 28
    place: str = ""
    population: str = ""
    problem: str = ""
    risk: int = 0
    """At least so high; 0: any, told or not."""
    words: str = ""
    """Part of an issue's name or of one of its keywords."""
    muted: bool = True

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.days - 1)


@dataclass(frozen=True)
class IssueRow:
    """An issue within the filters. `before` counts the same number of days before those."""

    issue_id: int
    name: str
    keywords: tuple[str, ...]
    calls: int
    before: int
    persons: int
    first_day: date
    last_day: date
    muted: bool
    open_signal_id: int | None
    daily: dict[date, int]

    @property
    def growth(self) -> float | None:
        """Times as many calls as before; None where there were none."""
        return self.calls / self.before if self.before else None


def explore(session: Session, filters: Filters) -> tuple[IssueRow, ...]:
    """Issues that stand for themselves with a call in the span, the largest first."""
    whole = func.coalesce(Issue.alias_of_id, Issue.id).label("whole")
    chosen = _chosen(session, filters)
    inside = (*chosen, Contact.day >= filters.first, Contact.day <= filters.last)
    earlier = filters.first - timedelta(days=filters.days)
    daily: dict[int, dict[date, int]] = defaultdict(dict)
    for row in session.execute(
        select(whole, Contact.day, func.count().label("calls"))
        .select_from(Contact)
        .join(Issue, Issue.id == Contact.issue_id)
        .where(*chosen, Contact.day >= earlier, Contact.day <= filters.last)
        .group_by(whole, Contact.day)
    ):
        daily[row.whole][row.day] = row.calls
    persons = {
        row.whole: row.persons
        for row in session.execute(
            select(whole, func.count(Contact.person_hash.distinct()).label("persons"))
            .select_from(Contact)
            .join(Issue, Issue.id == Contact.issue_id)
            .where(*inside)
            .group_by(whole)
        )
    }
    signals = open_signals(session)
    found = []
    for issue in session.scalars(select(Issue).where(Issue.id.in_(persons))):
        words = filters.words.strip().lower()
        if words and not any(words in text.lower() for text in (issue.name, *issue.keywords)):
            continue
        if issue.muted and not filters.muted:
            continue
        days = daily[issue.id]
        now = {day: calls for day, calls in days.items() if day >= filters.first}
        found.append(
            IssueRow(
                issue_id=issue.id,
                name=issue.name,
                keywords=tuple(issue.keywords),
                calls=sum(now.values()),
                before=sum(days.values()) - sum(now.values()),
                persons=persons[issue.id],
                first_day=issue.first_day,
                last_day=max(now),
                muted=issue.muted,
                open_signal_id=signals.get(issue.id),
                daily=now,
            )
        )
    found.sort(key=lambda row: (row.muted, -row.calls, row.issue_id))
    return tuple(found[:SHOWN])


def _chosen(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    wanted = [is_counted()]
    if filters.place:
        wanted.append(in_places(PlaceTree.load(session).within(filters.place)))
    if filters.population:
        wanted.append(Contact.population == filters.population)
    if filters.problem:
        wanted.append(Contact.problem == filters.problem)
    if filters.risk:
        wanted.append(Contact.risk_level >= filters.risk)
    return wanted


def chosen_contacts(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    """The contacts within the filters that are in an issue they name."""
    rows = [row.issue_id for row in explore(session, filters)]
    return [
        *_chosen(session, filters),
        Contact.day >= filters.first,
        Contact.day <= filters.last,
        func.coalesce(Issue.alias_of_id, Issue.id).in_(rows),
    ]


def trend_of(rows: tuple[IssueRow, ...], filters: Filters) -> dict[str, Any]:
    """What the plot draws: calls a day (a week in a long span) of the largest issues, ready for JSON."""
    step = 7 if filters.days > 28 else 1
    starts = [filters.first + timedelta(days=n) for n in range(0, filters.days, step)]
    series = []
    for row in rows[:DRAWN]:
        sums = [sum(row.daily.get(start + timedelta(days=n), 0) for n in range(step)) for start in starts]
        series.append({"id": row.issue_id, "name": row.name, "data": sums})
    return {"days": [start.isoformat() for start in starts], "step": step, "series": series}


def first_day(session: Session) -> date | None:
    """Since when there are contacts: where the time slider begins."""
    return session.scalar(select(func.min(Contact.day)))


def place_choices(session: Session) -> tuple[tuple[str, str, str, int], ...]:
    """Code, names and depth of provinces, cities and counties, each below what it belongs to."""
    tree = PlaceTree.load(session)
    rows = {row.code: row for row in session.scalars(select(Place).where(Place.level != PlaceLevel.TOWNSHIP))}
    ordered = sorted(rows, key=lambda code: tuple(reversed(tree.line(code))))
    return tuple((code, rows[code].name_zh, rows[code].name_en, len(tree.line(code)) - 1) for code in ordered)
