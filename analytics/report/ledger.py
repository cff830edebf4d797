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

Figures of reports (`margin`) are one-way tables over all callers, in periods that nest (`analytics/papers`).
Each cut (by subject, population, hour, risk …) is published over one length of period, so that tables of
different cuts have no more in common than totals: such margins are decomposable, and a cell inside can be
anything up to the smallest of them (Dobra and Fienberg, PNAS 97, 2000). A place and those below it may be cut
alike over the same days; then their tables are one, which `linked.py` solves before a cell of it goes out.
Days and subjects may cross those of alerts; the same cell of the same place is still nested or apart, and no
rest is small.

In that shape everything that subtraction yields is a sum of rests, each 0 or at least THRESHOLD; a finer
cell can be anything from 0 to its rest. A hidden cell looks like an empty one, so that its mark tells
nothing either. An attack by linear programming over 60 days of published tables is
in the tests. Persons are taken to be counted once, which favours the attacker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from analytics.place_tree import PlaceTree
from analytics.report.cells import (
    EVERYBODY,
    Figure,
    cut_of,
    days_nest,
    is_line,
    may_share,
    series_inside,
    share_days,
)
from analytics.report.linked import LinkedTables
from analytics.report.suppression import THRESHOLD
from models.vocabulary_alerting import FigureAxis


class Ledger:
    """What is public, and what may become so. `admit` answers with the figure to publish, or None."""

    def __init__(self, published: Iterable[Figure], tree: PlaceTree) -> None:
        self._tree = tree
        self._published: list[Figure] = []
        self._by_key: dict[object, Figure] = {}
        self._shelves: dict[tuple[str, str], list[Figure]] = defaultdict(list)
        """By place and series: years of reports are not looked through for each new figure."""
        self._series_at: dict[str, set[str]] = defaultdict(set)
        self._of_alerts: list[Figure] = []
        self._linked = LinkedTables(tree)
        for figure in published:
            self._take(figure)

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
        touched = [*fresh, *(whole for figure in fresh for whole in self._around(figure))]
        if any(self._leaves_small_rest(whole, fresh) for whole in touched):
            return False
        return not self._linked.give_away([figure for figure in fresh if figure.margin])

    def admit(self, new: Sequence[Figure]) -> tuple[Figure, ...] | None:
        """Take all of `new` into the ledger, with the values they are public under; None: none was."""
        if not self.admits(new):
            return None
        result = []
        for figure in new:
            known = self.known(figure)
            if known is None:
                self._take(figure)
            result.append(known or figure)
        return tuple(result)

    def _take(self, figure: Figure) -> None:
        self._published.append(figure)
        self._by_key[figure.key] = figure
        self._shelves[figure.place_code, figure.series].append(figure)
        self._series_at[figure.place_code].add(figure.series)
        if figure.margin:
            self._linked.take(figure)
        else:
            self._of_alerts.append(figure)

    def _crosses(self, new: Figure) -> bool:
        for old in self._shelves.get((new.place_code, new.series), ()):
            if not (new.margin or old.margin) or (old.axis, old.value) != (new.axis, new.value):
                continue
            if share_days(old, new) and not days_nest(old, new):
                return True
        if new.margin and any(self._cut_twice(old, new) for old in self._margins_near(new)):
            return True
        return not new.margin and any(self._crosses_alert(old, new) for old in self._of_alerts)

    def _margins_near(self, new: Figure) -> Iterable[Figure]:
        for place in {*self._tree.line(new.place_code), *self._tree.within(new.place_code)}:
            for series in self._series_at.get(place, ()):
                yield from (f for f in self._shelves[place, series] if f.margin)

    def _cut_twice(self, old: Figure, new: Figure) -> bool:
        """The same persons cut alike over other days or at another place: two such tables are linked."""
        if not share_days(old, new) or cut_of(old) != cut_of(new):
            return False
        same_days = (old.first_day, old.last_day) == (new.first_day, new.last_day)
        return not same_days and not (is_line(new) and days_nest(old, new))

    def _crosses_alert(self, old: Figure, new: Figure) -> bool:
        if not self._related(old, new) or old.axis is not new.axis:
            return False
        if new.axis is not FigureAxis.TOTAL:
            return True
        return not (self._extent_inside(new, old) or self._extent_inside(old, new))

    def _around(self, part: Figure) -> Iterable[Figure]:
        """Published figures that have `part` inside."""
        for place in self._tree.line(part.place_code):
            for series in {part.series, EVERYBODY}:
                for whole in self._shelves.get((place, series), ()):
                    if self._is_inside(part, whole):
                        yield whole

    def _inside(self, whole: Figure, fresh: Sequence[Figure]) -> list[Figure]:
        """Figures inside `whole`, those that are about to be published among them."""
        found = [figure for figure in fresh if self._is_inside(figure, whole)]
        subjects = whole.margin and whole.series == EVERYBODY
        for place in self._tree.within(whole.place_code):
            for series in self._series_at.get(place, ()) if subjects else (whole.series,):
                found += [f for f in self._shelves.get((place, series), ()) if self._is_inside(f, whole)]
        return found

    def _related(self, one: Figure, other: Figure) -> bool:
        """Whether they may share a person."""
        if not share_days(one, other):
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
            and series_inside(inner, outer)
            and self._tree.covers(outer.place_code, inner.place_code)
        )

    def _is_inside(self, inner: Figure, outer: Figure) -> bool:
        if not self._extent_inside(inner, outer) or inner.key == outer.key:
            return False
        return outer.axis is FigureAxis.TOTAL or (inner.axis, inner.value) == (outer.axis, outer.value)

    def _leaves_small_rest(self, whole: Figure, fresh: Sequence[Figure]) -> bool:
        if whole.axis is not FigureAxis.TOTAL and not whole.margin:
            return False
        inside = [f for f in self._inside(whole, fresh) if f.axis is not FigureAxis.SHARE]
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
