"""The short queue between a browser's clock and ours: packets in, one frame of 20 ms for each tick out."""

from __future__ import annotations

from collections import deque

import numpy as np

from hotline.exchange.sound import FRAME, RATE, Samples

# Frames collected before playing (again). More are taken after gaps, fewer when the line has been calm.
LEAST_DEPTH = 2
MOST_DEPTH = 6
CALM_FRAMES = 500
MOST_CONCEALED = 3
JUMP_SAMPLES = RATE


class Playout:
    """Orders by RTP timestamp, fills the place of a lost packet, and drops what has become delay.

    The depth follows the line: one frame more after each gap, one less after ten calm seconds.
    """

    def __init__(self) -> None:
        self._frames: deque[tuple[int, Samples]] = deque()
        self._rest = np.zeros(0, dtype=np.int16)
        self._end = 0  # position of what comes next, in samples
        self._last: tuple[int, int] | None = None  # timestamp and position of the last packet
        self._next: int | None = None  # position of the frame to be played next
        self._before: Samples | None = None
        self._filling = True
        self._concealed_in_row = self._calm = 0
        self.depth = LEAST_DEPTH
        self.dropped = self.gaps = self.concealed = self.late = 0

    def push(self, samples: Samples) -> None:
        """The next samples, of any length, from a source that keeps their order."""
        joined = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(joined) // FRAME * FRAME
        self._rest = joined[whole:]
        self._insert(self._end, joined[:whole])

    def place(self, timestamp: int, samples: Samples) -> None:
        """A packet's samples where its RTP timestamp says."""
        position = self._position(timestamp)
        if len(samples) % FRAME or len(self._rest):
            self.push(samples)
        else:
            self._insert(position, samples)

    def take(self) -> Samples | None:
        """The frame of this tick; None when nothing has come."""
        while len(self._frames) > self.depth + 1:
            self._frames.popleft()
            self.dropped += 1
            self._next = None
        if self._filling and len(self._frames) < self.depth:
            return None
        if not self._frames:
            self._fall_dry()
            return None
        self._filling = False
        position, frame = self._frames[0]
        if self._next is not None and position > self._next and self._concealed_in_row < MOST_CONCEALED:
            return self._conceal(self._next)
        self._frames.popleft()
        self._next, self._before, self._concealed_in_row = position + FRAME, frame, 0
        self._calm += 1
        if self._calm >= CALM_FRAMES:
            self._calm, self.depth = 0, max(LEAST_DEPTH, self.depth - 1)
        return frame

    # -- inside
    def _position(self, timestamp: int) -> int:
        """Timestamps wrap at 32 bits; after a jump of a second the stream is a new one."""
        position = self._end
        if self._last is not None:
            ahead = ((timestamp - self._last[0] + 2**31) & 0xFFFFFFFF) - 2**31
            if abs(ahead) <= JUMP_SAMPLES:
                position = self._last[1] + ahead
            else:
                self._frames.clear()
                self._next, self._filling = None, True
        self._last = (timestamp, position)
        return position

    def _insert(self, position: int, samples: Samples) -> None:
        for start in range(0, len(samples), FRAME):
            at, frame = position + start, samples[start : start + FRAME]
            if self._next is not None and at < self._next:
                self.late += 1
            elif not self._frames or at > self._frames[-1][0]:
                self._frames.append((at, frame))
            elif all(at != there for there, _ in self._frames):
                self._frames = deque(sorted([*self._frames, (at, frame)], key=lambda entry: entry[0]))
        self._end = max(self._end, position + len(samples))

    def _conceal(self, position: int) -> Samples | None:
        """Instead of one lost packet the last one again, fading: gentler to the ear than a hole."""
        self._next = position + FRAME
        self._concealed_in_row += 1
        self.concealed += 1
        if self._before is None:
            return None
        self._before = self._before // 2
        return self._before

    def _fall_dry(self) -> None:
        if not self._filling:
            self.gaps += 1
            self.depth = min(MOST_DEPTH, self.depth + 1)
        self._filling, self._next, self._calm = True, None, 0
