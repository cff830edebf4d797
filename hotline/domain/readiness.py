"""Who may answer, and who is behind with the year's trainings: pure.

Two records stand between a person and the queue: pre-service training passed, and a signed confidentiality
agreement (S2: 「在上岗之前，应接受…培训」, 「签署保密协定」). A supervisor may admit for one shift whoever
lacks one, since a hard lock at 03:00 leaves the phone ringing. What the year asks for (S4: four system
trainings, two crisis drills, assessments) only warns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.vocabulary_readiness import TrainingKind, TrainingResult

NOT_ACTIVE, NO_TRAINING, NO_CONFIDENTIALITY = "not_active", "no_training", "no_confidentiality"
WAIVED = (NO_TRAINING, NO_CONFIDENTIALITY)
"""What a supervisor may answer for; a closed account stays closed."""
YEAR = timedelta(days=365)
LONGEST_ADMISSION = timedelta(hours=16)
UNROSTERED_ADMISSION = timedelta(hours=12)


@dataclass(frozen=True)
class Papers:
    """What is on file of one person. `admitted_until`: of the newest leave that a supervisor gave."""

    active: bool
    trained_at: datetime | None
    confidentiality_signed_at: datetime | None
    admitted_until: datetime | None = None


def lacks(papers: Papers, now: datetime) -> tuple[str, ...]:
    """Codes of all that stands against the person by the records. A date to come counts for nothing."""
    found = []
    if not papers.active:
        found.append(NOT_ACTIVE)
    if papers.trained_at is None or papers.trained_at > now:
        found.append(NO_TRAINING)
    if papers.confidentiality_signed_at is None or papers.confidentiality_signed_at > now:
        found.append(NO_CONFIDENTIALITY)
    return tuple(found)


def refused_for(papers: Papers, now: datetime) -> tuple[str, ...]:
    """Why the queue does not admit; empty: it does, be it by a supervisor's leave."""
    found = lacks(papers, now)
    if papers.admitted_until is not None and now < papers.admitted_until:
        return tuple(code for code in found if code not in WAIVED)
    return found


def admitted_until(now: datetime, shift_ends_at: datetime | None) -> datetime:
    """The end of one shift: of the rostered one, else half a day; never longer than a shift may be."""
    if shift_ends_at is None or shift_ends_at <= now:
        return now + UNROSTERED_ADMISSION
    return min(shift_ends_at, now + LONGEST_ADMISSION)


@dataclass(frozen=True)
class Attended:
    kind: TrainingKind
    held_at: datetime
    result: TrainingResult


@dataclass(frozen=True)
class YearlyRule:
    """How many of each in a year. `counted_from`: since when the ledger is kept."""

    system_trainings: int = 4
    drills: int = 2
    assessments: int = 1
    counted_from: datetime | None = None

    @property
    def wanted(self) -> dict[TrainingKind, int]:
        return {
            TrainingKind.SYSTEM: self.system_trainings,
            TrainingKind.DRILL: self.drills,
            TrainingKind.ASSESSMENT: self.assessments,
        }


@dataclass(frozen=True)
class YearDue:
    """One kind over the last 365 days: what was done, what is due by now, and what a whole year asks for."""

    kind: TrainingKind
    done: int
    due: int
    yearly: int

    @property
    def behind(self) -> int:
        return max(0, self.due - self.done)


def year_of(
    attended: Sequence[Attended], rule: YearlyRule, trained_at: datetime | None, now: datetime
) -> tuple[YearDue, ...]:
    """Of one person. Within the first year of service, or of the ledger, the share of the year that is over
    is due: the night of an upgrade makes nobody late. An assessment counts when it was passed."""
    begun = max((at for at in (trained_at, rule.counted_from) if at is not None), default=now)
    served = min(1.0, max(0.0, (now - begun) / YEAR)) if trained_at is not None else 0.0
    found = []
    for kind, yearly in rule.wanted.items():
        done = sum(
            one.kind is kind and now - YEAR < one.held_at <= now and one.result is not TrainingResult.FAILED
            for one in attended
        )
        found.append(YearDue(kind, done, int(yearly * served + 1e-9), yearly))
    return tuple(found)
