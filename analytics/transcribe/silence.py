"""Which stretches of a channel are worth the engine's time.

In a two-channel call each side is silent half of the time. Only frames far below a whisper count as
silence, only long runs of them are skipped, and half a second stays on either side of what is kept, so
that no first syllable is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.transcribe.audio import Samples

FRAME_SECONDS = 0.03
SILENCE_DBFS = -52.0
LONGEST_KEPT_SILENCE_SECONDS = 2.0
MARGIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples to hear. `start` is their place in the recording; `fresh` says that silence was cut before."""

    start: int
    samples: Samples
    fresh: bool


class SilenceSkipper:
    """Takes blocks of one channel in order and gives back the stretches to hear, with their places."""

    def __init__(self, rate: int) -> None:
        self._frame = int(rate * FRAME_SECONDS)
        self._threshold = (10 ** (SILENCE_DBFS / 20) * 32768) ** 2
        self._margin = int(MARGIN_SECONDS / FRAME_SECONDS)
        self._longest = int(LONGEST_KEPT_SILENCE_SECONDS / FRAME_SECONDS)
        self._rest: Samples = np.zeros(0, np.int16)
        self._quiet: list[Samples] = []
        self._quiet_count = self._longest  # a recording that starts silent is cut at once
        self._position = 0
        self._cut = False

    def push(self, block: Samples) -> Iterator[Stretch]:
        """The stretches that are ready after this block."""
        samples = np.concatenate([self._rest, block]) if len(self._rest) else block
        count = len(samples) // self._frame
        self._rest = samples[count * self._frame :]
        if not count:
            return
        frames = samples[: count * self._frame].reshape(count, self._frame)
        loud = np.mean(np.square(frames.astype(np.float32)), axis=1) >= self._threshold
        edges = np.flatnonzero(np.diff(loud)) + 1
        for first, last in zip([0, *edges], [*edges, count], strict=True):
            run = frames[first:last].reshape(-1)
            if loud[first]:
                yield from self._loud(run)
            else:
                yield from self._silent(run, int(last - first))

    def finish(self) -> Iterator[Stretch]:
        """What is left at the end of the recording."""
        if len(self._rest):
            energy = float(np.mean(np.square(self._rest.astype(np.float32))))
            rest, self._rest = self._rest, np.zeros(0, np.int16)
            if energy >= self._threshold:
                yield from self._loud(rest)

    def _loud(self, run: Samples) -> Iterator[Stretch]:
        held = np.concatenate(self._quiet) if self._quiet else np.zeros(0, np.int16)
        self._quiet, self._quiet_count = [], 0
        yield Stretch(self._position - len(held), np.concatenate([held, run]), self._cut)
        self._cut = False
        self._position += len(run)

    def _silent(self, run: Samples, frames: int) -> Iterator[Stretch]:
        """Short silence is heard as it comes; past the limit only the newest margin is held back."""
        self._position += len(run)
        room = max(0, self._longest - self._quiet_count)
        heard = run[: room * self._frame]
        if len(heard):
            yield Stretch(self._position - len(run), heard, self._cut)
            self._cut = False
        held = run[len(heard) :]
        self._quiet_count += frames
        if len(held):
            self._quiet.append(held)
            joined = np.concatenate(self._quiet)
            keep = self._margin * self._frame
            if len(joined) > keep:
                joined, self._cut = joined[-keep:], True
            self._quiet = [joined]
