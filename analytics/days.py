"""The hotline's calendar: a contact belongs to the day on which it arrived at the hotline's own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

HOTLINE_ZONE: tzinfo = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one offset the year round, so that no table of zones is needed."""


def day_of(at: datetime, zone: tzinfo = HOTLINE_ZONE) -> date:
    return at.astimezone(zone).date()


def bounds_of(day: date, zone: tzinfo = HOTLINE_ZONE) -> tuple[datetime, datetime]:
    """First moment of the day and of the next one, in UTC."""
    start = datetime.combine(day, time.min, tzinfo=zone)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)
