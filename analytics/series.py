"""What is counted: a series is `issue:<id>`, `problem:<code>`, `problem:<code>:<population>` or `stress`,
at a place and a day.

A contact counts in its own place and in every place above it; the unknown place is a stratum of its own, and
so is the population that was not told. Series of problems come from note codes alone, without any transcript.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, false, or_

from analytics.issues.line import parts_of
from models.places import UNKNOWN_PLACE, Organisation
from models.recordings import RiskMark
from models.surveillance import Contact
from models.vocabulary import AnalysisState, RiskLevel
from models.vocabulary_record import Population, Problem

STRESS = "stress"
EXERCISE = "exercise"
"""The series of a drill: nobody is counted in it."""
EXTREME_EVENT = "extreme_event"
"""Reason code of the mark on words of an extreme event (爆炸, 坠楼 …)."""


def issue_series(issue_id: int) -> str:
    return f"issue:{issue_id}"


def problem_series(code: str, population: str | None = None) -> str:
    return f"problem:{code}" if population is None else f"problem:{code}:{population}"


def series_of(issue_id: int | None, problem: str | None, population: str | None) -> tuple[str, ...]:
    """Every series that one contact counts in."""
    names = []
    if issue_id is not None:
        names.append(issue_series(issue_id))
    if problem is not None:
        names += [problem_series(problem), problem_series(problem, population or str(Population.UNTOLD))]
    return tuple(names)


def issue_of(series: str) -> int | None:
    kind, _, value = series.partition(":")
    return int(value) if kind == "issue" else None


def problem_of(series: str) -> Problem | None:
    kind, _, value = series.partition(":")
    return Problem(value.partition(":")[0]) if kind == "problem" else None


def population_of(series: str) -> Population | None:
    """The stratum of a problem's series; None for the series of all callers."""
    parts = series.split(":")
    return Population(parts[2]) if parts[0] == "problem" and len(parts) == 3 else None


def is_counted() -> ColumnElement[bool]:
    """Contacts that analysis may count: understood, with consent, of a kind that is a contact; those of a
    demonstration count while the organisation is one, and in no real count."""
    return and_(Contact.state == AnalysisState.DONE, is_of_the_house())


def is_of_the_house() -> ColumnElement[bool]:
    demonstrates = exists().where(Organisation.is_demonstration.is_(True)).correlate(None)
    return or_(Contact.is_demonstration.is_(False), demonstrates)


def in_series(series: str) -> ColumnElement[bool]:
    """The contacts of a series. Raises ValueError for a name that is none."""
    issue_id, problem, population = issue_of(series), problem_of(series), population_of(series)
    if issue_id is not None:
        return and_(is_counted(), Contact.issue_id.in_(parts_of(issue_id)))
    if problem is not None:
        named = and_(is_counted(), Contact.problem == str(problem))
        if population is None:
            return named
        told = Contact.population == str(population)
        if population is Population.UNTOLD:
            told = or_(told, Contact.population.is_(None))
        return and_(named, told)
    if series == STRESS:
        extreme = exists().where(RiskMark.call_id == Contact.call_id, RiskMark.reason == EXTREME_EVENT)
        return and_(is_counted(), or_(Contact.risk_level >= int(RiskLevel.R3), extreme))
    if series == EXERCISE:
        return false()
    raise ValueError("a series is issue:<id>, problem:<code>, problem:<code>:<population> or stress")


def in_places(codes: Collection[str]) -> ColumnElement[bool]:
    if UNKNOWN_PLACE in codes:
        return Contact.place_code == UNKNOWN_PLACE
    return Contact.place_code.in_(codes)
