"""The embedded exchange as a process of its own, the door served on a port, and people with telephones."""

from __future__ import annotations

import base64
import io
import json
import os
import queue
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from hotline.job_rows import RowRunner
from hotline.telephony.addresses import Addresses
from hotline.telephony.fallback import make_fallback
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.rest_carrier import RestCarrier
from models.crypto import Keyring
from models.outbox import OutboxRow
from models.unit_of_work import system_clock
from models.vocabulary import OutboxState
from tests.conftest import REPOSITORY, free_port
from tests.integration.telephony.wiring import TOKEN, Wiring

ACCOUNT = "AC" + "a" * 32
RATE = 8000


def eventually(look: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return found


def tone_wav(hertz: float, seconds: float = 2.0) -> bytes:
    t = np.arange(int(RATE * seconds)) / RATE
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((0.4 * 32767 * np.sin(2 * np.pi * hertz * t)).astype("<i2").tobytes())
    return buffer.getvalue()


def channels_of(data: bytes) -> NDArray[np.int16]:
    """(samples, channels)."""
    with wave.open(io.BytesIO(data)) as file:
        assert file.getframerate() == RATE
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.reshape(-1, file.getnchannels())


def loudness_of(samples: NDArray[np.int16], hertz: float) -> float:
    """Amplitude of one pitch (Goertzel's value by direct sum), 0..32767."""
    t = np.arange(len(samples)) / RATE
    return float(2 * abs(np.mean(samples * np.exp(-2j * np.pi * hertz * t))))


class Telephone:
    """A scripted caller: lives in the exchange, driven over HTTP."""

    def __init__(self, base_url: str, auth: tuple[str, str], **plan: Any) -> None:
        self._base_url = base_url
        self._auth = auth
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.seen: list[dict[str, Any]] = []
        self._session = requests.Session()
        self._answer = self._session.post(
            f"{base_url}/exchange/parties", json=plan, auth=auth, stream=True, timeout=(5, 120)
        )
        self._answer.raise_for_status()
        lines = self._answer.iter_lines(chunk_size=1)
        first = json.loads(next(lines))
        self.party, self.call_sid = first["party"], first["call"]
        self._thread = threading.Thread(target=self._read, args=(lines,), daemon=True)
        self._thread.start()

    def _read(self, lines: Any) -> None:
        try:
            for line in lines:
                if line:
                    self.seen.append(json.loads(line))
        except requests.RequestException:
            self.seen.append({"event": "outcome", "status": "connection lost"})

    def _act(self, **what: Any) -> None:
        url = f"{self._base_url}/exchange/parties/{self.party}"
        requests.post(url, json=what, auth=self._auth, timeout=5).raise_for_status()

    def press(self, digits: str) -> None:
        self._act(digits=digits)

    def hang_up(self) -> None:
        self._act(hangup=True)

    @property
    def outcome(self) -> dict[str, Any] | None:
        return next((event for event in self.seen if event["event"] == "outcome"), None)

    def heard(self) -> NDArray[np.int16]:
        answer = requests.get(
            f"{self._base_url}/exchange/parties/{self.party}/heard.wav", auth=self._auth, timeout=10
        )
        return channels_of(answer.content)[:, 0]

    def close(self) -> None:
        if self.outcome is None:
            self.hang_up()
        self._thread.join(5)
        self._answer.close()
        self._session.close()


class LiveSwitchboard(Wiring):
    """The wiring with the real carrier client, the real exchange, and carrier work done in a thread."""

    def __init__(self, engine: Engine, keyring: Keyring, folder: Path) -> None:
        self.folder = folder
        self.door_port, self.exchange_port = free_port(), free_port()
        self.exchange_url = f"http://127.0.0.1:{self.exchange_port}"
        addresses = Addresses(f"http://127.0.0.1:{self.door_port}")
        self.rest_carrier = RestCarrier(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            base_url=self.exchange_url,
            addresses=addresses,
            caller_id="12356",
            guard=OutgoingGuard(carrier_is_embedded=True, mode="test", is_demonstration=lambda: False),
        )
        super().__init__(
            engine, keyring, folder, carrier=self.rest_carrier, addresses=addresses, clock=system_clock
        )
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._servers: list[BaseWSGIServer] = []
        self._exchange: subprocess.Popen[bytes] | None = None
        self.phones: list[Telephone] = []

    def start(self) -> None:
        self.start_door()
        fallback_port = free_port()
        self._serve(
            make_server("127.0.0.1", fallback_port, make_fallback(self.addresses.voice), threaded=True)
        )
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")},
            "PYTHONPATH": str(REPOSITORY),
            "HOTLINE_DATA_DIR": str(self.folder / "var"),
            "HOTLINE_HOST": "127.0.0.1",
            "HOTLINE_EXCHANGE_PORT": str(self.exchange_port),
            "HOTLINE_WEBHOOK_BASE_URL": self.addresses.base_url,
            "HOTLINE_FALLBACK_URL": f"http://127.0.0.1:{fallback_port}/voice",
            "HOTLINE_CARRIER_ACCOUNT_SID": ACCOUNT,
            "HOTLINE_CARRIER_AUTH_TOKEN": TOKEN,
            "HOTLINE_NUMBER": "12356",
        }
        with (self.folder / "exchange.log").open("wb") as log:
            self._exchange = subprocess.Popen(
                [sys.executable, "-m", "hotline", "exchange", "serve"],
                cwd=REPOSITORY,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        eventually(self._exchange_answers, "the exchange answers", 40)
        for work in (self._do_carrier_work, self._tick):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._threads.append(thread)

    def start_door(self) -> None:
        self.door = make_server("127.0.0.1", self.door_port, self.app, threaded=True)
        self._serve(self.door)

    def stop_door(self) -> None:
        self.door.shutdown()
        self.door.server_close()
        self._servers.remove(self.door)

    def _serve(self, server: BaseWSGIServer) -> None:
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self._servers.append(server)
        self._threads.append(thread)

    def _exchange_answers(self) -> bool:
        assert self._exchange is not None
        assert self._exchange.poll() is None, (self.folder / "exchange.log").read_text()
        try:
            return requests.get(f"{self.exchange_url}/exchange/health", timeout=1).status_code == 200
        except requests.RequestException:
            return False

    def _do_carrier_work(self) -> None:
        runner = RowRunner(self.engine, system_clock, self.handlers)
        while not self._ending.wait(0.02):
            with Session(self.engine) as session:
                rows = session.scalars(
                    select(OutboxRow.id)
                    .where(OutboxRow.state == OutboxState.DUE, OutboxRow.kind.in_(self.handlers))
                    .order_by(OutboxRow.id)
                ).all()
            for row in rows:
                runner.run(row)

    def _tick(self) -> None:
        while not self._ending.wait(1.0):
            self.deadlines.tick()

    def a_telephone(self, number: str, hertz: float | None = None, **plan: Any) -> Telephone:
        if hertz is not None:
            plan |= {"audio": base64.b64encode(tone_wav(hertz)).decode(), "repeat": True}
        plan |= {"from": number, "to": "12356"}
        phone = Telephone(self.exchange_url, (ACCOUNT, TOKEN), **plan)
        self.phones.append(phone)
        return phone

    def a_ready_telephone(self, hertz: float, **plan: Any) -> tuple[int, int]:
        """(seat id, person id) of a free seat whose telephone answers soon and speaks a tone."""
        seat_id, person_id = self.an_empty_seat()
        self.seat_behaves(seat_id, hertz, **plan)
        self.sit_down(seat_id, person_id)
        return seat_id, person_id

    def seat_behaves(self, seat_id: int, hertz: float, **plan: Any) -> None:
        self.answers(f"client:seat_{seat_id}", hertz, **plan)

    def answers(self, address: str, hertz: float, **plan: Any) -> None:
        """Whoever dials this number or identity hears a tone."""
        plan = {
            "after_seconds": 0.2,
            "audio": base64.b64encode(tone_wav(hertz)).decode(),
            "repeat": True,
        } | plan
        requests.post(
            f"{self.exchange_url}/exchange/answerers",
            json={address: plan},
            auth=(ACCOUNT, TOKEN),
            timeout=5,
        ).raise_for_status()

    def stop(self) -> None:
        for phone in self.phones:
            phone.close()
        self._ending.set()
        if self._exchange is not None:
            self._exchange.terminate()
            self._exchange.wait(10)
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join(5)
        self.rest_carrier.close()
