"""What is counted: a series is `issue:<id>`, `problem:<code>` or `stress`, at a place and a day.

A contact counts in its own place and in every place above it; the unknown place is a stratum of its own.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, or_

from models.places import UNKNOWN_PLACE
from models.recordings import RiskMark
from models.surveillance import Contact
from models.vocabulary import AnalysisState, Problem, RiskLevel

STRESS = "stress"
EXTREME_EVENT = "extreme_event"
"""Reason code of the mark on words of an extreme event (爆炸, 坠楼 …)."""


def issue_series(issue_id: int) -> str:
    return f"issue:{issue_id}"


def problem_series(code: str) -> str:
    return f"problem:{code}"


def issue_of(series: str) -> int | None:
    kind, _, value = series.partition(":")
    return int(value) if kind == "issue" else None


def problem_of(series: str) -> Problem | None:
    kind, _, value = series.partition(":")
    return Problem(value) if kind == "problem" else None


def is_counted() -> ColumnElement[bool]:
    """Contacts that analysis may count: understood, with consent, and of a kind that is a contact."""
    return Contact.state == AnalysisState.DONE


def in_series(series: str) -> ColumnElement[bool]:
    """The contacts of a series. Raises ValueError for a name that is none."""
    issue_id, problem = issue_of(series), problem_of(series)
    if issue_id is not None:
        return and_(is_counted(), Contact.issue_id == issue_id)
    if problem is not None:
        return and_(is_counted(), Contact.problem == str(problem.value))
    if series == STRESS:
        extreme = exists().where(RiskMark.call_id == Contact.call_id, RiskMark.reason == EXTREME_EVENT)
        return and_(is_counted(), or_(Contact.risk_level >= int(RiskLevel.R3), extreme))
    raise ValueError("a series is issue:<id>, problem:<code> or stress")


def in_places(codes: Collection[str]) -> ColumnElement[bool]:
    if UNKNOWN_PLACE in codes:
        return Contact.place_code == UNKNOWN_PLACE
    return Contact.place_code.in_(codes)
