"""A real `hotline up` on random free ports with a small Procfile of real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
PORT_NAMES = ("WEB", "CARRIER", "EXCHANGE", "FALLBACK", "CAPTIONS", "REDIS", "GATE")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def eventually(what: Callable[[], object], seconds: float = 15.0) -> object:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"did not happen within {seconds} s")


class RunningHotline:
    """One `hotline up`, what it said so far, and every process that it brought about."""

    def __init__(self, folder: Path, procfile: str, *options: str) -> None:
        self.ports = dict(zip(PORT_NAMES, free_ports(len(PORT_NAMES)), strict=True))
        self.data_dir = folder / "var"
        (folder / "Procfile").write_text(procfile, encoding="utf-8")
        # Marks every descendant, so that one that fled into another session is found as well.
        self.mark = f"TEST_RUN_OF_HOTLINE={os.urandom(8).hex()}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("HOTLINE_")},
            **{f"HOTLINE_{name}_PORT": str(port) for name, port in self.ports.items()},
            "HOTLINE_DATA_DIR": str(self.data_dir),
            "HOTLINE_MODE": "test",
            self.mark.split("=")[0]: self.mark.split("=")[1],
        }
        self.command = [
            sys.executable,
            "-m",
            "hotline",
            "up",
            "--procfile",
            str(folder / "Procfile"),
            *options,
        ]
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            self.command,
            cwd=REPOSITORY,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def said(self, text: str) -> list[str]:
        return [line for line in self.lines if text in line]

    def wait_until_said(self, text: str, seconds: float = 20.0) -> str:
        try:
            return eventually(lambda: self.said(text), seconds)[0]  # type: ignore[index]
        except AssertionError:
            raise AssertionError(f"{text!r} was not said:\n" + "\n".join(self.lines)) from None

    def processes(self) -> list[psutil.Process]:
        """Everything alive that carries the mark."""
        name, value = self.mark.split("=")
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(name) == value and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def pid_said_by(self, name: str, nth: int = -1) -> int:
        return int(self.said(f"{name:<9} | pid ")[nth].split("pid ")[1])

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)

    def clear_away(self) -> None:
        for process in self.processes():
            process.kill()
        self.process.wait(timeout=5)
        self._reader.join(timeout=5)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def start_hotline(tmp_path: Path) -> Iterator[Callable[..., RunningHotline]]:
    running: list[RunningHotline] = []

    def start(procfile: str, *options: str) -> RunningHotline:
        running.append(RunningHotline(tmp_path, procfile, "--no-migrate", "--no-seed", *options))
        return running[-1]

    yield start
    for one in running:
        one.clear_away()
