"""One child of the keeper: started on a leash in a session of its own, its output passed on by line."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from hotline.processes import leash
from hotline.processes.procfile import ProcessSpec
from hotline.processes.restarts import Restarts
from hotline.processes.sessions import signal_session

SECOND_ASKING_SECONDS = 2.0
KEPT_LINES = 20
Say = Callable[[str, str], None]


class Child:
    """Started and ended by the keeper's main thread alone: the leash hangs on the thread that starts it."""

    def __init__(self, spec: ProcessSpec, folder: Path, environment: Mapping[str, str], say: Say) -> None:
        self.spec = spec
        self.restarts = Restarts()
        self._folder = folder
        self._environment = dict(environment)
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._reader: threading.Thread | None = None
        self._kept: deque[str] = deque(maxlen=KEPT_LINES)

    def start(self) -> None:
        """Raises OSError when the machine cannot start a process."""
        self._process = subprocess.Popen(  # noqa: S603 - commands come from our own Procfile
            [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *self.spec.command],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._started = time.monotonic()
        self._reader = threading.Thread(target=self._pass_on, args=(self._process,), daemon=True)
        self._reader.start()

    @property
    def session(self) -> int:
        """The session's id, which is the process id of its leader."""
        assert self._process is not None
        return self._process.pid

    @property
    def started(self) -> bool:
        return self._process is not None

    def exit_status(self) -> int | None:
        """None while it runs (or was never started)."""
        return self._process.poll() if self._process else None

    @property
    def lived_seconds(self) -> float:
        return time.monotonic() - self._started

    def sweep(self) -> None:
        """End what a dead leader left behind, so that its port is free for the next."""
        signal_session(self.session, signal.SIGKILL)
        if self._reader:
            self._reader.join(timeout=1)
        while self._kept:
            self._say(self.spec.name, self._kept.popleft())

    def ask_to_end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    def end(self, grace_seconds: float) -> None:
        """Wait for one that was asked, ask again, then end the whole session by force."""
        if self._process is None:
            return
        until = time.monotonic() + grace_seconds
        asked_again = False
        while self._process.poll() is None and time.monotonic() < until:
            # A worker in the middle of a job takes the first asking as "after this job".
            if not asked_again and time.monotonic() > until - grace_seconds + SECOND_ASKING_SECONDS:
                self.ask_to_end()
                asked_again = True
            time.sleep(0.02)
        signal_session(self.session, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)
        if self._reader:
            self._reader.join(timeout=1)

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                text = line.decode("utf-8", "replace").rstrip()
                if self.spec.quiet:
                    self._kept.append(text)
                else:
                    self._say(self.spec.name, text)
