"""The role of a speech engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO, Protocol

from analytics.transcribe.transcript import Transcript

AudioSource = BinaryIO | Iterable[bytes]
"""Sound as it is stored: an open binary file, or chunks of its bytes in order."""

Progress = Callable[[float], None]
"""Told after each piece, about a second of sound, how many seconds of the recording have been read; other
work may be done meanwhile."""


class Transcriber(Protocol):
    """Turns one recording into a transcript; loaded once for each worker, then used for every job."""

    name: str
    version: str
    language: str

    def transcribe(
        self,
        audio: AudioSource,
        channel_labels: Sequence[str] = ("caller", "operator"),
        progress: Progress | None = None,
    ) -> Transcript:
        """The words of each channel apart.

        `channel_labels` names the speakers by channel; a recording with one channel is labelled with the
        only name given, or `unknown` when several were. Raises `AudioEmpty` or `AudioDamaged`.
        """
        ...
