"""The structured note of a contact: opened, saved every few seconds with a revision, closed when complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.danger import raise_in
from hotline.care.duties import open_forced
from hotline.care.errors import (
    NoSuchCall,
    NoteAlreadyClosed,
    NoteChangedElsewhere,
    NoteInvalid,
)
from hotline.care.follow_ups import plan_follow_ups
from hotline.care.forced_reports import open_duty
from hotline.care.form_versions import form_on_file, standing_version
from hotline.care.forms import Form, call_type_of, invalid_fields, missing_fields, weightiest
from hotline.domain.risk_level import decide, facts_of, suggest
from hotline.routing.errors import NoteIncomplete
from hotline.routing.told_in_talk import place_told
from models.analysis_queue import analysis_queue
from models.audit import write_audit
from models.calls import Call
from models.events import NoteClosed, NoteSaved, RiskMarked
from models.notes import Note, NoteRevision, RiskChange
from models.places import Place
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import NoteState, RiskLevel
from models.vocabulary_record import Population, Problem

_COLUMNS = ("call_type", "population", "problem", "other_problems", "place_code", "risk_level", "summary")
LOWERED_FROM = "_lowered_from"
"""Kept among the sealed fields: the floor that the reason for lowering spoke of. A higher one voids it."""


@dataclass(frozen=True)
class NoteView:
    """A note as the desk shows it: `content` by field code, `missing` codes of fields still needed."""

    note_id: int
    call_id: int
    revision: int
    saved_at: datetime
    form: Form
    """The definition that this note is read by: its own version's, whatever came after."""
    state: NoteState
    content: dict[str, Any]
    missing: list[str]
    risk_floor: RiskLevel
    risk_reasons: tuple[str, ...]


@dataclass(frozen=True)
class Saved:
    """What the server now holds. `risk_level` may be above what was sent: software only raises."""

    revision: int
    saved_at: datetime
    missing: list[str]
    risk_level: int | None
    risk_floor: int
    risk_reasons: tuple[str, ...]
    lowering_refused: bool
    form: Form


def content_of(note: Note) -> dict[str, Any]:
    """The note's content by field code; unanswered fields are absent."""
    content: dict[str, Any] = {
        name: value for name, value in (note.fields or {}).items() if not name.startswith("_")
    }
    for name in _COLUMNS:
        value = getattr(note, name)
        if value is not None and value != []:
            content[name] = value if isinstance(value, int | list) else str(value)
    return content


def view_of(note: Note, form: Form) -> NoteView:
    content = content_of(note)
    suggestion = suggest(facts_of(content), note.call_type)
    return NoteView(
        note.id,
        note.call_id,
        note.revision,
        note.saved_at,
        form,
        note.state,
        content,
        missing_fields(form, content),
        RiskLevel(max(note.risk_floor, suggestion.level or 0)),
        suggestion.reasons,
    )


class Notes:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def open(self, call_id: int, person_id: int) -> NoteView:
        """The note of this call, begun when there is none; reading one is audited. Raises NoSuchCall."""
        with self._work() as unit:
            note = self._note(unit, call_id, person_id)
            write_audit(
                unit.session,
                self._audit_key,
                at=unit.now,
                person_id=person_id,
                action="note.opened",
                subject=f"call:{call_id}",
            )
            return view_of(note, form_on_file(unit.session, note.form_version))

    def save(self, call_id: int, person_id: int, base_revision: int, content: dict[str, Any]) -> Saved:
        """Keep everything that stands on the page.

        Raises NoteChangedElsewhere when `base_revision` is not the last one, NoteInvalid, NoteAlreadyClosed
        and NoSuchCall; then nothing was saved and the text stays with whoever sent it.
        """
        with self._work() as unit:
            note = self._note(unit, call_id, person_id)
            if note.state is NoteState.CLOSED:
                raise NoteAlreadyClosed(call_id=call_id)
            form = form_on_file(unit.session, note.form_version)
            if note.revision != base_revision:
                raise NoteChangedElsewhere(note.revision, content_of(note), form)
            faults = invalid_fields(form, content, lambda code: _knows(unit.session, code))
            if faults:
                raise NoteInvalid(faults)
            refused = self._write(unit, note, content, person_id)
            open_forced(unit, note)
            note.revision += 1
            note.saved_at = unit.now
            note.person_id = person_id
            unit.session.add(
                NoteRevision(
                    note_id=note.id,
                    revision=note.revision,
                    person_id=person_id,
                    saved_at=unit.now,
                    content=dict(content),
                )
            )
            if content.get("minor_harm") == "yes":
                open_duty(unit, self._audit_key, call_id, person_id)
            unit.tell(NoteSaved(note.id, call_id, note.revision))
            view = view_of(note, form)
            return Saved(
                note.revision,
                unit.now,
                view.missing,
                note.risk_level,
                int(view.risk_floor),
                view.risk_reasons,
                refused,
                view.form,
            )

    def close(self, call_id: int, person_id: int) -> None:
        """Finish the note; follow-ups and the analysis job are written with it. Raises NoteIncomplete.

        Closing a closed note again changes nothing.
        """
        with self._work() as unit:
            note = self._note(unit, call_id, person_id)
            if note.state is NoteState.CLOSED:
                return
            missing = missing_fields(form_on_file(unit.session, note.form_version), content_of(note))
            if missing:
                raise NoteIncomplete(missing=missing)
            if note.risk_level is None:
                note.risk_level = int(RiskLevel.R0)
            note.state = NoteState.CLOSED
            note.closed_at = unit.now
            plan_follow_ups(unit.session, note, note.call.ended_at or unit.now)
            open_forced(unit, note)
            queue = analysis_queue(unit.session, call_id)
            unit.ask("understand", queue, f"understand:{call_id}:{note.revision}", {"call_id": call_id})
            unit.tell(NoteClosed(note.id, call_id))

    def _note(self, unit: UnitOfWork, call_id: int, person_id: int) -> Note:
        note = unit.session.scalars(select(Note).where(Note.call_id == call_id).with_for_update()).first()
        if note is not None:
            return note
        call = unit.session.get(Call, call_id)
        if call is None:
            raise NoSuchCall(call_id=call_id)
        note = Note(
            call=call,
            person_id=person_id,
            form_version=standing_version(unit.session),
            revision=0,
            state=NoteState.DRAFT,
            other_problems=[],
            risk_floor=0,
            fields={},
            created_at=unit.now,
            saved_at=unit.now,
            is_demonstration=call.is_demonstration,
        )
        unit.session.add(note)
        unit.session.flush()
        return note

    def _write(self, unit: UnitOfWork, note: Note, content: dict[str, Any], person_id: int) -> bool:
        call_type = call_type_of(content)
        level, lowered_from, refused = self._level(unit, note, content, person_id)
        note.call_type = call_type
        note.population = Population(content["population"]) if content.get("population") else None
        note.problem = Problem(content["problem"]) if content.get("problem") else None
        note.other_problems = [
            code for code in content.get("other_problems") or [] if code != content.get("problem")
        ]
        place = content.get("place_code") or None
        if place is not None or note.place_code is not None:
            place_told(unit, self._audit_key, note.call_id, place, person_id)
        note.place_code = place
        note.summary = content.get("summary") or None
        note.disposition = weightiest(content.get("dispositions") or [])
        note.risk_level = None if level is None else int(level)
        kept = {
            name: value
            for name, value in content.items()
            if name not in _COLUMNS and value not in (None, "", [])
        }
        if lowered_from is not None:
            kept[LOWERED_FROM] = lowered_from
        note.fields = kept
        return refused

    def _level(
        self, unit: UnitOfWork, note: Note, content: dict[str, Any], person_id: int
    ) -> tuple[RiskLevel | None, int | None, bool]:
        wished = RiskLevel(content["risk_level"]) if isinstance(content.get("risk_level"), int) else None
        suggestion = suggest(facts_of(content), call_type_of(content)).level
        floor = RiskLevel(max(note.risk_floor, suggestion or 0))
        last = None if note.risk_level is None else RiskLevel(note.risk_level)
        reason = str(content.get("risk_reason") or "").strip()
        spoke_of = (note.fields or {}).get(LOWERED_FROM)
        reason_holds = bool(reason) and (spoke_of is None or floor <= spoke_of)
        # An unanswered form is not R0: nothing is known before something was asked or marked.
        least = floor if floor > RiskLevel.R0 or suggestion is not None else None
        decision = decide(wished, last, least, reason_holds)
        lowered = decision.level is not None and decision.level < max(floor, last or 0)
        if decision.level is not None and decision.level != last:
            unit.session.add(
                RiskChange(
                    note_id=note.id,
                    from_level=None if last is None else int(last),
                    to_level=int(decision.level),
                    person_id=None if decision.raised_by_software else person_id,
                    reason=reason if lowered else None,
                    at=unit.now,
                )
            )
            if decision.level.is_high and (last is None or decision.level > last):
                unit.tell(RiskMarked(note.call_id, int(decision.level)))
            if decision.level is RiskLevel.R4:
                raise_in(unit, self._audit_key, note.call, "desk", person_id)
        keeps_reason = decision.level is not None and decision.level < floor and reason_holds
        lowered_from = int(floor) if keeps_reason else (spoke_of if reason else None)
        return decision.level, lowered_from, decision.lowering_refused


def _knows(session: Session, place_code: str) -> bool:
    return session.get(Place, place_code) is not None
