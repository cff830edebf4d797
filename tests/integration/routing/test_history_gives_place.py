"""What is on file of a number gives its next call the place that the rules name, and nothing else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.calls import Call
from models.notes import Note
from models.vocabulary import CallOutcome, CallState, NoteState, RiskLevel
from models.vocabulary_record import AgeBand, CallType
from tests.factories import NOW, number_hash
from tests.integration.routing.house import House

NUMBER = "13800138000"
HOUR = timedelta(hours=1)


def an_earlier_call(house: House, ago: timedelta, note: dict[str, Any] | None, **call: Any) -> None:
    with Session(house.engine) as session, session.begin():
        at = NOW - ago
        earlier = Call(
            carrier_sid=f"CAearlier{ago.total_seconds():.0f}",
            caller_number=NUMBER,
            caller_hash=number_hash(NUMBER),
            number_dialled="12356",
            state=CallState.ENDED,
            state_since=at,
            arrived_at=at,
            ended_at=at + timedelta(minutes=20),
            outcome=CallOutcome.ANSWERED,
            ended_by="caller",
            **call,
        )
        session.add(earlier)
        session.flush()
        if note is not None:
            usual = {"state": NoteState.CLOSED, "call_type": CallType.SUPPORT, "fields": {}}
            usual |= {"created_at": at, "saved_at": at}
            session.add(Note(call_id=earlier.id, **{**usual, **note}))


@pytest.mark.parametrize(
    ("ago", "note", "call", "reasons", "credit"),
    [
        (48 * HOUR, {"risk_level": RiskLevel.R4}, {}, ["risk_history"], 1200),
        (48 * HOUR, {"risk_level": RiskLevel.R2}, {}, [], 0),
        (20 * HOUR, {"risk_level": RiskLevel.R3}, {}, ["risk_history", "repeat_after_risk"], 1800),
        (20 * HOUR, {"risk_floor": 3}, {}, ["risk_history", "repeat_after_risk"], 1800),
        (20 * HOUR, {"risk_level": RiskLevel.R2}, {}, [], 0),
        (48 * HOUR, {"fields": {"age_band": AgeBand.FROM_14}}, {}, ["minor"], 600),
        (48 * HOUR, {"fields": {"child_voice": True}}, {}, ["minor"], 600),
        (48 * HOUR, {"fields": {"age_band": AgeBand.FROM_25, "child_voice": True}}, {}, [], 0),
        (HOUR, None, {"danger": True}, ["repeat_after_risk"], 600),
        (25 * HOUR, None, {"danger": True}, [], 0),
        (HOUR, {"risk_level": RiskLevel.R1}, {"danger": True}, [], 0),
        (HOUR, None, {}, [], 0),
    ],
)
def test_the_next_call_of_a_number_stands_where_its_history_puts_it(
    house: House,
    ago: timedelta,
    note: dict[str, Any] | None,
    call: dict[str, Any],
    reasons: list[str],
    credit: int,
) -> None:
    an_earlier_call(house, ago, note, **call)
    waiting = house.call(house.a_caller_waits(number=NUMBER))
    assert waiting.queue_reasons == reasons
    assert waiting.queue_key == NOW.timestamp() - credit
    stranger = house.call(house.a_caller_waits("CA2", "13900000000"))
    assert stranger.queue_reasons == []
