"""Whether a shift may stand in the table: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = timedelta(hours=16)


@dataclass(frozen=True)
class PlannedShift:
    """`seat_id` None: the stand-by phone, or any seat of the centre."""

    person_id: int
    centre_id: int
    seat_id: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Worker:
    active: bool
    answers_calls: bool
    """Operator or supervisor."""
    trained: bool
    confidentiality_signed: bool


def faults_of(
    shift: PlannedShift,
    worker: Worker,
    others: Sequence[PlannedShift],
    *,
    seat_centre_id: int | None,
    now: datetime,
    longest: timedelta = LONGEST,
) -> list[str]:
    """Codes of all that speaks against it, in the order a person would mend them."""
    faults = []
    if not worker.active or not worker.answers_calls:
        faults.append("person_cannot_answer")
    if not worker.trained:
        faults.append("no_training")
    if not worker.confidentiality_signed:
        faults.append("no_confidentiality")
    if shift.ends_at <= shift.starts_at:
        faults.append("ends_before_start")
    elif shift.ends_at - shift.starts_at > longest:
        faults.append("too_long")
    if shift.ends_at <= now:
        faults.append("already_over")
    if shift.seat_id is not None and seat_centre_id != shift.centre_id:
        faults.append("seat_of_another_centre")
    clashing = [other for other in others if overlaps(shift, other)]
    if any(other.person_id == shift.person_id for other in clashing):
        faults.append("person_is_rostered")
    if shift.seat_id is not None and any(other.seat_id == shift.seat_id for other in clashing):
        faults.append("seat_is_rostered")
    return faults


def overlaps(one: PlannedShift, other: PlannedShift) -> bool:
    """The end of a shift belongs to the next one."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
