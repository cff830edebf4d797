"""The contacts behind one count: who was heard in the week that ends on a day, and with how many calls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.flag.counts import WINDOW_DAYS, counted_days
from analytics.series import in_places, in_series
from models.surveillance import Contact


@dataclass(frozen=True, slots=True)
class Week:
    """`persons` by keyed hash, all who were heard; `carried` of them were counted before the week began: they
    are expected for certain; `calls` of all."""

    persons: frozenset[str]
    carried: int
    calls: int


def week_of(session: Session, series: str, places: frozenset[str], day: date) -> Week:
    """The seven days that end on `day`."""
    first = day - timedelta(days=WINDOW_DAYS - 1)
    rows = session.execute(
        select(Contact.person_hash, Contact.day).where(
            in_series(series),
            in_places(places),
            Contact.day >= first - timedelta(days=WINDOW_DAYS - 1),
            Contact.day <= day,
        )
    ).all()
    heard: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        heard[row.person_hash].add(row.day)
    persons = {person for person, days in heard.items() if max(days) >= first}
    fresh = sum(any(at >= first for at in counted_days(heard[person])) for person in persons)
    return Week(frozenset(persons), len(persons) - fresh, sum(row.day >= first for row in rows))


def is_demonstration(session: Session, series: str, places: frozenset[str], day: date) -> bool:
    """True when no contact of the window is a real one."""
    real = select(Contact.id).where(
        in_series(series),
        in_places(places),
        Contact.day >= day - timedelta(days=WINDOW_DAYS - 1),
        Contact.day <= day,
        Contact.is_demonstration.is_(False),
    )
    return session.scalars(real.limit(1)).first() is None
