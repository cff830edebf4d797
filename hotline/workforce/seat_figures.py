"""How the seats of a period were used: by hour, by centre and by person.

Calls are counted by `domain.measures.figures` and the seats' time by `seat_time`, as on the board and in the
reports: a day of these figures equals the board's figures of that day. Added here: whose time it was, how
much of the rostered time was spent signed on (adherence), how much of an hour had a seat on duty (coverage),
and how many of the offers that rang at a person were answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.cover_proof import day_bounds
from hotline.domain.measures import CallFact, Figures, MeasureRule, figures
from hotline.domain.seat_time import SeatTime, Span, time_of, wrap_up_by_call
from hotline.domain.sittings import Interval, common_seconds, joined, on_duty
from hotline.workforce.measured import call_facts, rule_of
from hotline.workforce.rostered import Rostered, rostered
from hotline.workforce.seat_log import seat_histories
from models.calls import Call, Offer
from models.people import Person
from models.places import Centre
from models.vocabulary import OfferState, SeatState, ShiftKind

RANG = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED)
"""Offers that ended by what the seat did; a withdrawn one says nothing of it."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Use:
    """Of one hour or one centre. Shares in 0..1; None: nothing to divide by."""

    starts_at: datetime
    ends_at: datetime
    figures: Figures
    """The board's own, occupancy among them."""
    time: SeatTime
    covered: float
    """Share of the time with at least one seat on duty."""
    adherence: float | None


@dataclass(frozen=True)
class CentreUse:
    """`centre_id` None: the whole line."""

    centre_id: int | None
    name_zh: str
    name_en: str
    use: Use


@dataclass(frozen=True)
class Rang:
    """An offer that rang to an end at a person."""

    person_id: int
    at: datetime
    answered: bool


@dataclass(frozen=True)
class PersonUse:
    """Of the whole period, or of one hour of it that begins at `starts_at`."""

    person_id: int
    name: str
    centre_id: int | None
    starts_at: datetime
    time: SeatTime
    signed_on_seconds: float
    rostered_seconds: float
    adherence: float | None
    rang: int
    """Offers that the person answered, declined or let ring out."""
    answered: int

    @property
    def answer_rate(self) -> float | None:
        return self.answered / self.rang if self.rang else None


class Period:
    """What was read of one period, up to now; every figure below is made of it, while the session is open."""

    def __init__(
        self, session: Session, since: datetime, until: datetime, seat_ids: Collection[int] | None = None
    ) -> None:
        """`until` is not in the future. `seat_ids`: enough for the figures of who sat there."""
        self.since, self.until = since, until
        self._session = session
        self._histories = seat_histories(session, since, until, seat_ids)
        self._wrap_up = wrap_up_by_call(one.span for history in self._histories for one in history.sat)
        self._duty = [(history.centre_id, on_duty(history.sat)) for history in self._histories]
        self._spans: dict[int, list[Span]] = defaultdict(list)
        for history in self._histories:
            for one in history.sat:
                if one.person_id is not None:
                    self._spans[one.person_id].append(one.span)
        # Pauses are part of a shift.
        self._signed_on = {
            person_id: joined((span.starts_at, span.ends_at) for span in spans)
            for person_id, spans in self._spans.items()
        }
        planned = rostered(session, since, until)
        self._shifts = [shift for shift in planned if shift.kind is ShiftKind.SEAT]

    @cached_property
    def _rule(self) -> MeasureRule:
        return rule_of(self._session)

    @cached_property
    def _calls(self) -> list[tuple[datetime, CallFact]]:
        """Each with its arrival."""
        arrivals = select(Call.id, Call.arrived_at).where(
            Call.arrived_at >= self.since, Call.arrived_at < self.until
        )
        arrived = {row.id: row.arrived_at for row in self._session.execute(arrivals)}
        facts = call_facts(self._session, self.since, self.until)
        return [(arrived[fact.call_id], fact) for fact in facts]

    def hours(self, centre_id: int | None) -> tuple[Use, ...]:
        return tuple(self.use(centre_id, start, end) for start, end in self._hours())

    def places(self) -> tuple[CentreUse, ...]:
        """The whole line, then each centre."""
        whole = CentreUse(None, "全线", "Whole line", self.use(None, self.since, self.until))
        return (
            whole,
            *(
                CentreUse(one.id, one.name_zh, one.name_en, self.use(one.id, self.since, self.until))
                for one in self._session.scalars(select(Centre).order_by(Centre.id))
            ),
        )

    def use(self, centre_id: int | None, since: datetime, until: datetime) -> Use:
        mine = [one for one in self._histories if centre_id in (None, one.centre_id)]
        calls = [
            fact
            for arrived_at, fact in self._calls
            if since <= arrived_at < until and centre_id in (None, fact.centre_id)
        ]
        time = time_of(span for one in mine for span in _clipped((s.span for s in one.sat), since, until))
        duty = [pair for centre, pairs in self._duty if centre_id in (None, centre) for pair in pairs]
        shifts = [one for one in self._shifts if centre_id in (None, one.centre_id)]
        planned, kept = self._kept(shifts, since, until)
        return Use(
            starts_at=since,
            ends_at=until,
            figures=figures(calls, self._rule, time, self._wrap_up),
            time=time,
            covered=common_seconds(joined(duty), [(since, until)]) / (until - since).total_seconds(),
            adherence=kept / planned if planned else None,
        )

    def people(self, people: Iterable[Person], rang: Sequence[Rang]) -> tuple[PersonUse, ...]:
        """`rang`: of `offers_that_rang`. Whoever neither sat nor was rostered is left out."""
        found = (self.person(one, rang, self.since, self.until) for one in people)
        return tuple(use for use in found if use is not None)

    def person_by_hour(self, person: Person, rang: Sequence[Rang]) -> tuple[PersonUse, ...]:
        """The hours in which they sat or were rostered, in order."""
        found = (self.person(person, rang, start, end) for start, end in self._hours())
        return tuple(use for use in found if use is not None)

    def person(
        self, person: Person, rang: Sequence[Rang], since: datetime, until: datetime
    ) -> PersonUse | None:
        spans = list(_clipped(self._spans.get(person.id, ()), since, until))
        shifts = [shift for shift in self._shifts if shift.person_id == person.id]
        planned, kept = self._kept(shifts, since, until)
        if not spans and not planned:
            return None
        mine = [one for one in rang if one.person_id == person.id and since <= one.at < until]
        return PersonUse(
            person_id=person.id,
            name=person.name,
            centre_id=person.centre_id,
            starts_at=since,
            time=time_of(spans),
            signed_on_seconds=sum(span.seconds for span in spans),
            rostered_seconds=planned,
            adherence=kept / planned if planned else None,
            rang=len(mine),
            answered=sum(one.answered for one in mine),
        )

    def _hours(self) -> Iterable[tuple[datetime, datetime]]:
        """From the start; the last may be the present one, up to now."""
        for n in range(-(-(self.until - self.since) // HOUR)):
            start = self.since + n * HOUR
            yield start, min(start + HOUR, self.until)

    def _kept(self, shifts: Sequence[Rostered], since: datetime, until: datetime) -> tuple[float, float]:
        """Seconds rostered, and those of them in which that person was signed on, at any seat."""
        planned = kept = 0.0
        by_person: dict[int, list[Interval]] = defaultdict(list)
        for shift in shifts:
            by_person[shift.person_id].append((shift.starts_at, shift.ends_at))
        for person_id, intervals in by_person.items():
            wanted = joined(_cut(intervals, since, until))
            planned += sum((end - start).total_seconds() for start, end in wanted)
            kept += common_seconds(self._signed_on.get(person_id, []), wanted)
        return planned, kept


def period_of_day(session: Session, day: date, now: datetime, zone: tzinfo) -> Period | None:
    """A local day, up to now; None: it has not begun."""
    start, end = day_bounds(day, zone)
    return Period(session, start, min(end, now)) if start < now else None


def offers_that_rang(
    session: Session, since: datetime, until: datetime, person_id: int | None = None
) -> tuple[Rang, ...]:
    """Made in [since, until); of everybody, or of one person."""
    rows = select(Offer.person_id, Offer.made_at, Offer.state).where(
        Offer.made_at >= since, Offer.made_at < until, Offer.state.in_(RANG), Offer.person_id.is_not(None)
    )
    if person_id is not None:
        rows = rows.where(Offer.person_id == person_id)
    return tuple(
        Rang(whose, at, state is OfferState.ACCEPTED)
        for whose, at, state in session.execute(rows)
        if whose is not None
    )


def _cut(intervals: Iterable[Interval], since: datetime, until: datetime) -> list[Interval]:
    return [(max(a, since), min(b, until)) for a, b in intervals if a < until and b > since]


def _clipped(spans: Iterable[Span], since: datetime, until: datetime) -> Iterable[Span]:
    for span in spans:
        if span.starts_at < until and span.ends_at > since and span.state is not SeatState.OFFLINE:
            starts_at, ends_at = max(span.starts_at, since), min(span.ends_at, until)
            yield Span(span.state, starts_at, ends_at, span.call_id)
