"""What may be about a life is heard before all else that waits; of the rest, one count answers many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import hotline.job_rows as job_rows
from analytics.cluster import embedder_for
from analytics.days import HOTLINE_ZONE
from analytics.pipeline import Pipeline
from analytics.steps.count import Count
from analytics.steps.understand import ask_count, ask_understand
from analytics.transcribe import Transcript, TranscriptState, Utterance
from hotline.job_rows import RQ_QUEUES, RowRunner, give_way
from models.analysis_queue import DANGER, SPEECH, WORK, analysis_queue, speech_queue
from models.calls import Call
from models.crypto import Keyring
from models.outbox import OutboxRow
from models.recordings import Recording, RiskMark
from models.sealed_files import write_sealed
from models.vocabulary import ConsentState, OutboxState, RecordingKind, RecordingState
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


class ReadsInPieces:
    """A transcriber of recordings that hold their words as text; it tells its progress three times."""

    name, version, language = "fake", "1", "zh"

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.after_first_piece: Callable[[], None] = lambda: None

    def transcribe(self, audio: Any, channel_labels: Any = (), progress: Any = None) -> Transcript:
        text = b"".join(audio).decode()
        self.begun.append(text)
        for piece in range(3):
            progress(float(piece))
            if (piece, len(self.begun)) == (0, 1):
                self.after_first_piece()
        self.ended.append(text)
        said = Utterance(0, channel_labels[0], 0.0, 2.0, text, ())
        return Transcript(TranscriptState.TRANSCRIBED, "zh", "fake", "1", 3.0, 1, 8000, 3.0, False, (said,))


def a_recording(hotline: Hotline, keyring: Keyring, folder: Path, kind: RecordingKind, said: str) -> None:
    call_id = hotline.a_call(said, recording=ConsentState.GRANTED, note=False)
    with hotline.work() as unit:
        recording = Recording(
            call_id=call_id,
            kind=kind,
            state=RecordingState.STORED,
            channels=2,
            started_at=NOW,
            stored_at=NOW,
        )
        unit.session.add(recording)
        unit.session.flush()
        recording.file_name = f"{recording.id}.sealed"
        write_sealed(folder / recording.file_name, [said.encode()], keyring, recording.seal_context)
        queue = speech_queue(unit.session, call_id, message=kind is RecordingKind.MESSAGE)
        unit.ask("transcribe", queue, f"transcribe:{recording.id}", {"recording_id": recording.id})


def test_a_message_that_comes_while_the_only_worker_hears_a_talk_is_read_before_the_talk_ends(
    hotline: Hotline, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_rows, "LOOK_SECONDS", 0.0)
    hears = ReadsInPieces()
    pipeline = Pipeline(
        hotline.work, keyring, tmp_path, lambda _l: hears, lambda _l: embedder_for("zh"), give_way=give_way
    )
    worker = RowRunner(hotline.engine, lambda: hotline.now, pipeline.jobs())
    hears.after_first_piece = lambda: a_recording(
        hotline, keyring, tmp_path, RecordingKind.MESSAGE, "我不想活了"
    )
    a_recording(hotline, keyring, tmp_path, RecordingKind.TALK, "我最近总是失眠")
    with hotline.session() as session:
        talk = session.scalars(select(OutboxRow.id).where(OutboxRow.queue == SPEECH)).one()
    worker.run(talk)
    assert hears.begun == ["我最近总是失眠", "我不想活了"]
    assert hears.ended == ["我不想活了", "我最近总是失眠"]
    with hotline.session() as session:
        marks = list(session.scalars(select(RiskMark.level).where(RiskMark.source == "message")))
        states = dict(
            session.execute(
                select(OutboxRow.queue, OutboxRow.state).where(OutboxRow.kind == "transcribe")
            ).all()
        )
    assert marks
    assert states == {DANGER: OutboxState.DONE, SPEECH: OutboxState.DONE}
