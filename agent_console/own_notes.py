"""我的登记: one's own notes by day, type, level, and whether they are finished.

No caller's word is searched for, so that none ever stands in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.audited import note_reading
from agent_console.local_time import midnight
from agent_console.note_answers import answers_of
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from models.call_back_words import CallDirection
from models.calls import Call
from models.entries import ContactEntry
from models.notes import Note
from models.places import Place
from models.vocabulary import NoteState, RiskLevel
from models.vocabulary_record import CallType, Channel, Disposition, Problem

blueprint = Blueprint("own_notes", __name__, url_prefix="/my-notes")

PAGE_SIZE = 40


@dataclass(frozen=True)
class Wanted:
    day: date | None = None
    call_type: CallType | None = None
    level: RiskLevel | None = None
    unfinished: bool = False
    page: int = 0


@dataclass(frozen=True)
class NoteLine:
    call_id: int
    at: datetime
    channel: Channel
    entered: bool
    form_number: str | None
    call_type: CallType | None
    problem: Problem | None
    disposition: Disposition | None
    level: RiskLevel | None
    state: NoteState


@blueprint.get("/")
@needs(Permission.ANSWER_CALLS)
def index() -> str:
    wanted = _wanted()
    note_reading("note.list", f"person:{me().id}")
    with parts().reading() as records:
        lines = own_notes(records, me().id, wanted)
    return render_template(
        "duties/own_notes.html",
        lines=lines,
        wanted=wanted,
        call_types=tuple(CallType),
        levels=tuple(RiskLevel),
        more=len(lines) == PAGE_SIZE,
        draft=NoteState.DRAFT,
    )


@blueprint.get("/<int:call_id>")
@needs(Permission.ANSWER_CALLS)
def note(call_id: int) -> str:
    """One own note, to read. Writing goes on at the desk."""
    with parts().reading() as records:
        found = records.scalars(
            select(Note).where(Note.call_id == call_id, Note.person_id == me().id)
        ).first()
        if found is None:
            abort(404)
        call = records.get_one(Call, call_id)
        answers = answers_of(records, found)
        place = records.get(Place, found.place_code) if found.place_code else None
    note_reading("note.read", f"call:{call_id}")
    return render_template(
        "duties/own_note.html",
        note=found,
        call=call,
        answers=answers,
        place=place,
    )


def own_notes(session: Session, person_id: int, wanted: Wanted) -> list[NoteLine]:
    """Newest first; a note that was taken over is found by whoever saved it last."""
    query = (
        select(Call, Note, ContactEntry.form_number)
        .join(Note, Note.call_id == Call.id)
        .outerjoin(ContactEntry, ContactEntry.call_id == Call.id)
        .where(Note.person_id == person_id)
        .order_by(Call.arrived_at.desc(), Call.id.desc())
        .offset(wanted.page * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    if wanted.day is not None:
        first = midnight(wanted.day)
        query = query.where(Call.arrived_at >= first, Call.arrived_at < first + timedelta(days=1))
    if wanted.call_type is not None:
        query = query.where(Note.call_type == wanted.call_type)
    if wanted.level is not None:
        query = query.where(Note.risk_level == int(wanted.level))
    if wanted.unfinished:
        query = query.where(Note.state == NoteState.DRAFT)
    return [
        NoteLine(
            call.id,
            call.arrived_at,
            call.channel,
            call.direction is CallDirection.ENTERED,
            form_number,
            found.call_type,
            found.problem,
            found.disposition,
            None if found.risk_level is None else RiskLevel(found.risk_level),
            found.state,
        )
        for call, found, form_number in session.execute(query)
    ]


def _wanted() -> Wanted:
    """A value that no filter of ours sends filters nothing."""
    given = request.args
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError:
        day = None
    level = given.get("level", type=int)
    return Wanted(
        day,
        next((one for one in CallType if str(one) == given.get("type")), None),
        RiskLevel(level) if level is not None and level in range(5) else None,
        given.get("unfinished") == "yes",
        max(0, given.get("page", 0, type=int)),
    )
