"""What one decision looks at: who is on duty and free by profile, the rules in force, the centres."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.opening_hours import is_open
from hotline.domain.place_widening import Centres
from hotline.domain.reach import Scene
from hotline.domain.seat_state import ON_DUTY
from hotline.routing.policy import policy_of
from models.needs import Profile
from models.network import OverflowAgreement
from models.places import Centre, Organisation
from models.roster import NamedExit
from models.seats import Seat
from models.unit_of_work import UnitOfWork
from models.vocabulary import SeatState

DEFAULT_ZONE = "Asia/Shanghai"


def local_time(session: Session, now: datetime) -> datetime:
    """The present in the organisation's own zone, in which days and hours of the rules are told."""
    name = session.scalar(select(Organisation.time_zone).order_by(Organisation.id).limit(1))
    return in_zone(now, name)


def in_zone(now: datetime, name: str | None) -> datetime:
    return now.astimezone(ZoneInfo(name or DEFAULT_ZONE))


def duty_by_profile(session: Session) -> tuple[dict[Profile, int], dict[Profile, int]]:
    """(on duty, free): counts of seats by profile; read from an index, grouped by the database."""
    on_duty: dict[Profile, int] = {}
    free: dict[Profile, int] = {}
    rows = session.execute(
        select(Seat.profile, Seat.state, func.count())
        .where(Seat.state.in_(ON_DUTY))
        .group_by(Seat.profile, Seat.state)
    )
    for code, state, count in rows:
        profile = Profile.read(code)
        on_duty[profile] = on_duty.get(profile, 0) + count
        if state is SeatState.AVAILABLE:
            free[profile] = free.get(profile, 0) + count
    return on_duty, free


def centres_of(session: Session, local: datetime) -> Centres:
    """The centres' places, and the agreements that hold at this hour.

    Where the roster names another centre for an hour without a seat, that one answers at once.
    """
    places = session.execute(select(Centre.id, Centre.place_code))
    agreements = session.execute(
        select(
            OverflowAgreement.from_centre_id,
            OverflowAgreement.to_centre_id,
            OverflowAgreement.after_seconds,
            OverflowAgreement.hours,
        ).where(OverflowAgreement.active.is_(True))
    )
    named = session.execute(
        select(NamedExit.centre_id, NamedExit.to_centre_id).where(
            NamedExit.to_centre_id.is_not(None), NamedExit.starts_at <= local, NamedExit.ends_at > local
        )
    )
    agreed = {(from_id, to_id): after for from_id, to_id, after, hours in agreements if is_open(hours, local)}
    agreed.update({(from_id, to_id): 0 for from_id, to_id in named if to_id is not None})
    return Centres({row.id: row.place_code for row in places}, agreed)


def scene_of(unit: UnitOfWork) -> Scene | None:
    """None when no seat is free: then nothing else need be read."""
    on_duty, free = duty_by_profile(unit.session)
    if not free:
        return None
    local = local_time(unit.session, unit.now)
    return Scene(
        on_duty=on_duty,
        free=free,
        weekday=local.isoweekday(),
        policy=policy_of(unit.session),
        centres=centres_of(unit.session, local),
    )
