"""To whom a call can be given: seats, lines of partners, queues. Availability is read, and said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from hotline.domain.transfer import why_seat_cannot
from models.calls import Call
from models.network import PartnerLine
from models.places import Centre
from models.seats import Seat
from models.vocabulary import CallState, SeatState


@dataclass(frozen=True)
class SeatChoice:
    seat_id: int
    label: str
    person: str
    centre_zh: str
    centre_en: str
    against: str | None
    """Code of why it can't be rung now."""


@dataclass(frozen=True)
class Directory:
    seats: Sequence[SeatChoice]
    """The free ones first."""
    partners: Sequence[PartnerLine]
    centres: Sequence[Centre]
    waiting: int
    free: int


def read_directory(session: Session, own_seat_id: int | None) -> Directory:
    seats = session.scalars(
        select(Seat)
        .where(Seat.person_id.is_not(None), Seat.state != SeatState.OFFLINE)
        .options(joinedload(Seat.person), joinedload(Seat.centre))
        .order_by(Seat.label)
    ).all()
    choices = [
        SeatChoice(
            seat.id,
            seat.label,
            seat.person.name if seat.person is not None else "",
            seat.centre.name_zh,
            seat.centre.name_en,
            why_seat_cannot(seat.state, own=False),
        )
        for seat in seats
        if seat.id != own_seat_id
    ]
    lines = session.scalars(
        select(PartnerLine).where(PartnerLine.active.is_(True)).order_by(PartnerLine.kind, PartnerLine.id)
    ).all()
    waiting = session.scalar(select(func.count()).select_from(Call).where(Call.state == CallState.QUEUED))
    return Directory(
        seats=sorted(choices, key=lambda choice: (choice.against is not None, choice.label)),
        partners=[line for line in lines if not line.kind.is_emergency],
        centres=session.scalars(select(Centre).order_by(Centre.id)).all(),
        waiting=waiting or 0,
        free=sum(choice.against is None for choice in choices),
    )
