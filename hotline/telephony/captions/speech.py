"""The parts that bootstrap hands in: a speech model, the risk rules, and where marks are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class SpokenWord(Protocol):
    """Times are seconds of the sound that was fed to its recogniser."""

    @property
    def text(self) -> str: ...
    @property
    def start_seconds(self) -> float: ...
    @property
    def end_seconds(self) -> float: ...


class Spoken(Protocol):
    """What was said until a pause."""

    @property
    def text(self) -> str: ...
    @property
    def words(self) -> Sequence[SpokenWord]: ...


class Recogniser(Protocol):
    """Of one lane; used by one thread at a time."""

    def accept(self, pcm: bytes) -> Spoken | None:
        """16-bit mono; an utterance when it ended with these bytes."""
        ...

    @property
    def partial(self) -> str:
        """What has been understood of the running utterance; it may still change."""
        ...

    def finish(self) -> Spoken | None:
        """The running utterance ends here."""
        ...


class Speech(Protocol):
    """A model, loaded once for the process; its recognisers run beside one another."""

    @property
    def name(self) -> str: ...

    def live(self, rate: int) -> Recogniser: ...


@dataclass(frozen=True, slots=True)
class FoundMark:
    """A risk expression in a text: where, how grave, and why in both languages. `level` is R1–R4."""

    start: int
    end: int
    level: int
    reason: str
    zh: str
    en: str


Marker = Callable[[str], Sequence[FoundMark]]
KeepMarks = Callable[[int, Sequence[tuple[FoundMark, float]]], None]
"""call id, marks with the second of the talk; no word comes along."""
