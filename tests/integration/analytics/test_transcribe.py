"""Real libvosk on real sound: channels, rates, codecs, and everything that is no sound."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from analytics.models_store import load_manifest
from analytics.transcribe import (
    AudioDamaged,
    AudioEmpty,
    LanguageNotCovered,
    ModelUnusable,
    TestModelRefused,
    Transcript,
    TranscriptState,
    VoskTranscriber,
)

CARD = load_manifest()["vosk-zh-toy"]


@pytest.fixture(scope="module")
def transcriber(shared_dir: Path) -> VoskTranscriber:
    return VoskTranscriber(shared_dir / "models" / "vosk-zh-toy", CARD, allow_test_models=True)


@pytest.fixture(scope="module")
def spoken(shared_dir: Path) -> np.ndarray:
    """我最近总是失眠…, 16 kHz."""
    with wave.open(str(shared_dir / "audio" / "tts-zh-00.wav")) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), np.int16)


def wav(channels: list[np.ndarray], rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(len(channels))
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(np.stack(channels, axis=1).tobytes())
    return out.getvalue()


def encoded(samples: np.ndarray, codec: str, container: str, rate: int) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = 16000
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(ready))
        file.mux(stream.encode(None))
    return out.getvalue()


def chunks(data: bytes, size: int = 1000) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def test_words_come_with_times_and_confidence_from_a_stream_of_bytes(
    transcriber: VoskTranscriber, spoken: np.ndarray
) -> None:
    transcript = transcriber.transcribe(chunks(wav([spoken], 16000)), ("caller",))
    assert transcript.state is TranscriptState.TRANSCRIBED
    assert transcript.text_of("caller").startswith("我最近总是失眠")
    words = [word for said in transcript.utterances for word in said.words]
    assert all(0 <= word.confidence <= 1 and word.start_seconds < word.end_seconds for word in words)
    assert [word.start_seconds for word in words] == sorted(word.start_seconds for word in words)
    assert Transcript.from_json(transcript.to_json()) == transcript


def test_each_channel_is_its_own_speaker_and_silence_is_skipped_without_moving_times(
    transcriber: VoskTranscriber, spoken: np.ndarray
) -> None:
    quiet = np.zeros(16000 * 20, np.int16)
    rest = np.zeros_like(spoken)
    caller = np.concatenate([spoken, quiet, rest])
    operator = np.concatenate([rest, quiet, spoken])
    transcript = transcriber.transcribe([wav([caller, operator], 16000)])
    begin = (len(spoken) + len(quiet)) / 16000
    assert transcript.text_of("caller").startswith("我最近总是失眠")
    assert transcript.text_of("operator").startswith("我最近总是失眠")
    assert transcript.of("caller")[0].start_seconds < 1
    assert begin - 0.6 < transcript.of("operator")[0].start_seconds < begin + 1
    assert transcript.heard_seconds < 0.55 * transcript.duration_seconds * 2


@pytest.mark.parametrize(
    ("codec", "container", "rate"),
    [
        ("pcm_mulaw", "wav", 8000),
        ("pcm_alaw", "wav", 8000),
        ("pcm_s16le", "wav", 44100),
        ("pcm_s16le", "wav", 48000),
        ("libmp3lame", "mp3", 16000),
        ("libopus", "ogg", 48000),
    ],
)
def test_codecs_and_rates_of_telephones_and_files(
    transcriber: VoskTranscriber, spoken: np.ndarray, codec: str, container: str, rate: int
) -> None:
    transcript = transcriber.transcribe(chunks(encoded(spoken, codec, container, rate)), ("caller",))
    assert "失眠" in transcript.text_of()
    assert transcript.duration_seconds == pytest.approx(len(spoken) / 16000, abs=0.15)


def test_silence_alone_is_no_speech(transcriber: VoskTranscriber) -> None:
    transcript = transcriber.transcribe([wav([np.zeros(16000 * 5, np.int16)], 16000)])
    assert transcript.state is TranscriptState.NO_SPEECH
    assert transcript.heard_seconds == 0


def test_empty_and_damaged_files_are_states_of_their_own(
    transcriber: VoskTranscriber, spoken: np.ndarray
) -> None:
    whole = wav([spoken], 16000)
    for data in (b"", whole[:44]):
        with pytest.raises(AudioEmpty):
            transcriber.transcribe([data])
    for data in (b"RIFF", b"not sound at all" * 400, b"\x00" * 9000):
        with pytest.raises(AudioDamaged):
            transcriber.transcribe([data])


def test_a_recording_that_breaks_off_is_given_as_far_as_it_goes(
    transcriber: VoskTranscriber, spoken: np.ndarray
) -> None:
    transcript = transcriber.transcribe([wav([spoken], 16000)[:90000]])
    assert transcript.truncated
    assert transcript.text_of().startswith("我最近")


def test_a_failing_store_is_not_mistaken_for_a_bad_recording(
    transcriber: VoskTranscriber, spoken: np.ndarray
) -> None:
    class StoreDown(Exception):
        pass

    def broken() -> Iterator[bytes]:
        yield wav([spoken], 16000)[:50000]
        raise StoreDown

    with pytest.raises(StoreDown):
        transcriber.transcribe(broken())


def test_the_test_model_is_refused_outside_tests(shared_dir: Path) -> None:
    with pytest.raises(TestModelRefused):
        VoskTranscriber(shared_dir / "models" / "vosk-zh-toy", CARD)


def test_a_language_the_card_does_not_name_is_refused(shared_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(LanguageNotCovered):
        VoskTranscriber(tmp_path, CARD, language="en", allow_test_models=True)
    with pytest.raises(ModelUnusable):
        VoskTranscriber(tmp_path, CARD, allow_test_models=True)


def test_live_sound_gives_partials_and_a_final(transcriber: VoskTranscriber, spoken: np.ndarray) -> None:
    live = transcriber.live(16000)
    finals, partials = [], []
    for at in range(0, len(spoken), 1600):
        said = live.accept(spoken[at : at + 1600].tobytes())
        finals += [said.text] if said else []
        partials.append(live.partial)
    last = live.finish()
    finals += [last.text] if last else []
    assert any(partials)
    assert "失眠" in "".join(finals)
