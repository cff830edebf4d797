"""Who may be told of a person in danger, and when a danger may be closed: pure rules on a snapshot.

Sources: the plan of 2020-08-31 (S1, grid feedback follows admission) and Tianjin's plan (S2, high risk is
told to the township at once); the imminent-risk policy of Lifeline (least invasive first, consent where it
can be had, life-saving action without it, rescue confirmed); PIPL 13(1)(4), article number unverified, for
urgent protection of life. Software decides none of it: a named person does, and these rules only refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.vocabulary_danger import Ground, ReportDecision, ReportTo

REPORT_FIELDS = ("place", "number", "state", "means", "alone", "called_by", "wishes")
"""What may be handed over, in this order; a report names those it uses and no others."""
MAY_RECEIVE: Mapping[ReportTo, frozenset[str]] = {
    ReportTo.POLICE: frozenset(REPORT_FIELDS),
    ReportTo.AMBULANCE: frozenset(REPORT_FIELDS),
    ReportTo.FIRE: frozenset(REPORT_FIELDS),
    ReportTo.TOWNSHIP: frozenset({"place", "number", "state", "alone", "wishes"}),
    ReportTo.CIVIL_AFFAIRS: frozenset({"place", "number", "state", "wishes"}),
    # The least: that somebody comes home and what they wish; never what was said in the talk.
    ReportTo.GRID: frozenset({"place", "number", "wishes"}),
}
WHY_AT_LEAST = 4


@dataclass(frozen=True)
class ReportFacts:
    danger_open: bool
    sharing_consented: bool
    """Consent to sharing is on file, or the person said so just now and it is recorded with the report."""
    admitted: bool
    """The note's disposition says 收治入院."""


@dataclass(frozen=True)
class ReportWish:
    recipient: ReportTo
    decision: ReportDecision
    ground: Ground | None
    why: str
    fields: Mapping[str, str]
    """Code of `REPORT_FIELDS` -> words."""


def why_no_report(wish: ReportWish, facts: ReportFacts) -> str | None:
    """Code of what stands against recording this decision, or None."""
    if wish.decision is ReportDecision.NOT_SENT:
        return "why_missing" if len(wish.why.strip()) < WHY_AT_LEAST else None
    if wish.ground is None:
        return "ground_missing"
    if not any(value.strip() for value in wish.fields.values()):
        return "nothing_told"
    if not set(wish.fields) <= MAY_RECEIVE[wish.recipient]:
        return "too_much"
    if wish.ground is Ground.CONSENT and not facts.sharing_consented:
        return "no_consent"
    if wish.ground is Ground.ADMITTED and (wish.recipient is not ReportTo.GRID or not facts.admitted):
        return "not_admitted"
    if wish.recipient is ReportTo.GRID and wish.ground is Ground.LIFE:
        return "grid_needs_admission_or_consent"
    if (wish.ground is Ground.LIFE or wish.recipient.is_rescue) and not facts.danger_open:
        return "danger_over"
    return None


def grounds_for(recipient: ReportTo) -> tuple[Ground, ...]:
    """The grounds that can hold for this recipient at all."""
    if recipient is ReportTo.GRID:
        return (Ground.ADMITTED, Ground.CONSENT)
    return (Ground.LIFE, Ground.CONSENT)


def why_not_closable(outcome: str, *, rescue_decided: bool, reached_unknown: bool) -> str | None:
    """A danger ends with an outcome, after a decision on 110/120, never while a hand-off is unanswered."""
    if not outcome.strip():
        return "outcome_missing"
    if reached_unknown:
        return "rescue_unknown"
    return None if rescue_decided else "rescue_undecided"


@dataclass(frozen=True)
class DebriefFacts:
    """What makes a debrief whole."""

    support: tuple[str, ...]
    accepted: tuple[str, ...]
    rest_minutes: int


REST_AT_MOST_MINUTES = 24 * 60


def why_no_debrief(facts: DebriefFacts) -> str | None:
    """Something must have been offered, nothing can be accepted that was not, and rest is a span."""
    if not facts.support:
        return "support_missing"
    if not set(facts.accepted) <= set(facts.support):
        return "accepted_not_offered"
    return None if 0 <= facts.rest_minutes <= REST_AT_MOST_MINUTES else "rest_out_of_range"
