"""High risk by the definitions that papers and authorities use, computed for reports from the stored facts.

Beside the working definition of the desk (`risk_level`), which decides what is done for a caller; these only
count. What was not asked is not a "no": a definition then says None, unless another fact meets it. After a
"no" to the two-week question the facts that follow it are not asked, and count as "no".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hotline.domain.risk_level import SCALE_HIGH, SCALE_MODERATE, RiskFacts

SCALE_MOST = 16


class GuangzhouKind(StrEnum):
    """Guangzhou counts three kinds of high-risk call; the weightiest that holds is the kind of a call."""

    ATTEMPT = "attempt"
    """An attempt within two weeks."""
    PLAN = "plan"
    """A clear plan."""
    IDEATION = "ideation"
    """Ideation now, no plan."""


class Band(StrEnum):
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


def beijing_a(facts: RiskFacts) -> bool | None:
    """An act just before or during the call; a plan for within 72 h; or a plan for within a week.

    Source: Chin J Nerv Ment Dis 2021 (DOMAIN.md b2, source 17).
    """
    return _any(_told(facts, facts.acting), _plan_within(facts, ("now", "72h", "week")))


def beijing_b(facts: RiskFacts) -> bool | None:
    """A plan and an act meant for within 72 h; an attempt in the past two weeks; or an act going on minutes
    before or during the call.

    Source: Child Adolesc Psychiatry Ment Health, s13034-024-00765-5 (DOMAIN.md b2, source 7).
    """
    return _any(
        _told(facts, facts.acting),
        _plan_within(facts, ("now", "72h")),
        _told(facts, facts.attempt_two_weeks),
    )


def guangzhou(facts: RiskFacts) -> GuangzhouKind | None:
    """The kind of high-risk call, None when none is known to hold.

    Source: Chin J Public Health, 1533 high-risk calls of eight years (DOMAIN.md b2, source 14).
    """
    if facts.attempt_two_weeks:
        return GuangzhouKind.ATTEMPT
    if facts.plan:
        return GuangzhouKind.PLAN
    return GuangzhouKind.IDEATION if facts.ideation else None


def twelve_element_band(total: int | None) -> Band | None:
    """Band of the Beijing 12-element scale: high 8–16, moderate 4–7, low 0–3; None without a total.

    Source: J Affect Disord 2023;329:141-148 (DOMAIN.md b2, source 18). Raises ValueError outside 0–16.
    """
    if total is None:
        return None
    if not 0 <= total <= SCALE_MOST:
        raise ValueError("the 12-element scale has totals of 0 to 16")
    if total >= SCALE_HIGH:
        return Band.HIGH
    return Band.MODERATE if total >= SCALE_MODERATE else Band.LOW


def _told(facts: RiskFacts, answer: bool | None) -> bool | None:
    return False if answer is None and facts.ideation is False else answer


def _plan_within(facts: RiskFacts, times: tuple[str, ...]) -> bool | None:
    plan = _told(facts, facts.plan)
    if not plan:
        return plan
    return None if facts.when is None else facts.when in times


def _any(*parts: bool | None) -> bool | None:
    """True when one holds, False when none does, None while one is unknown."""
    if any(parts):
        return True
    return None if None in parts else False


@dataclass(frozen=True)
class ReportDefinition:
    """A definition that a report may name: it must print `source` beside its figure."""

    code: str
    zh: str
    en: str
    source: str
    meets: Callable[[RiskFacts], bool | None]


def _is_guangzhou(facts: RiskFacts) -> bool | None:
    if guangzhou(facts) is not None:
        return True
    return _any(_told(facts, facts.attempt_two_weeks), _told(facts, facts.plan), facts.ideation)


def _is_high_by_scale(facts: RiskFacts) -> bool | None:
    return None if facts.scale_total is None else twelve_element_band(facts.scale_total) is Band.HIGH


REPORT_DEFINITIONS: tuple[ReportDefinition, ...] = (
    ReportDefinition(
        "beijing_a",
        "北京高危定义（甲）",
        "Beijing high risk, version A",
        "Chin J Nerv Ment Dis 2021",
        beijing_a,
    ),
    ReportDefinition(
        "beijing_b",
        "北京高危定义（乙）",
        "Beijing high risk, version B",
        "Child Adolesc Psychiatry Ment Health, s13034-024-00765-5",
        beijing_b,
    ),
    ReportDefinition(
        "guangzhou",
        "广州三类高危来电",
        "Guangzhou's three kinds of high-risk call",
        "Chin J Public Health, 1533 high-risk calls",
        _is_guangzhou,
    ),
    ReportDefinition(
        "twelve_elements",
        "北京十二要素量表高危（8–16 分）",
        "Beijing 12-element scale, high (8–16)",
        "J Affect Disord 2023;329:141-148",
        _is_high_by_scale,
    ),
)
