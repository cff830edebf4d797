"""Doors served by gunicorn: nothing that a person typed reaches the log, and open sockets starve nobody."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.processes.conftest import REPOSITORY, eventually, free_ports

DOOR = """
import sys, time
from hotline.logs import set_up_logging
from hotline.processes.server import Serving, serve_door

def app(environ, start_response):
    if environ["PATH_INFO"] == "/breaks":
        raise ValueError("13987654321 said something")
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1.5)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]

set_up_logging("door")
serve_door(Serving("door", "127.0.0.1", int(sys.argv[1]), processes=1, threads=8), lambda: app)
"""


class RunningDoor:
    def __init__(self, folder: Path) -> None:
        [self.port] = free_ports(1)
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DOOR, str(self.port)],
                cwd=REPOSITORY,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
            )
        eventually(lambda: "listens" in self.said())

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code


@pytest.fixture
def door(tmp_path: Path) -> Iterator[RunningDoor]:
    running = RunningDoor(tmp_path)
    yield running
    running.process.kill()
    running.process.wait(timeout=5)


def test_it_says_once_where_it_listens(door: RunningDoor) -> None:
    assert door.said() == f"INFO hotline.server: door listens on http://127.0.0.1:{door.port}\n"


def test_no_address_and_no_message_reaches_the_log_when_a_request_fails(door: RunningDoor) -> None:
    assert door.get("/breaks?number=13812345678&word=secretword") == 500
    assert door.get("/fine?number=13812345678") == 200

    eventually(lambda: "ValueError" in door.said())
    said = door.said()
    assert "error handling a request" in said
    for hidden in ("13812345678", "secretword", "13987654321", "/breaks"):
        assert hidden not in said


def test_no_control_socket_is_left_lying_about(door: RunningDoor, tmp_path: Path) -> None:
    door.get("/")

    assert [file.name for file in tmp_path.rglob("*") if file.name != "log"] == []


def test_a_request_under_way_is_answered_before_it_ends(door: RunningDoor) -> None:
    statuses: list[int] = []
    asking = threading.Thread(target=lambda: statuses.append(door.get("/slow")))
    asking.start()
    eventually(lambda: door.get("/") == 200)

    door.process.send_signal(signal.SIGTERM)

    asking.join(timeout=5)
    assert statuses == [200]
    assert door.process.wait(timeout=5) == 0


def test_idle_open_connections_hold_no_thread(door: RunningDoor) -> None:
    idle = [http.client.HTTPConnection("127.0.0.1", door.port, timeout=5) for _ in range(20)]
    for connection in idle:
        connection.request("GET", "/")
        connection.getresponse().read()

    assert door.get("/") == 200
    for connection in idle:
        connection.close()
