"""Seats needed and rostered, hour by hour, of each centre or a part of its callers; and the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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
from hotline.domain.roster_cover import Span, without
from hotline.routing.policy import policy_of
from hotline.workforce.demand import demand_of
from hotline.workforce.holiday_calendar import calendar_of
from hotline.workforce.needed_parts import ALL_CALLERS, Part, part_of
from hotline.workforce.rising_issues import more_a_day
from hotline.workforce.roster_facts import in_force, named_of
from hotline.workforce.roster_policy import zone_of
from models.demand import standing_staffing
from models.places import Centre
from models.vocabulary_network import Keeping

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
    by_exit: bool = False
    """A named exit that works answers in all of it."""

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.rostered)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(hours=1)


@dataclass(frozen=True)
class Gap:
    """Hours of a day in a row that lack seats, all alike: with anybody rostered or not, an exit or not."""

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
    def by_exit(self) -> bool:
        return self.hours[0].by_exit

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
    *,
    more_seats: int = 0,
    part: Part = ALL_CALLERS,
) -> WeekOfCentre:
    """Days and hours are of the centre's own clock. `more_seats`: what-if, so many seats more (or fewer) in
    every hour. `part`: of these callers alone, beside the seats that serve them."""
    zone = zone_of(session, centre.id)
    policy = standing_staffing(session)
    rules = policy_of(session)
    whole = part == ALL_CALLERS
    target = ServiceTarget(
        within_seconds=policy.within_seconds,
        share=policy.answered_percent / 100,
        shrinkage=policy.shrinkage_percent / 100,
        least_seats=centre.minimum_seats if whole else 0,
        keeps_from=rules.keep_from_seats if whole and rules.keeping is Keeping.SEAT else 0,
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
    window = Span(start, start + timedelta(days=days))
    served = part_of(session, centre, part, window, now, zone)
    exits = named_of(session, centre.id, window, in_force(session, window))
    week = _Week(
        found, served.share, served.shifts, demand.workload, target, more_seats, exits, served.wanted
    )
    return WeekOfCentre(
        centre_id=centre.id,
        name_zh=centre.name_zh,
        name_en=centre.name_en,
        days=tuple(_hours(week, n, start + timedelta(days=n)) for n in range(days)),
        target=target,
        workload=demand.workload,
        history_days=len(demand.counts),
        knows_its_own=demand.knows_its_own,
        rising_a_day=rising,
    )


@dataclass(frozen=True)
class _Week:
    """What the hours of a week are reckoned from."""

    found: Forecast
    share: float
    shifts: Sequence[RosteredShift]
    work: Workload
    target: ServiceTarget
    more_seats: int
    exits: Sequence[Span]
    wanted: Sequence[Span]
    """When somebody must be there, however few call."""


def _hours(week: _Week, day: int, midnight: datetime) -> tuple[Hour, ...]:
    quarters = [float(callers) * week.share for callers in week.found.expected[day]]
    needed = needed_by_hour(quarters, week.work, week.target)
    hours = []
    for n in range(HOURS):
        start = midnight + timedelta(hours=n)
        span = Span(start, start + timedelta(hours=1))
        rostered = max(0, least_rostered(week.shifts, start, span.ends_at) + week.more_seats)
        callers = sum(quarters[4 * n : 4 * n + 4])
        low, high = week.found.span(callers)
        wanted = bool(week.wanted) and without([span], week.wanted) != [span]
        hours.append(
            Hour(
                starts_at=start,
                rostered=rostered,
                needed=max(needed[n], int(wanted)),
                callers=callers,
                low=low,
                high=high,
                expected=expected_of(callers / 4, at_work(rostered, week.target), week.work, week.target),
                by_exit=bool(week.exits) and not without([span], week.exits),
            )
        )
    return tuple(hours)


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
            and (last.rostered == 0, last.by_exit) == (hour.rostered == 0, hour.by_exit)
        ):
            runs[-1].append(hour)
        else:
            runs.append([hour])
    return runs
