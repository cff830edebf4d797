"""The captions' door served in a thread, and the far ends of its sockets: a carrier's stream, a desk."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from typing import Any

import numpy as np
from aiohttp import web
from numpy.typing import NDArray
from simple_websocket import Client, ConnectionClosed

from hotline.telephony.captions.door import CaptionsDoor
from tests.conftest import free_port

FRAME = 160


def mulaw_of(samples: NDArray[np.int16]) -> bytes:
    """ITU-T G.711 by its definition: sign, exponent, mantissa of the biased magnitude."""
    wide = samples.astype(np.int32)
    magnitude = np.minimum(np.abs(wide), 32635) + 0x84
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return (~(np.where(wide < 0, 0x80, 0) | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


class ServedDoor:
    def __init__(self, door: CaptionsDoor) -> None:
        self.door = door
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._ending = asyncio.Event()
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        runner = web.AppRunner(self.door.app(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self._ready.set()
        await self._ending.wait()
        await runner.cleanup()

    def call(self, function: Any, *arguments: Any) -> None:
        self._loop.call_soon_threadsafe(function, *arguments)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10)


class CarrierStream:
    """Sends what a carrier sends. `token` stands in the custom parameters of its start."""

    def __init__(self, port: int, token: str) -> None:
        self.socket = Client(f"ws://127.0.0.1:{port}/media")
        self._chunks = {"inbound": 0, "outbound": 0}
        self.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        self.send({"event": "start", "start": {"customParameters": {"token": token}}})

    def send(self, message: dict[str, Any]) -> None:
        self.socket.send(json.dumps(message))

    def frame(self, samples: NDArray[np.int16], track: str = "inbound") -> None:
        self._chunks[track] += 1
        payload = base64.b64encode(mulaw_of(samples)).decode()
        media = {"track": track, "chunk": str(self._chunks[track]), "payload": payload}
        self.send({"event": "media", "media": media})

    def skip(self, frames: int, track: str = "inbound") -> None:
        """Frames that the carrier could not send."""
        self._chunks[track] += frames

    def speak(self, samples: NDArray[np.int16], track: str = "inbound", pace: float = 1.0) -> list[float]:
        """Frame by frame; `pace` 1 is real time, 0 at once. The moment at which each frame was sent."""
        began, sent = time.monotonic(), []
        for index in range(len(samples) // FRAME):
            wait = began + index * 0.02 * pace - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.frame(samples[index * FRAME : (index + 1) * FRAME], track)
            sent.append(time.monotonic())
        return sent

    def stop(self) -> None:
        self.send({"event": "stop"})

    def end_of(self) -> tuple[int, str]:
        """Code and reason with which the door closed it."""
        try:
            while True:
                if self.socket.receive(timeout=10) is None:
                    raise AssertionError("the door keeps the stream open")
        except ConnectionClosed as closed:
            return int(closed.reason or 0), str(closed.message or "")

    def close(self) -> None:
        if self.socket.connected:
            self.socket.close()


class DeskSocket:
    """A desk that looks on: what it was told, with the moment."""

    def __init__(self, port: int, token: str) -> None:
        self.socket = Client(f"ws://127.0.0.1:{port}/captions")
        self.told: list[tuple[float, dict[str, Any]]] = []
        self.closed: int | None = None
        self.shows(token)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def shows(self, token: str) -> None:
        self.socket.send(json.dumps({"token": token}))

    def _read(self) -> None:
        try:
            while True:
                text = self.socket.receive()
                self.told.append((time.monotonic(), json.loads(text)))
        except ConnectionClosed as closed:
            self.closed = int(closed.reason or 0)

    def lines(self, lane: str, final: bool | None = None) -> list[dict[str, Any]]:
        return [
            message
            for _, message in list(self.told)
            if message["type"] == "line"
            and message["lane"] == lane
            and (final is None or message["final"] is final)
        ]

    def kinds(self, kind: str) -> list[dict[str, Any]]:
        return [message for _, message in list(self.told) if message["type"] == kind]

    def close(self) -> None:
        if self.closed is None:
            self.socket.close()
        self._thread.join(5)
