"""A place and those below it cut alike: every rest is large, and yet a cell can be solved for."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.place_tree import PlaceTree
from analytics.report.cells import Figure
from analytics.report.ledger import Ledger
from models.vocabulary_alerting import FigureAxis

TREE = PlaceTree({"990000": None, "990100": "990000", "990200": "990000"})
PROVINCE, ONE, OTHER = "990000", "990100", "990200"
FIVE = (date(2026, 11, 1), date(2026, 11, 5))


def cell(persons: int, series: str = "all", place: str = PROVINCE) -> Figure:
    return Figure(series, place, *FIVE, persons, margin=True)


def admitted(ledger: Ledger, *figures: Figure) -> bool:
    return ledger.admit(list(figures)) is not None


def margins(total: int, one: int, other: int, **problems: int) -> Ledger:
    """What the province's own paper tells: everybody, by problem, by city."""
    ledger = Ledger((), TREE)
    assert admitted(ledger, cell(total))
    assert admitted(ledger, *(cell(persons, f"problem:{code}") for code, persons in problems.items()))
    assert admitted(ledger, cell(one, place=ONE), cell(other, place=OTHER))
    return ledger


def test_a_cell_that_would_let_another_be_worked_out_stays_in() -> None:
    # By city and problem: C 7 3, F 20 5, N 9 9. F less 20 leaves 5 in the other city, which leaves 3 for C.
    ledger = margins(53, 36, 17, C=10, F=25, N=18)
    assert admitted(ledger, cell(9, "problem:N", ONE))
    assert admitted(ledger, cell(9, "problem:N", OTHER))
    assert not admitted(ledger, cell(20, "problem:F", ONE))
    assert not admitted(ledger, cell(5, "problem:F", OTHER)), "nor from the other side"


def test_the_same_cell_goes_out_where_callers_of_no_city_stand_between() -> None:
    ledger = margins(73, 36, 17, C=20, F=25, N=18)
    assert admitted(ledger, cell(9, "problem:N", ONE))
    assert admitted(ledger, cell(9, "problem:N", OTHER))
    assert admitted(ledger, cell(20, "problem:F", ONE))


def test_a_cut_of_other_days_at_the_place_above_is_refused_as_before() -> None:
    ledger = margins(53, 36, 17, C=10, F=25, N=18)
    month = (date(2026, 11, 1), date(2026, 11, 30))
    assert not admitted(ledger, Figure("problem:N", ONE, *month, 40, margin=True))
    line = Figure("all", ONE, *month, 200, margin=True)
    assert admitted(ledger, line), "totals of nested days are one line"


@pytest.mark.parametrize(("city_in_both", "goes_out"), [(41, False), (34, True)])
def test_totals_of_a_city_are_solved_with_those_of_the_province_and_of_the_month(
    city_in_both: int, goes_out: bool
) -> None:
    """Two blocks of days: with 14 of the second, 41 of both leaves 3 outside the city in the first block."""
    tree = PlaceTree({PROVINCE: None, ONE: PROVINCE})
    first, second = (date(2026, 11, 1), date(2026, 11, 5)), (date(2026, 11, 6), date(2026, 11, 10))
    both = (first[0], second[1])
    ledger = Ledger((), tree)
    for figure in (
        Figure("all", PROVINCE, *both, 60, margin=True),
        Figure("all", PROVINCE, *first, 30, margin=True),
        Figure("all", PROVINCE, *second, 30, margin=True),
        Figure("all", ONE, *both, city_in_both, margin=True),
    ):
        assert admitted(ledger, figure)
    assert admitted(ledger, Figure("all", ONE, *second, 14, margin=True)) is goes_out


def test_tables_of_one_place_alone_are_left_to_the_rules_of_rests() -> None:
    ledger = Ledger((), TREE)
    assert admitted(ledger, cell(40))
    table = [
        Figure("all", PROVINCE, *FIVE, n, FigureAxis.MARGIN, f"hour:{hour}", margin=True)
        for hour, n in enumerate((20, 14, 6))
    ]
    assert admitted(ledger, *table)
