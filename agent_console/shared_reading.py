"""One reading for everybody who asks in the same moment: the records are read once, not once a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class SharedReading(Generic[Value]):
    """`get` gives a value whose reading began at most `seconds` ago, and not before `not_before` (a moment of
    `clock`): what was told to the pages is then in it. Who asks while it is being read waits for it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[float, Value] | None = None

    def get(self, read: Callable[[], Value], not_before: float = float("-inf")) -> Value:
        with self._lock:
            begun = self._clock()
            if self._kept is not None:
                read_at, value = self._kept
                if read_at >= not_before and begun - read_at <= self._seconds:
                    return value
            value = read()
            self._kept = (begun, value)
            return value
