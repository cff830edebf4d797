"""One thing that synthetic callers ring about: templates, from which no two summaries need be alike.

`situations` carry the subject; what operators write about any call stands in `phrases`.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.vocabulary_record import Population, Problem


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    problem: Problem
    weight: int
    populations: tuple[Population, ...]
    ages: tuple[str, ...]
    situations: tuple[str, ...]
    spoken: tuple[str, ...]
    """How callers say it themselves, for the synthetic transcripts."""
    other_problems: tuple[Problem, ...] = ()


PUBLIC = (Population.PUBLIC, Population.PUBLIC, Population.UNTOLD)
STUDENT = (Population.STUDENT,)
ADULT = ("25-34", "35-44", "45-59")
