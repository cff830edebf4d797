"""What earlier publications let a reader subtract: a new figure goes out when nothing small is left over.

Whoever keeps every bulletin can subtract one figure from another, across alerts, places, cuts and days. The
rules keep what is public in one shape, in which subtraction is known to be harmless (Willenborg and de Waal,
Elements of Statistical Disclosure Control, 2001, chapters 1 and 4; query overlap control after Dobkin, Jones
and Lipton, ACM TODS 4, 1979):

  nested or apart   figures that may share persons are nested in place, days and series, or have none in
                    common; windows that cross in part are refused
  no small rest     a figure less the figures published inside it is 0 or at least THRESHOLD
  one cut a line    a cut by population, risk, referral, follow-up or share is published at one place of a
                    line of places for the same days, so that two such cuts are never subtracted
  frozen            a figure that is public already keeps its value, whatever late notes have changed

Figures of reports (`margin`) are one-way tables over all callers, in periods that nest (`analytics/papers`):
for them days and series may cross those of alerts, since a cell that two margins share can be anything up to
the smaller of them (Frechet bounds of a table with fixed margins). The same cell of the same place is
still nested or apart, and no rest is small, that of everybody less a subject's included.

In that shape everything that subtraction yields is a sum of rests, each 0 or at least THRESHOLD; a finer
cell can be anything from 0 to its rest. A hidden cell looks like an empty one, so that its mark tells
nothing either. An attack by linear programming over 60 days of published tables is
in the tests. Persons are taken to be counted once, which favours the attacker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from analytics.place_tree import PlaceTree
from analytics.report.suppression import THRESHOLD
from analytics.series import issue_of, population_of, problem_of, problem_series
from models.vocabulary_alerting import FigureAxis

EVERYBODY = "all"
"""The series of all callers, whatever they spoke of."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Distinct persons of a series at a place from `first_day` to `last_day`, both counted in."""

    series: str
    place_code: str
    first_day: date
    last_day: date
    persons: int
    axis: FigureAxis = FigureAxis.TOTAL
    value: str | None = None
    margin: bool = field(default=False, compare=False)
    """Of a report: one part of a one-way table over everybody."""

    @property
    def key(self) -> tuple[str, str, date, date, FigureAxis, str | None]:
        return (self.series, self.place_code, self.first_day, self.last_day, self.axis, self.value)


class Ledger:
    """What is public, and what may become so. `admit` answers with the figure to publish, or None."""

    def __init__(self, published: Iterable[Figure], tree: PlaceTree) -> None:
        self._published = list(published)
        self._by_key = {figure.key: figure for figure in self._published}
        self._tree = tree

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(self._published)

    def known(self, figure: Figure) -> Figure | None:
        """The same cell, when it is public already."""
        return self._by_key.get(figure.key)

    def admits(self, new: Sequence[Figure]) -> bool:
        """Whether all of `new` may be published together."""
        fresh = [figure for figure in new if self.known(figure) is None]
        if any(f.persons < THRESHOLD and f.axis is not FigureAxis.SHARE for f in fresh):
            return False
        if any(self._crosses(figure) for figure in fresh):
            return False
        everything = [*self._published, *fresh]
        touched = [g for g in everything if any(g is f or self._is_inside(f, g) for f in fresh)]
        return not any(self._leaves_small_rest(g, everything) for g in touched)

    def admit(self, new: Sequence[Figure]) -> tuple[Figure, ...] | None:
        """Take all of `new` into the ledger, with the values they are public under; None: none was."""
        if not self.admits(new):
            return None
        result = []
        for figure in new:
            known = self.known(figure)
            if known is None:
                self._published.append(figure)
                self._by_key[figure.key] = figure
            result.append(known or figure)
        return tuple(result)

    def _crosses(self, new: Figure) -> bool:
        for old in self._published:
            if new.margin or old.margin:
                if _same_cell(old, new) and _share_days(old, new) and not _days_nest(old, new):
                    return True
                continue
            if not self._related(old, new) or old.axis is not new.axis:
                continue
            if new.axis is not FigureAxis.TOTAL:
                return True
            if not (self._extent_inside(new, old) or self._extent_inside(old, new)):
                return True
        return False

    def _related(self, one: Figure, other: Figure) -> bool:
        """Whether they may share a person."""
        if not _share_days(one, other):
            return False
        tree = self._tree
        if not (
            tree.covers(one.place_code, other.place_code) or tree.covers(other.place_code, one.place_code)
        ):
            return False
        return may_share(one.series, other.series)

    def _extent_inside(self, inner: Figure, outer: Figure) -> bool:
        return (
            outer.first_day <= inner.first_day
            and inner.last_day <= outer.last_day
            and _series_inside(inner, outer)
            and self._tree.covers(outer.place_code, inner.place_code)
        )

    def _is_inside(self, inner: Figure, outer: Figure) -> bool:
        if inner.key == outer.key or not self._extent_inside(inner, outer):
            return False
        return outer.axis is FigureAxis.TOTAL or (inner.axis, inner.value) == (outer.axis, outer.value)

    def _leaves_small_rest(self, whole: Figure, figures: Sequence[Figure]) -> bool:
        if whole.axis is not FigureAxis.TOTAL and not whole.margin:
            return False
        inside = [f for f in figures if f.axis is not FigureAxis.SHARE and self._is_inside(f, whole)]
        groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
        for figure in inside:
            for partition in _partitions(figure, whole):
                groups[partition].append(figure)
        for group in groups.values():
            largest = [f for f in group if not any(self._is_inside(f, other) for other in group)]
            # Each way of taking parts away counts, since hidden parts stand between: all of them together,
            # and each alone.
            for parts in ([f.persons for f in largest], *([f.persons] for f in largest)):
                if 0 < whole.persons - sum(parts) < THRESHOLD:
                    return True
        return False


def _share_days(one: Figure, other: Figure) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _days_nest(one: Figure, other: Figure) -> bool:
    return (one.first_day <= other.first_day and other.last_day <= one.last_day) or (
        other.first_day <= one.first_day and one.last_day <= other.last_day
    )


def _same_cell(one: Figure, other: Figure) -> bool:
    return (one.series, one.place_code, one.axis, one.value) == (
        other.series,
        other.place_code,
        other.axis,
        other.value,
    )


def _series_inside(inner: Figure, outer: Figure) -> bool:
    """Who rang about one subject is among all who rang."""
    if inner.series == outer.series:
        return True
    subject = issue_of(inner.series) is not None or problem_of(inner.series) is not None
    return outer.margin and outer.series == EVERYBODY and outer.axis is FigureAxis.TOTAL and subject


def _partitions(part: Figure, whole: Figure) -> Iterable[tuple[object, ...]]:
    """The ways in which `whole` may be taken apart that have this part: every one of its axis, those of the
    same days, those of the same place, by kind of subject and by table."""
    table = (part.value or "").partition(":")[0] if part.axis is FigureAxis.MARGIN else ""
    kind = (part.axis, table, part.series.partition(":")[0])
    yield (*kind, "any")
    if (part.first_day, part.last_day) == (whole.first_day, whole.last_day):
        yield (*kind, "same days")
        if part.place_code == whole.place_code:
            yield (*kind, "same days and place")
    if part.place_code == whole.place_code:
        same_value = part.series if part.series != whole.series else part.value
        yield (*kind, "same place", same_value)


def figure_series(series: str) -> tuple[str, str | None]:
    """The series as a figure has it, and the population that it is cut by."""
    population, problem = population_of(series), problem_of(series)
    if population is not None and problem is not None:
        return problem_series(str(problem)), str(population)
    return series, None


def may_share(one: str, other: str) -> bool:
    """Whether contacts can be in both: an issue may hold any problem, and a stress event anything."""
    if one == other:
        return True
    first, second = problem_of(one), problem_of(other)
    if first is not None and second is not None:
        return first is second
    return issue_of(one) is None or issue_of(other) is None
