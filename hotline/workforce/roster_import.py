"""Shifts brought in from elsewhere into a draft: a calendar (.ics) of one person, or a table (.csv) of many.

All or nothing: what can't be read or is out of the draft's time is told by line, and then nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from sqlalchemy import select

from hotline.domain.roster_cover import Span
from hotline.domain.roster_pattern import at_wall
from hotline.workforce.changes import audit
from hotline.workforce.drafts import window_of
from hotline.workforce.errors import NotFound
from hotline.workforce.imports import MOST_BYTES, Fault, NotATable, read_table
from hotline.workforce.roster_policy import zone_of
from models.people import Person
from models.roster import DraftShift, RosterDraft
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ShiftKind

COLUMNS = ("login", "starts", "ends", "kind", "seat")
MOST_EVENTS = 5000


@dataclass(frozen=True)
class Brought:
    """`faults` not empty: nothing was written."""

    shifts: int
    faults: Sequence[Fault] = ()


class RosterImport:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def table(self, draft_id: int, data: bytes, *, by_id: int) -> Brought:
        """`login,starts,ends,kind,seat`: times as 2026-11-22 20:00 of the centre's clock, `kind` seat or
        standby, `seat` its label or empty. Raises NotFound, NotATable."""
        rows = read_table(data, COLUMNS)
        with self._work() as unit:
            draft = _draft(unit, draft_id)
            window, zone = window_of(unit, draft), zone_of(unit.session, draft.centre_id)
            people = {
                person.login: person.id
                for person in unit.session.scalars(select(Person).where(Person.active.is_(True)))
            }
            seats = {
                seat.label: seat.id
                for seat in unit.session.scalars(
                    select(Seat).where(Seat.centre_id == draft.centre_id, Seat.retired_at.is_(None))
                )
            }
            faults, wanted = [], []
            for row in rows:
                wrong = _faults_of(row, people, seats, zone, window, unit.now)
                faults += [Fault(row.number, column, reason) for column, reason in wrong]
                if not wrong:
                    starts, ends = moment(row["starts"], zone), moment(row["ends"], zone)
                    seat_id = seats[row["seat"]] if row["seat"] else None
                    wanted.append((people[row["login"]], starts, ends, ShiftKind(row["kind"]), seat_id))
            return self._write(unit, draft, wanted, faults, by_id)

    def calendar(self, draft_id: int, person_id: int, data: bytes, *, by_id: int) -> Brought:
        """Every event of the calendar that begins within the draft, repeated ones among them; whole days are
        no shifts. Raises NotFound, NotATable."""
        with self._work() as unit:
            draft = _draft(unit, draft_id)
            if unit.session.get(Person, person_id) is None:
                raise NotFound(person_id=person_id)
            window, zone = window_of(unit, draft), zone_of(unit.session, draft.centre_id)
            wanted = [
                (person_id, span.starts_at, span.ends_at, ShiftKind.SEAT, None)
                for span in events_in(data, window, zone)
                if span.starts_at > unit.now
            ]
            return self._write(unit, draft, wanted, [], by_id)

    def _write(
        self,
        unit: UnitOfWork,
        draft: RosterDraft,
        wanted: Sequence[tuple[int, datetime, datetime, ShiftKind, int | None]],
        faults: Sequence[Fault],
        by_id: int,
    ) -> Brought:
        if faults:
            return Brought(0, faults)
        known = {
            (row.person_id, row.starts_at, row.ends_at)
            for row in unit.session.scalars(select(DraftShift).where(DraftShift.draft_id == draft.id))
        }
        # Brought twice is there once.
        fresh = [one for one in wanted if one[:3] not in known]
        for person_id, starts, ends, kind, seat_id in fresh:
            unit.session.add(
                DraftShift(
                    draft_id=draft.id,
                    person_id=person_id,
                    starts_at=starts,
                    ends_at=ends,
                    kind=kind,
                    seat_id=seat_id,
                )
            )
        draft.revision += 1
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action="roster.import",
            subject=f"centre:{draft.centre_id}",
            changes={"shifts": [None, len(fresh)]},
        )
        return Brought(len(fresh))


def events_in(data: bytes, window: Span, zone: tzinfo) -> list[Span]:
    """Events that begin within the window; a time without a zone is the centre's. Raises NotATable."""
    if len(data) > MOST_BYTES:
        raise NotATable("too_big")
    # Calendars come rarely, and their libraries are hundreds of modules: no start waits for them.
    import recurring_ical_events
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(data)
        events = recurring_ical_events.of(calendar).between(window.starts_at, window.ends_at)
    except (ValueError, KeyError, IndexError, UnicodeDecodeError):
        raise NotATable("not_calendar") from None
    if len(events) > MOST_EVENTS:
        raise NotATable("too_many")
    found = []
    for event in events:
        starts, ends = event.start, event.end
        if not isinstance(starts, datetime) or not isinstance(ends, datetime):
            continue
        span = Span(_aware(starts, zone), _aware(ends, zone))
        if window.starts_at <= span.starts_at < window.ends_at and span.minutes > 0:
            found.append(span)
    if not found:
        raise NotATable("no_lines")
    return sorted(found)


def moment(text: str, zone: tzinfo) -> datetime:
    """`2026-11-22 20:00` of the wall clock, as aware UTC. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return at_wall(date(read.year, read.month, read.day), time(read.hour, read.minute), zone)


def _aware(at: datetime, zone: tzinfo) -> datetime:
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)


def _draft(unit: UnitOfWork, draft_id: int) -> RosterDraft:
    draft = unit.session.get(RosterDraft, draft_id, with_for_update=True)
    if draft is None:
        raise NotFound(draft_id=draft_id)
    return draft


def _faults_of(
    row: Mapping[str, str],
    people: Mapping[str, int],
    seats: Mapping[str, int],
    zone: tzinfo,
    window: Span,
    now: datetime,
) -> list[tuple[str, str]]:
    wrong = []
    if row["login"] not in people:
        wrong.append(("login", "unknown"))
    if row["kind"] not in set(ShiftKind):
        wrong.append(("kind", "unknown"))
    if row["seat"] and (row["seat"] not in seats or row["kind"] != ShiftKind.SEAT):
        wrong.append(("seat", "unknown"))
    try:
        starts, ends = moment(row["starts"], zone), moment(row["ends"], zone)
    except ValueError:
        return [*wrong, ("starts", "time_form")]
    if ends <= starts:
        wrong.append(("ends", "ends_before_start"))
    if not window.starts_at <= starts < window.ends_at:
        wrong.append(("starts", "outside_draft"))
    elif starts <= now:
        wrong.append(("starts", "already_begun"))
    return wrong
