"""Which moments of each day were covered, for the whole line and each centre: from the log of the seats.

Seats on duty are what the router itself counted as such. Exits are the stand-by shifts of the roster and the
hours of partner lines that take overflow; those hours are as they stand now, since earlier ones are not kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.cover_proof import Cover, DayProof, day_bounds, days_between, prove
from hotline.domain.opening_hours import read_window
from hotline.domain.sittings import Interval, on_duty
from hotline.routing.duty import covers
from hotline.workforce.rostered import rostered
from hotline.workforce.seat_log import log_began, seat_histories
from models.network import PartnerLine
from models.places import Centre, Organisation
from models.vocabulary import ShiftKind

WHOLE_MINIMUM = 2


@dataclass(frozen=True)
class PlaceProof:
    """The whole line (`centre_id` None) or one centre, day by day. `minimum`: seats that it should have."""

    centre_id: int | None
    name_zh: str
    name_en: str
    minimum: int
    days: tuple[DayProof, ...]

    @property
    def uncovered_seconds(self) -> float:
        return sum(day.uncovered_seconds for day in self.days)


def cover_proof(
    session: Session, first: date, last: date, now: datetime, zone: tzinfo
) -> tuple[PlaceProof, ...]:
    """Of the local days `first` to `last`, both included, up to `now`: the whole line, then each centre.

    Days that have not begun are left out. For reports: `PlaceProof.days[n].is_proved`, and `uncovered` with
    the stretches by name.
    """
    since, until = day_bounds(first, zone)[0], min(day_bounds(last, zone)[1], now.astimezone(UTC))
    if until <= since:
        return ()
    seats: dict[int, list[list[Interval]]] = defaultdict(list)
    for history in seat_histories(session, since, until):
        seats[history.centre_id].append(on_duty(history.sat))
    began = log_began(session)
    standby = [
        (shift.starts_at, shift.ends_at)
        for shift in rostered(session, since, until)
        if shift.kind is ShiftKind.STANDBY
    ]
    partners = session.scalars(
        select(PartnerLine).where(PartnerLine.active.is_(True), PartnerLine.takes_overflow.is_(True))
    ).all()
    lines = [line for line in partners if not line.kind.is_emergency]
    open_hours = {line.id: list(_open(line.hours, first, last, zone)) for line in lines}
    centres = session.scalars(select(Centre).order_by(Centre.id)).all()
    whole = session.scalar(select(Organisation.minimum_seats).limit(1))

    def place(centre: Centre | None) -> PlaceProof:
        own = [one for key, many in seats.items() for one in many if centre is None or key == centre.id]
        others = [
            interval
            for key, many in seats.items()
            for one in many
            for interval in one
            if centre is not None and key != centre.id
        ]
        serve = [
            interval
            for line in lines
            for interval in open_hours[line.id]
            if centre is None or covers(line.place_code, centre.place_code)
        ]
        days = (
            prove(
                day,
                zone,
                now,
                centre_id=centre.id if centre else None,
                seats=own,
                elsewhere=others,
                exits={Cover.STANDBY: standby, Cover.PARTNER: serve},
                log_began=began,
            )
            for day in days_between(first, last)
        )
        return PlaceProof(
            centre_id=centre.id if centre else None,
            name_zh=centre.name_zh if centre else "全线",
            name_en=centre.name_en if centre else "Whole line",
            minimum=centre.minimum_seats if centre else (WHOLE_MINIMUM if whole is None else whole),
            days=tuple(day for day in days if day is not None),
        )

    return (place(None), *(place(centre) for centre in centres))


def _open(windows: Sequence[str], first: date, last: date, zone: tzinfo) -> Iterator[Interval]:
    """When a line with these hours is open; a window that began the evening before reaches in."""
    if not windows:
        yield day_bounds(first, zone)[0], day_bounds(last, zone)[1]
        return
    for day in days_between(first - timedelta(days=1), last):
        for window in map(read_window, windows):
            if day.isoweekday() in window.days:
                yield _at(day, window.start, zone), _at(day, window.end, zone)


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    days, minute = divmod(minutes, 24 * 60)
    wall = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), zone)
    return wall.astimezone(UTC)
