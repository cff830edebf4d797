"""Suicide risk R0–R4 by the working definition, from stored facts; who may change a level; its follow-ups.

The definition is data (`WORKING`): criteria with the level that each asks for. Other definitions in use
(Beijing, Guangzhou, the 12-element scale) are computed for reports in `risk_definitions`. Software may only
raise a level; lowering needs a named person and a reason. A high level is a reason to care, never a label:
the positive predictive value of a high score was 14.4 % in Beijing's cohort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.vocabulary import RiskLevel
from models.vocabulary_record import CallType

SCALE_HIGH, SCALE_MODERATE = 8, 4
"""Cut-offs of the 12-element scale (0–16): high 8–16, moderate 4–7."""


@dataclass(frozen=True)
class RiskFacts:
    """Answers as stored. None: not asked or not told; that is never the same as "no"."""

    ideation: bool | None = None
    """The two-week question: thoughts of ending one's life in the last two weeks."""
    acting: bool | None = None
    """An act in progress, or just done."""
    plan: bool | None = None
    means: bool | None = None
    """The means are at hand."""
    when: str | None = None
    """now | 72h | week | later"""
    attempt_two_weeks: bool | None = None
    scale_total: int | None = None
    """12-element scale, 0–16."""


@dataclass(frozen=True)
class Suggestion:
    """`level` None: too little was asked to say anything. `reasons` are codes, the weightiest first."""

    level: RiskLevel | None
    reasons: tuple[str, ...] = ()


def facts_of(content: Mapping[str, Any]) -> RiskFacts:
    """The facts that a note holds."""

    def answer(field: str) -> bool | None:
        return {"yes": True, "no": False}.get(str(content.get(field)))

    when = content.get("when")
    return RiskFacts(
        ideation=answer("two_weeks"),
        acting=answer("acting"),
        plan=answer("plan"),
        means=answer("means"),
        when=str(when) if when in ("now", "72h", "week", "later") else None,
        attempt_two_weeks=answer("attempt_two_weeks"),
    )


@dataclass(frozen=True)
class Criterion:
    """Holds when every named fact has its value; asks for at least this level."""

    level: RiskLevel
    code: str
    facts: tuple[tuple[str, Any], ...] = ()
    scale_from: int | None = None
    """Instead of facts: a total of the 12-element scale of this or more."""

    def holds(self, facts: RiskFacts) -> bool:
        if self.scale_from is not None:
            return facts.scale_total is not None and facts.scale_total >= self.scale_from
        return all(getattr(facts, name) == value for name, value in self.facts)


@dataclass(frozen=True)
class Definition:
    version: str
    source: str
    criteria: tuple[Criterion, ...]
    """The highest level first; within a level the weightiest first."""


R1, R2, R3, R4 = RiskLevel.R1, RiskLevel.R2, RiskLevel.R3, RiskLevel.R4

WORKING = Definition(
    version="working-2026-11",
    source="product default after Beijing high-risk versions A and B, Guangzhou's kinds of "
    "high-risk call, the 12-element scale",
    criteria=(
        Criterion(R4, "acting", (("acting", True),)),
        Criterion(R4, "means_now", (("means", True), ("when", "now"))),
        Criterion(R3, "plan_now", (("plan", True), ("when", "now"))),
        Criterion(R3, "plan_72h", (("plan", True), ("when", "72h"))),
        Criterion(R3, "plan_week", (("plan", True), ("when", "week"))),
        Criterion(R3, "attempt_two_weeks", (("attempt_two_weeks", True),)),
        Criterion(R3, "scale_high", scale_from=SCALE_HIGH),
        Criterion(R2, "plan", (("plan", True),)),
        Criterion(R2, "ideation", (("ideation", True),)),
        Criterion(R2, "when_now", (("when", "now"),)),
        Criterion(R2, "scale_moderate", scale_from=SCALE_MODERATE),
        Criterion(R1, "no_ideation", (("ideation", False),)),
    ),
)
"""R4: an act in progress or just done, or means at hand and now. R3: a plan for within 72 h or a week, an
attempt within two weeks, or scale >= 8. R2: ideation without such a plan, or scale 4–7. R1: asked, and no
ideation."""


def suggest(
    facts: RiskFacts, call_type: CallType | None = None, definition: Definition = WORKING
) -> Suggestion:
    """The least level that the facts ask for. R0: information only, or an invalid call, when nothing else was
    heard; no level while too little was asked."""
    held = [criterion for criterion in definition.criteria if criterion.holds(facts)]
    if held:
        level = max(criterion.level for criterion in held)
        return Suggestion(level, tuple(criterion.code for criterion in held if criterion.level == level))
    if call_type is CallType.INFORMATION or (call_type is not None and not call_type.is_valid_contact):
        return Suggestion(RiskLevel.R0, ("not_applicable",))
    return Suggestion(None)


@dataclass(frozen=True)
class Decision:
    """What a save does to the level: raised by software, or the wish was refused for want of a reason."""

    level: RiskLevel | None
    raised_by_software: bool = False
    lowering_refused: bool = False


def decide(
    wished: RiskLevel | None, last: RiskLevel | None, floor: RiskLevel | None, has_reason: bool
) -> Decision:
    """The level after a save.

    `wished` is what the person chose (None: nothing yet), `last` the level on file, `floor` the least that
    facts and software's marks ask for. A wish below either counts only with a reason.
    """
    least = max((level for level in (last, floor) if level is not None), default=None)
    if wished is None:
        if floor is not None and (last is None or floor > last):
            return Decision(floor, raised_by_software=True)
        return Decision(last)
    if least is None or wished >= least or has_reason:
        return Decision(wished)
    raised = floor is not None and (last is None or floor > last)
    return Decision(least, raised_by_software=raised, lowering_refused=True)
