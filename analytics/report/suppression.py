"""Small cells: no published number stands for fewer than five persons, nor lets one be worked out.

Primary suppression hides counts of 1 to 4 (DOMAIN.md b4; UK practice). Complementary suppression hides
further cells until subtraction from the published total leaves no hidden cell certain (Willenborg and
de Waal, Elements of Statistical Disclosure Control, 2001, chapter 4). Both kinds carry the same mark, so
that the mark itself does not say which of them is small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

THRESHOLD = 5
PHRASE_PERSONS = 10
"""A topic phrase is shown outside when at least so many distinct persons used it."""
HIDDEN = "—"
FEW = "少于5人"


@dataclass(frozen=True, slots=True)
class Cell:
    """`persons` is None where it is hidden; `label` is a code."""

    label: str
    persons: int | None

    @property
    def text(self) -> str:
        return HIDDEN if self.persons is None else str(self.persons)


@dataclass(frozen=True, slots=True)
class Table:
    """A one-way table that is safe to publish. `cells` is empty when no cut of it can be."""

    cells: tuple[Cell, ...]
    total: int | None


def is_small(persons: int) -> bool:
    return 0 < persons < THRESHOLD


def published(persons: int) -> int | None:
    """A lone figure: None when it is small."""
    return None if is_small(persons) else persons


def in_words(persons: int) -> str:
    return FEW if is_small(persons) else f"{persons}人"


def suppress_table(counts: Mapping[str, int], total: int) -> Table:
    """A table whose `total` is published beside it.

    Zeros are shown. Whoever knows the total knows the sum of the hidden cells; with k of them, each at least
    one, a hidden cell can be anything from 1 to sum - (k - 1). That must reach THRESHOLD, and k be 2 at
    least; else the next smallest cell is hidden too; where none is left, no cell is published at all.
    """
    if is_small(total):
        return Table((), None)
    hidden = {label for label, persons in counts.items() if is_small(persons)}
    open_cells = sorted(
        (label for label, persons in counts.items() if persons >= THRESHOLD),
        key=lambda label: (counts[label], label),
    )
    if hidden:
        # Persons seen in two cells make the cells sum to more than the total; the attacker subtracts
        # from the total, so that the smaller of both remainders decides.
        while len(hidden) < 2 or _widest(counts, hidden, total) < THRESHOLD:
            if not open_cells:
                return Table((), total)
            hidden.add(open_cells.pop(0))
    ordered = sorted(counts, key=lambda label: (-counts[label] if label not in hidden else 0, label))
    return Table(tuple(Cell(label, None if label in hidden else counts[label]) for label in ordered), total)


def _widest(counts: Mapping[str, int], hidden: set[str], total: int) -> int:
    shown = sum(persons for label, persons in counts.items() if label not in hidden)
    remainder = min(total - shown, sum(counts[label] for label in hidden))
    return remainder - (len(hidden) - 1)
