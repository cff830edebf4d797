"""Tables that have cells in common: a place and those below it, cut alike. Nobody may solve for a small cell.

Where the tables of a place and of its parts are public for the same days they are one table in two
directions, and rests that are large enough by row and by column do not protect what lies between. So the
table is audited before a cell of it goes out, as an attacker would: cells are unknown numbers of persons,
what is public are equations, and linear programming tells how small and how large a cell can be (Willenborg
and de Waal, Elements of Statistical Disclosure Control, 2001, chapter 4; Fischetti and Salazar, Management
Science 47, 2001). Totals of nested days at several places are audited likewise, one step of the days at a
time.

A cell is given away when every world that agrees with what is public has 1 to 4 persons in it. Persons are
taken to be counted once, which favours the attacker. People who ring in two weeks or from two places are
counted twice, and late notes change what is counted after a part of it was public; where no world fits for
that reason, those are solved that need the fewest persons counted otherwise, as an attacker would who thinks
that few were. The truth needs at least as many, so that less is certain than is taken to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.place_tree import PlaceTree
from analytics.report.cells import Figure, cut_of, is_line, series_inside
from analytics.report.suppression import THRESHOLD

Days = tuple[date, date]
Rows = npt.NDArray[Any]
Worlds = dict[str, Any]
"""Worlds that agree with what is public: the arguments of `linprog` but for the aim."""
FIVE_DAYS, MONTH = 6, 31
"""Days from the first to the last: the longest 候 has six, the longest month thirty-one."""
NEARLY = 0.001
INFEASIBLE, UNBOUNDED = 2, 3
WHOLE = ("", "", "")
"""Label of a total: everybody of the table."""


class LinkedTables:
    """Figures of reports by their days, and the audit of those that a new one is solved with."""

    def __init__(self, tree: PlaceTree) -> None:
        self._tree = tree
        self._on_days: dict[Days, list[Figure]] = defaultdict(list)
        self._windows: dict[str, set[Days]] = defaultdict(set)
        """Days of totals, by series."""

    def take(self, figure: Figure) -> None:
        self._on_days[_days(figure)].append(figure)
        if is_line(figure):
            self._windows[figure.series].add(_days(figure))

    def give_away(self, fresh: Sequence[Figure]) -> bool:
        """Whether these, with what is public already, let a small cell be worked out."""
        lines = {(f.series, _days(f)) for f in fresh if is_line(f)}
        tables = {(cut_of(f), _days(f)) for f in fresh if not is_line(f)}
        families = [self._table(cut, days, fresh) for cut, days in sorted(tables)]
        for series, days in sorted(lines):
            families += self._lines(series, days, fresh)
        return any(
            len({f.place_code for f in family}) > 1 and _a_small_cell_is_certain(family, self._tree)
            for family in families
        )

    def _table(self, cut: tuple[str, str], days: Days, fresh: Sequence[Figure]) -> list[Figure]:
        """The cells of a cut at every place, and the totals that they are parts of."""
        near = [*self._on_days.get(days, ()), *(f for f in fresh if _days(f) == days)]
        cells = [f for f in near if cut_of(f) == cut and not is_line(f)]
        totals = [f for f in near if is_line(f) and any(series_inside(cell, f) for cell in cells)]
        return cells + totals

    def _lines(self, series: str, days: Days, fresh: Sequence[Figure]) -> list[list[Figure]]:
        """Totals of `days` with those inside, and of each window around with those inside it. Of five days
        everything counts; of longer ones the longest that each place has."""
        mine = [f for f in fresh if is_line(f) and f.series == series]
        windows = self._windows[series] | {_days(f) for f in mine}
        around = sorted((w for w in windows if _inside(days, w)), key=_length)
        near = [w for n, w in enumerate(around) if n == 0 or _length(w) < MONTH]
        return [self._within(whole, series, windows, mine) for whole in (days, *near)]

    def _within(
        self, whole: Days, series: str, windows: Collection[Days], mine: Sequence[Figure]
    ) -> list[Figure]:
        steps = [w for w in windows if w == whole or _inside(w, whole)]
        known = [
            f for step in steps for f in self._on_days.get(step, ()) if is_line(f) and f.series == series
        ]
        found = [*known, *(f for f in mine if _days(f) in steps)]
        if _length(whole) <= FIVE_DAYS:
            return found
        by_place: dict[str, list[Days]] = defaultdict(list)
        for f in found:
            by_place[f.place_code].append(_days(f))
        return [
            f
            for f in found
            if not any(_inside(_days(f), other) for other in by_place[f.place_code] if other != whole)
        ]


def _days(figure: Figure) -> Days:
    return figure.first_day, figure.last_day


def _inside(inner: Days, outer: Days) -> bool:
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]


def _length(days: Days) -> int:
    return (days[1] - days[0]).days


def _label(figure: Figure) -> tuple[str, str, str]:
    return WHOLE if is_line(figure) else (figure.series, str(figure.axis.value), figure.value or "")


def _a_small_cell_is_certain(family: Sequence[Figure], tree: PlaceTree) -> bool:
    """`family`: cells and totals of one cut.

    Unknown are the persons of each place without those listed below it, in each piece of days, under each
    label and under none of them. An attacker may also take it that nobody is of a place without being of
    one below it."""
    places = sorted({f.place_code for f in family})
    cuts = sorted({f.first_day for f in family} | {f.last_day + timedelta(days=1) for f in family})
    pieces = [(a, b - timedelta(days=1)) for a, b in pairwise(cuts)]
    labels = [*sorted({_label(f) for f in family} - {WHOLE}), WHOLE]
    covers = np.array([[tree.covers(p, q) for q in places] for p in places], float)
    spans = np.array(
        [[d[0] <= p[0] and p[1] <= d[1] for p in pieces] for d in {_days(f) for f in family}], float
    )
    span_of = dict(zip({_days(f) for f in family}, spans, strict=True))

    def row(at: Rows, span: Rows, label: Rows) -> Rows:
        found: Rows = np.einsum("i,j,k->ijk", at, span, label).ravel()
        return found

    every, own = np.ones(len(labels)), np.eye(len(places))
    of_label = dict(zip(labels, np.eye(len(labels)), strict=True))
    known = np.array(
        [
            row(
                covers[places.index(f.place_code)],
                span_of[_days(f)],
                every if is_line(f) else of_label[_label(f)],
            )
            for f in family
        ]
    )
    aims = np.array(
        [
            row(at, span, label)
            for at in (*covers, *own)
            for span in (*np.eye(len(pieces)), np.ones(len(pieces)))
            for label in (*np.eye(len(labels)), every)
        ]
    )
    persons, each = np.array([f.persons for f in family], float), np.unique(aims, axis=0)
    open_worlds = np.full(known.shape[1], np.inf)
    exact = _worlds(known, persons, open_worlds)
    if _is_certain(exact or _nearest_worlds(known, persons, open_worlds), each):
        return True
    parted = np.array([bool(tree.children(p)) and set(tree.children(p)) <= set(places) for p in places])
    if not parted.any():
        return False
    most = row(np.where(parted, 0.0, 1.0), np.ones(len(pieces)), every)
    closed = np.where(most > 0, np.inf, 0.0)
    worlds = _worlds(known, persons, closed)
    if worlds is None and exact is None:
        worlds = _nearest_worlds(known, persons, closed)
    # Where only this makes the worlds not fit, the attacker sees that it is not so.
    return worlds is not None and _is_certain(worlds, each)


def _worlds(known: Rows, persons: Rows, most: Rows) -> Worlds | None:
    """All worlds that fit; `most` bounds each unknown from above. None: there is none."""
    given = {"A_eq": known, "b_eq": persons, "bounds": np.column_stack([np.zeros_like(most), most])}
    return None if _solve(np.zeros_like(most), given).status == INFEASIBLE else given


def _nearest_worlds(known: Rows, persons: Rows, most: Rows) -> Worlds:
    """Those in which the fewest persons were counted otherwise than once in each figure that they are of."""
    off = np.eye(len(known))
    otherwise = np.concatenate([np.zeros_like(most), np.ones(2 * len(known))])
    bounds = np.column_stack(
        [np.zeros_like(otherwise), np.concatenate([most, np.full(2 * len(known), np.inf)])]
    )
    given = {"A_eq": np.hstack([known, off, -off]), "b_eq": persons, "bounds": bounds}
    fewest = _solve(otherwise, given).fun
    return given | {"A_ub": otherwise[None, :], "b_ub": np.array([fewest + NEARLY])}


def _is_certain(given: Worlds, aims: Rows) -> bool:
    """Worlds are tried until each aim was empty or large in one; what is left is bounded by itself."""
    left = np.pad(aims, ((0, 0), (0, len(given["bounds"]) - aims.shape[1])))
    while len(left):
        answer = _solve(left.sum(axis=0), given)
        small = _is_small(left @ answer.x)
        if small.all():
            break
        left = left[small]
    for aim in left:
        low = _solve(aim, given)
        if low.fun < 1 - NEARLY:
            continue
        high = _solve(-aim, given)
        if high.status != UNBOUNDED and -high.fun < THRESHOLD - NEARLY:
            return True
    return False


def _solve(aim: Rows, given: Worlds) -> Any:
    # The doors of calls and pages import the ledger and solve nothing: they start without scipy.
    from scipy.optimize import linprog

    return linprog(aim, **given, method="highs")


def _is_small(values: Rows) -> Rows:
    return (values >= 1 - NEARLY) & (values < THRESHOLD - NEARLY)
