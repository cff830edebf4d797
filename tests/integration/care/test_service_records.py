"""A written record goes when its years are over; codes stay; what is held or still owed waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.errors_after import NotOpen
from hotline.care.record_holds import RecordHolds, keeping_of
from hotline.care.retention import Retention
from hotline.care.service_records import OF_ITS_PARTS, OF_THE_CALL
from models.assessments import Consultation
from models.audit import AuditLine, broken_audit_line
from models.calls import Call
from models.care import Danger
from models.crypto import EncryptedBytes, EncryptedJSON, EncryptedText
from models.danger_protocol import DangerReport
from models.notes import Note, NoteRevision
from models.policies import LEAST_SERVICE_RECORD_DAYS, RecordingPolicy
from models.recordings import Transcript
from models.schema import Base
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import DangerState, NoteState, SeatState
from models.vocabulary_danger import ReportDecision, ReportTo
from tests import factories
from tests.fakes import Bulletin, StoppedClock

KEY = b"an audit key for tests, 32 bytes."

KEPT_OTHERWISE = {
    "admission.reason": "a supervisor's words on a colleague",
    "supervision_record.agreed": "a colleague's, with the supervisor",
    "supervision_record.content": "a colleague's, with the supervisor",
    "alert_action.text": "an official's words",
    "alert_message.reason": "a signer's words",
    "audit_line.reason": "the chain has years of its own",
    "call.caller_number": "emptied by name, with the day",
    "caller_limit.why": "goes when the limit is lifted",
    "centre.standby_phone": "a centre's",
    "evaluation_export.reason": "a supervisor's words",
    "duty_contact.email": "a colleague's",
    "duty_contact.phone": "a colleague's",
    "leave.note": "a colleague's words; forgotten in time by the roster's own rule",
    "issue.centroid": "a mean over an issue",
    "issue_registry.centre": "a mean over all issues",
    "mechanism.deputy_phone": "an office's",
    "mechanism.duty_phone": "an office's",
    "mechanism.main_phone": "an office's",
    "mechanism.webhook_secret": "an office's",
    "note_revision.content": "the rows go whole",
    "note_weights.weights": "how rare words are, over a thousand notes and more",
    "paper.dropped_reason": "a supervisor's words",
    "paper_action.text": "an official's words, or the hotline's to one",
    "partner_line.number": "the directory's",
    "record_hold.reason": "what is held is not erased",
    "signal_review.reason": "a reviewer's words",
    "signing_duty.deputy_email": "a signer's",
    "signing_duty.deputy_phone": "a signer's",
    "signing_duty.email": "a signer's",
    "signing_duty.phone": "a signer's",
    "standing_signature.reason": "a supervisor's words",
    "subscription.email": "an official's",
    "threshold_proposal.reason": "a reviewer's words",
    "transcript.redacted": "a clock of its own",
    "transcript.utterances": "a clock of its own",
    "watch_hook.secret": "a webhook's",
}
"""Sealed columns that the years of a service record do not empty, and why."""


def test_every_sealed_word_of_a_caller_has_its_end() -> None:
    """Who adds a sealed column says here, or in the list of what is erased, when it goes."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, EncryptedText | EncryptedJSON | EncryptedBytes)
    }
    erased = {f"{model.__tablename__}.{name}" for model, names in OF_THE_CALL.items() for name in names}
    erased |= {
        f"{model.__tablename__}.{name}" for model, (_, _, names) in OF_ITS_PARTS.items() for name in names
    }
    assert sealed - erased - set(KEPT_OTHERWISE) == set()
    assert set(KEPT_OTHERWISE) - sealed == set(), "columns that are no more"
    assert not erased & set(KEPT_OTHERWISE)


@dataclass
class Archive:
    """One old talk with a note, its danger over, a report and an open question to an expert."""

    work: Work
    engine: Engine
    clock: StoppedClock
    person: int
    call_id: int

    def enforce_after(self, days: int) -> int:
        self.clock.advance(days=days)
        return Retention(self.work, KEY).enforce()

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def call(self) -> Call:
        with self.session() as session:
            return session.get_one(Call, self.call_id)


@pytest.fixture
def archive(engine: Engine) -> Archive:
    clock = StoppedClock(factories.NOW)
    now = factories.NOW
    with Session(engine) as session:
        factories.a_province(session)
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE)
        call = factories.an_ended_talk(session, seat)
        note = Note(
            call_id=call.id,
            person_id=person.id,
            problem="C",
            risk_level=2,
            state=NoteState.CLOSED,
            fields={"sex": "f"},
            summary="睡不着",
            created_at=now,
            saved_at=now,
        )
        danger = Danger(
            call_id=call.id, source="desk", raised_at=now, state=DangerState.CLOSED, outcome="已平安"
        )
        session.add_all([note, danger])
        session.flush()
        session.add_all(
            [
                NoteRevision(note_id=note.id, revision=1, saved_at=now, content={"summary": "睡"}),
                DangerReport(
                    danger_id=danger.id,
                    recipient=ReportTo.POLICE,
                    decision=ReportDecision.NOT_SENT,
                    why="家人在场",
                    fields={"place": "……"},
                    decided_at=now,
                    decided_by_id=person.id,
                ),
                Consultation(call_id=call.id, question="请会诊", asked_at=now, asked_by_id=person.id),
            ]
        )
        session.commit()
        return Archive(
            lambda: UnitOfWork(engine, clock, Bulletin().publish), engine, clock, person.id, call.id
        )


def test_after_its_years_words_and_number_go_and_codes_stay(archive: Archive) -> None:
    assert archive.enforce_after(LEAST_SERVICE_RECORD_DAYS - 1) == 0
    assert archive.enforce_after(2) == 1
    with archive.session() as session:
        call = session.get_one(Call, archive.call_id)
        note = session.scalars(select(Note)).one()
        assert (call.caller_number, call.record_erased_at) == (None, archive.clock())
        assert (note.fields, note.summary, str(note.problem), note.risk_level) == ({}, None, "C", 2)
        assert session.scalars(select(NoteRevision)).all() == []
        assert session.scalars(select(Danger.outcome)).one() is None
        assert session.scalars(select(Consultation.question)).one() == ""
        report = session.scalars(select(DangerReport)).one()
        assert (report.why, report.fields) == (None, {})
        (line,) = session.scalars(select(AuditLine))
        assert (line.action, line.subject) == ("record.expired", f"call:{archive.call_id}")
        assert broken_audit_line(session, KEY) is None
        assert keeping_of(session, call).erased_at == archive.clock()
    assert archive.enforce_after(1) == 0, "once"


def test_a_longer_decision_keeps_old_records_too(archive: Archive) -> None:
    with archive.session() as session:
        session.add(RecordingPolicy(service_record_days=3650))
        session.commit()
    assert archive.enforce_after(LEAST_SERVICE_RECORD_DAYS + 1) == 0


def test_what_is_held_waits_until_it_is_lifted(archive: Archive) -> None:
    holds = RecordHolds(archive.work, KEY)
    with archive.session() as session:
        session.add(
            Transcript(
                call_id=archive.call_id,
                utterances=[],
                created_at=archive.clock(),
                erase_by_at=archive.clock() + timedelta(days=5),
            )
        )
        session.commit()
    holds.hold(archive.call_id, archive.person, "投诉 2026-17 号")
    holds.hold(archive.call_id, archive.person, "再来一次")
    assert archive.enforce_after(LEAST_SERVICE_RECORD_DAYS + 1) == 0
    with archive.session() as session:
        keeping = keeping_of(session, session.get_one(Call, archive.call_id))
    assert (keeping.reason, keeping.erased_at) == ("投诉 2026-17 号", None)
    holds.lift(archive.call_id, archive.person)
    with pytest.raises(NotOpen):
        holds.lift(archive.call_id, archive.person)
    assert archive.enforce_after(0) == 2, "the transcript and the record"
    with archive.session() as session:
        actions = [line.action for line in session.scalars(select(AuditLine).order_by(AuditLine.id))]
    assert actions == ["record.held", "record.released", "transcript.expired", "record.expired"]


def test_care_that_is_still_owed_keeps_its_record(archive: Archive) -> None:
    with archive.session() as session:
        session.scalars(select(Danger)).one().state = DangerState.OPEN
        session.commit()
    assert archive.enforce_after(LEAST_SERVICE_RECORD_DAYS + 1) == 0
    assert archive.call().caller_number is not None
