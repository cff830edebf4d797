"""Run a command that is told to end when its parent dies, even when the parent is killed with SIGKILL.

Run as a file, `python -I -S leash.py PARENT_PID COMMAND…`: it asks the kernel for SIGTERM at its
parent's death and becomes the command. Done here and not in a `preexec_fn`, since Python code between
fork and exec may deadlock in a parent that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        # The parent died before the kernel was asked.
        sys.exit(0)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command comes from our own Procfile
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
