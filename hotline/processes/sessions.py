"""Every process of a session: a child, its workers and their work-horses, whatever groups they made.

Each child of the keeper leads a session of its own; its descendants stay in it, so that none can be missed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time


def members(session: int) -> list[int]:
    """Process ids in that session that still run (a dead one that nobody collected does not count)."""
    found: list[int] = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if os.getsid(int(name)) == session and _state(int(name)) not in "ZX":
                found.append(int(name))
    return found


def _state(pid: int) -> str:
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        # The name in brackets may itself hold brackets and spaces.
        return file.read().rpartition(")")[2].split()[0]


def signal_session(session: int, number: signal.Signals) -> None:
    for pid in members(session):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def end_sessions(sessions: list[int], grace_seconds: float) -> None:
    """Ask all of them to end, wait, then end by force what is left."""
    for session in sessions:
        signal_session(session, signal.SIGTERM)
    until = time.monotonic() + grace_seconds
    while time.monotonic() < until and any(members(session) for session in sessions):
        time.sleep(0.1)
    for session in sessions:
        signal_session(session, signal.SIGKILL)
