"""可能应激事件: R3/R4 contacts, or contacts that speak of an extreme event, clustering in hours at one place.

The rule (version 1). A contact is of the kind `stress` when its risk level is R3 or above, or words of an
extreme event were marked. At the place of each such contact, look at the 6 hours that end with its call:
  observed   distinct persons of the kind
  expected   the place's own mean over the 56 days before that day, for 6 hours, at least 0.05
  signal     observed >= 3 and the Poisson probability of so many or more < 0.001
It does not wait for the day's end: it runs with every count. Due within 2 hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scipy.stats import poisson
from sqlalchemy import select

from analytics.series import STRESS, in_series
from analytics.steps.signals import Finding, raise_or_update
from models.calls import Call
from models.places import Place
from models.surveillance import Contact
from models.unit_of_work import UnitOfWork
from models.vocabulary import SignalKind

METHOD, VERSION = "cluster-6h", "1"
WINDOW = timedelta(hours=6)
HISTORY_DAYS = 56
MINIMUM_PERSONS = 3
FLOOR = 0.05
P_LIMIT = 0.001


@dataclass(frozen=True, slots=True)
class StressContact:
    at: datetime
    day: date
    person: str


@dataclass(frozen=True, slots=True)
class Cluster:
    observed: int
    expected: float
    upper: float
    p_value: float
    onset_day: date
    last_day: date


def strongest_cluster(contacts: Sequence[StressContact], day: date, history_days: int) -> Cluster | None:
    """The least likely window that ends on `day`, when it passes the rule. Contacts are of one place."""
    before = [c for c in contacts if day - timedelta(days=HISTORY_DAYS) <= c.day < day]
    mean = len({(c.day, c.person) for c in before}) / max(history_days, 1) * (WINDOW / timedelta(days=1))
    expected = max(mean, FLOOR)
    best: Cluster | None = None
    for end in (c for c in contacts if c.day == day):
        window = [c for c in contacts if end.at - WINDOW < c.at <= end.at]
        observed = len({c.person for c in window})
        p_value = float(poisson.sf(observed - 1, expected))
        if observed < MINIMUM_PERSONS or p_value >= P_LIMIT or (best and p_value >= best.p_value):
            continue
        upper = float(max(poisson.isf(P_LIMIT, expected), MINIMUM_PERSONS - 1))
        best = Cluster(observed, expected, upper, p_value, min(c.day for c in window), day)
    return best


def raise_stress_signals(unit: UnitOfWork, day: date) -> None:
    session = unit.session
    rows = session.execute(
        select(
            Call.arrived_at, Contact.day, Contact.person_hash, Contact.place_code, Contact.is_demonstration
        )
        .join(Call, Call.id == Contact.call_id)
        .where(in_series(STRESS), Contact.day >= day - timedelta(days=HISTORY_DAYS), Contact.day <= day)
    ).all()
    if not any(row.day == day for row in rows):
        return
    first_day = session.scalar(select(Contact.day).order_by(Contact.day).limit(1)) or day
    history = min(HISTORY_DAYS, max((day - first_day).days, 1))
    by_place: dict[str, list[StressContact]] = defaultdict(list)
    for row in rows:
        by_place[row.place_code].append(StressContact(row.arrived_at, row.day, row.person_hash))
    known = set(session.scalars(select(Place.code).where(Place.code.in_(by_place))))
    for place in sorted(known):
        cluster = strongest_cluster(by_place[place], day, history)
        if cluster is None:
            continue
        raise_or_update(
            unit,
            Finding(
                kind=SignalKind.STRESS_EVENT,
                series=STRESS,
                place_code=place,
                onset_day=cluster.onset_day,
                last_day=cluster.last_day,
                window_days=(cluster.last_day - cluster.onset_day).days + 1,
                observed=cluster.observed,
                expected=cluster.expected,
                upper=cluster.upper,
                p_value=cluster.p_value,
                q_value=cluster.p_value,
                history_days=history,
                method=METHOD,
                method_version=VERSION,
                is_demonstration=all(row.is_demonstration for row in rows if row.place_code == place),
            ),
            join_days=2,
        )
