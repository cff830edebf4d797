"""A draft of one centre's roster: begun from what stands and what repeats, changed, then thrown away or
published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import selectinload

from hotline.domain.roster_cover import Span
from hotline.domain.roster_pattern import at_wall, occurrences
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.holiday_calendar import calendar_of
from hotline.workforce.patterns import as_rule
from hotline.workforce.roster_policy import zone_of
from models.duty_requests import Leave
from models.places import Centre
from models.roster import DraftShift, OpenShift, RosterDraft, ShiftPattern
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ShiftKind
from models.vocabulary_roster import AskState, OpenState
from models.workforce import Shift

MOST_DAYS = 370


@dataclass(frozen=True)
class WantedShift:
    """One shift of a draft as typed. `person_id` None: an open shift."""

    person_id: int | None
    kind: ShiftKind
    starts_at: datetime
    ends_at: datetime
    seat_id: int | None = None
    standby_order: int = 1
    line_id: int | None = None
    skill: str | None = None


class Drafts:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def begin(self, centre_id: int, first_day: date, last_day: date, *, by_id: int) -> int:
        """Draft the days `first_day` to `last_day`: what is published and open there, and what the patterns
        add. Who is on leave then leaves an open shift. Raises FieldWrong (`draft_open`, `out_of_range`)."""
        if not 0 <= (last_day - first_day).days < MOST_DAYS:
            raise FieldWrong("last_day", "out_of_range")
        with self._work() as unit:
            if unit.session.get(Centre, centre_id, with_for_update=True) is None:
                raise FieldWrong("centre_id", "unknown")
            if unit.session.scalar(select(RosterDraft.id).where(RosterDraft.centre_id == centre_id)):
                raise FieldWrong("centre_id", "draft_open")
            draft = RosterDraft(
                centre_id=centre_id,
                first_day=first_day,
                last_day=last_day,
                made_at=unit.now,
                made_by_id=by_id,
            )
            unit.session.add(draft)
            unit.session.flush()
            rows = _laid_out(unit, draft)
            if rows:
                unit.session.execute(insert(DraftShift), rows)
            self._audit(unit, by_id, "roster.draft", draft, {"shifts": [None, len(rows)]})
            return draft.id

    def add(self, draft_id: int, wanted: WantedShift) -> int:
        """Raises NotFound, FieldWrong."""
        with self._work() as unit:
            draft = _held(unit, draft_id)
            _check(unit, draft, wanted)
            row = DraftShift(draft_id=draft.id, **vars(wanted))
            unit.session.add(row)
            draft.revision += 1
            unit.session.flush()
            return row.id

    def change(self, draft_id: int, row_id: int, wanted: WantedShift) -> None:
        """Raises NotFound, FieldWrong."""
        with self._work() as unit:
            draft = _held(unit, draft_id)
            _check(unit, draft, wanted)
            row = _row(unit, draft, row_id)
            for name, value in vars(wanted).items():
                setattr(row, name, value)
            draft.revision += 1

    def remove(self, draft_id: int, row_id: int) -> None:
        """Raises NotFound."""
        with self._work() as unit:
            draft = _held(unit, draft_id)
            unit.session.delete(_row(unit, draft, row_id))
            draft.revision += 1

    def discard(self, draft_id: int, *, by_id: int) -> None:
        with self._work() as unit:
            draft = _held(unit, draft_id)
            self._audit(unit, by_id, "roster.discard", draft, {"draft": [draft.revision, None]})
            drop(unit, draft)

    def _audit(
        self, unit: UnitOfWork, by_id: int, action: str, draft: RosterDraft, changes: dict[str, Any]
    ) -> None:
        days = [draft.first_day.isoformat(), draft.last_day.isoformat()]
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action=action,
            subject=f"centre:{draft.centre_id}",
            changes={**changes, "days": [None, days]},
        )


def window_of(unit: UnitOfWork, draft: RosterDraft) -> Span:
    """The time of the draft's days by the centre's own clock, as UTC."""
    zone = zone_of(unit.session, draft.centre_id)
    return Span(
        at_wall(draft.first_day, time(), zone),
        at_wall(draft.last_day + timedelta(days=1), time(), zone),
    )


def drop(unit: UnitOfWork, draft: RosterDraft) -> None:
    unit.session.execute(delete(DraftShift).where(DraftShift.draft_id == draft.id))
    unit.session.delete(draft)


def _laid_out(unit: UnitOfWork, draft: RosterDraft) -> list[dict[str, Any]]:
    """Rows of the draft: what stands in its time and has not begun, what is open, what the patterns add."""
    window, zone = window_of(unit, draft), zone_of(unit.session, draft.centre_id)
    rows, known = [], set()
    stands = unit.session.scalars(
        select(Shift).where(
            Shift.centre_id == draft.centre_id,
            Shift.starts_at >= window.starts_at,
            Shift.starts_at < window.ends_at,
        )
    )
    still_open = unit.session.scalars(
        select(OpenShift).where(
            OpenShift.centre_id == draft.centre_id,
            OpenShift.state == OpenState.OPEN,
            OpenShift.starts_at >= window.starts_at,
            OpenShift.starts_at < window.ends_at,
        )
    )
    for one in (*stands, *still_open):
        known.add((one.pattern_id, one.starts_at.astimezone(zone).date()))
        if one.starts_at > unit.now:
            rows.append(_copied(draft.id, one))
    leaves = _leaves(unit, window)
    calendar = calendar_of(unit.session)
    patterns = unit.session.scalars(
        select(ShiftPattern)
        .where(ShiftPattern.centre_id == draft.centre_id, ShiftPattern.active.is_(True))
        .options(selectinload(ShiftPattern.exceptions))
        .order_by(ShiftPattern.id)
    )
    for pattern in patterns:
        for one in occurrences(as_rule(pattern), draft.first_day, draft.last_day, zone, calendar.is_off):
            if (pattern.id, one.day) in known or one.starts_at <= unit.now:
                continue
            away = any(
                one.starts_at < leave.ends_at and leave.starts_at < one.ends_at
                for leave in leaves.get(one.person_id or 0, ())
            )
            rows.append(
                {
                    "draft_id": draft.id,
                    "person_id": None if away else one.person_id,
                    "seat_id": pattern.seat_id,
                    "kind": pattern.kind,
                    "standby_order": pattern.standby_order,
                    "line_id": pattern.line_id,
                    "skill": pattern.skill,
                    "starts_at": one.starts_at,
                    "ends_at": one.ends_at,
                    "pattern_id": pattern.id,
                }
            )
    return rows


def _copied(draft_id: int, one: Shift | OpenShift) -> dict[str, Any]:
    return {
        "draft_id": draft_id,
        "person_id": one.person_id if isinstance(one, Shift) else None,
        "seat_id": one.seat_id,
        "kind": one.kind,
        "standby_order": one.standby_order if isinstance(one, Shift) else 1,
        "line_id": one.line_id,
        "skill": one.skill,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "pattern_id": one.pattern_id,
    }


def _leaves(unit: UnitOfWork, window: Span) -> dict[int, list[Leave]]:
    found: dict[int, list[Leave]] = {}
    for leave in unit.session.scalars(
        select(Leave).where(
            Leave.state == AskState.GRANTED,
            Leave.starts_at < window.ends_at,
            Leave.ends_at > window.starts_at,
        )
    ):
        found.setdefault(leave.person_id, []).append(leave)
    return found


def _held(unit: UnitOfWork, draft_id: int) -> RosterDraft:
    draft = unit.session.get(RosterDraft, draft_id, with_for_update=True)
    if draft is None:
        raise NotFound(draft_id=draft_id)
    return draft


def _row(unit: UnitOfWork, draft: RosterDraft, row_id: int) -> DraftShift:
    row = unit.session.get(DraftShift, row_id)
    if row is None or row.draft_id != draft.id:
        raise NotFound(row_id=row_id)
    return row


def _check(unit: UnitOfWork, draft: RosterDraft, wanted: WantedShift) -> None:
    if wanted.ends_at <= wanted.starts_at:
        raise FieldWrong("ends_at", "ends_before_start")
    window = window_of(unit, draft)
    if not window.starts_at <= wanted.starts_at < window.ends_at:
        raise FieldWrong("starts_at", "outside_draft")
    if wanted.starts_at <= unit.now:
        raise FieldWrong("starts_at", "already_begun")
    if wanted.seat_id is not None:
        seat = unit.session.get(Seat, wanted.seat_id)
        if seat is None or seat.centre_id != draft.centre_id or seat.retired_at is not None:
            raise FieldWrong("seat_id", "unknown")
