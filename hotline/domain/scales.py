"""Screening scales: totals, bands and alarms from the answers alone. Screening, never a diagnosis.

Pure: no text of an item is here. A missing item gives no total; an alarm item speaks once it is answered.
Sources of scorings and cut-offs stand with each scale in its file (DOMAIN.md section d).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Answers = Mapping[int, int]
"""Item number, from 1, to the value chosen. An item that is not there was not answered."""

PCL5_CLUSTERS: tuple[tuple[range, int], ...] = (
    (range(1, 6), 1),
    (range(6, 8), 1),
    (range(8, 15), 2),
    (range(15, 21), 2),
)
"""Items of clusters B–E of the PCL-5, and how many of each must stand at 2 or more."""


@dataclass(frozen=True)
class Band:
    """From this total on. The words speak of the screening alone."""

    least: int
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class CutOffSet:
    """One way to read a total, with its source. An authority chooses which one is used."""

    code: str
    zh: str
    en: str
    source: str
    bands: tuple[Band, ...]

    def band_of(self, total: int) -> Band:
        return max((band for band in self.bands if band.least <= total), key=lambda band: band.least)


@dataclass(frozen=True)
class Scale:
    code: str
    items: int
    least: int
    most: int
    """Of each item, unless the text on file says otherwise (`total_most`)."""
    kind: str = "sum"
    """sum | pcl5 (a sum, and a rule by clusters) | cssrs (yes/no questions, no total)"""
    reverse: frozenset[int] = frozenset()
    alarm_items: Mapping[int, int] = field(default_factory=dict)
    """Item to the value from which the risk questions are asked at once."""
    total_most: int | None = None
    """Set where items weigh differently: their maxima stand in the text on file and add up to this."""


@dataclass(frozen=True)
class Result:
    """`total` None: an item is missing, or there is none. `alarms`: items that ask the risk questions."""

    total: int | None
    band: Band | None
    missing: tuple[int, ...]
    alarms: tuple[int, ...]
    rule_met: bool | None = None
    """PCL-5: the rule by clusters; None while it cannot be told."""


def questions_of(scale: Scale, answers: Answers) -> tuple[int, ...]:
    """Items that are to be asked, given the answers so far: the C-SSRS skips 3–5 after a "no" to 2."""
    skipped = range(3, 6) if scale.kind == "cssrs" and answers.get(2) == 0 else ()
    return tuple(number for number in range(1, scale.items + 1) if number not in skipped)


def faults_of(scale: Scale, answers: Answers, mosts: Mapping[int, int] | None = None) -> tuple[int, ...]:
    """Numbers that the scale has no item for, or whose value it does not allow."""
    return tuple(
        number
        for number, value in answers.items()
        if not 1 <= number <= scale.items or not scale.least <= value <= (mosts or {}).get(number, scale.most)
    )


def score(scale: Scale, answers: Answers, cut_offs: CutOffSet) -> Result:
    """Answers must be free of faults."""
    missing = tuple(number for number in questions_of(scale, answers) if number not in answers)
    alarms = tuple(
        number for number, least in scale.alarm_items.items() if answers.get(number, least - 1) >= least
    )
    if scale.kind == "cssrs":
        band = None if missing else cut_offs.band_of(_severity(answers))
        return Result(None, band, missing, alarms)
    if missing:
        return Result(None, None, missing, alarms)
    total = sum(
        scale.least + scale.most - value if number in scale.reverse else value
        for number, value in answers.items()
    )
    rule = _clusters(answers) if scale.kind == "pcl5" else None
    return Result(total, cut_offs.band_of(total), (), alarms, rule)


def _clusters(answers: Answers) -> bool:
    return all(sum(answers[number] >= 2 for number in items) >= needed for items, needed in PCL5_CLUSTERS)


def _severity(answers: Answers) -> int:
    """C-SSRS screener: 0 none, 1 wish or thoughts, 2 a method, 3 intent, plan or behaviour."""
    if any(answers.get(number) for number in (4, 5, 6)):
        return 3
    if answers.get(3):
        return 2
    return 1 if answers.get(1) or answers.get(2) else 0
