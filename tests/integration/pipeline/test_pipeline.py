from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from analytics.cluster import embedder_for
from analytics.pipeline import Pipeline
from analytics.steps import missed
from analytics.steps.permission import analysis_state
from analytics.transcribe import AudioDamaged, AudioEmpty, Transcript, TranscriptState, Utterance, Word
from models.calls import Consent
from models.crypto import Keyring
from models.events import RiskMarked, TranscriptFinished
from models.notes import Note, RiskChange
from models.outbox import OutboxRow
from models.recordings import Recording, RiskMark
from models.recordings import Transcript as TranscriptRow
from models.sealed_files import write_sealed
from models.surveillance import Contact, DayCount
from models.vocabulary import AnalysisState, ConsentKind, ConsentState, RecordingKind, RecordingState
from models.vocabulary_record import CallType, Population, Problem
from tests.integration.pipeline.situations import NOW, TODAY, Hotline

pytestmark = pytest.mark.begins_first


class Speaks:
    """A transcriber that reads its bytes to the end and says what it was given to say."""

    name, version, language = "fake", "1", "zh"

    def __init__(self, *said: tuple[str, str], fault: Exception | None = None) -> None:
        self.said = said
        self.fault = fault
        self.heard = b""
        self.meanwhile: Callable[[], None] = lambda: None

    def transcribe(self, audio: Any, channel_labels: Sequence[str] = (), progress: Any = None) -> Transcript:
        self.heard = b"".join(audio)
        self.meanwhile()
        if self.fault is not None:
            raise self.fault
        utterances = tuple(
            Utterance(
                channel=0 if who == "caller" else 1,
                speaker=who,
                start_seconds=float(at),
                end_seconds=at + 0.9,
                text=text,
                words=(Word(text, float(at), at + 0.9, 0.8),),
            )
            for at, (who, text) in enumerate(self.said)
        )
        state = TranscriptState.TRANSCRIBED if utterances else TranscriptState.NO_SPEECH
        return Transcript(state, "zh", self.name, "1", 10.0, 2, 8000, 9.0, False, utterances)


def a_pipeline(
    hotline: Hotline, keyring: Keyring, folder: Path, transcriber: Speaks | None = None
) -> Pipeline:
    embedder = embedder_for("zh")
    return Pipeline(
        hotline.work,
        keyring,
        folder,
        lambda _language: transcriber,
        lambda _language: embedder,
        detect_delay_seconds=0,
    )


def a_recording(
    hotline: Hotline,
    keyring: Keyring,
    folder: Path,
    call_id: int,
    kind: RecordingKind = RecordingKind.TALK,
) -> int:
    with hotline.session() as session, session.begin():
        recording = Recording(
            call_id=call_id,
            kind=kind,
            state=RecordingState.STORED,
            channels=2,
            started_at=NOW,
            stored_at=NOW,
        )
        session.add(recording)
        session.flush()
        recording.file_name = f"{recording.id}.sealed"
        write_sealed(folder / recording.file_name, [b"sound of a call"], keyring, recording.seal_context)
        return recording.id


def ask_understand(hotline: Hotline, call_id: int, revision: int = 1) -> None:
    with hotline.work() as unit:
        unit.ask("understand", "work", f"understand:{call_id}:{revision}", {"call_id": call_id})


def set_consent(hotline: Hotline, call_id: int, kind: ConsentKind, state: ConsentState) -> None:
    with hotline.session() as session, session.begin():
        session.scalars(
            select(Consent).where(Consent.call_id == call_id, Consent.kind == kind)
        ).one().state = state


def the_contact(hotline: Hotline, call_id: int) -> Contact | None:
    with hotline.session() as session:
        return session.scalars(select(Contact).where(Contact.call_id == call_id)).first()


def test_a_recording_becomes_words_a_contact_and_a_count(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    engine = Speaks(
        ("operator", "您好，有什么可以帮您"),
        ("caller", "我叫王小明，电话一三八零零一三八零零零"),
        ("caller", "公司停工欠薪，我不想活了"),
    )
    pipeline = a_pipeline(hotline, keyring, tmp_path, engine)
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    recording_id = a_recording(hotline, keyring, tmp_path, call_id)
    with hotline.work() as unit:
        unit.ask("transcribe", "work", f"transcribe:{recording_id}", {"recording_id": recording_id})
    ran = hotline.run_outbox(pipeline.jobs())

    assert engine.heard == b"sound of a call"
    assert ran == ["transcribe", "understand", "group", "count", "detect"]
    contact = the_contact(hotline, call_id)
    assert contact is not None
    assert contact.text_source == "both"
    assert contact.text is not None
    for private in ("王小明", "一三八", "13800138000"):
        assert private not in contact.text
    assert contact.vector is not None
    assert contact.risk_level == 2
    with hotline.session() as session:
        transcript = session.scalars(select(TranscriptRow)).one()
        assert transcript.state is AnalysisState.DONE
        assert "王小明" in str(transcript.utterances)
        assert "王小明" not in str(transcript.redacted)
        mark = session.scalars(select(RiskMark).where(RiskMark.source == "transcript")).one()
        assert (mark.level, mark.evidence, mark.at_seconds) == (2, "不想活", 2.0)
        assert session.scalars(select(Note)).one().risk_floor == 2
        assert session.scalars(select(RiskChange)).one().person_id is None
        counts = {(c.series, c.place_code): (c.persons, c.calls) for c in session.scalars(select(DayCount))}
        assert counts == {
            (series, place): (1, 1)
            for series in ("problem:N", "problem:N:P23")
            for place in ("990101", "990100", "990000")
        }
        payloads = " ".join(str(row.payload) for row in session.scalars(select(OutboxRow)))
    assert "anna" not in payloads
    assert RiskMarked(call_id, 2) in hotline.told
    assert any(isinstance(event, TranscriptFinished) for event in hotline.told)
    assert hotline.run_outbox(pipeline.jobs()) == []


@pytest.mark.parametrize(
    ("fault", "state"),
    [(AudioEmpty("x"), AnalysisState.EMPTY), (AudioDamaged("x"), AnalysisState.DAMAGED)],
)
def test_bad_audio_is_a_state_and_the_note_alone_goes_on(
    hotline: Hotline, keyring: Keyring, tmp_path: Path, fault: Exception, state: AnalysisState
) -> None:
    pipeline = a_pipeline(hotline, keyring, tmp_path, Speaks(fault=fault))
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    recording_id = a_recording(hotline, keyring, tmp_path, call_id)
    pipeline.transcribe({"recording_id": recording_id})
    hotline.run_outbox(pipeline.jobs())
    contact = the_contact(hotline, call_id)
    assert contact is not None
    assert contact.text_source == "summary"
    with hotline.session() as session:
        assert session.scalars(select(TranscriptRow.state)).one() is state


def test_a_file_that_was_cut_off_is_damaged(hotline: Hotline, keyring: Keyring, tmp_path: Path) -> None:
    pipeline = a_pipeline(hotline, keyring, tmp_path, Speaks(("caller", "喂")))
    recording_id = a_recording(
        hotline, keyring, tmp_path, hotline.a_call("anna", recording=ConsentState.GRANTED)
    )
    file = tmp_path / f"{recording_id}.sealed"
    file.write_bytes(file.read_bytes()[:-3])
    pipeline.transcribe({"recording_id": recording_id})
    with hotline.session() as session:
        transcript = session.scalars(select(TranscriptRow)).one()
        assert (transcript.state, transcript.utterances) == (AnalysisState.DAMAGED, None)


def test_without_a_model_it_says_so_and_later_the_model_is_used(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    recording_id = a_recording(hotline, keyring, tmp_path, call_id)
    a_pipeline(hotline, keyring, tmp_path).transcribe({"recording_id": recording_id})
    with hotline.session() as session:
        assert session.scalars(select(TranscriptRow.state)).one() is AnalysisState.NO_MODEL
    a_pipeline(hotline, keyring, tmp_path, Speaks(("caller", "睡不着"))).transcribe(
        {"recording_id": recording_id}
    )
    with hotline.session() as session:
        assert session.scalars(select(TranscriptRow.state)).one() is AnalysisState.DONE


def test_what_came_before_there_was_a_model_is_heard_once_when_there_is_one(
    hotline: Hotline, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed, "AT_ONCE", 2)
    without = a_pipeline(hotline, keyring, tmp_path)
    calls = [hotline.a_call(name, recording=ConsentState.GRANTED) for name in "abcde"]
    recordings = [a_recording(hotline, keyring, tmp_path, call_id) for call_id in calls]
    for recording_id in recordings:
        without.transcribe({"recording_id": recording_id})
    without.load_models()
    assert hotline.run_outbox({"hear_missed": without.jobs()["hear_missed"]}) == [], "nothing to hear it with"
    set_consent(hotline, calls[0], ConsentKind.ANALYSIS, ConsentState.WITHDRAWN)
    pipeline = a_pipeline(hotline, keyring, tmp_path, Speaks(("caller", "睡不着")))
    pipeline.load_models()
    a_pipeline(hotline, keyring, tmp_path, Speaks(("caller", "睡不着"))).load_models()
    done = hotline.run_outbox(pipeline.jobs())
    assert (done.count("hear_missed"), done.count("transcribe")) == (3, 5)
    with hotline.session() as session:
        states = session.scalars(select(TranscriptRow.state).order_by(TranscriptRow.id)).all()
    assert states == [AnalysisState.NOT_PERMITTED] + [AnalysisState.DONE] * 4


def test_an_engine_that_fails_is_a_state_that_people_see_and_is_tried_again(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    engine = Speaks(("caller", "睡不着"), fault=RuntimeError("the engine broke"))
    pipeline = a_pipeline(hotline, keyring, tmp_path, engine)
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    recording_id = a_recording(hotline, keyring, tmp_path, call_id)
    with pytest.raises(RuntimeError):
        pipeline.transcribe({"recording_id": recording_id})
    with hotline.session() as session:
        assert session.scalars(select(TranscriptRow.state)).one() is AnalysisState.FAILED
        assert analysis_state(session, call_id) is AnalysisState.FAILED
    engine.fault = None
    pipeline.transcribe({"recording_id": recording_id})
    with hotline.session() as session:
        assert session.scalars(select(TranscriptRow.state)).one() is AnalysisState.DONE


def test_models_load_before_the_first_job_and_a_bad_one_stops_no_worker(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    asked: list[str] = []

    def spoilt(language: str) -> Any:
        asked.append(language)
        raise OSError("the folder is spoilt")

    pipeline = Pipeline(hotline.work, keyring, tmp_path, spoilt, asked.append)  # type: ignore[arg-type]
    assert asked == []
    pipeline.load_models()
    assert asked == ["zh", "zh"]


@pytest.mark.parametrize("refused", [ConsentKind.RECORDING, ConsentKind.ANALYSIS])
def test_a_recording_without_consent_leaves_no_word(
    hotline: Hotline, keyring: Keyring, tmp_path: Path, refused: ConsentKind
) -> None:
    engine = Speaks(("caller", "这句话不应留下"))
    pipeline = a_pipeline(hotline, keyring, tmp_path, engine)
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    set_consent(hotline, call_id, refused, ConsentState.REFUSED)
    pipeline.transcribe({"recording_id": a_recording(hotline, keyring, tmp_path, call_id)})
    assert engine.heard == b""
    with hotline.session() as session:
        transcript = session.scalars(select(TranscriptRow)).one()
        assert transcript.state is AnalysisState.NOT_PERMITTED
        assert (transcript.utterances, transcript.redacted) == (None, None)


@pytest.mark.parametrize(
    ("kind", "state"),
    [(RecordingKind.MESSAGE, AnalysisState.DONE), (RecordingKind.TALK, AnalysisState.NOT_PERMITTED)],
)
def test_a_word_before_the_tone_lets_the_message_be_read_and_nothing_else(
    hotline: Hotline, keyring: Keyring, tmp_path: Path, kind: RecordingKind, state: AnalysisState
) -> None:
    pipeline = a_pipeline(hotline, keyring, tmp_path, Speaks(("caller", "我不想活了，药都准备好了")))
    call_id = hotline.a_call("anna", recording=ConsentState.REFUSED, analysis=ConsentState.REFUSED)
    with hotline.session() as session, session.begin():
        granted = {"state": ConsentState.GRANTED, "how": "key", "text_version": "1", "at": NOW}
        session.add(Consent(call_id=call_id, kind=ConsentKind.MESSAGE, **granted))
    pipeline.transcribe({"recording_id": a_recording(hotline, keyring, tmp_path, call_id, kind=kind)})
    hotline.run_outbox(pipeline.jobs())
    with hotline.session() as session:
        assert session.scalars(select(TranscriptRow.state)).one() is state
        marks = session.scalars(select(RiskMark)).all()
        assert {mark.source for mark in marks} == ({"message"} if state is AnalysisState.DONE else set())
        assert session.scalar(select(func.count()).select_from(Contact)) == 0, "counted nowhere"


def test_a_caller_who_refused_analysis_is_in_no_contact_vector_or_count(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    pipeline = a_pipeline(hotline, keyring, tmp_path)
    for state in (ConsentState.REFUSED, ConsentState.UNASKED, ConsentState.WITHDRAWN):
        ask_understand(hotline, hotline.a_call(state.value, analysis=state))
    assert hotline.run_outbox(pipeline.jobs()) == ["understand"] * 3
    with hotline.session() as session:
        for row in (Contact, DayCount, RiskMark, TranscriptRow):
            assert session.scalar(select(func.count()).select_from(row)) == 0
        call_id = session.scalars(select(Consent.call_id)).first() or 0
        assert analysis_state(session, call_id) is AnalysisState.NOT_PERMITTED


def test_consent_withdrawn_while_the_engine_works_keeps_no_word(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    engine = Speaks(("caller", "这句话不应留下"))
    pipeline = a_pipeline(hotline, keyring, tmp_path, engine)
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    recording_id = a_recording(hotline, keyring, tmp_path, call_id)
    engine.meanwhile = lambda: set_consent(hotline, call_id, ConsentKind.ANALYSIS, ConsentState.WITHDRAWN)
    pipeline.transcribe({"recording_id": recording_id})
    with hotline.session() as session:
        transcript = session.scalars(select(TranscriptRow)).one()
        assert (transcript.state, transcript.utterances) == (AnalysisState.NOT_PERMITTED, None)


def test_forgetting_takes_transcript_vector_membership_and_count(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    pipeline = a_pipeline(hotline, keyring, tmp_path, Speaks(("caller", "公司停工欠薪")))
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    pipeline.transcribe({"recording_id": a_recording(hotline, keyring, tmp_path, call_id)})
    hotline.run_outbox(pipeline.jobs())
    set_consent(hotline, call_id, ConsentKind.ANALYSIS, ConsentState.WITHDRAWN)
    pipeline.forget(call_id)
    pipeline.forget(call_id)
    hotline.now += timedelta(seconds=1)
    hotline.run_outbox(pipeline.jobs())
    with hotline.session() as session:
        for row in (Contact, DayCount, TranscriptRow):
            assert session.scalar(select(func.count()).select_from(row)) == 0


def test_withdrawing_the_recording_alone_leaves_the_note_s_part(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    pipeline = a_pipeline(hotline, keyring, tmp_path, Speaks(("caller", "这句话不应留下")))
    call_id = hotline.a_call("anna", recording=ConsentState.GRANTED)
    pipeline.transcribe({"recording_id": a_recording(hotline, keyring, tmp_path, call_id)})
    hotline.run_outbox(pipeline.jobs())
    set_consent(hotline, call_id, ConsentKind.RECORDING, ConsentState.WITHDRAWN)
    pipeline.forget(call_id)
    hotline.run_outbox(pipeline.jobs())
    contact = the_contact(hotline, call_id)
    assert contact is not None
    assert contact.text_source == "summary"
    assert "不应留下" not in (contact.text or "")
    with hotline.session() as session:
        assert session.scalars(select(TranscriptRow)).all() == []
        assert session.scalars(select(DayCount.persons)).all() == [1] * 6


def test_a_level_that_a_person_lowered_is_not_raised_in_the_counts(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    pipeline = a_pipeline(hotline, keyring, tmp_path)
    call_id = hotline.a_call("anna", summary="来电人说：我想自杀。已评估。", risk_level=1)
    pipeline.understand([call_id])
    contact = the_contact(hotline, call_id)
    assert contact is not None
    assert contact.risk_level is not None
    assert contact.risk_level > 1
    supervisor = hotline.person("first")
    with hotline.session() as session, session.begin():
        note = session.scalars(select(Note)).one()
        session.add(
            RiskChange(
                note_id=note.id,
                from_level=note.risk_floor,
                to_level=1,
                person_id=supervisor,
                reason="误标",
                at=NOW,
            )
        )
    pipeline.understand([call_id])
    contact = the_contact(hotline, call_id)
    assert contact is not None
    assert contact.risk_level == 1


KINDS = [CallType.SUPPORT] * 6 + [
    CallType.WRONG_NUMBER,
    CallType.SILENT,
    CallType.FOLLOW_UP,
    CallType.CUT_OFF,
]
PLACES = ["990101", "990102", "990100", None]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_equal_the_contacts_in_them_under_any_order_rerun_and_correction(
    hotline: Hotline, keyring: Keyring, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    pipeline = a_pipeline(hotline, keyring, tmp_path)
    jobs = pipeline.jobs()
    calls = [
        hotline.a_call(
            f"caller-{chance.randrange(12)}",
            day=TODAY - timedelta(days=chance.randrange(12)),
            place=chance.choice(PLACES),
            problem=chance.choice([Problem.WORK, Problem.SLEEP]),
            call_type=chance.choice(KINDS),
            minute=n,
        )
        for n in range(40)
    ]
    steps = [("understand", call) for call in calls * 2] + [("correct", call) for call in calls[:10]]
    steps += [("withdraw", call) for call in calls[10:15]]
    chance.shuffle(steps)
    for number, (step, call_id) in enumerate(steps):
        hotline.now += timedelta(milliseconds=1)
        if step == "correct":
            with hotline.session() as session, session.begin():
                note = session.scalars(select(Note).where(Note.call_id == call_id)).one()
                note.place_code = chance.choice(PLACES)
                note.call_type = chance.choice(KINDS)
                note.problem = chance.choice([Problem.WORK, Problem.SLEEP])
                note.population = chance.choice([Population.STUDENT, Population.PUBLIC])
        if step == "withdraw":
            set_consent(hotline, call_id, ConsentKind.ANALYSIS, ConsentState.WITHDRAWN)
            pipeline.forget(call_id)
        else:
            ask_understand(hotline, call_id, number)
        if chance.random() < 0.2:
            run_in_any_order(hotline, jobs, chance)
    run_in_any_order(hotline, jobs, chance)

    with hotline.session() as session:
        found = {
            (c.series, c.place_code, c.day): (c.persons, c.calls) for c in session.scalars(select(DayCount))
        }
    assert found == counted_by_hand(hotline)
    assert found


def run_in_any_order(hotline: Hotline, jobs: dict[str, Any], chance: random.Random) -> None:
    """Some rows run twice, as after a lost lease."""
    twice = {
        kind: (lambda payload, job=job: [job(payload) for _ in range(chance.choice([1, 1, 2]))])
        for kind, job in jobs.items()
    }
    hotline.run_outbox(twice, shuffle=chance.shuffle)


def counted_by_hand(hotline: Hotline) -> dict[tuple[str, str, Any], tuple[int, int]]:
    """From calls, notes and consents alone, by loops."""
    above = {
        "990101": ["990100", "990000"],
        "990102": ["990100", "990000"],
        "990100": ["990000"],
        "000000": [],
    }
    heard: dict[tuple[str, str], list[tuple[Any, str]]] = defaultdict(list)
    with hotline.session() as session:
        granted = set(
            session.scalars(
                select(Consent.call_id).where(
                    Consent.kind == ConsentKind.ANALYSIS, Consent.state == ConsentState.GRANTED
                )
            )
        )
        for note in session.scalars(select(Note)):
            if note.call_id not in granted or str(note.call_type) in {"06", "09", "10", "11", "12"}:
                continue
            place = note.place_code or "000000"
            for code in [place, *above[place]]:
                for series in (f"problem:{note.problem}", f"problem:{note.problem}:{note.population}"):
                    heard[series, code].append((note.call.arrived_at.date(), note.call.caller_hash))
    counts = {}
    for (series, code), calls in heard.items():
        for day in {day for day, _ in calls}:
            on_the_day = [person for at, person in calls if at == day]
            shortly_before = {person for at, person in calls if day - timedelta(days=6) <= at < day}
            counts[series, code, day] = (len(set(on_the_day) - shortly_before), len(on_the_day))
    return counts
