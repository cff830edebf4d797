"""One call into one contact: redacted text, its vector, and the codes of the note that are counted.

Follow-ups, outbound calls, and calls with nobody to help (09-12) are no contacts; their summaries are
still read for risk words.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.cluster import Embedder
from analytics.days import day_of
from analytics.steps.documents import embed_contacts, joined, source_of
from analytics.steps.forget import drop_contact
from analytics.steps.marks import Mark, effective_level, keep_marks, marks_in
from analytics.steps.permission import permitted_calls
from analytics.steps.transcribe import CALLER, UNKNOWN
from analytics.understand import RiskLanguage, redact
from models.analysis_queue import analysis_queue
from models.calls import Call
from models.notes import Note
from models.places import UNKNOWN_PLACE, Place
from models.recordings import RiskMark, Transcript
from models.surveillance import Contact
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import AnalysisState, CallState, NoteState
from models.vocabulary_record import CallType, Channel

EmbedderFor = Callable[[str], Embedder]


@dataclass(frozen=True, slots=True)
class _Source:
    """What was read of a call, outside any transaction from here on."""

    call_id: int
    day: date
    summary: str
    spoken: str
    known_hash: str | None
    known_embedder: str | None


@dataclass(slots=True)
class _Understood:
    source: _Source
    text: str
    content_hash: str | None
    text_source: str | None
    marks: list[Mark] = field(default_factory=list)
    vector: bytes | None = None


class Understand:
    """The job `understand {call_id}`, and the same for many calls at once."""

    def __init__(
        self,
        work: Work,
        embedder_for: EmbedderFor,
        marker: RiskLanguage,
        helplines: frozenset[str],
        zone: tzinfo,
        language: str,
    ) -> None:
        self._work = work
        self._embedder_for = embedder_for
        self._marker = marker
        self._helplines = helplines
        self._zone = zone
        self._language = language

    def __call__(self, call_ids: Sequence[int], *, ask_next: bool = True) -> None:
        sources = self._load(call_ids)
        if not sources:
            return
        embedder = self._embedder_for(self._language)
        understood = [self._read(source) for source in sources]
        changed = [
            item
            for item in understood
            if item.content_hash is not None
            and (item.source.known_hash, item.source.known_embedder) != (item.content_hash, embedder.key)
        ]
        if changed:
            vectors = embed_contacts(embedder, [(item.text, item.text_source) for item in changed])
            for item, vector in zip(changed, vectors, strict=True):
                item.vector = vector.tobytes()
        with self._work() as unit:
            self._save(unit, understood, embedder.key, ask_next)

    def _load(self, call_ids: Sequence[int]) -> list[_Source]:
        with self._work() as unit:
            session = unit.session
            permitted = permitted_calls(session, call_ids)
            for call_id in set(call_ids) - permitted:
                drop_contact(session, call_id)
            notes = {n.call_id: n for n in session.scalars(select(Note).where(Note.call_id.in_(permitted)))}
            spoken = _spoken(session, permitted)
            contacts = {
                c.call_id: c
                for c in session.execute(
                    select(Contact.call_id, Contact.content_hash, Contact.embedder).where(
                        Contact.call_id.in_(permitted)
                    )
                )
            }
            sources = []
            for call in session.scalars(select(Call).where(Call.id.in_(permitted)).order_by(Call.id)):
                note, known = notes.get(call.id), contacts.get(call.id)
                if not _is_ready(call, note):
                    continue
                sources.append(
                    _Source(
                        call.id,
                        day_of(call.arrived_at, self._zone),
                        (note.summary or "").strip() if note is not None else "",
                        spoken.get(call.id, ""),
                        known.content_hash if known is not None else None,
                        known.embedder if known is not None else None,
                    )
                )
            return sources

    def _read(self, source: _Source) -> _Understood:
        # The caller's words are joined first: a number told in two breaths is one number.
        note, spoken = (redact(part, self._helplines).text for part in (source.summary, source.spoken))
        text, kind = joined(note, spoken), source_of(note, spoken)
        digest = hashlib.sha256(text.encode()).hexdigest() if text else None
        return _Understood(source, text, digest, kind, marks_in(self._marker, source.summary))

    def _save(
        self, unit: UnitOfWork, understood: Sequence[_Understood], embedder: str, ask_next: bool
    ) -> None:
        session = unit.session
        call_ids = [item.source.call_id for item in understood]
        # The caller may have withdrawn meanwhile.
        permitted = permitted_calls(session, call_ids)
        calls = {c.id: c for c in session.scalars(select(Call).where(Call.id.in_(permitted)))}
        notes = {n.call_id: n for n in session.scalars(select(Note).where(Note.call_id.in_(permitted)))}
        contacts = {
            c.call_id: c for c in session.scalars(select(Contact).where(Contact.call_id.in_(permitted)))
        }
        places = set(session.scalars(select(Place.code)))
        marked = set(
            session.scalars(
                select(RiskMark.call_id).where(RiskMark.call_id.in_(permitted), RiskMark.source == "note")
            )
        )
        for item in understood:
            call_id = item.source.call_id
            call, note = calls.get(call_id), notes.get(call_id)
            if call is None:
                drop_contact(session, call_id)
                continue
            if item.marks or call_id in marked:
                keep_marks(unit, call_id, "note", item.marks)
            contact = contacts.get(call_id)
            if not is_contact(call, note):
                if contact is not None:
                    day = contact.day
                    drop_contact(session, call_id)
                    if ask_next:
                        ask_count(unit, day, call_id)
                continue
            if contact is None:
                contact = Contact(
                    call_id=call_id, day=item.source.day, is_demonstration=call.is_demonstration
                )
                session.add(contact)
            self._fill(unit, contact, item, call, note, embedder, places)
            if not ask_next:
                continue
            if contact.grouped_at is None:
                ask_group(unit, contact)
            else:
                ask_count(unit, contact.day, call_id)

    def _fill(
        self,
        unit: UnitOfWork,
        contact: Contact,
        item: _Understood,
        call: Call,
        note: Note | None,
        embedder: str,
        places: set[str],
    ) -> None:
        place = note.place_code if note is not None else None
        contact.person_hash = call.caller_hash
        contact.place_code = place if place in places and place is not None else UNKNOWN_PLACE
        contact.problem = str(note.problem.value) if note is not None and note.problem else None
        contact.population = str(note.population.value) if note is not None and note.population else None
        contact.risk_level = effective_level(unit, note) if note is not None else None
        contact.state = AnalysisState.DONE
        if (contact.content_hash, contact.embedder) != (
            item.content_hash,
            embedder if item.content_hash else None,
        ):
            contact.text = item.text or None
            contact.text_source = item.text_source
            contact.content_hash = item.content_hash
            contact.embedder = embedder if item.content_hash else None
            contact.vector = item.vector
            contact.grouped_at = None


def is_contact(call: Call, note: Note | None) -> bool:
    """Counted as a contact on a subject: inbound, and of a kind where somebody asked for help."""
    if call.channel is Channel.OUTBOUND:
        return False
    if note is None or note.call_type is None:
        return note is None
    return note.call_type.is_valid_contact and note.call_type is not CallType.FOLLOW_UP


def ask_understand(unit: UnitOfWork, call_id: int) -> None:
    queue = analysis_queue(unit.session, call_id)
    unit.ask("understand", queue, f"understand:{call_id}:{once_more()}", {"call_id": call_id})


def ask_group(unit: UnitOfWork, contact: Contact) -> None:
    queue = analysis_queue(unit.session, contact.call_id)
    unit.ask("group", queue, f"group:{contact.call_id}:{once_more()}", {"call_id": contact.call_id})


def ask_count(unit: UnitOfWork, day: date, call_id: int) -> None:
    unit.ask("count", "work", f"count:{day.isoformat()}:{call_id}:{once_more()}", {"day": day.isoformat()})


def once_more() -> str:
    """Each time something changed is work of its own; a key that only named the call would be done once."""
    return secrets.token_hex(6)


def _is_ready(call: Call, note: Note | None) -> bool:
    """A note still being written comes again when it is closed."""
    if note is not None:
        return note.state is NoteState.CLOSED
    return call.state is CallState.ENDED


def _spoken(session: Session, call_ids: set[int]) -> dict[int, str]:
    """The caller's own words of each call, in order of time."""
    words: dict[int, list[str]] = {}
    for transcript in session.scalars(
        select(Transcript)
        .where(Transcript.call_id.in_(call_ids), Transcript.state == AnalysisState.DONE)
        .order_by(Transcript.id)
    ):
        for utterance in transcript.utterances or []:
            if utterance["speaker"] in (CALLER, UNKNOWN) and utterance["text"]:
                words.setdefault(transcript.call_id, []).append(utterance["text"])
    return {call_id: "，".join(parts) for call_id, parts in words.items()}
