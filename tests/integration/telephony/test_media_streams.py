"""The captions' door with the test model: words come to the desk, and others are turned away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests

from analytics.models_store import load_manifest
from analytics.transcribe import VoskTranscriber
from hotline.bootstrap.captions import RiskRules
from hotline.telephony.captions.door import CaptionsDoor
from hotline.telephony.captions.ears import Ears
from hotline.telephony.captions.speech import FoundMark, Speech
from hotline.telephony.captions.tokens import CaptionTokens
from tests.captions_kit import CarrierStream, DeskSocket, ServedDoor
from tests.integration.telephony.exchange_process import eventually
from tests.journeys.sound import read, write_speech

CARD = load_manifest()["vosk-zh-toy"]
CALL, PERSON = 7, 3
PAUSE = np.zeros(8000, np.int16)


class Kept(list[tuple[int, list[tuple[FoundMark, float]]]]):
    def __call__(self, call_id: int, marks: list[tuple[FoundMark, float]]) -> None:
        self.append((call_id, marks))


class Served:
    def __init__(self, speech: Speech | None, silence_seconds: float = 10.0) -> None:
        self.tokens = CaptionTokens("secret of the tests")
        self.kept = Kept()
        self.door = CaptionsDoor(
            ears=Ears(lambda: speech, 2),
            mark=RiskRules(),
            keep=self.kept,
            tokens=self.tokens,
            silence_seconds=silence_seconds,
        )
        self.served = ServedDoor(self.door)
        self.port = self.served.port
        self.sockets: list[CarrierStream | DeskSocket] = []

    def stream(self, token: str | None = None) -> CarrierStream:
        stream = CarrierStream(self.port, token or self.tokens.for_stream(CALL, 0.0))
        self.sockets.append(stream)
        return stream

    def desk(self, token: str | None = None) -> DeskSocket:
        desk = DeskSocket(self.port, token or self.tokens.for_desk(CALL, PERSON))
        self.sockets.append(desk)
        return desk

    def health(self) -> dict[str, object]:
        return dict(requests.get(f"http://127.0.0.1:{self.port}/health", timeout=5).json())

    def stop(self) -> None:
        for socket in self.sockets:
            socket.close()
        self.served.stop()


@pytest.fixture(scope="module")
def speech(shared_dir: Path) -> VoskTranscriber:
    return VoskTranscriber(shared_dir / "models" / "vosk-zh-toy", CARD, allow_test_models=True)


@pytest.fixture
def served(speech: VoskTranscriber) -> Iterator[Served]:
    running = Served(speech)
    yield running
    running.stop()


def spoken(folder: Path, words: str) -> np.ndarray:
    samples, _ = read(write_speech(folder / "said.wav", words).read_bytes())
    return np.concatenate([samples[:, 0].astype(np.int16), PAUSE, PAUSE])


def test_both_lanes_come_to_the_desk_while_they_are_spoken(served: Served, tmp_path: Path) -> None:
    desk, stream = served.desk(), served.stream()
    stream.speak(spoken(tmp_path, "我 最近 总是 失眠"), "inbound", pace=0.1)
    eventually(lambda: desk.lines("caller", final=True), "the caller's line stands")
    stream.speak(spoken(tmp_path, "我 最近 总是 失眠"), "outbound", pace=0.1)
    eventually(lambda: desk.lines("operator", final=True), "the operator's line stands")

    assert "失眠" in desk.lines("caller", final=True)[0]["text"]
    assert desk.lines("caller", final=False), "partials came before it"
    assert {line["id"] for line in desk.lines("caller")} >= {desk.lines("caller", final=True)[0]["id"]}
    assert [state["state"] for state in desk.kinds("state")] == ["waiting", "listening"]
    health = served.health()
    assert (health["captions"], health["streams"], health["desks"]) == ("ready", 1, 1)
    stream.stop()
    eventually(lambda: desk.kinds("state")[-1]["state"] == "interrupted", "the desk hears of the end")
    eventually(lambda: served.health()["streams"] == 0, "the stream is counted off")


def test_a_risk_word_of_the_caller_is_marked_and_kept_without_the_word(
    served: Served, tmp_path: Path
) -> None:
    desk, stream = served.desk(), served.stream()
    sound = spoken(tmp_path, "我 不想 活")
    stream.speak(sound, "outbound", pace=0.1)
    stream.speak(sound, "inbound", pace=0.1)
    marked = eventually(
        lambda: [line for line in desk.lines("caller", final=True) if line["marks"]], "the mark falls"
    )[0]

    assert marked["marks"][0]["zh"]
    assert 1 <= marked["marks"][0]["level"] <= 4
    assert not any(line["marks"] for line in desk.lines("operator")), "the operator's words are not judged"
    eventually(lambda: served.kept, "the mark is kept")
    [(call_id, marks)] = served.kept
    assert call_id == CALL
    assert all(found.reason and 0 <= seconds < 60 for found, seconds in marks)


@pytest.mark.parametrize("which", ["none", "of a desk", "another secret"])
def test_a_stream_without_our_token_is_turned_away(served: Served, which: str) -> None:
    token = {
        "none": "x",
        "of a desk": served.tokens.for_desk(CALL, PERSON),
        "another secret": CaptionTokens("other").for_stream(CALL, 0.0),
    }[which]
    assert served.stream(token).end_of()[0] == 1008
    assert served.health()["frames"] == 0


def test_a_desk_without_a_pass_sees_nothing_and_a_wrong_renewal_ends_it(served: Served) -> None:
    stranger = served.desk(served.tokens.for_stream(CALL, 0.0))
    eventually(lambda: stranger.closed == 4401, "the stranger is sent away")
    assert stranger.told == []
    desk = served.desk()
    eventually(lambda: desk.told, "the desk is let in")
    desk.shows(served.tokens.for_desk(CALL, PERSON))
    desk.shows(served.tokens.for_desk(CALL + 1, PERSON))
    eventually(lambda: desk.closed == 4401, "another call's pass does not renew this one")


def test_frames_that_never_came_are_told_as_a_gap(served: Served, tmp_path: Path) -> None:
    desk, stream = served.desk(), served.stream()
    stream.speak(PAUSE, pace=0.1)
    stream.skip(100)
    stream.speak(PAUSE, pace=0.1)
    gap = eventually(lambda: desk.kinds("gap"), "the gap is said")[0]
    assert gap["seconds"] == pytest.approx(2.0)
    assert served.health()["dropped_seconds"] == pytest.approx(2.0)


def test_a_refusal_clears_the_desks(served: Served, tmp_path: Path) -> None:
    desk, stream = served.desk(), served.stream()
    stream.speak(spoken(tmp_path, "我 失眠"), pace=0.1)
    eventually(lambda: desk.lines("caller", final=True), "a line stands")
    served.served.call(served.door.rooms.forget, CALL)
    eventually(lambda: desk.kinds("forget"), "the desk is told to clear")
    late = served.desk()
    eventually(lambda: late.told, "another desk comes")
    assert late.lines("caller") == []


def test_without_a_model_the_door_says_so_and_takes_no_sound() -> None:
    served = Served(None)
    try:
        assert served.stream().end_of()[0] == 1013
        assert served.health()["captions"] == "no_model"
        desk = served.desk()
        eventually(lambda: desk.told, "the desk is told")
        assert desk.told[0][1]["model"] == "no_model"
    finally:
        served.stop()


def test_a_stream_that_falls_silent_is_ended_so_that_another_can_begin(speech: VoskTranscriber) -> None:
    served = Served(speech, silence_seconds=0.5)
    try:
        stream = served.stream()
        stream.speak(PAUSE[:1600], pace=0)
        assert stream.end_of()[1] == "silence"
    finally:
        served.stop()


def test_what_is_no_message_ends_the_stream_alone(served: Served) -> None:
    desk = served.desk()
    stream = served.stream()
    stream.socket.send(json.dumps(["event"]))
    assert stream.end_of()[0] == 1007
    eventually(lambda: desk.told, "the desk stays")
    assert desk.closed is None
