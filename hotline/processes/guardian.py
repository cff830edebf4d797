"""The keeper's last will: ends every process of the keeper when the keeper itself is gone.

It reads `+SESSION` and `-SESSION` lines from the keeper. End of input means that the keeper ended, in
whatever way; what is still on the list is then ended. The terminal's signals are ignored: only that counts.
"""

from __future__ import annotations

import signal
import sys

from hotline.processes.sessions import end_sessions

GRACE_SECONDS = 4.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sessions: list[int] = []
    for line in sys.stdin:
        session = int(line[1:])
        if line[0] == "+":
            sessions.append(session)
        elif session in sessions:
            sessions.remove(session)
    end_sessions(sessions, GRACE_SECONDS)


if __name__ == "__main__":
    main()
