"""Logging of every process: one line an event, and no caller data.

Two nets below the rule that nobody logs a caller's data: long digit runs are masked, and an exception is
told by its kind and places, never by its message (a message may carry bound parameters or a person's words).
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType

NOISY_LIBRARIES = (
    "sqlalchemy",
    "twilio",
    "urllib3",
    "rq",
    "alembic",
    "aioice",
    "aiortc",
    "engineio",
    "socketio",
)
_NUMBER = re.compile(r"(?<![\w.:-])\+?\d[\d -]{6,16}\d(?![\w.:-])")


class QuietFormatter(logging.Formatter):
    """`LEVEL name: message`, numbers masked, exceptions without their messages."""

    def __init__(self, show_messages: bool = False) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._show_messages = show_messages

    def formatException(  # noqa: N802 - the name is the standard library's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        if self._show_messages:
            return super().formatException(ei)
        kind, _, trace = ei
        places = [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
        return "\n".join([*places, f"  {kind.__name__ if kind else '?'} (message withheld)"])

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have cached the full traceback on the record.
        record.exc_text = None
        return _NUMBER.sub("[number]", super().format(record))


def set_up_logging(process: str, debug: bool = False) -> None:
    """Send every logger of this process to standard error; called once at its door."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(QuietFormatter(show_messages=debug))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in NOISY_LIBRARIES:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.getLogger("hotline").debug("%s logs to standard error", process)
