"""One call for the supervisor's eyes: every step from ring to signal as a row with its state and time.

Reading it is the view's to audit. Original words, audio and the number are not read here: each is opened
by an act of its own with a reason (`opened_words`, `number_of`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from agent_console.call_rows import (
    CallPage,
    CallRow,
    ConsentRow,
    ContactRow,
    Happening,
    JobRow,
    MarkRow,
    NoteRow,
    OfferRow,
    RecordingRow,
    TranscriptRow,
)
from agent_console.note_answers import answers_of
from models.calls import Call, CallEvent
from models.care import Danger, FollowUp, HelpRequest
from models.crypto import mask_number
from models.notes import Note, NoteRevision, RiskChange
from models.outbox import OutboxRow
from models.people import Person
from models.recordings import Recording, RiskMark, Transcript
from models.surveillance import Contact
from models.vocabulary import CallOutcome, ConsentKind, ConsentState

PIPELINE_KINDS = ("fetch_recording", "transcribe", "understand", "group", "count")


_CALL_LOADS = (joinedload(Call.place), joinedload(Call.seat), joinedload(Call.person))


def recent_calls(
    session: Session,
    now: datetime,
    *,
    days: int = 7,
    outcome: CallOutcome | None = None,
    high_risk: bool = False,
    page: int = 0,
    page_size: int = 50,
) -> tuple[CallRow, ...]:
    """The newest calls first; `high_risk` keeps R3 and R4 and raised dangers."""
    query = (
        select(Call, Note)
        .outerjoin(Note, Note.call_id == Call.id)
        .where(Call.arrived_at >= now - timedelta(days=days))
        .options(*_CALL_LOADS)
        .order_by(Call.arrived_at.desc(), Call.id.desc())
        .offset(page * page_size)
        .limit(page_size)
    )
    if outcome is not None:
        query = query.where(Call.outcome == outcome)
    if high_risk:
        query = query.where((Note.risk_level >= 3) | (Note.risk_floor >= 3) | Call.danger.is_(True))
    return tuple(_row(call, note) for call, note in session.execute(query))


def _row(call: Call, note: Note | None) -> CallRow:
    until = call.answered_at or call.ended_at
    return CallRow(
        call_id=call.id,
        arrived_at=call.arrived_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        state=call.state,
        outcome=call.outcome,
        channel=call.channel,
        danger=call.danger,
        place_zh=call.place.name_zh if call.place else None,
        place_en=call.place.name_en if call.place else None,
        seat_label=call.seat.label if call.seat else None,
        person=call.person.name if call.person else None,
        risk_level=note.risk_level if note else None,
        call_type=note.call_type if note else None,
        wait_seconds=(until - call.arrived_at).total_seconds() if until else None,
        talk_seconds=(
            (call.ended_at - call.answered_at).total_seconds() if call.answered_at and call.ended_at else None
        ),
    )


def call_page(session: Session, call_id: int) -> CallPage | None:
    call = session.get(
        Call, call_id, options=[*_CALL_LOADS, selectinload(Call.offers), selectinload(Call.consents)]
    )
    if call is None:
        return None
    note = session.scalars(select(Note).where(Note.call_id == call_id)).first()
    events = session.scalars(select(CallEvent).where(CallEvent.call_id == call_id).order_by(CallEvent.id))
    helps = session.scalars(select(HelpRequest).where(HelpRequest.call_id == call_id))
    dangers = session.scalars(select(Danger).where(Danger.call_id == call_id).order_by(Danger.id))
    follow_ups = session.scalars(
        select(FollowUp).where(FollowUp.call_id == call_id).order_by(FollowUp.due_at)
    )
    marks = session.scalars(select(RiskMark).where(RiskMark.call_id == call_id).order_by(RiskMark.id))
    recordings = session.scalars(select(Recording).where(Recording.call_id == call_id)).all()
    return CallPage(
        row=_row(call, note),
        masked_number=mask_number(call.caller_number or ""),
        number_dialled=call.number_dialled,
        place_source=call.place_source,
        resumes_call_id=call.resumes_call_id,
        events=tuple(Happening(event.at, event.kind, event.data) for event in events),
        offers=tuple(
            OfferRow(offer.seat.label, offer.made_at, offer.ended_at, offer.state, offer.reason)
            for offer in call.offers
        ),
        consents=_consents(call),
        note=_note(session, note) if note else None,
        recordings=tuple(_recording(recording) for recording in recordings),
        transcripts=_transcripts(session, call_id),
        marks=tuple(
            MarkRow(m.level, m.reason, m.source, m.at_seconds, m.marked_at, m.confirmed, m.evidence)
            for m in marks
        ),
        jobs=_jobs(session, call_id, [recording.id for recording in recordings]),
        contact=_contact(session, call_id),
        dangers=tuple((d.id, d.raised_at, d.seen_at, d.closed_at, d.source, d.outcome) for d in dangers),
        helps=tuple((h.asked_at, h.seen_at) for h in helps),
        follow_ups=tuple((f.rule, f.due_at, f.state, f.done_at) for f in follow_ups),
    )


def _consents(call: Call) -> tuple[ConsentRow, ...]:
    """None on file means not asked, and says so; of a message only who leaves one is asked."""
    on_file = {str(consent.kind): consent for consent in call.consents}
    rows = []
    for kind in ConsentKind:
        consent = on_file.get(str(kind))
        if consent is None and kind is ConsentKind.MESSAGE:
            continue
        rows.append(
            ConsentRow(
                kind=kind,
                state=consent.state if consent else ConsentState.UNASKED,
                how=consent.how if consent else None,
                at=consent.at if consent else None,
                withdrawn_at=consent.withdrawn_at if consent else None,
            )
        )
    return tuple(rows)


def _note(session: Session, note: Note) -> NoteRow:
    revisions = session.execute(
        select(NoteRevision.revision, NoteRevision.saved_at)
        .where(NoteRevision.note_id == note.id)
        .order_by(NoteRevision.revision.desc())
    )
    changes = session.execute(
        select(RiskChange, Person.name)
        .outerjoin(Person, Person.id == RiskChange.person_id)
        .where(RiskChange.note_id == note.id)
        .order_by(RiskChange.id)
    )
    return NoteRow(
        note_id=note.id,
        state=note.state,
        revision=note.revision,
        person=note.person.name if note.person else None,
        saved_at=note.saved_at,
        closed_at=note.closed_at,
        call_type=note.call_type,
        population=note.population,
        problem=note.problem,
        other_problems=tuple(note.other_problems),
        risk_level=note.risk_level,
        risk_floor=note.risk_floor,
        disposition=note.disposition,
        summary=note.summary,
        answers=answers_of(session, note),
        form_version=note.form_version,
        revisions=tuple((revision, saved_at) for revision, saved_at in revisions),
        risk_changes=tuple((c.at, c.from_level, c.to_level, name, c.reason) for c, name in changes),
    )


def _recording(recording: Recording) -> RecordingRow:
    return RecordingRow(
        recording_id=recording.id,
        kind=recording.kind,
        state=recording.state,
        duration_seconds=recording.duration_seconds,
        channels=recording.channels,
        size_bytes=recording.size_bytes,
        sha256=recording.sha256,
        started_at=recording.started_at,
        stored_at=recording.stored_at,
        erase_by_at=recording.erase_by_at,
        playable=recording.file_name is not None and recording.stored_at is not None,
    )


def _transcripts(session: Session, call_id: int) -> tuple[TranscriptRow, ...]:
    rows = session.scalars(select(Transcript).where(Transcript.call_id == call_id).order_by(Transcript.id))
    return tuple(
        TranscriptRow(
            transcript_id=row.id,
            state=row.state,
            model=row.model,
            language=row.language,
            created_at=row.created_at,
            finished_at=row.finished_at,
            redacted=tuple(row.redacted or ()),
        )
        for row in rows
    )


def opened_words(session: Session, transcript_id: int, call_id: int) -> tuple[dict[str, Any], ...] | None:
    """The words as spoken. Only behind an audited reason. None where this call has no such transcript."""
    transcript = session.get(Transcript, transcript_id)
    if transcript is None or transcript.call_id != call_id:
        return None
    return tuple(transcript.utterances or ())


def number_of(session: Session, call_id: int) -> str | None:
    """The caller's number in full. Only behind an audited reason."""
    call = session.get(Call, call_id)
    return call.caller_number if call else None


def _jobs(session: Session, call_id: int, recording_ids: list[int]) -> tuple[JobRow, ...]:
    """Rows of the outbox that carry this call or its recordings."""
    rows = session.scalars(
        select(OutboxRow).where(OutboxRow.kind.in_(PIPELINE_KINDS)).where(_about(call_id, recording_ids))
    )
    return tuple(
        JobRow(
            kind=row.kind,
            state=str(row.state),
            attempts=row.attempts,
            created_at=row.created_at,
            due_at=row.due_at,
            done_at=row.done_at,
            fault=row.fault,
        )
        for row in sorted(rows, key=lambda row: row.id)
    )


def _about(call_id: int, recording_ids: list[int]):  # type: ignore[no-untyped-def]
    """By key: `understand:<call>…`, `group:<call>…`, `count:<day>:<call>…`, `transcribe:<recording>…`."""
    clause = OutboxRow.key.like(f"understand:{call_id}") | OutboxRow.key.like(f"understand:{call_id}:%")
    clause = clause | OutboxRow.key.like(f"group:{call_id}") | OutboxRow.key.like(f"group:{call_id}:%")
    clause = clause | OutboxRow.key.like(f"count:%:{call_id}:%")
    for recording_id in recording_ids:
        clause = clause | OutboxRow.key.like(f"fetch_recording:{recording_id}")
        clause = clause | OutboxRow.key.like(f"transcribe:{recording_id}")
        clause = clause | OutboxRow.key.like(f"transcribe:{recording_id}:%")
    return clause


def _contact(session: Session, call_id: int) -> ContactRow | None:
    contact = session.scalars(
        select(Contact).where(Contact.call_id == call_id).options(joinedload(Contact.issue))
    ).first()
    if contact is None:
        return None
    return ContactRow(
        state=contact.state,
        day=contact.day,
        text=contact.text,
        text_source=contact.text_source,
        embedder=contact.embedder,
        has_vector=contact.vector is not None,
        issue_id=contact.issue_id,
        issue_name=contact.issue.name if contact.issue else None,
        grouped_at=contact.grouped_at,
    )
