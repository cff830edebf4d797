"""A number that was marked as nuisance: slowed down in words, with danger key and message open, liftable."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.nuisance import WhyMissing
from hotline.telephony import prompts
from models.audit import AuditLine
from models.events import NoteClosed
from models.notes import Note
from models.nuisance import CallerLimit
from models.vocabulary import CallOutcome, CallState, NoteState
from models.vocabulary_record import CallType
from tests.factories import NOW
from tests.fake_carrier import Leg
from tests.integration.telephony.switchboard import Switchboard

NUMBER = "13800138000"


def a_nuisance_contact(switchboard: Switchboard, **note: Any) -> None:
    caller = switchboard.a_caller(NUMBER)
    call_id = switchboard.call_of(caller).id
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    with Session(switchboard.engine) as session, session.begin():
        marked = Note(
            call_id=call_id,
            call_type=CallType.NUISANCE,
            state=NoteState.CLOSED,
            created_at=NOW,
            saved_at=NOW,
            **note,
        )
        session.add(marked)
        session.flush()
        note_id = marked.id
    switchboard.react((NoteClosed(note_id, call_id),))


def limits(switchboard: Switchboard) -> list[CallerLimit]:
    with Session(switchboard.engine) as session:
        return list(session.scalars(select(CallerLimit).order_by(CallerLimit.id)))


def a_limited_call(switchboard: Switchboard) -> Leg:
    """One disposition limits to three an hour; two more come through, the next does not."""
    a_nuisance_contact(switchboard)
    for _ in range(2):
        passing = switchboard.a_caller(NUMBER)
        assert switchboard.call_of(passing).state is CallState.QUEUED
        switchboard.phone.hang_up(passing)
        switchboard.deliver()
    return switchboard.phone.a_call_comes_in(NUMBER)


def test_a_limited_caller_hears_why_until_when_and_what_works_and_is_not_cut_off_in_silence(
    switchboard: Switchboard,
) -> None:
    caller = a_limited_call(switchboard)
    said = caller.heard[0]
    for words in ("次数太多", "0点51分以后", "有危险请按1", "留言请按2", "110", "120"):
        assert words in said
    assert caller.place == "keys"
    switchboard.phone.time_passes(caller)
    assert caller.heard[2] == said, "once more"
    switchboard.phone.time_passes(caller)
    assert caller.heard[-2] == prompts.LIMITED_OVER.zh
    switchboard.deliver()
    assert switchboard.call_of(caller).outcome is CallOutcome.LIMITED
    switchboard.stopped.advance(minutes=61)
    assert switchboard.call_of(switchboard.a_caller(NUMBER)).state is CallState.QUEUED


def test_the_danger_key_works_for_a_limited_caller(switchboard: Switchboard) -> None:
    caller = a_limited_call(switchboard)
    switchboard.phone.press(caller, "1")
    call = switchboard.call_of(caller)
    assert (call.state, call.danger, call.queue_reasons[0]) == (CallState.QUEUED, True, "danger")
    again = switchboard.a_caller(NUMBER)
    assert switchboard.call_of(again).state is CallState.QUEUED, "a danger is never limited again"


def test_a_limited_caller_may_leave_a_message(switchboard: Switchboard) -> None:
    caller = a_limited_call(switchboard)
    switchboard.phone.press(caller, "2")
    assert caller.heard[-2] == prompts.NOTICE_MESSAGE.zh + prompts.MESSAGE_BEGIN.zh, "the notice was not said"
    switchboard.phone.speak_message(caller, b"RIFF")
    assert caller.heard[-2] == prompts.LIMITED_MESSAGE_KEPT.zh
    switchboard.deliver()
    assert switchboard.call_of(caller).outcome is CallOutcome.MESSAGE


@pytest.mark.parametrize("note", [{"risk_level": 3}, {"risk_floor": 4}, {"fields": {"age_band": "14-17"}}])
def test_high_risk_and_minors_are_never_limited(switchboard: Switchboard, note: dict[str, Any]) -> None:
    a_nuisance_contact(switchboard, **note)
    assert limits(switchboard) == []


def test_a_supervisor_lifts_it_with_a_reason_that_stays_in_the_audit(switchboard: Switchboard) -> None:
    caller = a_limited_call(switchboard)
    _, person_id = switchboard.an_empty_seat()
    limit = limits(switchboard)[0]
    with pytest.raises(WhyMissing):
        switchboard.nuisance.lift(limit.id, person_id, " ")
    switchboard.nuisance.extend_limit(limit.id, person_id, 24, "一天内又打来九次")
    assert limits(switchboard)[0].expires_at > limit.expires_at
    switchboard.nuisance.lift(limit.id, person_id, "误标，是一位口吃的来电人")
    switchboard.phone.time_passes(caller)
    assert switchboard.call_of(caller).state is CallState.QUEUED, "even in the middle of the words"
    with Session(switchboard.engine) as session:
        actions = session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
    assert actions == ["limit.set", "limit.extend", "limit.lift"]
