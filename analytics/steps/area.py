"""The places below a signal's own that carry its rise, by the space-time scan over one and two weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.flag import WINDOW_DAYS, Detection, strongest_area
from analytics.place_tree import PlaceTree
from analytics.steps.alarms import Key

LEAST_PERSONS = 2


class Areas:
    """`answer` judges at least eight days, two weeks that do not overlap; its rows are `keys`."""

    def __init__(self, keys: Sequence[Key], answer: Detection, tree: PlaceTree) -> None:
        self._answer, self._tree = answer, tree
        self._leaves: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for row, (series, place) in enumerate(keys):
            if not tree.children(place):
                self._leaves[series].append((place, row))

    def of(self, key: Key) -> tuple[dict[str, Any], ...]:
        """`place`, `observed`, `expected` of each, by code; empty where the place has nothing below it."""
        (series, place), answer = key, self._answer
        rows = [
            (other, row)
            for other, row in self._leaves.get(series, ())
            if other != place and self._tree.covers(place, other)
        ]
        if not rows or len(answer.days) <= WINDOW_DAYS:
            return ()
        at = [row for _, row in rows]
        columns = np.array([-1, -1 - WINDOW_DAYS])
        observed = np.cumsum(answer.observed[at][:, columns].astype(np.float64), axis=1)
        expected = np.cumsum(answer.expected[at][:, columns], axis=1)
        area = strongest_area(observed, expected, (WINDOW_DAYS, 2 * WINDOW_DAYS))
        if area is None:
            return ()
        return tuple(
            {
                "place": rows[member][0],
                "observed": int(answer.observed[at[member], -1]),
                "expected": round(float(answer.expected[at[member], -1]), 3),
            }
            for member in area.members
            if answer.observed[at[member], -1] >= LEAST_PERSONS
        )
