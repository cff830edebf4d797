"""A limit on requests of one address, for pages without sign-in. Addresses are forgotten with the window."""

from __future__ import annotations

import threading
from collections import deque

MOST_ADDRESSES = 20_000


class RateLimit:
    """At most `most` in `seconds` for each key; kept in this process alone."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def allows(self, key: str, now: float) -> bool:
        """Count this request; `now` in seconds of any steady clock."""
        with self._lock:
            if len(self._seen) > MOST_ADDRESSES:
                self._forget(now)
            times = self._seen.setdefault(key, deque())
            while times and now - times[0] > self._seconds:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True

    def _forget(self, now: float) -> None:
        old = [key for key, times in self._seen.items() if not times or now - times[-1] > self._seconds]
        for key in old:
            del self._seen[key]
