"""The hotline's own day and hour, as pages show them."""

from __future__ import annotations

from datetime import UTC, datetime

from hotline.domain.local_day import ZONE, day_start, local_day, midnight

__all__ = ["ZONE", "day_start", "local", "local_day", "midnight"]


def local(at: datetime) -> datetime:
    return at.astimezone(ZONE)


def moment_of(text: str) -> datetime:
    """`2026-11-22T20:00` as a form sends it, in the hotline's own time, as aware UTC. Raises ValueError."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def for_field(at: datetime) -> str:
    """What a `datetime-local` field shows for this moment."""
    return local(at).strftime("%Y-%m-%dT%H:%M")
