"""When somebody is called again, and when the record of it is whole. Pure; the intervals are data.

Sources: Beijing's protocol for callers at high risk, and its moderate sample (DOMAIN.md b2, #20); half a year
at least for recovered patients (联防联控机制综发〔2020〕224号); severe mental disorder by danger level 0–5:
two weeks at 3–5 and not admitted, three months when stable (public-health service specification, #21).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.vocabulary import RiskLevel
from models.vocabulary_after import FollowUpResult
from models.vocabulary_record import Population

LEVEL_DAYS: dict[RiskLevel, tuple[int, ...]] = {
    RiskLevel.R4: (1, 7, 30, 90, 365),
    RiskLevel.R3: (1, 7, 30, 90, 365),
    RiskLevel.R2: (7, 90),
    RiskLevel.R1: (),
    RiskLevel.R0: (),
}
"""Days after the talk."""


@dataclass(frozen=True)
class Standing:
    """An interval that never lapses: whoever falls under it is called at least so often."""

    rule: str
    days: int
    population: Population
    harm_from: int = 0
    """The least danger to others (0–5) for which it holds; the first that fits is taken."""


STANDING: tuple[Standing, ...] = (
    Standing("RECOVERED-D183", 183, Population.RECOVERED),
    Standing("SEVERE-D14", 14, Population.SEVERE_DISORDER, harm_from=3),
    Standing("SEVERE-D90", 90, Population.SEVERE_DISORDER),
)
BY_HAND = "BY-HAND"
LONGEST_DAYS = 366
TRIES_BEFORE_LOST = 3


@dataclass(frozen=True)
class Planned:
    rule: str
    due_at: datetime


def standing_for(population: Population | None, harm_others: int | None) -> Standing | None:
    """An unanswered danger to others counts as stable: the level's own rule is there for the rest."""
    return next(
        (s for s in STANDING if s.population is population and (harm_others or 0) >= s.harm_from), None
    )


def plan(
    level: RiskLevel, population: Population | None, harm_others: int | None, talked_at: datetime
) -> tuple[Planned, ...]:
    """What the end of a contact asks for, the earliest first."""
    planned = [Planned(f"{level.name}-D{day}", talked_at + timedelta(days=day)) for day in LEVEL_DAYS[level]]
    more = keep_standing(standing_for(population, harm_others), talked_at, [one.due_at for one in planned])
    return tuple(sorted((*planned, *more), key=lambda one: one.due_at))


def keep_standing(standing: Standing | None, since: datetime, due: Sequence[datetime]) -> tuple[Planned, ...]:
    """One follow-up more, when nothing that is still due falls within the standing interval."""
    if standing is None:
        return ()
    last = since + timedelta(days=standing.days)
    return () if any(at <= last for at in due) else (Planned(standing.rule, last),)


def level_of_rule(rule: str) -> RiskLevel | None:
    """`R3-D1` -> R3; None for rules that no level made."""
    head = rule.partition("-")[0]
    return RiskLevel[head] if head in RiskLevel.__members__ else None


@dataclass(frozen=True)
class Record:
    """A follow-up as somebody wrote it down."""

    result: FollowUpResult
    assessment: str = ""
    counselling: str = ""
    guidance: str = ""
    rerated: RiskLevel | None = None
    rerated_why: str = ""
    next_at: datetime | None = None


def faults_of(record: Record, *, last_level: RiskLevel | None, tries: int, now: datetime) -> list[str]:
    """Codes of what the record lacks, in the order of the form.

    A talk needs its three parts and a level; a lower level needs a reason; "not reached" needs three tries.
    """
    faults = []
    if record.result is FollowUpResult.REACHED:
        faults += [part for part in ("assessment", "counselling", "guidance") if not getattr(record, part)]
        if record.rerated is None:
            faults.append("rerated")
        elif last_level is not None and record.rerated < last_level and not record.rerated_why:
            faults.append("rerated_why")
    if record.result is FollowUpResult.LOST and tries < TRIES_BEFORE_LOST:
        faults.append("tries")
    if record.next_at is not None and not now < record.next_at <= now + timedelta(days=LONGEST_DAYS):
        faults.append("next_at")
    return faults


def follows(
    record: Record,
    *,
    last_level: RiskLevel | None,
    population: Population | None,
    harm_others: int | None,
    still_due: Sequence[datetime],
    now: datetime,
) -> tuple[Planned, ...]:
    """What a finished follow-up asks for. Nothing that is already due is taken away.

    A higher level than before begins its own plan; a chosen day is kept; a standing interval goes on while
    the person did not decline and has a number.
    """
    planned: list[Planned] = []
    if record.rerated is not None and record.rerated > (last_level or RiskLevel.R0):
        planned += plan(record.rerated, None, None, now)
    if record.next_at is not None:
        planned.append(Planned(BY_HAND, record.next_at))
    if record.result in (FollowUpResult.REACHED, FollowUpResult.LOST):
        due = [*still_due, *(one.due_at for one in planned)]
        planned += keep_standing(standing_for(population, harm_others), now, due)
    return tuple(sorted(planned, key=lambda one: one.due_at))
