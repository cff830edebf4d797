"""Who serves now: counts that the queue's words and exits rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.opening_hours import is_open
from hotline.domain.overflow import Cover, Exit
from hotline.domain.seat_state import ON_DUTY
from hotline.routing.admission import will_be_admitted
from hotline.routing.scene import local_time
from models.calls import Call
from models.duty_requests import DutyContact
from models.network import PartnerLine
from models.places import Centre
from models.roster import NamedExit
from models.seats import Seat
from models.vocabulary import ShiftKind
from models.vocabulary_roster import ExitKind
from models.workforce import Shift


def seats_on_duty(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Seat).where(Seat.state.in_(ON_DUTY))) or 0


def somebody_is_rostered(session: Session, now: datetime) -> bool:
    """Whether any seat, of any centre, is rostered at this moment with somebody who may answer."""
    shift = select(Shift.id).where(
        Shift.kind == ShiftKind.SEAT, Shift.starts_at <= now, Shift.ends_at > now, will_be_admitted()
    )
    return session.scalar(shift.limit(1)) is not None


@dataclass(frozen=True)
class StandbyPhone:
    """`shift_id` None: the phone of a centre, else of the person who stands by. The number is in no repr."""

    number: str = field(repr=False)
    shift_id: int | None = None


def standby_phones(session: Session, call: Call, now: datetime) -> list[StandbyPhone]:
    """Whom to ring in which order: who stands by now at the call's own centre by the roster, the phone of
    that centre, else the first of the others'."""
    centres = session.scalars(select(Centre).order_by(Centre.id)).all()
    own = [centre for centre in centres if centre.id == call.centre_id]
    for some in (own, [centre for centre in centres if centre.id != call.centre_id]):
        found = _people_standing_by(session, [centre.id for centre in some], now)
        found += [StandbyPhone(centre.standby_phone) for centre in some if centre.standby_phone][:1]
        if found:
            return found
    return []


def _people_standing_by(session: Session, centre_ids: list[int], now: datetime) -> list[StandbyPhone]:
    rows = session.execute(
        select(Shift.id, DutyContact.phone)
        .join(DutyContact, DutyContact.person_id == Shift.person_id)
        .where(
            Shift.centre_id.in_(centre_ids),
            Shift.kind == ShiftKind.STANDBY,
            Shift.starts_at <= now,
            Shift.ends_at > now,
            will_be_admitted(),
        )
        .order_by(Shift.standby_order, Shift.id)
    )
    return [StandbyPhone(phone, shift_id) for shift_id, phone in rows if phone]


def named_phone(session: Session, call: Call, now: datetime) -> NamedExit | None:
    """The exit that the roster names for the call's centre at this hour, where it is a telephone: a stand-by
    phone or a partner line. Another centre's seats are rung as seats (`scene.centres_of`)."""
    if call.centre_id is None:
        return None
    found = session.scalars(
        select(NamedExit)
        .where(NamedExit.centre_id == call.centre_id, NamedExit.starts_at <= now, NamedExit.ends_at > now)
        .order_by(NamedExit.id)
    )
    return next(
        (one for one in found if one.kind is ExitKind.STANDBY_PHONE or one.partner_id is not None), None
    )


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


def partners_by_roster(session: Session, call: Call, now: datetime) -> list[PartnerLine]:
    """The partner that the roster names for this hour first, then those that take this caller anyway."""
    exit_ = named_phone(session, call, now)
    named = session.get(PartnerLine, exit_.partner_id) if exit_ is not None and exit_.partner_id else None
    ready = named is not None and named.active and named.takes_overflow and not named.kind.is_emergency
    first = [named] if named is not None and ready else []
    return [*first, *(line for line in partners_for(session, call, now) if line not in first)]


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
    named = named_phone(session, call, now) if own == 0 else None
    return Cover(
        own_on_duty=own,
        others_on_duty=whole - own,
        standby_phone=whole == 0 and bool(standby_phones(session, call, now)),
        partner_open=whole == 0 and bool(partners_for(session, call, now)),
        number_known=can_be_called(call.caller_number),
        named=_as_exit(named) if named is not None else None,
        urgent=call.danger,
    )


def _as_exit(named: NamedExit) -> Exit:
    return Exit.PARTNER_LINE if named.partner_id is not None else Exit.STANDBY_PHONE


def can_be_called(number: str | None) -> bool:
    """A browser's caller or a withheld number has nothing to dial."""
    return number is not None and ":" not in number and sum(sign.isdigit() for sign in number) >= 5
