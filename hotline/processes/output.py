"""What `hotline up` shows: each process's lines under its name, and the keeper's own sentences."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TextIO

COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
NAME_WIDTH = 9


class Output:
    """Lines from many threads onto one stream, whole lines only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._colours: dict[str, int] = {}
        self._coloured = stream.isatty()

    def line(self, name: str, text: str) -> None:
        label = f"{name:<{NAME_WIDTH}} |"
        if self._coloured:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            label = f"\x1b[{colour}m{label}\x1b[0m"
        self._write(f"{label} {text}")

    def notice(self, zh: str, en: str) -> None:
        self._write(f"** {zh}\n** {en}")

    def block(self, lines: Iterable[str]) -> None:
        self._write("\n".join(["", *lines, ""]))

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                self._stream.write(text + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                # The terminal is gone; the processes it showed are not.
                return
