"""One speaker of one stream: sound waits here, bounded, until a thread listens to it.

hear (loop) -> waiting sound -> work (a thread of the pool) -> lines, in order
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hotline.telephony.captions.media import BYTES_A_SECOND, RATE
from hotline.telephony.captions.speech import FoundMark, Marker, Recogniser, Spoken

PIECE_BYTES = BYTES_A_SECOND // 10
"""A tenth of a second at a time: less costs more, more is late."""
WAITING_AT_MOST_BYTES = 3 * BYTES_A_SECOND
FRAME_SECONDS = 0.02
QUIET_BYTES = int(1.2 * BYTES_A_SECOND)
"""So long without another word, and the line stands: models end an utterance late, or never."""
SILENT_LEVEL = 48
"""Of 32768: below it nobody speaks into a telephone."""
LONGEST_BYTES = 10 * BYTES_A_SECOND
"""A line is no longer than this: what a model holds of an utterance grows with its length."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says. A line that is not final is said again under the same number."""

    number: int
    lane: str
    at_seconds: float
    """Of the talk."""
    text: str
    final: bool
    marks: Sequence[FoundMark] = ()
    mark_seconds: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Sound that was not heard, so that nobody takes what follows for the whole."""

    lane: str
    at_seconds: float
    seconds: float


Tell = Callable[[Line | Gap], None]


class Lane:
    def __init__(
        self, name: str, recogniser: Recogniser, starts_at: float, tell: Tell, mark: Marker | None
    ) -> None:
        """`starts_at`: second of the talk of the first sound. `mark`: risk rules, for the caller alone."""
        self._name = name
        self._recogniser = recogniser
        self._shift = starts_at
        self._tell = tell
        self._mark = mark
        self._lock = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._missing_bytes = 0
        self._next_chunk = 0
        self._scheduled = False
        self._ending = False
        self._fed_bytes = 0
        self._number = 0
        self._began: float | None = None
        self._said = ""
        self._changed_at = 0
        self.dropped_seconds = 0.0

    @property
    def lag_seconds(self) -> float:
        return self._waiting_bytes / BYTES_A_SECOND

    def hear(self, pcm: bytes, chunk: int) -> bool:
        """Take in sound. True: `work` is wanted now. Never waits: what is too much goes, the oldest first."""
        with self._lock:
            if self._next_chunk and chunk > self._next_chunk:
                self._miss(int((chunk - self._next_chunk) * FRAME_SECONDS * BYTES_A_SECOND))
            self._next_chunk = chunk + 1 if chunk else 0
            self._waiting.append(pcm)
            self._waiting_bytes += len(pcm)
            while self._waiting_bytes > WAITING_AT_MOST_BYTES:
                oldest = self._waiting.popleft()
                self._waiting_bytes -= len(oldest)
                self._miss(len(oldest))
            return self._schedule()

    def _miss(self, count: int) -> None:
        self._missing_bytes += count
        self.dropped_seconds += count / BYTES_A_SECOND

    def _schedule(self) -> bool:
        if self._scheduled or (self._waiting_bytes < PIECE_BYTES and not self._ending):
            return False
        self._scheduled = True
        return True

    def end(self) -> bool:
        """No more sound will come. True: `work` is wanted."""
        with self._lock:
            self._ending = True
            return self._schedule()

    def work(self) -> bool:
        """Listen to what waits; in one thread at a time. True: more is waiting, come again."""
        with self._lock:
            pcm = b"".join(self._waiting)
            missing, ending = self._missing_bytes, self._ending
            self._waiting.clear()
            self._waiting_bytes = self._missing_bytes = 0
        if missing:
            self._tell_gap(missing)
        if pcm:
            self._listen(pcm)
        if ending:
            self._finish(self._recogniser.finish())
            return False
        with self._lock:
            self._scheduled = False
            return self._schedule()

    def _listen(self, pcm: bytes) -> None:
        if not self._said and int(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)).max()) < SILENT_LEVEL:
            # Nobody speaks: the clock goes on without the model, to which silence may cost most of all.
            self._shift += len(pcm) / BYTES_A_SECOND
            return
        spoken = self._recogniser.accept(pcm)
        self._fed_bytes += len(pcm)
        if spoken is not None:
            self._finish(spoken)
            return
        text = self._recogniser.partial
        too_long = self._began is not None and self._now - self._began >= LONGEST_BYTES / BYTES_A_SECOND
        quiet = bool(text) and text == self._said and self._fed_bytes - self._changed_at >= QUIET_BYTES
        if too_long or quiet:
            self._finish(self._recogniser.finish())
        elif text and text != self._said:
            self._said, self._changed_at = text, self._fed_bytes
            if self._began is None:
                self._began = self._now
            marks = self._mark(text) if self._mark else ()
            self._tell(Line(self._number, self._name, round(self._began, 2), text, False, marks))

    @property
    def _now(self) -> float:
        return self._shift + self._fed_bytes / (RATE * 2)

    def _finish(self, spoken: Spoken | None) -> None:
        """A pause: the line stands. One that was shown and came to nothing is taken back."""
        if spoken is not None:
            at = self._shift + spoken.words[0].start_seconds
            marks = self._mark(spoken.text) if self._mark else ()
            seconds = [round(self._second_of(spoken, mark.start), 2) for mark in marks]
            self._tell(Line(self._number, self._name, round(at, 2), spoken.text, True, marks, seconds))
        elif self._said:
            self._tell(Line(self._number, self._name, round(self._began or self._now, 2), "", True))
        if spoken is not None or self._said:
            self._number += 1
        self._said, self._began = "", None

    def _second_of(self, spoken: Spoken, start: int) -> float:
        """The second of the talk at which the word at this offset of the text begins."""
        offset = 0
        for word in spoken.words:
            offset = spoken.text.find(word.text, offset) + len(word.text)
            if offset > start:
                return self._shift + word.start_seconds
        return self._shift + spoken.words[-1].start_seconds

    def _tell_gap(self, missing: int) -> None:
        """The sound breaks off: what was said before it is one line, and the clock goes on over it."""
        self._finish(self._recogniser.finish())
        seconds = missing / BYTES_A_SECOND
        self._tell(Gap(self._name, round(self._now, 2), round(seconds, 2)))
        self._shift += seconds
