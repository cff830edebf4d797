"""Vosk behind the `Transcriber` role (libvosk 0.3.45, Apache-2.0; one recogniser for each channel)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analytics.model_card import ModelCard
from analytics.transcribe.audio import Samples, open_sound
from analytics.transcribe.errors import LanguageNotCovered, ModelUnusable, TestModelRefused
from analytics.transcribe.silence import SilenceSkipper, Stretch
from analytics.transcribe.transcriber import AudioSource, Progress
from analytics.transcribe.transcript import Transcript, TranscriptState, Utterance, Word

_FEED_SECONDS = 1.0


class VoskTranscriber:
    """One loaded Vosk model. Loading takes seconds and memory: build it once for each worker.

    Raises `TestModelRefused` for a model marked `test` unless `allow_test_models`, `LanguageNotCovered`
    when `language` is asked for and the card does not name it, `ModelUnusable` when the folder does not load.
    """

    def __init__(
        self, folder: Path, card: ModelCard, *, language: str | None = None, allow_test_models: bool = False
    ) -> None:
        if card.test and not allow_test_models:
            raise TestModelRefused(f"{card.name} is a test fixture")
        if card.kind != "speech":
            raise ModelUnusable(f"{card.name} is no speech model")
        if language is not None and not card.covers(language):
            raise LanguageNotCovered(f"{card.name} does not know {language}")
        self.name, self.version, self.language = card.name, card.version, language or card.languages[0]
        self._model = _load(folder)

    def transcribe(
        self,
        audio: AudioSource,
        channel_labels: Sequence[str] = ("caller", "operator"),
        progress: Progress | None = None,
    ) -> Transcript:
        """See `Transcriber.transcribe`."""
        info, blocks = open_sound(audio)
        labels = _labels(info.channels, channel_labels)
        ears = [_ChannelEar(self._model, info.rate, index, label) for index, label in enumerate(labels)]
        for block in blocks:
            for ear, samples in zip(ears, block, strict=True):
                ear.hear(samples)
            if progress is not None:
                progress(info.duration_seconds)
        utterances = [utterance for ear in ears for utterance in ear.finish()]
        utterances.sort(key=lambda utterance: (utterance.start_seconds, utterance.channel))
        return Transcript(
            state=TranscriptState.TRANSCRIBED if utterances else TranscriptState.NO_SPEECH,
            language=self.language,
            model=self.name,
            model_version=self.version,
            duration_seconds=round(info.duration_seconds, 3),
            channels=info.channels,
            sample_rate=info.source_rate,
            heard_seconds=round(sum(ear.heard_seconds for ear in ears), 3),
            truncated=info.truncated,
            utterances=tuple(utterances),
        )

    def live(self, rate: int = 8000) -> LiveRecognizer:
        """A recogniser for sound that is still being spoken (captions); 16-bit PCM of one channel."""
        return LiveRecognizer(_recognizer(self._model, rate))


@dataclass(frozen=True, slots=True)
class LiveUtterance:
    """What was said until a pause; times are seconds of the sound fed so far."""

    text: str
    words: tuple[Word, ...]


class LiveRecognizer:
    """Words while they are spoken: feed PCM, read `partial`, take each finished utterance."""

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer

    def accept(self, pcm: bytes) -> LiveUtterance | None:
        """What was said, when an utterance ended with these bytes, else None."""
        if self._recognizer.AcceptWaveform(pcm):
            return _utterance(self._recognizer.Result())
        return None

    @property
    def partial(self) -> str:
        """What has been understood of the running utterance so far; it may still change."""
        return _joined(json.loads(self._recognizer.PartialResult()).get("partial", ""))

    def finish(self) -> LiveUtterance | None:
        """What was said last, when the sound has ended or breaks off; more may be fed after it."""
        return _utterance(self._recognizer.FinalResult())


class _ChannelEar:
    """One channel: skips silence, feeds the recogniser, and puts its times back on the recording's clock."""

    def __init__(self, model: Any, rate: int, channel: int, speaker: str) -> None:
        self._recognizer = _recognizer(model, rate)
        self._skipper = SilenceSkipper(rate)
        self._rate, self._channel, self._speaker = rate, channel, speaker
        self._fed = 0
        self._shift = 0.0
        self._waiting: list[Samples] = []
        self._waiting_count = 0
        self._utterances: list[Utterance] = []

    @property
    def heard_seconds(self) -> float:
        return self._fed / self._rate

    def hear(self, samples: Samples) -> None:
        for stretch in self._skipper.push(samples):
            self._take(stretch)

    def finish(self) -> list[Utterance]:
        for stretch in self._skipper.finish():
            self._take(stretch)
        self._feed()
        if self._fed:
            self._keep(self._recognizer.FinalResult())
        return self._utterances

    def _take(self, stretch: Stretch) -> None:
        if stretch.fresh or not (self._fed or self._waiting_count):
            self._feed()
            if self._fed:
                self._keep(self._recognizer.FinalResult())
            self._shift = (stretch.start - self._fed) / self._rate
        self._waiting.append(stretch.samples)
        self._waiting_count += len(stretch.samples)
        if self._waiting_count >= self._rate * _FEED_SECONDS:
            self._feed()

    def _feed(self) -> None:
        if not self._waiting_count:
            return
        pcm = np.concatenate(self._waiting).tobytes()
        self._fed += self._waiting_count
        self._waiting, self._waiting_count = [], 0
        if self._recognizer.AcceptWaveform(pcm):
            self._keep(self._recognizer.Result())

    def _keep(self, result: str) -> None:
        words = _words(result, self._shift)
        if words:
            text = _text_of(words)
            start, end = words[0].start_seconds, words[-1].end_seconds
            self._utterances.append(Utterance(self._channel, self._speaker, start, end, text, words))


def _words(result: str, shift: float = 0.0) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=row["word"],
            start_seconds=round(row["start"] + shift, 3),
            end_seconds=round(row["end"] + shift, 3),
            confidence=round(min(1.0, max(0.0, row["conf"])), 4),
        )
        for row in json.loads(result).get("result", [])
        if row["word"] != "[unk]"
    )


def _text_of(words: Sequence[Word]) -> str:
    return _joined(" ".join(word.text for word in words))


def _utterance(result: str) -> LiveUtterance | None:
    words = _words(result)
    return LiveUtterance(_text_of(words), words) if words else None


def _labels(channels: int, given: Sequence[str]) -> list[str]:
    if channels == 1:
        return [given[0] if len(given) == 1 else "unknown"]
    return [given[index] if index < len(given) else f"channel-{index + 1}" for index in range(channels)]


def _joined(text: str) -> str:
    """Vosk puts a blank between all words; Chinese is written without."""
    words = text.split()
    joined = ""
    for word in words:
        if joined and joined[-1].isascii() and word[0].isascii():
            joined += " "
        joined += word
    return joined


def _load(folder: Path) -> Any:
    import vosk

    # A missing file makes libvosk print to stderr and give NULL: look first, so that the error is ours.
    if not (folder / "am" / "final.mdl").is_file() or not (folder / "conf").is_dir():
        raise ModelUnusable(f"no Vosk model in folder {folder.name}")
    vosk.SetLogLevel(-1)
    try:
        return vosk.Model(str(folder))
    except Exception as error:
        raise ModelUnusable(f"the Vosk model in folder {folder.name} does not load") from error


def _recognizer(model: Any, rate: int) -> Any:
    import vosk

    recognizer = vosk.KaldiRecognizer(model, rate)
    recognizer.SetWords(True)
    return recognizer
