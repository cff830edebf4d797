"""What may leave the hotline for whom, on what ground, and by when an answer is due. Pure.

Minimum necessary (S1): each unit gets the fields it needs to act, and no scale or score ever goes out: a high
score is a reason to care, never a label (its positive predictive value was 14.4 % in Beijing's cohort).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from models.vocabulary import ConsentState, RiskLevel
from models.vocabulary_after import ReferralGround, ReferralState, ReferralTarget

REQUEST = "request"
"""What the unit is asked to do, written for it: every referral has one."""

_PERSON = ("contact", "place", "age_band", "sex")
_CLINIC = (*_PERSON, "relation", "problem", "risk_level")

MAY_LEARN: dict[ReferralTarget, tuple[str, ...]] = {
    ReferralTarget.PSYCHIATRY: _CLINIC,
    ReferralTarget.GENERAL_HOSPITAL: _CLINIC,
    ReferralTarget.PRIMARY_CARE: (*_PERSON, "relation", "problem"),
    ReferralTarget.FAMILY_DOCTOR: (*_PERSON, "relation", "problem"),
    ReferralTarget.ISOLATION_SITE: (*_PERSON, "problem"),
    ReferralTarget.HEART_STATION: (*_PERSON, "problem"),
    ReferralTarget.POLICE: (*_PERSON, "relation", "risk_level"),
    ReferralTarget.EDUCATION: ("contact", "place", "age_band"),
    ReferralTarget.TOWNSHIP: _PERSON,
    ReferralTarget.COMMUNITY_GRID: ("contact", "place"),
    ReferralTarget.CIVIL_AFFAIRS: _PERSON,
    ReferralTarget.DISABLED_FEDERATION: _PERSON,
    ReferralTarget.WOMENS_FEDERATION: _PERSON,
    ReferralTarget.YOUTH_LEAGUE: _PERSON,
    ReferralTarget.JUSTICE: ("contact", "place"),
    ReferralTarget.PETITIONS: ("contact", "place"),
    ReferralTarget.TRADE_UNION: ("contact", "place"),
}
"""The most that each unit may learn. The operator ticks what this referral needs; none is before."""

REPORTED_TO = frozenset({ReferralTarget.POLICE, ReferralTarget.CIVIL_AFFAIRS, ReferralTarget.EDUCATION})
"""Whom the duty to report harm to minors names (Minors Law, nine departments' opinion of May 2020)."""

ANSWER_WITHIN: dict[ReferralState, tuple[timedelta, timedelta]] = {
    ReferralState.SENT: (timedelta(hours=24), timedelta(hours=2)),
    ReferralState.RECEIVED: (timedelta(days=3), timedelta(hours=4)),
    ReferralState.ACCEPTED: (timedelta(days=30), timedelta(days=2)),
}
"""(usual, urgent) time to the next answer. Working values of the product, to be set with each unit."""

FOLLOWING: dict[ReferralState, tuple[ReferralState, ...]] = {
    ReferralState.SENT: (ReferralState.RECEIVED, ReferralState.ACCEPTED, ReferralState.REFUSED),
    ReferralState.RECEIVED: (ReferralState.ACCEPTED, ReferralState.REFUSED),
    ReferralState.ACCEPTED: (ReferralState.DONE, ReferralState.REFUSED),
    ReferralState.REFUSED: (),
    ReferralState.DONE: (),
}


@dataclass(frozen=True)
class Intended:
    """A referral before it goes out."""

    target: ReferralTarget
    unit_name: str
    ground: ReferralGround
    ground_reason: str
    fields: Collection[str]
    """Codes chosen for this unit, besides the request."""
    request: str


def faults_of(
    intended: Intended, *, consent: ConsentState, level: RiskLevel | None, danger: bool, minor: bool
) -> list[str]:
    """Codes of what stands against sending it, in the order of the form."""
    faults = []
    if not intended.unit_name:
        faults.append("unit_name")
    if intended.ground is ReferralGround.CONSENT:
        if consent is not ConsentState.GRANTED:
            faults.append("no_consent")
    elif not intended.ground_reason:
        faults.append("ground_reason")
    if intended.ground is ReferralGround.PROTECTION_OF_LIFE and not is_urgent(level, danger):
        faults.append("no_danger_to_life")
    if intended.ground is ReferralGround.LEGAL_REPORT and not (minor and intended.target in REPORTED_TO):
        faults.append("no_duty_to_report")
    if not set(intended.fields) <= set(MAY_LEARN[intended.target]):
        faults.append("fields")
    if not intended.request:
        faults.append(REQUEST)
    return faults


def is_urgent(level: RiskLevel | None, danger: bool) -> bool:
    return danger or (level is not None and level.is_high)


def answer_due(state: ReferralState, urgent: bool) -> timedelta | None:
    """From the change to this state until the next answer; None when it is over."""
    spans = ANSWER_WITHIN.get(state)
    return None if spans is None else spans[1 if urgent else 0]
