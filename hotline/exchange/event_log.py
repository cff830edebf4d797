"""What the exchange did, in JSON lines: sids and outcomes alone, never a number or a word.

Other parts compare their own account of the calls with this one.
"""

from __future__ import annotations

import json
import os
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from hotline.exchange.moments import iso, now

KEPT_IN_MEMORY = 20_000


class EventLog:
    """Append-only; the newest entries are kept in memory for `GET /exchange/log`."""

    def __init__(self, path: Path | None) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT_IN_MEMORY)
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a")

    def write(self, event: str, *, at: datetime | None = None, **facts: Any) -> None:
        entry = {"at": iso(at or now()), "event": event, **facts}
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()

    def entries(self, call_sid: str | None = None) -> list[dict[str, Any]]:
        return [e for e in self._entries if call_sid is None or e.get("call") == call_sid]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
