"""What may be about a life is heard before all else that waits; of the rest, one count answers many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from analytics.days import HOTLINE_ZONE
from analytics.steps.count import Count
from analytics.steps.understand import ask_count, ask_understand
from hotline.jobs import RQ_QUEUES
from models.analysis_queue import DANGER, SPEECH, WORK, analysis_queue, speech_queue
from models.calls import Call
from models.outbox import OutboxRow
from models.recordings import RiskMark
from models.vocabulary import OutboxState
from tests.integration.pipeline.situations import NOW, TODAY, Hotline


def test_a_message_waits_behind_no_talk(hotline: Hotline) -> None:
    call_id = hotline.a_call("a")
    with hotline.session() as session:
        assert analysis_queue(session, call_id) == WORK
        assert analysis_queue(session, call_id, message=True) == DANGER


def test_the_sound_of_other_calls_waits_behind_the_short_steps_and_that_of_danger_does_not(
    hotline: Hotline,
) -> None:
    usual, high = hotline.a_call("a"), hotline.a_call("b", risk_level=3)
    with hotline.session() as session:
        assert speech_queue(session, usual) == SPEECH
        assert speech_queue(session, usual, message=True) == speech_queue(session, high) == DANGER
    assert [RQ_QUEUES.index(queue) for queue in (DANGER, WORK, SPEECH)] == [1, 2, 3]


@pytest.mark.parametrize(("level", "queue"), [(1, WORK), (2, WORK), (3, DANGER), (4, DANGER)])
def test_the_level_in_the_note_says_who_comes_first(hotline: Hotline, level: int, queue: str) -> None:
    call_id = hotline.a_call("a", risk_level=level)
    with hotline.work() as unit:
        ask_understand(unit, call_id)
    with hotline.session() as session:
        assert session.scalars(select(OutboxRow.queue).where(OutboxRow.kind == "understand")).one() == queue


def test_the_danger_key_and_a_mark_that_nobody_refuted_come_first(hotline: Hotline) -> None:
    pressed, marked, refuted = (hotline.a_call(name) for name in "abc")
    with hotline.session() as session, session.begin():
        session.get_one(Call, pressed).danger = True
        for call_id, confirmed in ((marked, None), (refuted, False)):
            session.add(
                RiskMark(
                    call_id=call_id,
                    source="caption",
                    level=3,
                    reason="plan",
                    marked_at=NOW - timedelta(minutes=5),
                    confirmed=confirmed,
                )
            )
    with hotline.session() as session:
        assert [analysis_queue(session, call_id) for call_id in (pressed, marked, refuted)] == [
            DANGER,
            DANGER,
            WORK,
        ]


def test_one_count_answers_all_who_waited_for_the_day_and_nobody_who_asked_for_another(
    hotline: Hotline,
) -> None:
    for n in range(3):
        with hotline.work() as unit:
            ask_count(unit, TODAY, n)
            ask_count(unit, TODAY - timedelta(days=1), n)
    Count(hotline.work, HOTLINE_ZONE, 0)(TODAY)
    with hotline.session() as session:
        rows = session.execute(
            select(OutboxRow.key, OutboxRow.state, OutboxRow.done_at).where(OutboxRow.kind == "count")
        ).all()
    done = {row.key.split(":")[1] for row in rows if row.state is OutboxState.DONE and row.done_at}
    waiting = {row.key.split(":")[1] for row in rows if row.state is OutboxState.DUE}
    assert done == {TODAY.isoformat()}
    assert waiting == {(TODAY - timedelta(days=1)).isoformat()}
