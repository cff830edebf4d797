"""The roster as the rules see it, read from the records; and the law that every change of it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span, common, merged, open_spans, uncovered, without
from hotline.domain.roster_rules import Breach, WorkRules, breaches
from hotline.domain.shift_rules import Worker
from hotline.routing.admission import ANSWERING, will_be_admitted
from hotline.workforce.errors import HoursUncovered
from hotline.workforce.roster_policy import zone_of
from models.duty_requests import DutyContact
from models.network import PartnerLine
from models.people import Person
from models.places import Centre
from models.roster import NamedExit
from models.unit_of_work import UnitOfWork
from models.vocabulary import ShiftKind
from models.vocabulary_roster import ExitKind
from models.workforce import Shift


@dataclass(frozen=True)
class Row:
    """One rostered shift, published or wanted."""

    person_id: int
    kind: ShiftKind
    span: Span
    seat_id: int | None = None
    line_id: int | None = None
    shift_id: int | None = None
    """None: only wanted yet."""
    able: bool = True
    """Whether the queue will admit the person by what is on file: else the row covers nothing."""


RowsOf = Callable[[int], Sequence[Row]]
"""The rows of a centre that touch the window in question."""


def published(session: Session, centre_id: int, window: Span) -> list[Shift]:
    """Shifts in force that touch the window."""
    return list(
        session.scalars(
            select(Shift)
            .where(
                Shift.centre_id == centre_id,
                Shift.starts_at < window.ends_at,
                Shift.ends_at > window.starts_at,
            )
            .order_by(Shift.starts_at, Shift.id)
        )
    )


def unable(session: Session, centre_id: int, window: Span) -> set[int]:
    """Ids of the shifts in the window whose person would be refused at the queue: training or the
    confidentiality agreement was lost, or never there. Usually none."""
    touching = (Shift.starts_at < window.ends_at, Shift.ends_at > window.starts_at)
    return set(
        session.scalars(
            select(Shift.id).where(Shift.centre_id == centre_id, *touching, not_(will_be_admitted()))
        )
    )


def seats_of(rows: Sequence[Row]) -> list[Span]:
    return [row.span for row in rows if row.kind is ShiftKind.SEAT and row.able]


def exits_of(session: Session, centre_id: int, window: Span, rows_of: RowsOf) -> list[Span]:
    """Time in which somebody who is no seat of this centre answers: rostered stand-bys with a telephone, and
    named exits as far as they work."""
    return merged(
        [*_standing_by(session, rows_of(centre_id)), *named_of(session, centre_id, window, rows_of)]
    )


def named_of(session: Session, centre_id: int, window: Span, rows_of: RowsOf) -> list[Span]:
    """Of the named exits alone, as far as they work."""
    named = session.scalars(
        select(NamedExit).where(
            NamedExit.centre_id == centre_id,
            NamedExit.starts_at < window.ends_at,
            NamedExit.ends_at > window.starts_at,
        )
    )
    return merged(span for one in named for span in working_spans(session, one, rows_of))


def working_spans(session: Session, exit_: NamedExit, rows_of: RowsOf) -> list[Span]:
    """The part of its time in which somebody answers there: the phone exists, the partner is open, the other
    centre has a seat."""
    span = Span(exit_.starts_at, exit_.ends_at)
    if exit_.to_centre_id is not None:
        return common([span], seats_of(rows_of(exit_.to_centre_id)))
    if exit_.partner_id is not None:
        partner = session.get(PartnerLine, exit_.partner_id)
        if partner is None or not _takes_anybody(partner):
            return []
        return open_spans(partner.hours, span, zone_of(session, None))
    centre = session.get(Centre, exit_.centre_id)
    return [span] if centre is not None and centre.standby_phone else []


def _takes_anybody(partner: PartnerLine) -> bool:
    """A line for some groups alone leaves the other callers with nobody."""
    return partner.active and partner.takes_overflow and not partner.kind.is_emergency and not partner.groups


def _standing_by(session: Session, rows: Sequence[Row]) -> Iterator[Span]:
    standby = [row for row in rows if row.kind is ShiftKind.STANDBY and row.able]
    if not standby:
        return
    reached = {
        contact.person_id
        for contact in session.scalars(
            select(DutyContact).where(DutyContact.person_id.in_({row.person_id for row in standby}))
        )
        if contact.phone
    }
    yield from (row.span for row in standby if row.person_id in reached)


def in_force(session: Session, window: Span) -> RowsOf:
    """Rows of any centre as published; each is read once."""
    known: dict[int, list[Row]] = {}

    def rows(centre_id: int) -> list[Row]:
        if centre_id not in known:
            out = unable(session, centre_id, window)
            known[centre_id] = [
                Row(
                    shift.person_id,
                    shift.kind,
                    Span(shift.starts_at, shift.ends_at),
                    shift.seat_id,
                    shift.line_id,
                    shift.id,
                    shift.id not in out,
                )
                for shift in published(session, centre_id, window)
            ]
        return known[centre_id]

    return rows


def uncovered_of(session: Session, centre_id: int, window: Span, rows_of: RowsOf) -> list[Span]:
    if window.ends_at <= window.starts_at:
        return []
    seats = seats_of(rows_of(centre_id))
    return uncovered(window, seats, exits_of(session, centre_id, window, rows_of))


@contextmanager
def cover_kept(unit: UnitOfWork, centre_id: int, starts_at: datetime, ends_at: datetime) -> Iterator[None]:
    """Around a change of what is published: it may leave no minute from now on empty that was covered before,
    here or at a centre whose exit this one is. Raises HoursUncovered, upon which the unit rolls back."""
    # One change of a centre's roster at a time: two that each leave one seat would leave none together.
    unit.session.get(Centre, centre_id, with_for_update=True)
    window = Span(max(starts_at, unit.now), ends_at)
    centres = [centre_id, *_relying_on(unit.session, centre_id, window)]
    before = in_force(unit.session, window)
    empty = {each: uncovered_of(unit.session, each, window, before) for each in centres}
    yield
    unit.session.flush()
    after = in_force(unit.session, window)
    for each in centres:
        lost = without(uncovered_of(unit.session, each, window, after), empty[each])
        if lost:
            raise HoursUncovered(each, lost)


def _relying_on(session: Session, centre_id: int, window: Span) -> list[int]:
    return list(
        session.scalars(
            select(NamedExit.centre_id)
            .where(
                NamedExit.to_centre_id == centre_id,
                NamedExit.kind.in_((ExitKind.AGREEMENT, ExitKind.PROVINCE)),
                NamedExit.starts_at < window.ends_at,
                NamedExit.ends_at > window.starts_at,
            )
            .distinct()
        )
    )


def breaches_of(
    session: Session, person_id: int, window: Span, rules: WorkRules, *, without_ids: Sequence[int] = ()
) -> list[Breach]:
    """What the published roster of one person breaks, the shifts of every centre together."""
    spans = [
        Span(shift.starts_at, shift.ends_at)
        for shift in shifts_of(session, person_id, window)
        if shift.kind is ShiftKind.SEAT and shift.id not in without_ids
    ]
    return breaches(person_id, spans, rules, zone_of(session, None))


def shifts_of(session: Session, person_id: int, window: Span) -> list[Shift]:
    return list(
        session.scalars(
            select(Shift)
            .where(
                Shift.person_id == person_id,
                Shift.starts_at < window.ends_at,
                Shift.ends_at > window.starts_at,
            )
            .order_by(Shift.starts_at, Shift.id)
        )
    )


def worker_of(person: Person) -> Worker:
    return Worker(
        active=person.active,
        answers_calls=person.role in ANSWERING,
        trained=person.trained_at is not None,
        confidentiality_signed=person.confidentiality_signed_at is not None,
    )
