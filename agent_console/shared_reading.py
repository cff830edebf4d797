"""One reading for everybody who asks in the same moment: the records are read once, not once a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")

ANEW = float("inf")
"""As `not_before`: whoever asks wants it read now."""


@dataclass(frozen=True)
class Dated(Generic[Value]):
    value: Value
    read_at: float
    """Moment of the steady clock at which the reading began."""
    left: float
    """Seconds for which it was kept still, when it was asked for."""


class SharedReading(Generic[Value]):
    """`get` gives a value whose reading began at most `seconds` ago, and not before `not_before` (a moment of
    `clock`): what was told to the pages is then in it. Who asks while it is being read waits for it.

    `times`: kept no longer than so many times what the reading took, so that a cheap one is never old and a
    dear one never busies a thread for more than its share.
    """

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        times: float = float("inf"),
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._times = times
        self._lock = threading.Lock()
        self._kept: tuple[Value, float, float] | None = None

    def get(self, read: Callable[[], Value], not_before: float = float("-inf")) -> Value:
        return self.dated(read, not_before).value

    def dated(self, read: Callable[[], Value], not_before: float = float("-inf")) -> Dated[Value]:
        with self._lock:
            begun = self._clock()
            if self._kept is not None:
                value, read_at, until = self._kept
                if read_at >= not_before and begun <= until:
                    return Dated(value, read_at, until - begun)
            value = read()
            took = self._clock() - begun
            held = min(self._seconds, self._times * took) if took > 0 else self._seconds
            self._kept = (value, begun, begun + held)
            return Dated(value, begun, max(0.0, held - took))
