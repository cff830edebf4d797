"""Seats needed and rostered, hour by hour, for each centre; and the gaps between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.coverage import RosteredShift, least_rostered
from hotline.domain.forecast import Forecast, Habits, forecast
from hotline.domain.needed_seats import (
    Expected,
    ServiceTarget,
    Workload,
    at_work,
    expected_of,
    needed_by_hour,
)
from hotline.routing.admission import will_be_admitted
from hotline.routing.policy import policy_of
from hotline.workforce.demand import demand_of
from hotline.workforce.holiday_calendar import calendar_of
from hotline.workforce.rising_issues import more_a_day
from models.demand import standing_staffing
from models.places import Centre
from models.vocabulary import ShiftKind
from models.vocabulary_network import Keeping
from models.workforce import Shift

HOURS = 24


@dataclass(frozen=True)
class Hour:
    """One hour of a centre, in seats; shares of all callers of that hour."""

    starts_at: datetime
    rostered: int
    """The fewest of any moment in it."""
    needed: int
    callers: float
    low: int
    high: int
    """Callers between which 80 % of such hours lie."""
    expected: Expected

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.rostered)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(hours=1)


@dataclass(frozen=True)
class Gap:
    """Hours of one day in a row that lack seats, all with somebody rostered or all with nobody."""

    hours: tuple[Hour, ...]

    @property
    def starts_at(self) -> datetime:
        return self.hours[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.hours[-1].ends_at

    @property
    def missing(self) -> int:
        return max(hour.missing for hour in self.hours)

    @property
    def nobody(self) -> bool:
        return self.hours[0].rostered == 0

    @property
    def answered_in_time(self) -> float:
        """Of the callers of its hours."""
        callers = sum(hour.callers for hour in self.hours)
        if callers <= 0:
            return min(hour.expected.answered_in_time for hour in self.hours)
        return sum(hour.callers * hour.expected.answered_in_time for hour in self.hours) / callers


@dataclass(frozen=True)
class WeekOfCentre:
    centre_id: int
    name_zh: str
    name_en: str
    days: tuple[tuple[Hour, ...], ...]
    target: ServiceTarget
    workload: Workload
    history_days: int
    knows_its_own: bool
    rising_a_day: float
    """Callers a day that verified signals add to what history tells."""

    def gaps(self, now: datetime) -> tuple[Gap, ...]:
        """From now on, in the order of time."""
        return tuple(Gap(tuple(run)) for run in _runs([h for day in self.days for h in day], now))


def week_of(
    session: Session,
    centre: Centre,
    first: date,
    days: int,
    now: datetime,
    zone: tzinfo,
    *,
    more_seats: int = 0,
) -> WeekOfCentre:
    """`more_seats`: what-if, so many seats more (or fewer) in every hour."""
    policy = standing_staffing(session)
    rules = policy_of(session)
    target = ServiceTarget(
        within_seconds=policy.within_seconds,
        share=policy.answered_percent / 100,
        shrinkage=policy.shrinkage_percent / 100,
        least_seats=centre.minimum_seats,
        keeps_from=rules.keep_from_seats if rules.keeping is Keeping.SEAT else 0,
    )
    today = now.astimezone(zone).date()
    demand = demand_of(session, centre.id, today, zone, policy)
    rising = more_a_day(session, centre.place_code, today)
    wanted = [first + timedelta(days=n) for n in range(days)]
    calendar = calendar_of(session)
    found = forecast(
        demand.counts,
        demand.first_day,
        wanted,
        holidays=calendar.names(min(demand.first_day, first), wanted[-1]),
        habits=Habits(calls_a_day=policy.calls_a_day),
        more_a_day=rising,
    )
    start = datetime.combine(first, datetime.min.time(), zone)
    shifts = _seat_shifts(session, centre.id, start, start + timedelta(days=days))
    return WeekOfCentre(
        centre_id=centre.id,
        name_zh=centre.name_zh,
        name_en=centre.name_en,
        days=tuple(
            _hours(found, n, start + timedelta(days=n), shifts, demand.workload, target, more_seats)
            for n in range(days)
        ),
        target=target,
        workload=demand.workload,
        history_days=len(demand.counts),
        knows_its_own=demand.knows_its_own,
        rising_a_day=rising,
    )


def _hours(
    found: Forecast,
    day: int,
    midnight: datetime,
    shifts: Sequence[RosteredShift],
    work: Workload,
    target: ServiceTarget,
    more_seats: int,
) -> tuple[Hour, ...]:
    quarters = [float(callers) for callers in found.expected[day]]
    needed = needed_by_hour(quarters, work, target)
    hours = []
    for n in range(HOURS):
        start = midnight + timedelta(hours=n)
        rostered = max(0, least_rostered(shifts, start, start + timedelta(hours=1)) + more_seats)
        callers = sum(quarters[4 * n : 4 * n + 4])
        low, high = found.span(callers)
        hours.append(
            Hour(
                starts_at=start,
                rostered=rostered,
                needed=needed[n],
                callers=callers,
                low=low,
                high=high,
                expected=expected_of(callers / 4, at_work(rostered, target), work, target),
            )
        )
    return tuple(hours)


def _seat_shifts(
    session: Session, centre_id: int, since: datetime, until: datetime
) -> tuple[RosteredShift, ...]:
    rows = session.execute(
        select(Shift.starts_at, Shift.ends_at).where(
            Shift.centre_id == centre_id,
            Shift.kind == ShiftKind.SEAT,
            Shift.starts_at < until,
            Shift.ends_at > since,
            will_be_admitted(),
        )
    )
    return tuple(RosteredShift(centre_id, starts_at, ends_at) for starts_at, ends_at in rows)


def _runs(hours: Sequence[Hour], now: datetime) -> list[list[Hour]]:
    runs: list[list[Hour]] = []
    for hour in hours:
        if hour.missing == 0 or hour.ends_at <= now:
            continue
        # A day's end ends a gap, and so does the last person's going: each is filled by somebody else.
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and last.ends_at == hour.starts_at
            and last.starts_at.date() == hour.starts_at.date()
            and (last.rostered == 0) == (hour.rostered == 0)
        ):
            runs[-1].append(hour)
        else:
            runs.append([hour])
    return runs
