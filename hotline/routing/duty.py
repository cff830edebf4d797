"""Who serves now: counts that the queue's words and exits rest on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.opening_hours import is_open
from hotline.domain.overflow import Cover
from hotline.domain.seat_state import ON_DUTY
from hotline.routing.scene import local_time
from models.calls import Call
from models.network import PartnerLine
from models.places import Centre
from models.seats import Seat
from models.vocabulary import ShiftKind
from models.workforce import Shift


def seats_on_duty(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Seat).where(Seat.state.in_(ON_DUTY))) or 0


def somebody_is_rostered(session: Session, now: datetime) -> bool:
    """Whether any seat, of any centre, is rostered at this moment."""
    shift = select(Shift.id).where(Shift.kind == ShiftKind.SEAT, Shift.starts_at <= now, Shift.ends_at > now)
    return session.scalar(shift.limit(1)) is not None


def standby_number(session: Session, call: Call) -> str | None:
    """The stand-by phone of the call's own centre, else of the first centre that has one."""
    centres = session.scalars(select(Centre).order_by(Centre.id)).all()
    own = [centre for centre in centres if centre.id == call.centre_id]
    return next((c.standby_phone for c in [*own, *centres] if c.standby_phone), None)


def partners_for(session: Session, call: Call, now: datetime) -> list[PartnerLine]:
    """Partner lines that take this caller now, the nearest place first. Emergency lines never stand here."""
    local = local_time(session, now)
    wanted = set(call.wanted_skills)
    lines = session.scalars(
        select(PartnerLine)
        .where(PartnerLine.active.is_(True), PartnerLine.takes_overflow.is_(True))
        .order_by(PartnerLine.id)
    )
    found = [
        line
        for line in lines
        if not line.kind.is_emergency
        and is_open(line.hours, local)
        and covers(line.place_code, call.place_code)
        and (not line.groups or wanted & set(line.groups))
    ]
    return sorted(found, key=lambda line: (not wanted & set(line.groups), -len(line.place_code or "")))


def covers(place_code: str | None, of_caller: str | None) -> bool:
    """Whether a service of this place is for a caller of that one; who is from nowhere known gets those that
    serve everywhere."""
    if place_code is None:
        return True
    if of_caller is None:
        return False
    digits = place_code.rstrip("0") if len(place_code) > 6 else place_code[:6]
    while len(digits) > 2 and digits.endswith("00"):
        digits = digits[:-2]
    return of_caller.startswith(digits)


def cover_for(session: Session, call: Call, now: datetime) -> Cover:
    """Ways out that nobody needs while somebody is on duty are not looked for: it is asked all the time."""
    of_centre = func.count().filter(Seat.centre_id == call.centre_id)
    counts = select(func.count(), func.count() if call.centre_id is None else of_centre)
    whole, own = session.execute(counts.where(Seat.state.in_(ON_DUTY))).one()
    return Cover(
        own_on_duty=own,
        others_on_duty=whole - own,
        standby_phone=whole == 0 and standby_number(session, call) is not None,
        partner_open=whole == 0 and bool(partners_for(session, call, now)),
        number_known=can_be_called(call.caller_number),
    )


def can_be_called(number: str | None) -> bool:
    """A browser's caller or a withheld number has nothing to dial."""
    return number is not None and ":" not in number and sum(sign.isdigit() for sign in number) >= 5
