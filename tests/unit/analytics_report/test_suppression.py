from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.report.suppression import (
    FEW,
    HIDDEN,
    THRESHOLD,
    Table,
    in_words,
    published,
    suppress_table,
)

SMALL_TABLES = st.lists(st.integers(0, 12), min_size=1, max_size=5)


def what_an_attacker_finds(table: Table) -> dict[str, set[int]]:
    """Every value each hidden cell can have, by the published total and cells alone (zeros are published)."""
    hidden = [cell.label for cell in table.cells if cell.persons is None]
    if table.total is None or not hidden:
        return {}
    remainder = table.total - sum(cell.persons or 0 for cell in table.cells)
    possible: dict[str, set[int]] = {label: set() for label in hidden}
    for values in product(range(1, remainder + 1), repeat=len(hidden)):
        if sum(values) == remainder:
            for label, value in zip(hidden, values, strict=True):
                possible[label].add(value)
    return possible


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SMALL_TABLES)
def test_subtraction_from_the_total_never_makes_a_hidden_cell_certain(counts: list[int]) -> None:
    table = suppress_table({f"c{i}": n for i, n in enumerate(counts)}, sum(counts))
    for label, values in what_an_attacker_finds(table).items():
        assert len(values) >= THRESHOLD, (label, values)
        assert max(values) >= THRESHOLD


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SMALL_TABLES)
def test_no_published_cell_is_small_and_none_is_changed(counts: list[int]) -> None:
    given_counts = {f"c{i}": n for i, n in enumerate(counts)}
    table = suppress_table(given_counts, sum(counts))
    for cell in table.cells:
        assert cell.persons is None or cell.persons == given_counts[cell.label]
        assert cell.persons is None or cell.persons == 0 or cell.persons >= THRESHOLD
        assert (cell.text == HIDDEN) == (cell.persons is None)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(SMALL_TABLES, st.integers(1, 4))
def test_persons_counted_in_two_cells_do_not_weaken_it(counts: list[int], overlap: int) -> None:
    total = max(*counts, 0, sum(counts) - overlap)
    table = suppress_table({f"c{i}": n for i, n in enumerate(counts)}, total)
    for values in what_an_attacker_finds(table).values():
        assert len(values) >= THRESHOLD


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    table = suppress_table({"east": 3, "west": 7, "north": 40}, 50)
    assert {cell.label: cell.persons for cell in table.cells} == {"north": 40, "east": None, "west": None}


def test_a_table_that_can_not_be_cut_safely_has_no_cell() -> None:
    assert suppress_table({"east": 2, "west": 2, "north": 2}, 6).cells == ()


def test_a_small_total_hides_everything() -> None:
    table = suppress_table({"east": 4}, 4)
    assert table.total is None
    assert table.cells == ()


@pytest.mark.parametrize(("persons", "words"), [(1, FEW), (4, FEW), (5, "5人"), (0, "0人")])
def test_a_lone_figure_is_put_in_words(persons: int, words: str) -> None:
    assert in_words(persons) == words
    assert published(persons) == (None if words == FEW else persons)
