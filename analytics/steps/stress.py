"""可能应激事件: R3/R4 contacts, or contacts that speak of an extreme event, clustering in hours at one place.

The rule (version 2). A contact is of the kind `stress` when its risk level is R3 or above, or words of an
extreme event were marked. At the place of each such contact, and at each place above it but the province (a
province is not one place), look at the 6 hours that end with its call:
  observed   distinct persons of the kind
  expected   the place's own mean over the 56 days before that day, for 6 hours, at least 0.05
  signal     observed >= 3 and the Poisson probability of so many or more < 0.001
The most specific place that explains the cluster is named; contacts whose place is unknown are a stratum of
their own. It does not wait for the day's end: it runs with every count. Due within 2 hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import STRESS, in_series, is_counted
from analytics.steps.signals import Finding, raise_or_update
from models.calls import Call
from models.surveillance import Contact
from models.unit_of_work import UnitOfWork
from models.vocabulary_surveillance import SignalKind

METHOD, VERSION = "cluster-6h", "2"
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
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    persons: frozenset[str]
    calls: int
    expected: float
    upper: float
    p_value: float
    onset_day: date
    last_day: date
    is_demonstration: bool = False

    @property
    def observed(self) -> int:
        return len(self.persons)


def strongest_cluster(contacts: Sequence[StressContact], day: date, history_days: int) -> Cluster | None:
    """The least likely window that ends on `day`, when it passes the rule. Contacts are of one place."""
    before = [c for c in contacts if day - timedelta(days=HISTORY_DAYS) <= c.day < day]
    mean = len({(c.day, c.person) for c in before}) / max(history_days, 1) * (WINDOW / timedelta(days=1))
    expected = max(mean, FLOOR)
    upper = _upper(expected)
    best: Cluster | None = None
    for end in sorted((c for c in contacts if c.day == day), key=lambda c: (c.at, c.person)):
        window = [c for c in contacts if end.at - WINDOW < c.at <= end.at]
        persons = frozenset(c.person for c in window)
        p_value = _at_least(len(persons), expected)
        if len(persons) <= upper or (best and p_value >= best.p_value):
            continue
        onset = min(c.day for c in window)
        demonstrates = all(c.is_demonstration for c in window)
        best = Cluster(persons, len(window), expected, upper, p_value, onset, day, demonstrates)
    return best


def clusters_of(
    contacts: Sequence[tuple[str, StressContact]], day: date, history_days: int, tree: PlaceTree
) -> Mapping[str, Cluster]:
    """place -> its cluster: the most specific places that explain all. `contacts` are (place, contact)."""
    by_place: dict[str, list[StressContact]] = defaultdict(list)
    for place, contact in contacts:
        for code in _one_place(tree, place):
            by_place[code].append(contact)
    kept: dict[str, Cluster] = {}
    for code in sorted(by_place, key=lambda c: (-len(tree.line(c)), c)):
        cluster = strongest_cluster(by_place[code], day, history_days)
        if cluster is None:
            continue
        below = [c for c in kept if code in tree.line(c) and kept[c].persons & cluster.persons]
        explained = frozenset[str]().union(*(kept[c].persons for c in below))
        # Several of its places at once, or as many again outside them: one event, named by what holds all.
        if len(below) != 1 or len(cluster.persons - explained) >= MINIMUM_PERSONS:
            kept = {c: found for c, found in kept.items() if c not in below} | {code: cluster}
    return kept


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
    first_day = session.scalar(select(Contact.day).where(is_counted()).order_by(Contact.day).limit(1)) or day
    history = min(HISTORY_DAYS, max((day - first_day).days, 1))
    tree = PlaceTree.load(session)
    contacts = [(row.place_code, _contact(row)) for row in rows]
    for place, cluster in sorted(clusters_of(contacts, day, history, tree).items()):
        if place not in tree:
            continue
        raise_or_update(unit, _finding(place, cluster, history), tree, join_days=2)


def _finding(place: str, cluster: Cluster, history_days: int) -> Finding:
    return Finding(
        kind=SignalKind.STRESS_EVENT,
        series=STRESS,
        place_code=place,
        onset_day=cluster.onset_day,
        last_day=cluster.last_day,
        window_days=(cluster.last_day - cluster.onset_day).days + 1,
        observed=cluster.observed,
        calls=cluster.calls,
        expected=cluster.expected,
        upper=cluster.upper,
        p_value=cluster.p_value,
        q_value=cluster.p_value,
        history_days=history_days,
        method=METHOD,
        method_version=VERSION,
        is_demonstration=cluster.is_demonstration,
    )


def _contact(row: Any) -> StressContact:
    return StressContact(row.arrived_at, row.day, row.person_hash, row.is_demonstration)


def _one_place(tree: PlaceTree, code: str) -> tuple[str, ...]:
    line = pooled_codes(tree, code)
    return line[:-1] or line


def _upper(expected: float) -> float:
    """The largest number of persons that is no signal."""
    bound = MINIMUM_PERSONS - 1
    while _at_least(bound + 1, expected) >= P_LIMIT:
        bound += 1
    return float(bound)


def _at_least(persons: int, expected: float) -> float:
    """P(N >= persons) of a Poisson count."""
    # Pages import this module to merge issues, and none of them judges: the library loads with the worker.
    from scipy.special import gammainc

    return float(gammainc(persons, expected))
