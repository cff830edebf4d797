"""Rest is offered to whoever's shift was much, and supervisors are told: by the clock, never a block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from hotline.domain.sittings import Interval, joined
from hotline.domain.workload import Load, LoadLimits, TooMuch, nights_in_a_row, shift_began, too_much
from hotline.routing.transactions import in_one_unit, reading
from hotline.workforce.errors import NotFound
from hotline.workforce.seat_log import MARKS
from models.call_back_words import CallDirection
from models.calls import Call
from models.events import RestOffered
from models.notes import Note
from models.readiness import RestOffer, standing_readiness
from models.seats import Seat, SeatEvent
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import RiskLevel, SeatState
from models.vocabulary_readiness import RestAnswer

DAYS_MORE = 2
"""Beyond the nights that are counted: the present shift may have begun the day before."""
SIGNED_OFF = "signed_off"
SHOWN_FOR = timedelta(hours=4)


@dataclass(frozen=True)
class _Strained:
    person_id: int
    seat_id: int
    began_at: datetime
    found: TooMuch


class RestOffers:
    def __init__(self, work: Work, zone: tzinfo) -> None:
        self._work = work
        self._zone = zone

    def look(self) -> int:
        """Offer rest where a limit is passed; how many offers were new. It writes only then."""
        with reading(self._work) as unit:
            due = _not_offered(unit.session, _strained(unit.session, unit.now, self._zone))
        return in_one_unit(self._work, lambda unit: _offer(unit, due)) if due else 0

    def answer(self, offer_id: int, person_id: int, answer: RestAnswer) -> None:
        """The person's own word. Raises NotFound for anybody else's offer."""
        with self._work() as unit:
            row = unit.session.get(RestOffer, offer_id, with_for_update=True)
            if row is None or row.person_id != person_id:
                raise NotFound(offer_id=offer_id)
            row.answer, row.answered_at = answer, unit.now
            unit.tell(RestOffered(person_id, row.seat_id))


def open_offer(session: Session, person_id: int, now: datetime) -> RestOffer | None:
    """The newest that this person has not answered."""
    return session.scalars(
        select(RestOffer)
        .where(
            RestOffer.person_id == person_id,
            RestOffer.answer.is_(None),
            RestOffer.offered_at > now - SHOWN_FOR,
        )
        .order_by(RestOffer.id.desc())
        .limit(1)
    ).first()


def recent_offers(session: Session, now: datetime) -> Sequence[RestOffer]:
    """For supervisors: whom rest was offered to in these hours, and what they said."""
    rows = (
        select(RestOffer).where(RestOffer.offered_at > now - SHOWN_FOR).options(joinedload(RestOffer.person))
    )
    return session.scalars(rows.order_by(RestOffer.answer.is_not(None), RestOffer.id.desc())).all()


def signed_on_spans(session: Session, since: datetime, now: datetime) -> Mapping[int, list[Interval]]:
    """By person: when they sat at any seat, from sign-on to sign-off; who sits there now sits until `now`."""
    began: dict[int, tuple[int, datetime]] = {}
    found: dict[int, list[Interval]] = defaultdict(list)
    rows = session.execute(
        select(SeatEvent.seat_id, SeatEvent.at, SeatEvent.kind, SeatEvent.data)
        .where(SeatEvent.at >= since, SeatEvent.at < now, SeatEvent.kind.in_((*MARKS, SIGNED_OFF)))
        .order_by(SeatEvent.id)
    )
    for seat_id, at, kind, data in rows:
        before = began.pop(seat_id, None)
        if before is not None:
            found[before[0]].append((before[1], at))
        person = data.get("person_id")
        if kind != SIGNED_OFF and isinstance(person, int):
            began[seat_id] = (person, at)
    for person_id, at in began.values():
        found[person_id].append((at, now))
    return {person_id: joined(spans) for person_id, spans in found.items()}


def _strained(session: Session, now: datetime, zone: tzinfo) -> list[_Strained]:
    policy = standing_readiness(session)
    limits = LoadLimits(policy.talk_minutes, policy.high_risk_calls, policy.nights_in_a_row)
    if limits == LoadLimits(0, 0, 0):
        return []
    seated = session.execute(
        select(Seat.id, Seat.person_id).where(Seat.person_id.is_not(None), Seat.state != SeatState.OFFLINE)
    ).all()
    if not seated:
        return []
    days = limits.nights_in_a_row + DAYS_MORE
    sat = signed_on_spans(session, now - timedelta(days=days), now)
    today = now.astimezone(zone).date()
    found = []
    for seat_id, person_id in seated:
        assert person_id is not None
        spans = sat.get(person_id, [])
        began = shift_began(spans, now)
        if began is None:
            continue
        talk, high = _calls_of(session, person_id, began, now)
        load = Load(talk, high, nights_in_a_row(spans, today, zone))
        found += [_Strained(person_id, seat_id, began, one) for one in too_much(load, limits)]
    return found


def _calls_of(session: Session, person_id: int, since: datetime, now: datetime) -> tuple[float, int]:
    """Minutes of talk, and how many of the talks are rated R3 or R4 by anybody, the machine included."""
    rows = session.execute(
        select(Call.answered_at, Call.ended_at, Note.risk_level, Note.risk_floor)
        .outerjoin(Note, Note.call_id == Call.id)
        .where(
            Call.person_id == person_id, Call.answered_at >= since, Call.direction != CallDirection.ENTERED
        )
    ).all()
    talk = sum(((row.ended_at or now) - row.answered_at).total_seconds() for row in rows) / 60
    high = sum(max(row.risk_level or 0, row.risk_floor or 0) >= RiskLevel.R3 for row in rows)
    return talk, high


def _not_offered(session: Session, strained: Sequence[_Strained]) -> list[_Strained]:
    if not strained:
        return []
    earliest = min(one.began_at for one in strained)
    offered = {
        (row.person_id, row.strain, row.shift_began_at): row.step
        for row in session.execute(
            select(
                RestOffer.person_id,
                RestOffer.strain,
                RestOffer.shift_began_at,
                func.max(RestOffer.step).label("step"),
            )
            .where(RestOffer.shift_began_at >= earliest)
            .group_by(RestOffer.person_id, RestOffer.strain, RestOffer.shift_began_at)
        )
    }
    return [
        one
        for one in strained
        if one.found.step > offered.get((one.person_id, one.found.strain, one.began_at), 0)
    ]


def _offer(unit: UnitOfWork, due: Sequence[_Strained]) -> int:
    fresh = _not_offered(unit.session, due)
    for one in fresh:
        unit.session.add(
            RestOffer(
                person_id=one.person_id,
                seat_id=one.seat_id,
                strain=one.found.strain,
                value=one.found.value,
                step=one.found.step,
                shift_began_at=one.began_at,
                offered_at=unit.now,
            )
        )
        unit.tell(RestOffered(one.person_id, one.seat_id))
    return len(fresh)
