"""Seats rostered, on duty and needed, and the next hour that nobody covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOK_AHEAD = timedelta(hours=24)


@dataclass(frozen=True)
class RosteredShift:
    centre_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class CentreCover:
    """`centre_id` None: the whole line."""

    centre_id: int | None
    on_duty: int
    rostered: int
    minimum: int
    uncovered_from: datetime | None
    """Next moment within 24 h at which fewer than the minimum are rostered; now itself included."""

    @property
    def below_minimum(self) -> bool:
        return self.on_duty < self.minimum


def cover_of(
    centre_id: int | None,
    shifts: Sequence[RosteredShift],
    *,
    on_duty: int,
    minimum: int,
    now: datetime,
) -> CentreCover:
    """Cover of one centre (its shifts alone are looked at), or of the whole line with None."""
    own = [shift for shift in shifts if centre_id is None or shift.centre_id == centre_id]
    return CentreCover(
        centre_id=centre_id,
        on_duty=on_duty,
        rostered=rostered_at(own, now),
        minimum=minimum,
        uncovered_from=uncovered_from(own, minimum, now),
    )


def rostered_at(shifts: Sequence[RosteredShift], moment: datetime) -> int:
    """Shifts that hold at `moment`; the end belongs to the next shift."""
    return sum(1 for shift in shifts if shift.starts_at <= moment < shift.ends_at)


def uncovered_from(
    shifts: Sequence[RosteredShift], minimum: int, now: datetime, ahead: timedelta = LOOK_AHEAD
) -> datetime | None:
    """First moment of [now, now + ahead) with fewer than `minimum` rostered.

    Cover can only fall where a shift ends, so now and the ends are all that must be looked at.
    """
    ends = {shift.ends_at for shift in shifts if now < shift.ends_at < now + ahead}
    for moment in sorted({now, *ends}):
        if rostered_at(shifts, moment) < minimum:
            return moment
    return None


def least_rostered(shifts: Sequence[RosteredShift], start: datetime, end: datetime) -> int:
    """The fewest rostered at any moment of [start, end): cover falls only where a shift ends."""
    moments = {start, *(shift.ends_at for shift in shifts if start < shift.ends_at < end)}
    return min(rostered_at(shifts, moment) for moment in moments)
