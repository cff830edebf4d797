"""Who serves now: counts that the queue's words and exits rest on."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.overflow import Cover
from hotline.domain.seat_state import ON_DUTY
from models.calls import Call
from models.places import Centre
from models.seats import Seat


def seats_on_duty(session: Session, centre_id: int | None = None) -> int:
    query = select(func.count()).select_from(Seat).where(Seat.state.in_(ON_DUTY))
    if centre_id is not None:
        query = query.where(Seat.centre_id == centre_id)
    return session.scalar(query) or 0


def standby_number(session: Session, call: Call) -> str | None:
    """The stand-by phone of the call's own centre, else of the first centre that has one."""
    centres = session.scalars(select(Centre).order_by(Centre.id)).all()
    own = [centre for centre in centres if centre.id == call.centre_id]
    return next((c.standby_phone for c in [*own, *centres] if c.standby_phone), None)


def cover_for(session: Session, call: Call) -> Cover:
    whole = seats_on_duty(session)
    own = whole if call.centre_id is None else seats_on_duty(session, call.centre_id)
    return Cover(
        own_on_duty=own,
        others_on_duty=whole - own,
        standby_phone=standby_number(session, call) is not None,
        number_known=can_be_called(call.caller_number),
    )


def can_be_called(number: str | None) -> bool:
    """A browser's caller or a withheld number has nothing to dial."""
    return number is not None and ":" not in number and sum(sign.isdigit() for sign in number) >= 5
