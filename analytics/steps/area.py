"""The places below a signal's own that carry its rise, by the space-time scan over one and two weeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.flag import WINDOW_DAYS, Detection, strongest_area
from analytics.place_tree import PlaceTree
from analytics.steps.alarms import Key

LEAST_PERSONS = 2


def area_of(key: Key, keys: Sequence[Key], answer: Detection, tree: PlaceTree) -> tuple[dict[str, Any], ...]:
    """`place`, `observed`, `expected` of each, by code; empty where the place has nothing below it. `answer`
    judges at least eight days: two weeks that do not overlap."""
    series, place = key
    rows = [
        (other, row)
        for row, (name, other) in enumerate(keys)
        if name == series and other != place and other in tree.within(place) and not tree.children(other)
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
