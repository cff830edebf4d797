"""The shift table as figures, proofs and the rest offered need it: the one place of theirs that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.vocabulary import ShiftKind
from models.workforce import Shift

EARLY = timedelta(hours=2)


@dataclass(frozen=True)
class Rostered:
    centre_id: int
    person_id: int
    kind: ShiftKind
    starts_at: datetime
    ends_at: datetime


def rostered(session: Session, since: datetime, until: datetime) -> list[Rostered]:
    """Shifts of either kind that touch [since, until), in the order of time."""
    columns = (Shift.centre_id, Shift.person_id, Shift.kind, Shift.starts_at, Shift.ends_at)
    rows = session.execute(
        select(*columns)
        .where(Shift.starts_at < until, Shift.ends_at > since)
        .order_by(Shift.starts_at, Shift.id)
    )
    return [Rostered(row.centre_id, row.person_id, row.kind, row.starts_at, row.ends_at) for row in rows]


def shift_now(session: Session, person_id: int, now: datetime) -> Rostered | None:
    """The shift of this person that holds now, or that they came early for."""
    near = rostered(session, now, now + EARLY)
    return next((one for one in near if one.person_id == person_id), None)
