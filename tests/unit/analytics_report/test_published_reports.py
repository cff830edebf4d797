"""Weeks of reports of every place and of alerts together, and somebody who keeps them all and solves for
what is hidden."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack, identity

from analytics.papers.calendar import PERIODIC, Period, ended_on
from analytics.papers.counting import publish_counts
from analytics.papers.definitions import OUTSIDE
from analytics.papers.plan import DEFAULTS
from analytics.papers.queries import ONE
from analytics.papers.reception import Reception
from analytics.papers.scope import Scope
from analytics.place_tree import PlaceTree
from analytics.report.cells import Figure
from analytics.report.ledger import Ledger
from analytics.report.linked import LinkedTables
from analytics.report.suppression import THRESHOLD
from models.vocabulary import PlaceLevel
from models.vocabulary_alerting import FigureAxis
from models.vocabulary_papers import PaperKind

FIRST, DAYS, MONTH = date(2026, 9, 1), 60, 30
LEAVES = ("990101", "990102", "990121", "990201", "990221")
PROVINCE, CITIES = "990000", ("990100", "990200")
TREE = PlaceTree(
    {PROVINCE: None, "990100": PROVINCE, "990200": PROVINCE} | {leaf: f"{leaf[:4]}00" for leaf in LEAVES}
)
PLAN = {
    PROVINCE: DEFAULTS[PlaceLevel.PROVINCE],
    **dict.fromkeys(CITIES, DEFAULTS[PlaceLevel.CITY]),
    **dict.fromkeys(LEAVES, DEFAULTS[PlaceLevel.COUNTY]),
}
EVERYTHING = dict.fromkeys((PROVINCE, *CITIES, *LEAVES), PERIODIC)
"""As if every place had chosen every report."""
INFEASIBLE = 2
GROUPS = tuple((problem, population) for problem in ("C", "N") for population in ("P19", "P23"))


@dataclass(frozen=True)
class Person:
    """One call. Each by somebody else (`sixty_days`), every count is a plain sum: the easiest to attack."""

    who: int
    place: str
    day: int
    problem: str
    population: str
    is_high: bool


@dataclass(frozen=True)
class Known:
    places: frozenset[str]
    first: int
    last: int
    groups: frozenset[tuple[str, str]]
    persons: int


def sixty_days(seed: int) -> list[Person]:
    chance = random.Random(seed)
    who = count()
    return [
        Person(
            next(who),
            chance.choices(LEAVES, (6, 4, 2, 5, 1))[0],
            day,
            chance.choice("CCN"),
            chance.choices(("P19", "P23"), (1, 3))[0],
            chance.random() < 0.15,
        )
        for day in range(DAYS)
        for _ in range(chance.randint(4, 22))
    ]


def who_ring_again(people: Sequence[Person], seed: int, share: float) -> list[Person]:
    """Some ring twice, some days later, half of them from another place: counted at each, once above both."""
    chance = random.Random(seed)
    again = []
    for person in people:
        if chance.random() < share and person.day + 1 < DAYS:
            day = min(DAYS - 1, person.day + chance.randint(0, 9))
            place = chance.choice(LEAVES) if chance.random() < 0.5 else person.place
            again.append(replace(person, day=day, place=place))
    return sorted([*people, *again], key=lambda person: person.day)


def persons_by(label: Callable[[Person], str], calls: Iterable[Person]) -> Counter[str]:
    """Distinct persons under each label."""
    return Counter(told for told, _ in {(label(call), call.who) for call in calls})


def scope(place: str, period: Period) -> Scope:
    children = TREE.children(place)
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    return Scope(
        place, place, period.first, period.last, moment, moment, TREE.within(place), children,
        {code: child for child in children for code in TREE.within(child)}, {}, None, kind=period.kind,
    )  # fmt: skip


def report(people: Sequence[Person], place: str, period: Period, ledger: Ledger) -> None:
    inside = [
        p
        for p in people
        if p.place in TREE.within(place) and period.first <= FIRST + timedelta(p.day) <= period.last
    ]
    where = scope(place, period)
    publish_counts(
        where,
        {
            "persons": persons_by(lambda _: ONE, inside),
            "problems": persons_by(lambda p: p.problem, inside),
            "populations": persons_by(lambda p: p.population, inside),
            "places": persons_by(lambda p: where.child_of.get(p.place, OUTSIDE), inside),
            "high_risk": persons_by(lambda _: ONE, (p for p in inside if p.is_high)),
            "hours": persons_by(lambda p: str(p.day * 7 % 4), inside),
        },
        Reception(),
        ledger,
    )


def alert(people: Sequence[Person], place: str, last: int, ledger: Ledger) -> None:
    """Seven days of one problem at one place, with its places below."""
    inside = [
        p for p in people if p.problem == "N" and last - 6 <= p.day <= last and p.place in TREE.within(place)
    ]
    days = (FIRST + timedelta(last - 6), FIRST + timedelta(last))
    persons = len({p.who for p in inside})
    if ledger.admit([Figure("problem:N", place, *days, persons)]) is None:
        return
    below = (
        persons_by(lambda p: next(c for c in TREE.line(p.place) if c in TREE.children(place)), inside)
        if (TREE.children(place))
        else Counter()
    )
    ledger.admit([Figure("problem:N", c, *days, n) for c, n in below.items() if n >= THRESHOLD])


def publish(
    people: Sequence[Person],
    seed: int,
    plan: Mapping[str, Collection[PaperKind]] = PLAN,
    days: int = DAYS,
) -> Ledger:
    """Day by day as in life: the alerts of the day, then the reports of every period that ended, place by
    place."""
    ledger, chance = Ledger((), TREE), random.Random(seed)
    for day in range(6, days):
        if chance.random() < 0.5:
            alert(people, chance.choice((*LEAVES, *CITIES)), day, ledger)
        for place, kinds in plan.items():
            for period in sorted(ended_on(FIRST + timedelta(day)), key=lambda p: -p.days):
                if period.kind in kinds and period.kind in PERIODIC:
                    report(people, place, period, ledger)
    return ledger


def read(figures: Iterable[Figure]) -> list[Known]:
    """What a reader knows. Risk is known too, yet says nothing of these groups."""
    known = []
    for figure in figures:
        groups = frozenset(
            group
            for group in GROUPS
            if figure.series in ("all", f"problem:{group[0]}")
            and (figure.axis is FigureAxis.TOTAL or figure.value == group[1])
        )
        if figure.axis in (FigureAxis.TOTAL, FigureAxis.POPULATION):
            first, last = (figure.first_day - FIRST).days, (figure.last_day - FIRST).days
            known.append(Known(TREE.within(figure.place_code), first, last, groups, figure.persons))
    return known


class Attacker:
    """How small and how large a cell can be, given all that is known: linear programming."""

    def __init__(self, known: Sequence[Known]) -> None:
        cuts = sorted({0, DAYS, *(k.first for k in known), *(k.last + 1 for k in known)})
        self.spans = [(a, b - 1) for a, b in pairwise(cuts)]
        self._cells = [(p, s, g) for p in LEAVES for s in self.spans for g in GROUPS]
        self._known = csr_matrix(np.array([self._row(k) for k in known]))
        self._values = np.array([k.persons for k in known], float)
        self._given: dict[str, Any] = {"A_eq": self._known, "b_eq": self._values, "bounds": (0, None)}
        self._otherwise = 0
        if linprog(np.zeros(len(self._cells)), **self._given, method="highs").status == INFEASIBLE:
            self._take_the_nearest_worlds()

    def _take_the_nearest_worlds(self) -> None:
        """Some were counted twice: those worlds are taken that need the fewest."""
        self._otherwise = 2 * len(self._values)
        off = identity(len(self._values))
        given = {**self._given, "A_eq": hstack([self._known, off, -off], format="csr")}
        aim = np.concatenate([np.zeros(len(self._cells)), np.ones(self._otherwise)])
        fewest = linprog(aim, **given, method="highs").fun
        self._given = given | {"A_ub": csr_matrix(aim), "b_ub": [fewest + 0.001]}

    @property
    def sees_people_twice(self) -> bool:
        return self._otherwise > 0

    def _row(self, k: Known) -> np.ndarray:
        return np.array(
            [
                p in k.places and k.first <= a and b <= k.last and g in k.groups
                for p, (a, b), g in self._cells
            ],
            float,
        )

    def bounds(self, aim: Known) -> tuple[float, float]:
        row = self._row(aim)
        low = self._solve(row)
        return (low, 1e9) if low < 0.999 else (low, -self._solve(-row))

    def _solve(self, row: np.ndarray) -> float:
        answer = linprog(np.pad(row, (0, self._otherwise)), **self._given, method="highs")
        assert answer.status in (0, 3), answer.message
        return float(answer.fun) if answer.status == 0 else -np.inf


def small_cells(people: Sequence[Person], spans: Iterable[tuple[int, int]]) -> list[Known]:
    """True cells of 1 to 4 persons: of a place, of everybody or of one problem, between two cuts in time."""
    everybody, found = frozenset(GROUPS), []
    places = [TREE.within(code) for code in (*LEAVES, *CITIES, PROVINCE)]
    for first, last in spans:
        for inside in places:
            for groups in (everybody, *(frozenset(g for g in GROUPS if g[0] == q) for q in "CN")):
                persons = len(
                    {
                        p.who
                        for p in people
                        if p.place in inside
                        and first <= p.day <= last
                        and (p.problem, p.population) in groups
                    }
                )
                if 1 <= persons < THRESHOLD:
                    found.append(Known(inside, first, last, groups, persons))
    return found


def exposed(people: Sequence[Person], ledger: Ledger, most: int) -> Iterator[tuple[Known, float, float]]:
    known = read(ledger.figures)
    attacker = Attacker(known)
    aims = small_cells(people, attacker.spans)
    for aim in random.Random(7).sample(aims, min(len(aims), most)):
        low, high = attacker.bounds(aim)
        # Where people are counted twice an attacker may be certain of what is not so: it gives nobody away.
        if low >= 0.999 and high < THRESHOLD - 0.001 and low - 0.01 <= aim.persons <= high + 0.01:
            yield aim, low, high


@pytest.mark.parametrize("seed", [1, 2])
def test_reports_of_every_place_and_alerts_of_sixty_days_together_give_no_small_cell_away(seed: int) -> None:
    people = sixty_days(seed)
    ledger = publish(people, seed)
    kinds = Counter(f.series.partition(":")[0] for f in ledger.figures if f.margin)
    assert kinds["all"] > 80, "the reports tell something"
    cities = [f for f in ledger.figures if f.margin and f.place_code in CITIES]
    assert sum(f.series.startswith("problem:") for f in cities) > 10, "those of the cities do too"
    assert any(not f.margin for f in ledger.figures), "and so do the alerts"
    assert min(f.persons for f in ledger.figures) >= THRESHOLD
    assert next(exposed(people, ledger, 60), None) is None


def test_no_small_cell_is_given_away_where_every_place_chose_every_report() -> None:
    people = sixty_days(3)
    assert next(exposed(people, publish(people, 3, EVERYTHING, MONTH), 80), None) is None


@pytest.mark.parametrize("seed", [5, 6])
def test_nor_where_people_ring_twice_and_from_two_places(seed: int) -> None:
    """Then no world counts everybody once. The attacker takes those that need the fewest counted twice."""
    people = who_ring_again(sixty_days(seed), seed, 0.15)
    ledger = publish(people, seed, EVERYTHING, MONTH)
    attacker = Attacker(read(ledger.figures))
    assert attacker.sees_people_twice
    assert next(exposed(people, ledger, 80), None) is None


def test_the_attack_finds_them_among_people_who_ring_twice_where_tables_are_not_solved_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LinkedTables, "give_away", lambda _self, _fresh: False)
    people = who_ring_again(sixty_days(5), 5, 0.15)
    assert next(exposed(people, publish(people, 5, EVERYTHING, MONTH), 400), None) is not None


def test_the_attack_finds_small_cells_where_parent_and_children_are_not_solved_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LinkedTables, "give_away", lambda _self, _fresh: False)
    people = sixty_days(3)
    assert next(exposed(people, publish(people, 3, EVERYTHING, MONTH), 400), None) is not None


def test_the_same_attack_finds_small_cells_where_nobody_keeps_a_ledger() -> None:
    people = sixty_days(1)
    careless = []
    for day in range(DAYS):
        for place in (PROVINCE, *CITIES, *LEAVES):
            for problem in (None, "C", "N"):
                persons = sum(
                    p.day == day and p.place in TREE.within(place) and problem in (None, p.problem)
                    for p in people
                )
                if persons >= THRESHOLD:
                    day_of = FIRST + timedelta(day)
                    series = "all" if problem is None else f"problem:{problem}"
                    careless.append(Figure(series, place, day_of, day_of, persons))
    assert next(exposed(people, Ledger(careless, TREE), 60), None) is not None


def test_a_report_does_not_silence_an_alert_of_a_county_on_the_same_days() -> None:
    people = sixty_days(1)
    with_reports, without = publish(people, 1), publish(people, 1, {})
    told = sum(not f.margin for f in with_reports.figures)
    assert told >= 0.7 * len(without.figures)
