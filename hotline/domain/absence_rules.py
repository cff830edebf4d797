"""A seat that did not come on duty, and who is called instead: pure.

Down the stand-by list, one at a time, each with the policy's minutes to answer; whoever said no or kept
silent is not called again for this absence until the list is through, then it begins anew while nobody is
coming, so that a telephone that was switched off for an hour is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.vocabulary_roster import AbsenceEnd, SummonsAnswer

LIST_AGAIN_AFTER = timedelta(minutes=15)
COMING_WITHIN = timedelta(minutes=60)
"""Who said that they come and is not there after this time is no longer counted on."""


@dataclass(frozen=True)
class Due:
    """A rostered seat. `seen`: a seat had its person at some time since shortly before the shift."""

    shift_id: int
    starts_at: datetime
    ends_at: datetime
    seen: bool


def is_absent(shift: Due, now: datetime, late_minutes: int) -> bool:
    return not shift.seen and shift.starts_at + timedelta(minutes=late_minutes) <= now < shift.ends_at


def absence_over(shift: Due, standby_seen: bool, now: datetime) -> AbsenceEnd | None:
    """Why it is over; None while it goes on. `standby_seen`: somebody who was called sits at a seat."""
    if shift.seen:
        return AbsenceEnd.CAME
    if standby_seen:
        return AbsenceEnd.STANDBY
    return AbsenceEnd.OVER if shift.ends_at <= now else None


@dataclass(frozen=True)
class Called:
    person_id: int
    asked_at: datetime
    answer: SummonsAnswer


def next_to_call(
    standby: Sequence[int], called: Sequence[Called], now: datetime, standby_minutes: int
) -> int | None:
    """The person to call now: `standby` in its order. None while an answer is awaited, somebody is coming,
    the list was gone through a moment ago, or nobody stands by."""
    for one in called:
        if one.answer is SummonsAnswer.COMING and now < one.asked_at + COMING_WITHIN:
            return None
        if one.answer is SummonsAnswer.WAITING and now < one.asked_at + timedelta(minutes=standby_minutes):
            return None
    last = {one.person_id: one.asked_at for one in sorted(called, key=lambda one: one.asked_at)}
    fresh = [person for person in standby if person not in last]
    if fresh:
        return fresh[0]
    rested = [person for person in standby if now >= last[person] + LIST_AGAIN_AFTER]
    return min(rested, key=lambda person: last[person], default=None)


def goes_silent(one: Called, now: datetime, standby_minutes: int) -> bool:
    return one.answer is SummonsAnswer.WAITING and now >= one.asked_at + timedelta(minutes=standby_minutes)
