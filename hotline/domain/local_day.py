"""The hotline's own day. China has had one zone and no summer time since 1991 (no zone database needed)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")


def local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """The first moment of a local day, as aware UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def day_start(at: datetime) -> datetime:
    """Midnight of the local day of `at`, as aware UTC."""
    return midnight(local_day(at))
