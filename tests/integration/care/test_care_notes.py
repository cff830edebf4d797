"""A note is saved with a revision, raised by software, lowered by a person, and closed when complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from hotline.care.consents import Consents
from hotline.care.danger import DangerProtocol
from hotline.care.danger_reports import DangerReports
from hotline.care.errors import (
    NoteAlreadyClosed,
    NoteChangedElsewhere,
    NoteInvalid,
    OutcomeMissing,
    RescueUndecided,
)
from hotline.care.notes import Notes
from hotline.domain.danger_rules import ReportWish
from hotline.routing.errors import NoteIncomplete
from models.audit import AuditLine, broken_audit_line
from models.calls import Call, Consent
from models.care import Danger, FollowUp
from models.events import DangerRaised, NoteClosed
from models.notes import Note, NoteRevision, RiskChange
from models.outbox import OutboxRow
from models.recordings import Recording
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import (
    CallState,
    ConsentKind,
    ConsentState,
    NoteState,
    RecordingKind,
    RecordingState,
    RiskLevel,
    SeatState,
)
from models.vocabulary_danger import ReportDecision, ReportTo
from tests import factories
from tests.fakes import Bulletin, StoppedClock

KEY = b"an audit key for tests, 32 bytes."


@dataclass
class Desk:
    notes: Notes
    work: Work
    call_id: int
    person_id: int
    engine: Engine
    bulletin: Bulletin

    def session(self) -> Session:
        return Session(self.engine)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    bulletin, clock = Bulletin(), StoppedClock(factories.NOW)

    def work() -> UnitOfWork:
        return UnitOfWork(engine, clock, bulletin.publish)

    with Session(engine) as session:
        factories.a_province(session)
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.TALKING)
        call = factories.a_talk(session, seat)
        session.commit()
        return Desk(Notes(work, KEY), work, call.id, person.id, engine, bulletin)


COMPLETE: dict[str, Any] = {
    "call_type": "02",
    "population": "P23",
    "relation": "self",
    "sex": "f",
    "age_band": "25-34",
    "problem": "D",
    "other_problems": ["N"],
    "place_code": "990102",
    "two_weeks": "no",
    "risk_level": 1,
    "interventions": ["listening"],
    "dispositions": ["D1", "D6"],
    "referral_to": ["primary"],
    "summary": "失眠两周，谈了放松和作息。",
}


def test_what_was_saved_comes_back_whole(desk: Desk) -> None:
    desk.notes.open(desk.call_id, desk.person_id)
    saved = desk.notes.save(desk.call_id, desk.person_id, 0, COMPLETE)
    view = desk.notes.open(desk.call_id, desk.person_id)
    assert (saved.revision, saved.missing) == (1, [])
    assert view.content == COMPLETE
    assert view.revision == 1


def test_every_revision_is_kept(desk: Desk) -> None:
    for revision, summary in enumerate(("睡", "睡不", "睡不好")):
        desk.notes.save(desk.call_id, desk.person_id, revision, {"summary": summary})
    with desk.session() as session:
        kept = session.scalars(select(NoteRevision.content).order_by(NoteRevision.revision)).all()
    assert [content["summary"] for content in kept] == ["睡", "睡不", "睡不好"]


def test_words_lie_sealed_in_the_database(desk: Desk) -> None:
    desk.notes.save(desk.call_id, desk.person_id, 0, COMPLETE)
    with desk.engine.connect() as connection:
        stored = connection.execute(text("SELECT * FROM note")).all()
        stored += connection.execute(text("SELECT * FROM note_revision")).all()
    assert "失眠" not in str(stored)


def test_a_second_writer_is_told_and_loses_nothing(desk: Desk) -> None:
    desk.notes.save(desk.call_id, desk.person_id, 0, {"summary": "第一个窗口"})
    with pytest.raises(NoteChangedElsewhere) as conflict:
        desk.notes.save(desk.call_id, desk.person_id, 0, {"summary": "第二个窗口"})
    assert conflict.value.revision == 1
    assert conflict.value.content == {"summary": "第一个窗口"}
    assert "summary" not in str(conflict.value.details)
    desk.notes.save(desk.call_id, desk.person_id, 1, {"summary": "第二个窗口"})


def test_an_invalid_value_is_refused_whole(desk: Desk) -> None:
    with pytest.raises(NoteInvalid) as refused:
        desk.notes.save(desk.call_id, desk.person_id, 0, {"population": "P77", "place_code": "123456"})
    assert set(refused.value.fields) == {"population", "place_code"}
    with desk.session() as session:
        assert session.scalars(select(NoteRevision)).all() == []


def test_facts_raise_the_level_and_nobody_is_named_for_it(desk: Desk) -> None:
    saved = desk.notes.save(
        desk.call_id, desk.person_id, 0, {"two_weeks": "yes", "plan": "yes", "when": "week"}
    )
    assert saved.risk_level == 3
    assert saved.risk_reasons == ("plan_week",)
    with desk.session() as session:
        change = session.scalars(select(RiskChange)).one()
    assert (change.to_level, change.person_id) == (3, None)


def test_lowering_needs_a_reason_and_bears_a_name(desk: Desk) -> None:
    facts = {"two_weeks": "yes", "plan": "yes", "when": "week"}
    desk.notes.save(desk.call_id, desk.person_id, 0, facts)
    kept = desk.notes.save(desk.call_id, desk.person_id, 1, {**facts, "risk_level": 2})
    assert (kept.risk_level, kept.lowering_refused) == (3, True)
    lowered = {**facts, "risk_level": 2, "risk_reason": "说的是别人的事"}
    assert desk.notes.save(desk.call_id, desk.person_id, 2, lowered).risk_level == 2
    assert desk.notes.save(desk.call_id, desk.person_id, 3, lowered).risk_level == 2
    with desk.session() as session:
        changes = session.scalars(select(RiskChange).order_by(RiskChange.id)).all()
    assert [(c.from_level, c.to_level, c.person_id) for c in changes] == [
        (None, 3, None),
        (3, 2, desk.person_id),
    ]
    assert changes[1].reason == "说的是别人的事"


def test_a_reason_does_not_cover_what_is_heard_later(desk: Desk) -> None:
    facts = {"two_weeks": "yes", "plan": "yes", "when": "week", "risk_level": 2, "risk_reason": "说的是别人"}
    assert desk.notes.save(desk.call_id, desk.person_id, 0, facts).risk_level == 2
    worse = desk.notes.save(desk.call_id, desk.person_id, 1, {**facts, "acting": "yes"})
    assert worse.risk_level == 4


def test_r4_raises_danger_at_once_and_only_once(desk: Desk) -> None:
    for revision in range(2):
        desk.notes.save(desk.call_id, desk.person_id, revision, {"acting": "yes"})
    with desk.session() as session:
        assert len(session.scalars(select(Danger)).all()) == 1
    assert sum(isinstance(event, DangerRaised) for event in desk.bulletin.told) == 1


def test_the_floor_set_by_marks_holds(desk: Desk) -> None:
    desk.notes.open(desk.call_id, desk.person_id)
    with Session(desk.engine) as session:
        session.scalars(select(Note)).one().risk_floor = 3
        session.commit()
    assert desk.notes.save(desk.call_id, desk.person_id, 0, {"two_weeks": "no"}).risk_level == 3


def test_an_unfinished_note_cannot_be_closed(desk: Desk) -> None:
    desk.notes.save(desk.call_id, desk.person_id, 0, {"call_type": "02"})
    with pytest.raises(NoteIncomplete) as refused:
        desk.notes.close(desk.call_id, desk.person_id)
    assert "summary" in refused.value.missing


def test_closing_asks_for_analysis_and_plans_follow_ups(desk: Desk) -> None:
    desk.notes.save(
        desk.call_id,
        desk.person_id,
        0,
        {**COMPLETE, "risk_level": 3, "safety_contact": "姐姐", "safety_means": "药由家人保管"},
    )
    desk.notes.close(desk.call_id, desk.person_id)
    desk.notes.close(desk.call_id, desk.person_id)
    with desk.session() as session:
        note = session.scalars(select(Note)).one()
        row = session.scalars(select(OutboxRow)).one()
        due = [follow_up.due_at for follow_up in session.scalars(select(FollowUp).order_by(FollowUp.due_at))]
    assert note.state is NoteState.CLOSED
    assert str(note.disposition) == "D6"
    assert (row.kind, row.queue, row.key) == ("understand", "danger", f"understand:{desk.call_id}:1")
    assert row.payload == {"call_id": desk.call_id}
    assert due == [factories.NOW + timedelta(days=days) for days in (1, 7, 30, 90, 365)]
    assert sum(isinstance(event, NoteClosed) for event in desk.bulletin.told) == 1


def test_a_wrong_number_closes_with_one_answer(desk: Desk) -> None:
    desk.notes.save(desk.call_id, desk.person_id, 0, {"call_type": "11"})
    desk.notes.close(desk.call_id, desk.person_id)
    with desk.session() as session:
        assert session.scalars(select(Note)).one().risk_level == RiskLevel.R0


def test_a_closed_note_is_not_written_again(desk: Desk) -> None:
    desk.notes.save(desk.call_id, desk.person_id, 0, {"call_type": "10"})
    desk.notes.close(desk.call_id, desk.person_id)
    with pytest.raises(NoteAlreadyClosed):
        desk.notes.save(desk.call_id, desk.person_id, 1, {"summary": "晚到的字"})


def test_reading_a_note_leaves_a_line(desk: Desk) -> None:
    desk.notes.open(desk.call_id, desk.person_id)
    with desk.session() as session:
        line = session.scalars(select(AuditLine)).one()
        assert (line.action, line.subject, line.person_id) == (
            "note.opened",
            f"call:{desk.call_id}",
            desk.person_id,
        )
        assert broken_audit_line(session, KEY) is None


def test_danger_is_closed_only_with_an_outcome(desk: Desk) -> None:
    danger = DangerProtocol(desk.work, KEY)
    danger_id = danger.raise_danger(desk.call_id, "desk", desk.person_id)
    assert danger.raise_danger(desk.call_id, "key") == danger_id
    danger.see(danger_id, desk.person_id)
    with pytest.raises(OutcomeMissing):
        danger.close(danger_id, desk.person_id, "  ")
    with pytest.raises(RescueUndecided):
        danger.close(danger_id, desk.person_id, "姐姐已到场，当面在一起")
    not_called = ReportWish(ReportTo.AMBULANCE, ReportDecision.NOT_SENT, None, "姐姐已在身边", {})
    DangerReports(desk.work, KEY).decide(danger_id, desk.person_id, not_called)
    danger.close(danger_id, desk.person_id, "姐姐已到场，当面在一起")
    assert danger.raise_danger(desk.call_id, "desk", desk.person_id) != danger_id


def test_consent_is_a_record_of_its_own_and_a_withdrawal_keeps_its_past(desk: Desk) -> None:
    consents = Consents(desk.work)
    with desk.session() as session:
        assert set(consents.state_of(session, desk.call_id).values()) == {ConsentState.UNASKED}
    consents.set(desk.call_id, ConsentKind.ANALYSIS, ConsentState.GRANTED, "operator")
    consents.set(desk.call_id, ConsentKind.ANALYSIS, ConsentState.REFUSED, "operator")
    with desk.session() as session:
        record = session.scalars(select(Consent)).one()
    assert record.state is ConsentState.WITHDRAWN
    assert record.withdrawn_at is not None


def test_who_agrees_after_the_talk_is_heard_and_counted_all_the_same(desk: Desk) -> None:
    consents = Consents(desk.work)
    with desk.session() as session:
        recording = Recording(
            call_id=desk.call_id,
            kind=RecordingKind.TALK,
            state=RecordingState.STORED,
            channels=2,
            started_at=factories.NOW,
            stored_at=factories.NOW,
        )
        session.add(recording)
        session.get_one(Call, desk.call_id).state = CallState.ENDED
        session.commit()
        recording_id = recording.id
    desk.notes.save(desk.call_id, desk.person_id, 0, COMPLETE)
    desk.notes.close(desk.call_id, desk.person_id)
    by_note = asked(desk)

    consents.set(desk.call_id, ConsentKind.RECORDING, ConsentState.GRANTED, "operator")
    assert asked(desk) == by_note, "to be recorded is not to be analysed"
    consents.set(desk.call_id, ConsentKind.ANALYSIS, ConsentState.GRANTED, "operator")
    more = asked(desk)[len(by_note) :]
    assert [(kind, payload) for kind, payload in more] == [
        ("transcribe", {"recording_id": recording_id}),
        ("understand", {"call_id": desk.call_id}),
    ]
    consents.set(desk.call_id, ConsentKind.ANALYSIS, ConsentState.GRANTED, "operator")
    consents.set(desk.call_id, ConsentKind.ANALYSIS, ConsentState.REFUSED, "operator")
    assert len(asked(desk)) == len(by_note) + len(more)


def asked(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    with desk.session() as session:
        kinds = ("transcribe", "understand")
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind.in_(kinds)).order_by(OutboxRow.id))
        return [(row.kind, row.payload) for row in rows]
