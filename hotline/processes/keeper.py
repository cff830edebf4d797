"""The keeper behind `hotline up`: starts the processes in order, starts a dead one again, ends all of them.

    start -> [watch -> restart a dead one after its pause]* -> end by stages, the last first

Two safeguards hold when the keeper itself is killed: each child's leash (the kernel's death signal) and the
guardian, which ends whole sessions and so catches workers and work-horses that ignore the first.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from hotline.faults import OperationalFault
from hotline.processes.child import Child
from hotline.processes.output import Output
from hotline.processes.procfile import ProcessSpec

TURN_SECONDS = 0.1
GRACE_SECONDS = 4.0
GRACE_TOGETHER_SECONDS = 12.0


class Keeper:
    """Children in the order of their start. Use as a context manager: leaving it ends them all."""

    def __init__(self, folder: Path, environment: Mapping[str, str], output: Output) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._output = output
        self._children: list[Child] = []
        self._due: dict[str, float] = {}
        self._guardian: subprocess.Popen[str] | None = None
        self._ending = threading.Event()
        self._hurry = False

    def __enter__(self) -> Keeper:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._call_guardian()
        return self

    def __exit__(self, *_: object) -> None:
        self.end_all()

    @property
    def is_ending(self) -> bool:
        return self._ending.is_set()

    def start(self, spec: ProcessSpec, environment: Mapping[str, str] | None = None) -> Child:
        """Start a process and keep it (unless it is expected to end)."""
        child = Child(spec, self._folder, {**self._environment, **(environment or {})}, self._output.line)
        self._children.append(child)
        self._launch(child)
        return child

    def run_to_end(self, spec: ProcessSpec) -> None:
        """Run one that must succeed before the others start. Raises OperationalFault when it does not."""
        child = self.start(replace(spec, once=True))
        while child.exit_status() is None and self.turn():
            time.sleep(TURN_SECONDS / 4)
        status = child.exit_status()
        if status is not None:
            self._forget(child)
        if status and not self.is_ending:
            raise OperationalFault(
                f"{spec.name} 没有成功（状态 {status}），原因见上。",
                f"{spec.name} did not succeed (status {status}); its own words are above.",
            )

    def turn(self) -> bool:
        """Look once at every child; False once the keeper is told to end."""
        now = time.monotonic()
        for child in list(self._children):
            if child.spec.name in self._due:
                if now >= self._due[child.spec.name]:
                    del self._due[child.spec.name]
                    self._launch(child)
                continue
            status = child.exit_status()
            if status is not None and not self.is_ending:
                self._on_death(child, status)
        if self._guardian is not None and self._guardian.poll() is not None:
            self._call_guardian()
        return not self.is_ending

    def keep(self) -> None:
        """Watch until told to end."""
        while self.turn():
            self._ending.wait(TURN_SECONDS)

    def end_all(self) -> None:
        """End everything, by stages; afterwards nothing of it runs."""
        self._ending.set()
        latest = time.monotonic() + GRACE_TOGETHER_SECONDS
        for stage in stages_of_end([child for child in self._children if child.started]):
            until = min(latest, time.monotonic() + GRACE_SECONDS)
            for child in stage:
                child.ask_to_end()
            for child in stage:
                child.end(0.0 if self._hurry else max(0.0, until - time.monotonic()))
        self._children.clear()
        if self._guardian is not None:
            # Nothing is left on its list by now: it ends by itself when its input does.
            with contextlib.suppress(OSError):
                if self._guardian.stdin is not None:
                    self._guardian.stdin.close()
            self._guardian.wait(timeout=10)
            self._guardian = None

    def _launch(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:
            self._output.line(child.spec.name, f"cannot be started: {error.strerror}")
            child.restarts = child.restarts.after_death(0.0)
            self._due[child.spec.name] = time.monotonic() + child.restarts.pause_seconds
            return
        self._tell_guardian("+", child.session)

    def _on_death(self, child: Child, status: int) -> None:
        lived = child.lived_seconds
        child.sweep()
        self._tell_guardian("-", child.session)
        name = child.spec.name
        if child.spec.once:
            self._children.remove(child)
            if status:
                self._output.line(name, f"ended with {_reason(status)}; its own words are above")
            return
        child.restarts = child.restarts.after_death(lived)
        pause = child.restarts.pause_seconds
        self._due[name] = time.monotonic() + pause
        if child.restarts.is_new_loop:
            self._output.notice(
                f"{name} 连续退出 {child.restarts.deaths} 次（{_reason(status)}），原因见上；会继续重试。",
                f"{name} ended {child.restarts.deaths} times in a row ({_reason(status)}), see above; "
                "it is tried again with pauses of up to 30 s.",
            )
            child.restarts = child.restarts.mark_told()
        elif not child.restarts.told:
            self._output.line(name, f"ended with {_reason(status)}; starting it again in {pause:g} s")

    def _forget(self, child: Child) -> None:
        child.sweep()
        self._tell_guardian("-", child.session)
        with contextlib.suppress(ValueError):
            self._children.remove(child)

    def _call_guardian(self) -> None:
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", "hotline.processes.guardian"],
            cwd=self._folder,
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        for child in self._children:
            if child.started and child.exit_status() is None:
                self._tell_guardian("+", child.session)

    def _tell_guardian(self, sign: str, session: int) -> None:
        if self._guardian is not None and self._guardian.stdin is not None:
            with contextlib.suppress(OSError):
                self._guardian.stdin.write(f"{sign}{session}\n")
                self._guardian.stdin.flush()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Asked twice means: do not wait.
        self._hurry = self._ending.is_set()
        self._ending.set()


def stages_of_end(children: Sequence[Child]) -> list[list[Child]]:
    """Who is asked together, from the order of the start. What ends by itself goes first; then the last one
    alone, the exchange, which tells the doors how its calls ended; then the doors and workers; and the first
    one alone, Redis, which they use to their end."""
    once = [child for child in children if child.spec.once]
    kept = [child for child in children if not child.spec.once]
    return [stage for stage in (once, kept[-1:], kept[-2:0:-1], kept[:-1][:1]) if stage]


def _reason(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"
