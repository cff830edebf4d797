"""What the roster asked and told is forgotten: notices after a season, the words of a leave after a year."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from models.duty_requests import Leave, StaffNotice
from models.unit_of_work import Work

NOTICES = timedelta(days=90)
LEAVE_NOTES = timedelta(days=365)
"""After the leave: that it was stays, its words (perhaps of an illness) go."""


def forget_old(work: Work) -> None:
    """By the clock; doing it twice does it once."""
    with work() as unit:
        unit.session.execute(delete(StaffNotice).where(StaffNotice.at < unit.now - NOTICES))
        unit.session.execute(
            update(Leave)
            .where(Leave.ends_at < unit.now - LEAVE_NOTES, Leave.note.is_not(None))
            .values(note=None)
        )
