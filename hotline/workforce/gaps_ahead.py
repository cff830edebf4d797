"""Gaps that come near by what is needed: the coverage page's own, for the clock that warns of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotline.workforce.needed import Gap, week_of
from hotline.workforce.roster_policy import zone_of
from models.places import Centre


def gaps_ahead(session: Session, centre: Centre, now: datetime, days: int) -> list[Gap]:
    """In the order of time; without those that a named exit answers for."""
    today = now.astimezone(zone_of(session, centre.id)).date()
    week = week_of(session, centre, today, days + 1, now)
    return [gap for gap in week.gaps(now) if not gap.by_exit and gap.starts_at < now + timedelta(days=days)]
