"""One event alarms in many series; one signal is raised, and the rest become its evidence.

A rise alarms in its issue and its problem, in a population and in all callers, in its county, city and
province. The most specific level that explains the others is named (explain: without those persons the count
is within its bound). When places below do not explain their parent, or several of them rise and the parent
alarms too, the parent is named and they are its evidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.place_tree import PlaceTree
from analytics.series import issue_of, population_of, problem_of
from models.vocabulary_record import Population, Problem

Key = tuple[str, str]
_UNSPECIFIC = (Population.PUBLIC, Population.UNTOLD)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A series at a place above its bound. `row` is its row of the counts; `persons` all who were heard in
    the window, `calls` their calls."""

    row: int
    persons: frozenset[str]
    upper: float
    expected: float = 0.0
    calls: int = 0
    is_demonstration: bool = False


@dataclass(slots=True)
class Choice:
    """A signal to raise: its (series, place), and the alarms that it explains."""

    key: Key
    explains: list[Key] = field(default_factory=list)


def choose(alarms: Mapping[Key, Alarm], tree: PlaceTree) -> list[Choice]:
    """The signals of a day, by series and place. The answer does not depend on the order of `alarms`."""
    named = {key: key for key in _unexplained(alarms, tree)}
    for series in sorted({series for series, _ in named}):
        named |= _under_one_parent([key for key in named if key[0] == series], alarms, tree)
    whole = _under_their_problem(set(named.values()), alarms, tree)
    named |= {key: whole.get(goal, goal) for key, goal in named.items()} | whole
    choices = {key: Choice(key) for key in sorted(set(named.values()))}
    heard_in: dict[str, list[Key]] = defaultdict(list)
    for key in choices:
        for person in alarms[key].persons:
            heard_in[person].append(key)
    for key in sorted(alarms):
        if key in choices:
            continue
        nearest = named.get(key) or _nearest(alarms[key], heard_in)
        if nearest is not None:
            choices[nearest].explains.append(key)
    return list(choices.values())


def _unexplained(alarms: Mapping[Key, Alarm], tree: PlaceTree) -> set[Key]:
    kept: set[Key] = set()
    # What was kept so far, by its own place and each above it: an alarm looks at what lies within its place.
    kept_within: dict[str, list[Key]] = defaultdict(list)
    # What is more telling is looked at first: issues, populations, problems; and places from the leaves up.
    for key in sorted(alarms, key=lambda k: (_breadth(k[0]), -len(tree.line(k[1])), k)):
        series, place = key
        parts = [alarms[other].persons for other in kept_within[place] if _is_part(other[0], series)]
        explained = frozenset[str]().union(*parts)
        if not explained or len(alarms[key].persons - explained) > alarms[key].upper:
            kept.add(key)
            for above in tree.line(place):
                kept_within[above].append(key)
    return kept


def _breadth(series: str) -> int:
    """0 an issue, 1 a problem of one population, 2 a problem, 3 a stratum that names nobody in particular."""
    if issue_of(series) is not None:
        return 0
    population = population_of(series)
    if population is None:
        return 2
    return 3 if population in _UNSPECIFIC else 1


def _is_part(series: str, of: str) -> bool:
    """True when the one may explain the other."""
    if series == of or (issue_of(series) is not None and issue_of(of) is None):
        return True
    return problem_of(series) is not None and problem_of(series) is problem_of(of)


def _under_one_parent(keys: list[Key], alarms: Mapping[Key, Alarm], tree: PlaceTree) -> dict[Key, Key]:
    """Alarms of one series at several places -> the nearest place above that covers two and alarms itself."""
    named: dict[Key, Key] = {}
    series = keys[0][0]
    places = {place for _, place in keys}
    above = {over for place in places for over in tree.line(place)[1:] if (series, over) in alarms}
    for parent in sorted(above, key=lambda code: (-len(tree.line(code)), code)):
        covered = sorted(place for place in places if tree.covers(parent, place))
        if len(covered) > 1:
            places = places - set(covered) | {parent}
            named |= {(series, place): (series, parent) for place in [*covered, parent]}
    # A city named for its counties may itself go into the province.
    for key, goal in list(named.items()):
        while goal in named and named[goal] != goal:
            goal = named[goal]
        named[key] = goal
    return named


def _under_their_problem(goals: set[Key], alarms: Mapping[Key, Alarm], tree: PlaceTree) -> dict[Key, Key]:
    """Populations of one problem -> the problem, where it alarms and one does not explain it."""
    whole: dict[Key, Key] = {}
    of_populations: dict[Problem | None, list[Key]] = defaultdict(list)
    for key in goals:
        if population_of(key[0]) is not None:
            of_populations[problem_of(key[0])].append(key)
    problems = [key for key in alarms if problem_of(key[0]) is not None and population_of(key[0]) is None]
    for series, place in sorted(problems, key=lambda key: (-len(tree.line(key[1])), key)):
        parts = {
            key
            for key in of_populations[problem_of(series)]
            if key not in whole and tree.covers(place, key[1])
        }
        if parts and ((series, place) in goals or len(parts) > 1):
            whole |= dict.fromkeys(parts, (series, place))
    return whole


def _nearest(alarm: Alarm, heard_in: Mapping[str, list[Key]]) -> Key | None:
    """The signal that most of the alarm's persons are in; of several the first by name."""
    shared = Counter(key for person in alarm.persons for key in heard_in.get(person, ()))
    return min(shared, key=lambda key: (-shared[key], key), default=None)
