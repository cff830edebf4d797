"""Shifts that repeat: kept, changed for one date, ended. They become shifts when a draft is laid out."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import select

from hotline.domain.roster_pattern import MOST_MINUTES, Differs, Pattern, RuleUnreadable, read_rule
from hotline.workforce.changes import apply, audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.network import PhoneLine
from models.people import Person
from models.places import Centre
from models.roster import PatternException, ShiftPattern
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ShiftKind
from models.vocabulary_network import SKILLS
from models.vocabulary_roster import HolidayUse

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_ORDER = 9


@dataclass(frozen=True)
class PatternFile:
    """A pattern as typed. `rule`: RFC 5545 RRULE; `starts`: HH:MM of the centre's clock."""

    centre_id: int
    name: str
    person_id: int | None
    kind: ShiftKind
    rule: str
    starts: str
    minutes: int
    first_day: date
    last_day: date | None = None
    holidays: HolidayUse = HolidayUse.AS_USUAL
    seat_id: int | None = None
    standby_order: int = 1
    line_id: int | None = None
    skill: str | None = None


class Patterns:
    """Every method raises NotFound for an id that is none, FieldWrong for what can't be kept."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def save(self, pattern_id: int | None, file: PatternFile, *, by_id: int) -> int:
        with self._work() as unit:
            _check(unit, file)
            if pattern_id is None:
                row = ShiftPattern(made_at=unit.now, made_by_id=by_id)
                unit.session.add(row)
            else:
                row = self._found(unit, pattern_id)
            with unit.session.no_autoflush:
                changes = apply(row, asdict(file))
            unit.session.flush()
            told = {name: [_plain(before), _plain(after)] for name, (before, after) in changes.items()}
            self._audit(unit, by_id, "pattern.save", row.id, told)
            return row.id

    def end(self, pattern_id: int, *, by_id: int) -> None:
        """Laid out no more; what is published stays until the next publication."""
        with self._work() as unit:
            row = self._found(unit, pattern_id)
            if row.active:
                row.active = False
                self._audit(unit, by_id, "pattern.end", row.id, {"active": [True, False]})

    def differ(self, pattern_id: int, day: date, differs: Differs | None, *, by_id: int) -> None:
        """Let one date differ; None: it is as usual again."""
        with self._work() as unit:
            row = self._found(unit, pattern_id)
            if differs is not None and differs.minutes is not None:
                _minutes(differs.minutes)
            _known(unit, Person, "person_id", differs.person_id if differs is not None else None)
            found = next((one for one in row.exceptions if one.day == day), None)
            before = None if found is None else _told(found)
            if found is not None:
                row.exceptions.remove(found)
                unit.session.flush()
            after = None
            if differs is not None:
                kept = PatternException(
                    day=day,
                    cancelled=differs.cancelled,
                    person_id=differs.person_id,
                    starts=differs.starts.strftime("%H:%M") if differs.starts else None,
                    minutes=differs.minutes,
                )
                row.exceptions.append(kept)
                after = _told(kept)
            if after != before:
                self._audit(unit, by_id, "pattern.differ", row.id, {day.isoformat(): [before, after]})

    def _found(self, unit: UnitOfWork, pattern_id: int) -> ShiftPattern:
        row = unit.session.get(ShiftPattern, pattern_id, with_for_update=True)
        if row is None:
            raise NotFound(pattern_id=pattern_id)
        return row

    def _audit(
        self, unit: UnitOfWork, by_id: int, action: str, pattern_id: int, changes: dict[str, Any]
    ) -> None:
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action=action,
            subject=f"pattern:{pattern_id}",
            changes=changes,
        )


def _told(exception: PatternException) -> dict[str, Any]:
    """How one date differs, for the audit."""
    names = ("cancelled", "person_id", "starts", "minutes")
    return {name: getattr(exception, name) for name in names if getattr(exception, name)}


def as_rule(row: ShiftPattern) -> Pattern:
    """The record as the rule reads it."""
    return Pattern(
        rule=row.rule,
        starts=time.fromisoformat(row.starts),
        minutes=row.minutes,
        first_day=row.first_day,
        last_day=row.last_day,
        person_id=row.person_id,
        holidays=row.holidays,
        exceptions={
            one.day: Differs(
                one.cancelled,
                one.person_id,
                time.fromisoformat(one.starts) if one.starts else None,
                one.minutes,
            )
            for one in row.exceptions
        },
    )


def _check(unit: UnitOfWork, file: PatternFile) -> None:
    if not 1 <= len(file.name) <= 60:
        raise FieldWrong("name", "name_missing")
    try:
        read_rule(file.rule, file.first_day)
    except RuleUnreadable:
        raise FieldWrong("rule", "rule_form") from None
    if len(file.rule) > 200:
        raise FieldWrong("rule", "rule_form")
    if not CLOCK.fullmatch(file.starts):
        raise FieldWrong("starts", "clock_form")
    _minutes(file.minutes)
    if file.last_day is not None and file.last_day < file.first_day:
        raise FieldWrong("last_day", "last_before_first")
    if not 1 <= file.standby_order <= MOST_ORDER:
        raise FieldWrong("standby_order", "out_of_range")
    if file.skill is not None and file.skill not in SKILLS:
        raise FieldWrong("skill", "unknown")
    if unit.session.get(Centre, file.centre_id) is None:
        raise FieldWrong("centre_id", "unknown")
    _known(unit, Person, "person_id", file.person_id)
    _known(unit, PhoneLine, "line_id", file.line_id)
    if file.seat_id is not None:
        seat = unit.session.scalar(
            select(Seat.id).where(
                Seat.id == file.seat_id, Seat.centre_id == file.centre_id, Seat.retired_at.is_(None)
            )
        )
        if seat is None or file.kind is ShiftKind.STANDBY:
            raise FieldWrong("seat_id", "unknown")


def _minutes(minutes: int) -> None:
    if not 15 <= minutes <= MOST_MINUTES:
        raise FieldWrong("minutes", "out_of_range")


def _known(unit: UnitOfWork, kind: type[Person] | type[PhoneLine], name: str, id_: int | None) -> None:
    if id_ is not None and unit.session.get(kind, id_) is None:
        raise FieldWrong(name, "unknown")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
