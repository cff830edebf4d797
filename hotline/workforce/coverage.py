"""Seats on duty, rostered and needed, for each centre and the whole line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.coverage import LOOK_AHEAD, CentreCover, RosteredShift, cover_of
from hotline.domain.seat_state import ON_DUTY
from hotline.routing.admission import will_be_admitted
from models.places import Centre, Organisation
from models.seats import Seat
from models.vocabulary import ShiftKind
from models.workforce import Shift


@dataclass(frozen=True)
class Coverage:
    whole: CentreCover
    centres: tuple[CentreCover, ...]


def coverage_now(session: Session, now: datetime) -> Coverage:
    """Stand-by phones do not count as rostered seats, nor does whoever would be refused at the queue."""
    shifts = [
        RosteredShift(centre_id, starts_at, ends_at)
        for centre_id, starts_at, ends_at in session.execute(
            select(Shift.centre_id, Shift.starts_at, Shift.ends_at).where(
                Shift.kind == ShiftKind.SEAT,
                Shift.ends_at > now,
                Shift.starts_at < now + LOOK_AHEAD,
                will_be_admitted(),
            )
        )
    ]
    counts = session.execute(
        select(Seat.centre_id, func.count()).where(Seat.state.in_(ON_DUTY)).group_by(Seat.centre_id)
    ).all()
    on_duty = Counter({row[0]: row[1] for row in counts})
    minimum = session.scalars(select(Organisation.minimum_seats).limit(1)).first()
    whole = cover_of(
        None, shifts, on_duty=on_duty.total(), minimum=2 if minimum is None else minimum, now=now
    )
    centres = tuple(
        cover_of(centre.id, shifts, on_duty=on_duty[centre.id], minimum=centre.minimum_seats, now=now)
        for centre in session.scalars(select(Centre).order_by(Centre.id))
    )
    return Coverage(whole, centres)
