"""The model, loaded once, and the threads that listen for all lanes together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hotline.telephony.captions.lane import Lane
from hotline.telephony.captions.speech import Speech

log = logging.getLogger("hotline.captions")

NO_MODEL, LOADING, READY = "no_model", "loading", "ready"


class Ears:
    """The libraries of speech release the interpreter while they listen: lanes run beside one another."""

    def __init__(self, load: Callable[[], Speech | None], threads: int) -> None:
        """`load`: the installed model, None while there is none; it may take seconds."""
        self._load = load
        self._loading = threading.Lock()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ears")
        self.speech: Speech | None = None
        self.state = NO_MODEL

    def ready(self) -> Speech | None:
        """The model, loaded now when it was not yet; one that is installed later is found then."""
        with self._loading:
            if self.speech is None:
                self.state = LOADING
                try:
                    self.speech = self._load()
                except Exception:
                    log.exception("the speech model does not load")
                self.state = READY if self.speech is not None else NO_MODEL
            return self.speech

    def listen(self, lane: Lane) -> None:
        """Let a thread work for this lane, after the lanes that asked before it."""
        self._pool.submit(self._work, lane)

    def _work(self, lane: Lane) -> None:
        try:
            if lane.work():
                self.listen(lane)
        except Exception:
            # The stream goes on without this lane; the next stream of the talk has a new one.
            log.exception("a lane can't be heard any more")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
