"""Sixty days of published tables, and somebody who keeps them all and subtracts."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from analytics.place_tree import PlaceTree
from analytics.report.bulletin import compose
from analytics.report.cells import Figure
from analytics.report.disclosure import Disclosed, disclose, disclose_alone
from analytics.report.figures import CHART_WEEKS, Facts, Week
from analytics.report.ledger import Ledger
from models.vocabulary_alerting import FigureAxis
from models.vocabulary_record import Population, Problem
from models.vocabulary_surveillance import AlertLevel, SignalKind

FIRST = date(2026, 9, 1)
DAYS = 60 + 7 * CHART_WEEKS
LEAVES = ("990101", "990102", "990121", "990201", "990221")
PARENTS = {"990000": None, "990100": "990000", "990200": "990000"} | {c: f"{c[:4]}00" for c in LEAVES}
TREE = PlaceTree(PARENTS)
NAMES = {code: f"地{code}" for code in PARENTS}
POPULATIONS = ("P23", "P19", "P06", "P12")
POPULATION_NAMES = {Population(code).zh: code for code in POPULATIONS}


@dataclass(frozen=True)
class Person:
    """Rings once, so that every count is a plain sum: the case that is easiest to attack."""

    place: str
    day: int
    population: str


@dataclass(frozen=True)
class Known:
    """What a reader of the bulletins knows: so many persons in these places, days and populations."""

    places: frozenset[str]
    first: int
    last: int
    populations: frozenset[str]
    persons: int


def sixty_days(seed: int) -> list[Person]:
    chance = random.Random(seed)
    people = []
    for day in range(DAYS):
        for place in LEAVES:
            rising = day > 60 and place in ("990101", "990102") and day % 20 > 8
            for _ in range(chance.choice((0, 0, 1, 1, 2)) + (chance.randint(1, 4) if rising else 0)):
                people.append(Person(place, day, chance.choices(POPULATIONS, (5, 3, 1, 1))[0]))
    return people


def count(people: Iterable[Person], places: frozenset[str], first: int, last: int) -> list[Person]:
    return [p for p in people if p.place in places and first <= p.day <= last]


def facts(people: Sequence[Person], place: str, start: date, end: date) -> Facts:
    first, last = (start - FIRST).days, (end - FIRST).days
    inside = count(people, TREE.within(place), first, last)
    chart_to = last if last - first == 6 else first - 1
    weeks = []
    for back in reversed(range(CHART_WEEKS)):
        a, b = chart_to - 7 * back - 6, chart_to - 7 * back
        persons = len(count(people, TREE.within(place), a, b))
        weeks.append(Week(FIRST + timedelta(a), FIRST + timedelta(b), persons))
    by_place = {
        child: n
        for child in TREE.children(place)
        if (n := len(count(inside, TREE.within(child), first, last)))
    }
    by_population = {q: n for q in POPULATIONS if (n := sum(p.population == q for p in inside))}
    return Facts(
        kind=SignalKind.PROMINENT_ISSUE, place_code=place, place_name=NAMES[place], first_day=start,
        last_day=end, onset_day=start, window_days=last - first + 1, problem=Problem.WORK, phrases=(),
        persons=len(inside), calls=len(inside), all_persons=4 * len(inside), all_calls=4 * len(inside),
        expected=2.0, upper=5.0, p_value=0.001, q_value=0.01, history_days=60, method="noufaily",
        method_version="1", by_place=by_place, place_names=NAMES, by_population=by_population,
        high_risk_persons=0, handed_on_persons=0, follow_up_persons=0, weeks=tuple(weeks),
    )  # fmt: skip


def alerts(seed: int) -> list[tuple[str, date]]:
    """An alert nearly every day, at any level, the same place again and again: worse than any real city."""
    chance = random.Random(seed + 1)
    places = ("990101", "990101", "990102", "990121", "990100", "990100", "990200", "990201", "990000")
    return [
        (chance.choice(places), FIRST + timedelta(days=day))
        for day in range(7 * CHART_WEEKS + 7, DAYS)
        if chance.random() < 0.6
    ]


def publish(people: Sequence[Person], seed: int, *, with_ledger: bool) -> list[dict[str, Any]]:
    ledger, contents = Ledger((), TREE), []
    for place, last in alerts(seed):
        shown: Disclosed
        if with_ledger:
            shown = disclose(
                "problem:N",
                lambda a, b, place=place: facts(people, place, a, b),  # type: ignore[misc]
                last - timedelta(days=6),
                last,
                ledger,
            )
        else:
            shown = disclose_alone(facts(people, place, last - timedelta(days=6), last))
        contents.append(compose(shown.facts, AlertLevel.ORANGE, shown))
    return contents


def read(content: dict[str, Any]) -> list[Known]:
    """Only what stands in the published content."""
    everybody, places = frozenset(POPULATIONS), TREE.within(content["place"]["code"])

    def day(text: str) -> int:
        return (date.fromisoformat(text) - FIRST).days

    first, last = day(content["period"]["from"]), day(content["period"]["to"])
    known = []
    if content["figures"]["persons"].endswith("人"):
        known.append(Known(places, first, last, everybody, int(content["figures"]["persons"][:-1])))
    for point in content["chart"]["points"]:
        if point["persons"] is not None:
            known.append(Known(places, day(point["from"]), day(point["to"]), everybody, point["persons"]))
    codes = {name: code for code, name in NAMES.items()}
    for table in content["tables"]:
        for row in table["rows"]:
            if row["persons"] is None:
                continue
            if table["key"] == "places":
                inside = TREE.within(codes[row["label"]])
                known.append(Known(inside, first, last, everybody, row["persons"]))
            else:
                one = frozenset({POPULATION_NAMES[row["label"]]})
                known.append(Known(places, first, last, one, row["persons"]))
    return known


class Attacker:
    """Finds by linear programming how small and how large a cell can be, given all that is known."""

    def __init__(self, known: Sequence[Known]) -> None:
        cuts = sorted({0, DAYS, *(k.first for k in known), *(k.last + 1 for k in known)})
        self.spans = [(a, b - 1) for a, b in pairwise(cuts)]
        self.cells = [(p, s, q) for p in LEAVES for s in self.spans for q in POPULATIONS]
        unique = {(k.places, k.first, k.last, k.populations): k.persons for k in known}
        rows = [self._row(*key) for key in unique]
        self._known = csr_matrix(np.array(rows))
        self._values = np.array(list(unique.values()), float)

    def _row(self, places: frozenset[str], first: int, last: int, populations: frozenset[str]) -> np.ndarray:
        return np.array(
            [p in places and first <= a and b <= last and q in populations for p, (a, b), q in self.cells],
            float,
        )

    def bounds(
        self, places: frozenset[str], first: int, last: int, populations: frozenset[str]
    ) -> tuple[int, int]:
        aim = self._row(places, first, last, populations)
        low = self._solve(aim)
        if low < 1 - 1e-6:
            return 0, DAYS * 100
        return int(np.ceil(low - 1e-6)), int(np.floor(-self._solve(-aim) + 1e-6))

    def _solve(self, aim: np.ndarray) -> float:
        answer = linprog(aim, A_eq=self._known, b_eq=self._values, bounds=(0, None), method="highs")
        assert answer.status in (0, 3), answer.message
        return float(answer.fun) if answer.status == 0 else -np.inf


def exposed(people: Sequence[Person], contents: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Small cells that the attacker is sure of: certainly somebody, certainly fewer than five."""
    known = [fact for content in contents for fact in read(content)]
    attacker = Attacker(known)
    plain, finer = subtractions(known), finer_cells(known, attacker)
    chance = random.Random(5)
    aims = []
    for targets, most in ((plain, 90), (finer - plain, 50)):
        small = sorted(
            (t for t in targets if 1 <= how_many(people, t) <= 4),
            key=lambda t: (sorted(t[0]), t[1], t[2], sorted(t[3])),
        )
        aims += chance.sample(small, min(len(small), most))
    found = []
    for target in aims:
        low, high = attacker.bounds(*target)
        if low >= 1 and high <= 4:
            found.append((*target, low, high))
    return found


Cell = tuple[frozenset[str], int, int, frozenset[str]]


def how_many(people: Sequence[Person], cell: Cell) -> int:
    return sum(p.population in cell[3] for p in count(people, cell[0], cell[1], cell[2]))


def subtractions(known: Sequence[Known]) -> set[Cell]:
    """What is left of a figure when another is taken off: some days of it, or some of its places."""
    found: set[Cell] = set()
    for one in known:
        for other in known:
            if one.populations != other.populations or not other.places <= one.places:
                continue
            if one.first < other.first <= one.last == other.last and one.places == other.places:
                found.add((one.places, one.first, other.first - 1, one.populations))
            if one.first == other.first <= other.last < one.last and one.places == other.places:
                found.add((one.places, other.last + 1, one.last, one.populations))
            if (one.first, one.last) == (other.first, other.last) and other.places < one.places:
                found.add((one.places - other.places, one.first, one.last, one.populations))
    return found


def finer_cells(known: Sequence[Known], attacker: Attacker) -> set[Cell]:
    """A county between two cuts in time; each figure cut by population."""
    everybody = frozenset(POPULATIONS)
    found: set[Cell] = {(frozenset({p}), *span, everybody) for p in LEAVES for span in attacker.spans}
    for one in known:
        for population in POPULATIONS:
            found.add((one.places, one.first, one.last, frozenset({population})))
            found.add((one.places, one.first, one.last, everybody - {population}))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_all_tables_of_sixty_days_give_no_small_cell_away(seed: int) -> None:
    people = sixty_days(seed)
    contents = publish(people, seed, with_ledger=True)

    assert sum(content["figures"]["persons"] != "—" for content in contents) >= 10, "it still tells something"
    assert exposed(people, contents) == []


def test_without_the_ledger_the_same_attack_finds_small_cells() -> None:
    people = sixty_days(1)
    assert exposed(people, publish(people, 1, with_ledger=False)) != []


def figure(first: int, last: int, persons: int, place: str = "990100", **more: Any) -> Figure:
    return Figure(
        more.pop("series", "problem:N"),
        place,
        FIRST + timedelta(first),
        FIRST + timedelta(last),
        persons,
        **more,
    )


def test_days_that_cross_in_part_are_refused_and_days_inside_or_apart_are_not() -> None:
    ledger = Ledger([figure(0, 6, 20)], TREE)
    assert not ledger.admits([figure(1, 7, 21)])
    assert ledger.admits([figure(0, 7, 26)])
    assert ledger.admits([figure(0, 3, 8)])
    assert ledger.admits([figure(7, 13, 9)])
    assert not ledger.admits([figure(0, 7, 22)]), "two persons of one day would be left"
    assert ledger.admits([figure(1, 7, 21, place="990200")])


def test_what_is_left_of_a_city_after_its_counties_is_never_small() -> None:
    ledger = Ledger([figure(0, 6, 20), figure(0, 6, 9, place="990101")], TREE)
    assert not ledger.admits([figure(0, 6, 8, place="990102")])
    assert ledger.admits([figure(0, 6, 6, place="990102")])
    assert not ledger.admits([figure(0, 6, 4, place="990102")]), "a small figure is none"


def test_an_issue_and_a_problem_may_hold_the_same_persons_and_two_problems_not() -> None:
    ledger = Ledger([figure(0, 6, 20)], TREE)
    assert not ledger.admits([figure(0, 6, 15, series="issue:7")])
    assert ledger.admits([figure(0, 6, 15, series="problem:M")])


def test_a_cut_by_population_is_published_once_for_a_line_of_places() -> None:
    cut = {"axis": FigureAxis.POPULATION, "value": "P19"}
    ledger = Ledger([figure(0, 6, 20), figure(0, 6, 9, **cut)], TREE)
    assert not ledger.admits([figure(0, 6, 7, place="990101", **cut)])
    assert ledger.admits([figure(7, 13, 7, place="990101", **cut)])


def test_a_figure_that_is_public_keeps_its_value() -> None:
    ledger = Ledger([figure(0, 6, 20)], TREE)
    admitted = ledger.admit([figure(0, 6, 21)])
    assert admitted is not None
    assert admitted[0].persons == 20
    assert len(ledger.figures) == 1


def test_where_seven_days_are_too_few_twentyeight_are_told() -> None:
    people = [Person("990221", day, "P23") for day in range(DAYS - 28, DAYS, 4)]
    last = FIRST + timedelta(days=DAYS - 1)
    shown = disclose(
        "problem:N", lambda a, b: facts(people, "990221", a, b), last - timedelta(6), last, Ledger((), TREE)
    )
    assert shown.persons == 7
    assert shown.facts.first_day == last - timedelta(days=27)
    content = compose(shown.facts, AlertLevel.BLUE, shown)
    assert content["figures"]["expected"] == "—", "what was expected is known for seven days alone"
