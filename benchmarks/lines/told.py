"""What a long benchmark is at, on standard error: its tables on standard output stay clean."""

from __future__ import annotations

import sys
import time

_BEGAN = time.monotonic()


def tell(words: str) -> None:
    print(f"[{time.monotonic() - _BEGAN:6.0f} s] {words}", file=sys.stderr, flush=True)
