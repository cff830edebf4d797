"""A talk of two that the test model understands, the bare loop over it, and when each character ends."""

from __future__ import annotations

import itertools
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models_store import load_manifest
from analytics.transcribe import VoskTranscriber
from hotline.telephony.captions.lane import (
    LONGEST_BYTES,
    PIECE_BYTES,
    QUIET_BYTES,
    SILENT_LEVEL,
    Lane,
    Line,
)
from hotline.telephony.captions.media import CALLER, OPERATOR, RATE, pcm_of
from tests.captions_kit import mulaw_of
from tests.conftest import shared_data_dir
from tests.journeys.sound import read, write_speech

MODEL = "vosk-zh-toy"
FRAME = RATE // 50
PHRASES = {CALLER: ("我 最近 总是 失眠", "晚上 害怕 焦虑"), OPERATOR: ("晚上 害怕 焦虑", "我 最近 总是 失眠")}
PAUSE_SECONDS = 1.6

Samples = NDArray[np.int16]


def model() -> VoskTranscriber:
    return VoskTranscriber(
        shared_data_dir() / "models" / MODEL, load_manifest()[MODEL], allow_test_models=True
    )


def talk() -> dict[str, Samples]:
    """Words that the model knows, 8 kHz, the two in turn: others make it slow, as no real model is."""
    tracks: dict[str, list[Any]] = {CALLER: [], OPERATOR: []}
    with tempfile.TemporaryDirectory() as folder:
        for turn, who in itertools.product(range(2), (CALLER, OPERATOR)):
            samples, _ = read(write_speech(Path(folder) / "said.wav", PHRASES[who][turn]).read_bytes())
            said = np.concatenate([samples[:, 0], np.zeros(int(PAUSE_SECONDS * RATE))])
            for name, pieces in tracks.items():
                pieces.append(said if name == who else np.zeros(len(said)))
    return {name: np.concatenate(pieces).astype("<i2") for name, pieces in tracks.items()}


def bare(speech: VoskTranscriber, tracks: dict[str, Samples]) -> float:
    """CPU seconds of the least loop on both tracks of one stream."""
    began = time.process_time()
    for samples in tracks.values():
        pcm, live = pcm_of(mulaw_of(samples)), speech.live(RATE)
        said, since, began_at = "", 0, 0
        for at in range(0, len(pcm), PIECE_BYTES):
            piece = pcm[at : at + PIECE_BYTES]
            if not said and np.abs(np.frombuffer(piece, "<i2").astype(np.int32)).max() < SILENT_LEVEL:
                continue
            if live.accept(piece) is not None:
                said = ""
            elif live.partial != said:
                began_at = began_at if said else at
                said, since = live.partial, at
            elif said and (at - since >= QUIET_BYTES or at - began_at >= LONGEST_BYTES):
                live.finish()
                said = ""
    return time.process_time() - began


def ends_of_words(speech: VoskTranscriber, tracks: dict[str, Samples]) -> dict[str, list[float]]:
    """Of each final line: the seconds from its first word's begin to the end of each character."""
    ends: dict[str, list[float]] = {}
    live = speech.live(RATE)

    class Watched:
        def accept(self, pcm: bytes) -> Any:
            return keep(live.accept(pcm))

        def finish(self) -> Any:
            return keep(live.finish())

        @property
        def partial(self) -> str:
            return live.partial

    def keep(spoken: Any) -> Any:
        if spoken is not None:
            begin = spoken.words[0].start_seconds
            ends[spoken.text] = [word.end_seconds - begin for word in spoken.words for _ in word.text]
        return spoken

    for name, samples in tracks.items():
        told: list[Any] = []
        lane = Lane(name, Watched(), 0.0, told.append, None)
        pcm = pcm_of(mulaw_of(samples))
        for number, at in enumerate(range(0, len(pcm), 2 * FRAME), start=1):
            if lane.hear(pcm[at : at + 2 * FRAME], number):
                while lane.work():
                    continue
        lane.end()
        lane.work()
        assert any(isinstance(line, Line) and line.final for line in told), f"{name} was not understood"
    return ends
