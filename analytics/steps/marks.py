"""Risk words as rows, and the floor they ask for. Software only raises; a named person lowers.

high is intent, plan, means or an act of one's own: R3, and R4 when it is in progress. low is a wish to be
dead: R2; about somebody else, long ago or quoted, or found by the classifier alone: R1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from analytics.series import EXTREME_EVENT
from analytics.steps.extreme_events import extreme_event
from analytics.understand import RiskLanguage
from models.events import RiskMarked
from models.notes import Note, RiskChange
from models.recordings import RiskMark
from models.unit_of_work import UnitOfWork
from models.vocabulary import RiskLevel

CLASSIFIER = "classifier"
"""Reason code of a finding that no expression of the lexicon explains."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding; `evidence` holds a caller's words and goes into the sealed column alone."""

    level: RiskLevel
    reason: str
    evidence: str | None
    """None for captions, whose words are never kept."""
    at_seconds: float | None = None


def marks_in(marker: RiskLanguage, text: str, at_seconds: float | None = None) -> list[Mark]:
    found = [
        Mark(
            level_of(evidence.level, evidence.key, bool(evidence.guards)),
            evidence.key,
            text[evidence.start : evidence.end],
            at_seconds,
        )
        for evidence in marker.mark(text).evidence
    ]
    span = extreme_event(text)
    if span is not None:
        found.append(Mark(RiskLevel.R0, EXTREME_EVENT, text[span[0] : span[1]], at_seconds))
    return found


def level_of(level: str, key: str, guarded: bool) -> RiskLevel:
    if level == "high":
        return RiskLevel.R4 if key == "act_in_progress" else RiskLevel.R3
    if level == "low":
        return RiskLevel.R1 if guarded or key == CLASSIFIER else RiskLevel.R2
    return RiskLevel.R0


def keep_marks(unit: UnitOfWork, call_id: int, source: str, marks: Iterable[Mark]) -> None:
    """Replace what this source had marked, but for what a person judged; raise the note's floor."""
    session = unit.session
    judged = set(
        session.execute(
            select(RiskMark.reason, RiskMark.at_seconds).where(
                RiskMark.call_id == call_id, RiskMark.source == source, RiskMark.confirmed.is_not(None)
            )
        ).all()
    )
    before = session.scalars(
        select(RiskMark.level).where(RiskMark.call_id == call_id, RiskMark.source == source)
    ).all()
    session.execute(
        delete(RiskMark).where(
            RiskMark.call_id == call_id, RiskMark.source == source, RiskMark.confirmed.is_(None)
        )
    )
    new = [mark for mark in marks if (mark.reason, mark.at_seconds) not in judged]
    _add(unit, call_id, source, new, max(before, default=0))


def _add(unit: UnitOfWork, call_id: int, source: str, marks: Sequence[Mark], before: int) -> None:
    unit.session.add_all(
        RiskMark(
            call_id=call_id,
            source=source,
            level=int(mark.level),
            reason=mark.reason[:40],
            evidence=mark.evidence,
            at_seconds=mark.at_seconds,
            marked_at=unit.now,
        )
        for mark in marks
    )
    level = max((int(mark.level) for mark in marks), default=0)
    if level > before:
        unit.tell(RiskMarked(call_id, level))
    _raise_floor(unit, call_id, level)


def add_marks(unit: UnitOfWork, call_id: int, source: str, marks: Sequence[Mark]) -> None:
    """Findings one after another, as in a talk that goes on: nothing that stands is replaced."""
    before = unit.session.scalar(
        select(func.max(RiskMark.level)).where(RiskMark.call_id == call_id, RiskMark.source == source)
    )
    _add(unit, call_id, source, marks, before or 0)


def _raise_floor(unit: UnitOfWork, call_id: int, level: int) -> None:
    note = unit.session.scalars(select(Note).where(Note.call_id == call_id).with_for_update()).first()
    if note is None or level <= note.risk_floor:
        return
    unit.session.add(
        RiskChange(note_id=note.id, from_level=note.risk_floor, to_level=level, person_id=None, at=unit.now)
    )
    note.risk_floor = level


def effective_level(unit: UnitOfWork, note: Note) -> int | None:
    """The level that counts: the floor where it is higher, unless a person went below it, with a reason."""
    if note.risk_level is None or note.risk_level >= note.risk_floor:
        return note.risk_level if note.risk_level is not None else (note.risk_floor or None)
    lowered = unit.session.scalars(
        select(RiskChange.id).where(
            RiskChange.note_id == note.id,
            RiskChange.person_id.is_not(None),
            RiskChange.to_level == note.risk_level,
            RiskChange.from_level > RiskChange.to_level,
        )
    ).first()
    return note.risk_level if lowered is not None else note.risk_floor
