"""A published figure as a cell: whose persons, where, on which days; and how two cells lie to each other.
Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

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


def share_days(one: Figure, other: Figure) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def days_nest(one: Figure, other: Figure) -> bool:
    return (one.first_day <= other.first_day and other.last_day <= one.last_day) or (
        other.first_day <= one.first_day and one.last_day <= other.last_day
    )


def cut_of(figure: Figure) -> tuple[str, str]:
    """By what everybody is cut in this figure's table; parts of one table have the same."""
    if figure.axis is FigureAxis.MARGIN:
        return figure.series, (figure.value or "").partition(":")[0]
    subject = figure.series.partition(":")[0]
    return subject if subject in ("problem", "issue") else figure.series, str(figure.axis.value)


def is_line(figure: Figure) -> bool:
    """Totals may be told of days that nest."""
    return figure.axis is FigureAxis.TOTAL and figure.series.partition(":")[0] not in ("problem", "issue")


def series_inside(inner: Figure, outer: Figure) -> bool:
    """Who rang about one subject is among all who rang."""
    if inner.series == outer.series:
        return True
    subject = issue_of(inner.series) is not None or problem_of(inner.series) is not None
    return outer.margin and outer.series == EVERYBODY and outer.axis is FigureAxis.TOTAL and subject


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
