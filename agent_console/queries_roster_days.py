"""The days of the roster at a glance, of one centre and of all: fewest seats, empty minutes, holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span, thin, without
from hotline.domain.roster_pattern import at_wall
from hotline.workforce.holiday_calendar import Day, calendar_of
from hotline.workforce.preview import replaced_by
from hotline.workforce.roster_facts import Row, exits_of, in_force, seats_of
from hotline.workforce.roster_policy import zone_of
from models.places import Centre
from models.roster import DraftShift, RosterDraft


@dataclass(frozen=True)
class DayHead:
    day: date
    holiday: Day | None
    least: int
    """The fewest seats rostered at any moment of the day, from now on."""
    gap_minutes: int
    """Neither a seat nor an exit."""
    is_past: bool


@dataclass(frozen=True)
class CentreLine:
    centre: Centre
    days: tuple[DayHead, ...]


def all_centres(session: Session, first: date, days: int, now: datetime) -> tuple[CentreLine, ...]:
    return tuple(
        CentreLine(centre, day_heads(session, centre, first, days, zone_of(session, centre.id), now, None))
        for centre in session.scalars(select(Centre).order_by(Centre.id))
    )


def day_window(first: date, days: int, zone: tzinfo) -> Span:
    return Span(at_wall(first, time(), zone), at_wall(first + timedelta(days=days), time(), zone))


def draft_span(draft: RosterDraft | None, zone: tzinfo) -> Span | None:
    if draft is None:
        return None
    return day_window(draft.first_day, (draft.last_day - draft.first_day).days + 1, zone)


def day_heads(
    session: Session,
    centre: Centre,
    first: date,
    days: int,
    zone: tzinfo,
    now: datetime,
    draft: RosterDraft | None,
) -> tuple[DayHead, ...]:
    window = day_window(first, days, zone)
    stands = in_force(session, window)
    rows = list(stands(centre.id))
    if draft is not None:
        drafted = draft_span(draft, zone)
        assert drafted is not None
        replaced = {shift.id for shift in replaced_by(session, centre.id, drafted, now)}
        rows = [row for row in rows if row.shift_id not in replaced]
        rows += [
            Row(row.person_id, row.kind, Span(row.starts_at, row.ends_at), row.seat_id, row.line_id)
            for row in session.scalars(
                select(DraftShift).where(
                    DraftShift.draft_id == draft.id, DraftShift.starts_at < window.ends_at
                )
            )
            if row.person_id is not None
        ]

    def rows_of(centre_id: int) -> Sequence[Row]:
        return rows if centre_id == centre.id else stands(centre_id)

    seats = seats_of(rows)
    exits = exits_of(session, centre.id, window, rows_of)
    calendar = calendar_of(session)
    found = []
    for n in range(days):
        day = first + timedelta(days=n)
        whole = day_window(day, 1, zone)
        inside = whole.within(max(now, whole.starts_at), whole.ends_at) if whole.ends_at > now else None
        least = _least(inside, seats) if inside is not None else 0
        gaps = without([inside], [*seats, *exits]) if inside is not None else []
        found.append(DayHead(day, calendar.on(day), least, sum(gap.minutes for gap in gaps), inside is None))
    return tuple(found)


def _least(window: Span, seats: Sequence[Span]) -> int:
    least = 0
    while least < len(seats) and not thin(window, seats, least + 1):
        least += 1
    return least
