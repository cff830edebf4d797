"""Which moments of each day were covered, for the whole line and each centre: by a seat, or by which exit.

Seats on duty are what the router itself counted as such. Exits are those that the roster named, the stand-by
shifts, and the partner lines that take overflow of anybody, in the order in which the router tries them.
Telephones and hours of partner lines are as they stand now, since earlier ones are not kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.cover_proof import Cover, DayProof, WayOut, day_bounds, days_between, prove
from hotline.domain.roster_cover import Span, common, merged, open_spans
from hotline.domain.sittings import Interval, on_duty
from hotline.routing.duty import covers
from hotline.workforce.roster_facts import working_spans
from hotline.workforce.rostered import rostered
from hotline.workforce.seat_log import log_began, seat_histories
from models.duty_requests import DutyContact
from models.network import PartnerLine
from models.people import Person
from models.places import Centre, Organisation
from models.roster import NamedExit
from models.vocabulary import ShiftKind

WHOLE_MINIMUM = 2


@dataclass(frozen=True)
class PlaceProof:
    """The whole line (`centre_id` None) or one centre, day by day. `minimum`: seats that it should have."""

    centre_id: int | None
    name_zh: str
    name_en: str
    minimum: int
    days: tuple[DayProof, ...]

    @property
    def uncovered_seconds(self) -> float:
        return sum(day.uncovered_seconds for day in self.days)


def cover_proof(
    session: Session, first: date, last: date, now: datetime, zone: tzinfo
) -> tuple[PlaceProof, ...]:
    """Of the local days `first` to `last`, both included, up to `now`: the whole line, then each centre.

    Days that have not begun are left out. For reports: `PlaceProof.days[n].is_proved`, and `by_exit` and
    `uncovered` with the stretches by name.
    """
    since, until = day_bounds(first, zone)[0], min(day_bounds(last, zone)[1], now.astimezone(UTC))
    if until <= since:
        return ()
    window = Span(since, until)
    seats: dict[int, list[list[Interval]]] = defaultdict(list)
    for history in seat_histories(session, since, until):
        seats[history.centre_id].append(on_duty(history.sat))
    centres = session.scalars(select(Centre).order_by(Centre.id)).all()
    exits = _Exits(session, window, zone, centres, seats)
    began = log_began(session)
    whole = session.scalar(select(Organisation.minimum_seats).limit(1))

    def place(centre: Centre | None) -> PlaceProof:
        mine = [one for key, many in seats.items() for one in many if centre is None or key == centre.id]
        ways = exits.of(centre)
        days = (
            prove(
                day,
                zone,
                now,
                centre_id=centre.id if centre else None,
                seats=mine,
                ways=ways,
                log_began=began,
            )
            for day in days_between(first, last)
        )
        return PlaceProof(
            centre_id=centre.id if centre else None,
            name_zh=centre.name_zh if centre else "全线",
            name_en=centre.name_en if centre else "Whole line",
            minimum=centre.minimum_seats if centre else (WHOLE_MINIMUM if whole is None else whole),
            days=tuple(day for day in days if day is not None),
        )

    return (place(None), *(place(centre) for centre in centres))


class _Exits:
    """The ways out of every centre, read once."""

    def __init__(
        self,
        session: Session,
        window: Span,
        zone: tzinfo,
        centres: Sequence[Centre],
        seats: dict[int, list[list[Interval]]],
    ) -> None:
        self._centres = centres
        self._duty = {
            centre.id: merged(Span(*pair) for one in seats[centre.id] for pair in one) for centre in centres
        }
        self._named = {centre.id: self._named_of(session, centre, window) for centre in centres}
        self._standby = _standing_by(session, window)
        partners = session.scalars(
            select(PartnerLine).where(PartnerLine.active.is_(True), PartnerLine.takes_overflow.is_(True))
        )
        self._partners = [
            (line, _way(Cover.PARTNER, line, open_spans(line.hours, window, zone)))
            for line in partners
            if not line.kind.is_emergency and not line.groups
        ]

    def of(self, centre: Centre | None) -> list[WayOut]:
        if centre is None:
            return [self._named_everywhere(), *self._standing_by(), *(way for _, way in self._partners)]
        others = [
            _way(Cover.OTHER_CENTRE, one, self._duty[one.id]) for one in self._centres if one.id != centre.id
        ]
        serve = [way for line, way in self._partners if covers(line.place_code, centre.place_code)]
        return [*self._named[centre.id], *others, *self._standing_by(centre.id), *serve]

    def _named_of(self, session: Session, centre: Centre, window: Span) -> list[WayOut]:
        rows = session.scalars(
            select(NamedExit)
            .where(
                NamedExit.centre_id == centre.id,
                NamedExit.starts_at < window.ends_at,
                NamedExit.ends_at > window.starts_at,
            )
            .order_by(NamedExit.id)
        )
        found = []
        for row in rows:
            if row.to_centre is not None:
                # Of a centre that was named, what it really had on duty counts, not what it had rostered.
                spans = common([Span(row.starts_at, row.ends_at)], self._duty[row.to_centre.id])
                found.append(_way(Cover.NAMED, row.to_centre, spans))
                continue
            spans = working_spans(session, row, lambda _centre_id: ())
            if row.partner is not None:
                found.append(_way(Cover.NAMED, row.partner, spans))
            else:
                found.append(WayOut(Cover.NAMED, row.kind.zh, row.kind.en, _intervals(spans)))
        return found

    def _named_everywhere(self) -> WayOut:
        """The whole line is covered by what is named where every centre has something named."""
        spans: list[Span] | None = None
        for ways in self._named.values():
            own = merged(Span(*pair) for way in ways for pair in way.intervals)
            spans = own if spans is None else common(spans, own)
        return WayOut(Cover.NAMED, "各中心指定的出路", "As each centre named", _intervals(spans or []))

    def _standing_by(self, centre_id: int | None = None) -> list[WayOut]:
        """Of the centre itself first: so the router rings them."""
        return [way for own, way in sorted(self._standby, key=lambda pair: pair[0] != centre_id)]


def _standing_by(session: Session, window: Span) -> list[tuple[int, WayOut]]:
    """(centre, way) of each rostered stand-by with a telephone."""
    shifts = [
        shift
        for shift in rostered(session, window.starts_at, window.ends_at)
        if shift.kind is ShiftKind.STANDBY
    ]
    people = select(DutyContact, Person.name).join(Person, Person.id == DutyContact.person_id)
    wanted = people.where(DutyContact.person_id.in_({shift.person_id for shift in shifts}))
    names = {contact.person_id: name for contact, name in session.execute(wanted) if contact.phone}
    spans: dict[tuple[int, int], list[Interval]] = defaultdict(list)
    for shift in shifts:
        if shift.person_id in names:
            spans[shift.centre_id, shift.person_id].append((shift.starts_at, shift.ends_at))
    return [
        (centre_id, WayOut(Cover.STANDBY, names[person_id], names[person_id], intervals))
        for (centre_id, person_id), intervals in spans.items()
    ]


def _way(cover: Cover, to: Centre | PartnerLine, spans: Sequence[Span]) -> WayOut:
    return WayOut(cover, to.name_zh, to.name_en, _intervals(spans))


def _intervals(spans: Sequence[Span]) -> list[Interval]:
    return [(span.starts_at, span.ends_at) for span in spans]
