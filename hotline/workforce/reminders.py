"""What the clock tells staff ahead of time: a shift that begins soon, a gap that comes near, a person who is
rostered and may no longer answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span, merged, thin, uncovered, without
from hotline.routing.admission import will_be_admitted
from hotline.routing.transactions import in_one_unit, reading
from hotline.workforce.roster_facts import exits_of, in_force, named_of, seats_of
from hotline.workforce.roster_policy import BOUNDS, standing_roster_policy, zone_of
from hotline.workforce.staff_notices import supervisors_of, tell
from models.duty_requests import StaffNotice
from models.places import Centre
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_roster import NoticeKind
from models.workforce import Shift

DAYS, HOURS = "days", "hours"
RECKONED_EACH = timedelta(minutes=15)
"""A forecast costs a hundredth of a second a centre, and calls are counted anew each quarter of an hour."""


@dataclass(frozen=True)
class Thin:
    """A span ahead with fewer seats than the centre's least. `empty`: some of it has no seat and no exit."""

    centre_id: int
    span: Span
    empty: bool


@dataclass(frozen=True)
class _Word:
    person_id: int
    kind: NoticeKind
    key: str
    starts_at: datetime
    centre_id: int


class Reminders:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._reckons_at: datetime | None = None

    def look(self) -> int:
        """Gives how many words were said; each is said once."""
        with reading(self._work) as unit:
            reckons = self._reckons_at is None or unit.now >= self._reckons_at
            if reckons:
                self._reckons_at = unit.now + RECKONED_EACH
            words = [
                *_shifts_soon(unit.session, unit.now),
                *_gaps_near(unit.session, unit.now, reckons),
                *_not_admitted(unit.session, unit.now),
            ]
            known = set(
                unit.session.scalars(
                    select(StaffNotice.key).where(StaffNotice.key.in_([word.key for word in words]))
                )
            )
        fresh = [word for word in words if word.key not in known]
        if fresh:
            in_one_unit(self._work, lambda unit: _say(unit, fresh))
        return len(fresh)


def thin_ahead(session: Session, centre: Centre, now: datetime, ahead: timedelta) -> list[Thin]:
    """In the order of time. Where nobody sits, an exit that works is no gap; where too few sit, only a named
    one is none: who stands by is rung while nobody is on duty, and adds nothing to a single seat."""
    window = Span(now, now + ahead)
    rows_of = in_force(session, window)
    seats = seats_of(rows_of(centre.id))
    empty = uncovered(window, seats)
    few = without(thin(window, seats, centre.minimum_seats), empty)
    gaps = [
        *without(empty, exits_of(session, centre.id, window, rows_of)),
        *without(few, named_of(session, centre.id, window, rows_of)),
    ]
    return [Thin(centre.id, span, bool(without([span], seats))) for span in merged(gaps)]


def _say(unit: UnitOfWork, words: Sequence[_Word]) -> None:
    for word in words:
        tell(unit, word.person_id, word.kind, word.key, starts_at=word.starts_at, centre_id=word.centre_id)


def _shifts_soon(session: Session, now: datetime) -> list[_Word]:
    most = timedelta(hours=BOUNDS["remind_hours"][1])
    shifts = session.scalars(select(Shift).where(Shift.starts_at > now, Shift.starts_at <= now + most)).all()
    hours = {
        centre_id: standing_roster_policy(session, centre_id).remind_hours
        for centre_id in {shift.centre_id for shift in shifts}
    }
    return [
        _Word(
            shift.person_id,
            NoticeKind.REMINDER,
            f"remind:{shift.id}:{shift.person_id}:{int(shift.starts_at.timestamp())}",
            shift.starts_at,
            shift.centre_id,
        )
        for shift in shifts
        if shift.starts_at <= now + timedelta(hours=hours[shift.centre_id])
    ]


def _gaps_near(session: Session, now: datetime, reckons: bool) -> list[_Word]:
    """Days before, and again hours before: once each for a day of a centre, however its gaps move. Too few by
    the centre's least at each look; too few by what is needed when it `reckons`."""
    # Not at a start of the clock: what a forecast loads is asked for by nothing else of it.
    from hotline.workforce.gaps_ahead import gaps_ahead

    words = []
    for centre in session.scalars(select(Centre).order_by(Centre.id)):
        policy, zone = standing_roster_policy(session, centre.id), zone_of(session, centre.id)
        supervisors = supervisors_of(session, centre.id)
        begin = [
            gap.span.starts_at for gap in thin_ahead(session, centre, now, timedelta(days=policy.warn_days))
        ]
        if reckons:
            begin += [max(gap.starts_at, now) for gap in gaps_ahead(session, centre, now, policy.warn_days)]
        for starts_at in sorted(begin):
            near = starts_at <= now + timedelta(hours=policy.warn_hours)
            day = starts_at.astimezone(zone).date().isoformat()
            words += [
                _Word(
                    person_id,
                    NoticeKind.GAP,
                    f"gap:{centre.id}:{day}:{HOURS if near else DAYS}:{person_id}",
                    starts_at,
                    centre.id,
                )
                for person_id in supervisors
            ]
    return list({word.key: word for word in reversed(words)}.values())


def _not_admitted(session: Session, now: datetime) -> list[_Word]:
    """Who is rostered and would be refused at the queue, as soon as it is so: their training was voided, or
    the confidentiality agreement taken off their file. Told once a shift, to them and to supervisors."""
    most = timedelta(days=BOUNDS["warn_days"][1])
    shifts = session.scalars(
        select(Shift)
        .where(Shift.ends_at > now, Shift.starts_at <= now + most, not_(will_be_admitted()))
        .order_by(Shift.starts_at, Shift.id)
    ).all()
    words = []
    for shift in shifts:
        policy = standing_roster_policy(session, shift.centre_id)
        if shift.starts_at > now + timedelta(days=policy.warn_days):
            continue
        words += [
            _Word(
                person_id,
                NoticeKind.NOT_ADMITTED,
                f"not_admitted:{shift.id}:{shift.person_id}:{person_id}",
                shift.starts_at,
                shift.centre_id,
            )
            for person_id in (shift.person_id, *supervisors_of(session, shift.centre_id))
        ]
    return list({word.key: word for word in words}.values())
