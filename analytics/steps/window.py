"""The contacts behind the counts: who was heard in the week that ends on a day, and with how many calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.flag.counts import WINDOW_DAYS, counted_days
from analytics.issues.line import roots
from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import is_counted, series_of
from models.surveillance import Contact

Key = tuple[str, str]
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Week:
    """`persons` by keyed hash, all who were heard; `carried` of them were counted before the week began: they
    are expected for certain; `calls` of all. A demonstration's when no contact is a real one."""

    persons: frozenset[str]
    carried: int
    calls: int
    is_demonstration: bool = False


@dataclass(slots=True)
class _Heard:
    days: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    calls: int = 0
    real: bool = False


def weeks_of(session: Session, tree: PlaceTree, wanted: Collection[Key], day: date) -> dict[Key, Week]:
    """The seven days that end on `day`, of each (series, place) asked for in which anybody was heard. The
    contacts are read once, however many are asked for: where every series rises, a detection costs what a
    count costs."""
    first = day - timedelta(days=WINDOW_DAYS - 1)
    heard: dict[Key, _Heard] = {key: _Heard() for key in wanted}
    whole = roots(session)
    for row in _recent(session, first - timedelta(days=WINDOW_DAYS - 1), day):
        issue_id = whole.get(row.issue_id, row.issue_id)
        names = series_of(issue_id, row.problem, row.population)
        for place in pooled_codes(tree, row.place_code):
            for series in names:
                found = heard.get((series, place))
                if found is None:
                    continue
                found.days[row.person_hash].add(row.day)
                if row.day >= first:
                    found.calls += 1
                    found.real = found.real or not row.is_demonstration
    return {key: _week(found, first) for key, found in heard.items() if found.calls}


def _week(heard: _Heard, first: date) -> Week:
    persons = {person for person, days in heard.days.items() if max(days) >= first}
    fresh = sum(any(at >= first for at in counted_days(heard.days[person])) for person in persons)
    return Week(frozenset(persons), len(persons) - fresh, heard.calls, not heard.real)


def _recent(session: Session, first: date, last: date) -> Iterator[Any]:
    columns = (Contact.person_hash, Contact.place_code, Contact.day, Contact.problem, Contact.population)
    asked = select(*columns, Contact.issue_id, Contact.is_demonstration).where(
        is_counted(), Contact.day >= first, Contact.day <= last
    )
    yield from session.execute(asked.execution_options(yield_per=_ROWS_AT_ONCE))
