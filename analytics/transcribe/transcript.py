"""The words of a call, with their times: plain frozen data, to and from JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class TranscriptState(StrEnum):
    """How the transcription of one recording ended; every value but `FAILED` is final and normal."""

    TRANSCRIBED = "transcribed"
    NO_SPEECH = "no_speech"
    NO_MODEL = "no_model"
    EMPTY = "empty"
    DAMAGED = "damaged"
    NOT_PERMITTED = "not_permitted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Word:
    """One word. Times are seconds from the start of the recording; confidence is 0..1."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one channel said without a break."""

    channel: int
    speaker: str
    start_seconds: float
    end_seconds: float
    text: str
    words: tuple[Word, ...]

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, weighted by their length in characters; 0 for none."""
        size = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / size if size else 0.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """All channels of one recording, merged by time.

    `heard_seconds` is what was given to the engine, summed over the channels (long silences are skipped);
    `truncated` says that the recording is shorter than its own header promises.
    """

    state: TranscriptState
    language: str
    model: str
    model_version: str
    duration_seconds: float
    channels: int
    sample_rate: int
    heard_seconds: float
    truncated: bool
    utterances: tuple[Utterance, ...]

    def of(self, speaker: str) -> tuple[Utterance, ...]:
        """The utterances of one speaker label, in time order."""
        return tuple(utterance for utterance in self.utterances if utterance.speaker == speaker)

    def text_of(self, speaker: str | None = None) -> str:
        """The words of one speaker (or of everybody), an utterance a line."""
        chosen = self.utterances if speaker is None else self.of(speaker)
        return "\n".join(utterance.text for utterance in chosen)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary that `from_json` reads back."""
        return {
            "state": self.state.value,
            "language": self.language,
            "model": self.model,
            "model_version": self.model_version,
            "duration_seconds": self.duration_seconds,
            "channels": self.channels,
            "sample_rate": self.sample_rate,
            "heard_seconds": self.heard_seconds,
            "truncated": self.truncated,
            "utterances": [
                {
                    "channel": utterance.channel,
                    "speaker": utterance.speaker,
                    "start_seconds": utterance.start_seconds,
                    "end_seconds": utterance.end_seconds,
                    "text": utterance.text,
                    "words": [
                        [word.text, word.start_seconds, word.end_seconds, word.confidence]
                        for word in utterance.words
                    ],
                }
                for utterance in self.utterances
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Transcript:
        """The transcript that `to_json` wrote."""
        return cls(
            state=TranscriptState(data["state"]),
            language=data["language"],
            model=data["model"],
            model_version=data["model_version"],
            duration_seconds=data["duration_seconds"],
            channels=data["channels"],
            sample_rate=data["sample_rate"],
            heard_seconds=data["heard_seconds"],
            truncated=data["truncated"],
            utterances=tuple(
                Utterance(
                    channel=row["channel"],
                    speaker=row["speaker"],
                    start_seconds=row["start_seconds"],
                    end_seconds=row["end_seconds"],
                    text=row["text"],
                    words=tuple(Word(*word) for word in row["words"]),
                )
                for row in data["utterances"]
            ),
        )
