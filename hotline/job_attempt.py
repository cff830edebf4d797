"""One attempt at a row of the outbox: that its process lives, and how long it may take."""

from __future__ import annotations

import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger("hotline.jobs")

BEAT_SECONDS = 15.0
LEASE_SECONDS = 60
"""A worker that died is noticed so long after its last beat; a slow one may miss three of them."""


def lease_seconds(attempts: int, most: int) -> int:
    """How long a lease holds without a beat, in seconds. It doubles with each attempt up to `most`, so that
    work which kills its worker does not do so every minute."""
    return int(min(LEASE_SECONDS * 2 ** min(attempts - 1, 16), most))


class Attempt:
    """While the block runs, `renew` is called every `beat_seconds`, but no longer than the attempt may take:
    one that hangs loses its lease as if its process had died."""

    def __init__(
        self, queue: str, seconds: float, renew: Callable[[], None], beat_seconds: float = BEAT_SECONDS
    ) -> None:
        self.queue = queue
        self._renew = renew
        self._beat_seconds = beat_seconds
        self._until = time.monotonic() + seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> Attempt:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def paused(self, seconds: int) -> Iterator[None]:
        """This attempt's time stands still while another has `seconds` of its own; the beat goes on.

        RQ ends a job by an alarm (SIGALRM), of which a process has one: it is set for the other attempt and
        then for what is left of this.
        """
        left, began = self._until - time.monotonic(), signal.alarm(0)
        self._until = math.inf
        if began:
            signal.alarm(seconds)
        try:
            yield
        finally:
            if began:
                signal.alarm(began)
            self._until = time.monotonic() + left

    def _beat(self) -> None:
        while not self._over.wait(self._beat_seconds) and time.monotonic() < self._until:
            try:
                self._renew()
            except Exception as error:
                # The next beat comes; until then the lease holds.
                log.warning("a lease was not renewed: %s", type(error).__name__)
