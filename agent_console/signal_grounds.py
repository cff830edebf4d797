"""What a signal rests on beside its figures: the places that carry it, the alarms it explains, and what
changed at the hotline itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.places import names_of
from analytics.series import issue_of, population_of, problem_of
from models.surveillance import Issue, Signal
from models.vocabulary_record import Population, Problem
from models.vocabulary_surveillance import PossibleCause


@dataclass(frozen=True)
class Ground:
    """One place or alarm with its persons. `topic` is an issue's name; a problem stands in `problem`."""

    place_zh: str
    place_en: str
    observed: int
    expected: float
    topic: str | None = None
    problem: Problem | None = None
    population: Population | None = None


@dataclass(frozen=True)
class Grounds:
    area: tuple[Ground, ...]
    evidence: tuple[Ground, ...]
    causes: tuple[PossibleCause, ...]


def grounds_of(session: Session, signal: Signal) -> Grounds:
    """A code that is not known any more is left out."""
    names = names_of(session, [row["place"] for row in (*signal.area, *signal.evidence)])
    issue_ids = {issue_of(row["series"]) for row in signal.evidence} - {None}
    issues = {
        row.id: row.name
        for row in session.execute(select(Issue.id, Issue.name).where(Issue.id.in_(issue_ids)))
    }

    def ground(row: dict[str, Any]) -> Ground:
        place_zh, place_en = names.get(row["place"], (row["place"], row["place"]))
        series = str(row.get("series", ""))
        return Ground(
            place_zh,
            place_en,
            int(row["observed"]),
            float(row["expected"]),
            issues.get(issue_of(series) or 0),
            problem_of(series),
            population_of(series),
        )

    known = {str(cause): cause for cause in PossibleCause}
    return Grounds(
        tuple(ground(row) for row in signal.area),
        tuple(ground(row) for row in signal.evidence),
        tuple(known[code] for code in signal.possible_causes if code in known),
    )
