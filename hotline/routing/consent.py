"""What a caller agreed to, as records of their own (DOMAIN.md f2).

The notice at the start covers recording and the de-identified count of subjects; going on after it is
consent `how=notice`, the star key refuses both `how=key`. Once refused, no notice grants it again. Where the
policy wants a separate consent, no notice grants a recording: the operator asks.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.analysis_queue import analysis_queue, speech_queue
from models.call_back_words import CallDirection
from models.calls import Call, Consent
from models.events import ConsentChanged
from models.notes import Note
from models.policies import ConsentMode, standing_policy
from models.recordings import Recording
from models.unit_of_work import UnitOfWork
from models.vocabulary import ConsentKind, ConsentState, NoteState, RecordingKind, RecordingState

NOTICE_VERSION = "2026-11"
UNDER_NOTICE = (ConsentKind.RECORDING, ConsentKind.ANALYSIS)


def consent_of(session: Session, call_id: int, kind: ConsentKind) -> ConsentState:
    row = session.scalars(select(Consent).where(Consent.call_id == call_id, Consent.kind == kind)).first()
    return row.state if row else ConsentState.UNASKED


def set_consent(unit: UnitOfWork, call: Call, kind: ConsentKind, state: ConsentState, how: str) -> bool:
    """Write the consent; False when it stands so already. Refusing what was granted is a withdrawal."""
    row = unit.session.scalars(
        select(Consent).where(Consent.call_id == call.id, Consent.kind == kind)
    ).first()
    if row is not None and row.state is state:
        return False
    if row is None:
        row = Consent(call_id=call.id, kind=kind, text_version=NOTICE_VERSION)
        unit.session.add(row)
    refuses = state in (ConsentState.REFUSED, ConsentState.WITHDRAWN)
    if refuses and row.state in (ConsentState.GRANTED, ConsentState.WITHDRAWN):
        if row.state is ConsentState.WITHDRAWN:
            return False
        state, row.withdrawn_at = ConsentState.WITHDRAWN, unit.now
    else:
        row.at, row.withdrawn_at = unit.now, None
    row.state, row.how, row.text_version = state, how, NOTICE_VERSION
    unit.session.flush()
    if state is ConsentState.GRANTED:
        _ask_analysis(unit, call.id)
    unit.tell(ConsentChanged(call.id, str(kind), str(state)))
    return True


def told_by_notice(session: Session) -> tuple[ConsentKind, ...]:
    """What the notice speaks of, and so what going on after it grants."""
    policy = standing_policy(session)
    kinds = UNDER_NOTICE if policy.consent_mode is ConsentMode.NOTICE else ()
    return (*kinds, ConsentKind.CAPTIONS) if policy.captions_separately else kinds


def notice_due(session: Session, call_id: int) -> tuple[ConsentKind, ...]:
    """What this caller has still to be told of."""
    asked = _asked(session, call_id)
    kinds = told_by_notice(session)
    return tuple(kind for kind in kinds if kind is not ConsentKind.ANALYSIS and kind not in asked)


def may_transcribe(session: Session, recording: Recording) -> bool:
    """Whether a program may make words of it: by consent to recording and analysis, or, of a message, by the
    caller's own word before the tone, which covers nothing else."""
    kinds = (ConsentKind.RECORDING, ConsentKind.ANALYSIS)
    if all(consent_of(session, recording.call_id, kind) is ConsentState.GRANTED for kind in kinds):
        return True
    alone = consent_of(session, recording.call_id, ConsentKind.MESSAGE) is ConsentState.GRANTED
    return alone and recording.kind is RecordingKind.MESSAGE


def _ask_analysis(unit: UnitOfWork, call_id: int) -> None:
    """Who agrees when talk and note are over is heard all the same: what came before found no consent."""
    session, since = unit.session, unit.now.timestamp()
    stored = select(Recording).where(Recording.call_id == call_id, Recording.state == RecordingState.STORED)
    for recording in session.scalars(stored):
        if may_transcribe(session, recording):
            message = recording.kind is RecordingKind.MESSAGE
            queue = speech_queue(session, call_id, message=message)
            key = f"transcribe:{recording.id}:{since}"
            unit.ask("transcribe", queue, key, {"recording_id": recording.id})
    closed = select(Note.id).where(Note.call_id == call_id, Note.state == NoteState.CLOSED)
    agreed = consent_of(session, call_id, ConsentKind.ANALYSIS) is ConsentState.GRANTED
    if agreed and session.scalars(closed).first() is not None:
        key = f"understand:{call_id}:{since}"
        unit.ask("understand", analysis_queue(session, call_id), key, {"call_id": call_id})


def message_unasked(session: Session, call_id: int) -> bool:
    """Whether who is about to leave a message has still to be asked if a program may read it."""
    asked = _asked(session, call_id)
    if ConsentKind.MESSAGE in asked:
        return False
    due = notice_due(session, call_id)
    kinds = (ConsentKind.RECORDING, ConsentKind.ANALYSIS)
    states = [consent_of(session, call_id, kind) for kind in kinds]
    return ConsentKind.RECORDING not in due and any(state is not ConsentState.GRANTED for state in states)


def grant_by_notice(unit: UnitOfWork, call: Call, *kinds: ConsentKind) -> None:
    """The caller heard the notice of these kinds (all, when none is named) and went on: grants what was never
    asked, touches nothing else."""
    asked = _asked(unit.session, call.id)
    for kind in told_by_notice(unit.session):
        if kind in asked or (kinds and kind not in kinds):
            continue
        granted = {"kind": kind, "state": ConsentState.GRANTED, "how": "notice", "at": unit.now}
        unit.session.add(Consent(call_id=call.id, text_version=NOTICE_VERSION, **granted))
        unit.tell(ConsentChanged(call.id, str(kind), str(ConsentState.GRANTED)))
    unit.session.flush()


def _asked(session: Session, call_id: int) -> set[ConsentKind]:
    return set(session.scalars(select(Consent.kind).where(Consent.call_id == call_id)))


def may_record(session: Session, call_id: int) -> bool:
    """Whether a talk may be recorded: unless refused, or, under separate consent, only when granted.

    Who is called back heard no notice, so they are asked, whatever the policy.
    """
    state = consent_of(session, call_id, ConsentKind.RECORDING)
    outbound = select(Call.id).where(Call.id == call_id, Call.direction == CallDirection.OUTBOUND)
    separately = standing_policy(session).consent_mode is ConsentMode.SEPARATE
    if separately or session.scalars(outbound).first() is not None:
        return state is ConsentState.GRANTED
    return state not in (ConsentState.REFUSED, ConsentState.WITHDRAWN)


def may_caption(session: Session, call_id: int) -> bool:
    """Whether the talk may be streamed and shown as words: with a granted recording, or, where the policy
    names captions separately, with their own consent, which exists only after the caller was told."""
    separately = standing_policy(session).captions_separately
    kind = ConsentKind.CAPTIONS if separately else ConsentKind.RECORDING
    return consent_of(session, call_id, kind) is ConsentState.GRANTED
