"""Which tasks a contact forces on the shift, by when, and in which order they may be done. Pure.

「对于疑似及确诊患者的求助，及时登记、上报、跟踪」, 「对接当地民政部门，及时做好发现、报告和救助」 (S4).
The clauses give no hour ("及时"): two hours to report is the national rule for public-health emergencies
(DOMAIN.md e, #67, weakly attested); the rest are working values of the product.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from models.vocabulary_after import DutyKind
from models.vocabulary_record import AgeBand, CallType, Population

DUE_WITHIN: dict[DutyKind, timedelta] = {
    DutyKind.REGISTER: timedelta(minutes=30),
    DutyKind.REPORT: timedelta(hours=2),
    DutyKind.TRACK: timedelta(hours=24),
    DutyKind.MINOR_REPORT: timedelta(hours=2),
    DutyKind.MINOR_REFERRAL: timedelta(hours=24),
    DutyKind.FIND_PERSON: timedelta(hours=4),
}

BEFORE: dict[DutyKind, tuple[DutyKind, ...]] = {
    DutyKind.REPORT: (DutyKind.REGISTER,),
    DutyKind.TRACK: (DutyKind.REGISTER, DutyKind.REPORT),
}
"""登记 before 上报 before 跟踪."""

CASES = frozenset({Population.CONFIRMED, Population.SUSPECTED})
MINORS = frozenset({AgeBand.UNDER_14, AgeBand.FROM_14})
GUARDIAN_HARMS = "guardian_harm"
"""The form's answer 监护人侵害: the harm itself has a duty of its own (`care/forced_reports.py`)."""


@dataclass(frozen=True)
class ContactFacts:
    """What the note of a contact holds."""

    call_type: CallType | None = None
    population: Population | None = None
    age_band: AgeBand | None = None
    guardian: str | None = None
    """The form's answer; None: its version does not ask, or nobody answered."""

    @property
    def is_minor(self) -> bool:
        return self.age_band in MINORS or self.population is Population.CHILDREN


def forced_by(facts: ContactFacts) -> tuple[DutyKind, ...]:
    """A call type that is not chosen yet is no reason to wait; an invalid call forces nothing."""
    if facts.call_type is not None and not facts.call_type.is_valid_contact:
        return ()
    forced: tuple[DutyKind, ...] = ()
    if facts.population in CASES:
        forced += (DutyKind.REGISTER, DutyKind.REPORT, DutyKind.TRACK)
    if facts.population is Population.CHILDREN:
        forced += (DutyKind.MINOR_REPORT, DutyKind.MINOR_REFERRAL)
    elif facts.age_band in MINORS and facts.guardian == GUARDIAN_HARMS:
        forced += (DutyKind.MINOR_REFERRAL,)
    return forced


def waits_for(kind: DutyKind, still_open: Collection[DutyKind]) -> tuple[DutyKind, ...]:
    """Tasks of the same contact that come first; empty: it may be done now."""
    return tuple(first for first in BEFORE.get(kind, ()) if first in still_open)
