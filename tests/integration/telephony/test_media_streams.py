"""The door of Media Streams admits ours, counts frames, and turns others away."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
import requests
from flask import Flask
from simple_websocket import Client, ConnectionClosed
from werkzeug.serving import make_server

from hotline.telephony.captions import StreamCounts, captions_blueprint
from tests.conftest import free_port
from tests.integration.telephony.exchange_process import eventually

TOKEN = "a token of the stream"


@pytest.fixture
def door() -> Iterator[tuple[str, StreamCounts]]:
    counts = StreamCounts()
    app = Flask("captions")
    app.register_blueprint(captions_blueprint(stream_token=TOKEN, counts=counts))
    port = free_port()
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{port}", counts
    server.shutdown()
    server.server_close()
    thread.join(5)


def start(token: str) -> str:
    return json.dumps({"event": "start", "start": {"customParameters": {"token": token}}})


def test_frames_of_our_stream_are_counted_and_its_end_closes(door: tuple[str, StreamCounts]) -> None:
    address, counts = door
    stream = Client(f"ws://{address}/media")
    stream.send(json.dumps({"event": "connected"}))
    stream.send(start(TOKEN))
    for _ in range(3):
        stream.send(json.dumps({"event": "media", "media": {"payload": "//8="}}))
    eventually(lambda: counts.frames == 3, "three frames are counted")
    stream.send(json.dumps({"event": "stop"}))
    with pytest.raises(ConnectionClosed) as closed:
        stream.receive(timeout=5)
    assert closed.value.reason == 1000
    eventually(lambda: counts.open_now == 0, "nothing is open")
    health = requests.get(f"http://{address}/health", timeout=5).json()
    assert health["frames"] == 3
    assert "issue B" in health["captions"]


@pytest.mark.parametrize(
    "first",
    [start("another"), json.dumps({"event": "media"}), json.dumps(["event"])],
    ids=["token", "early", "list"],
)
def test_a_stream_without_our_token_is_turned_away(door: tuple[str, StreamCounts], first: str) -> None:
    address, counts = door
    stream = Client(f"ws://{address}/media")
    stream.send(first)
    with pytest.raises(ConnectionClosed) as closed:
        stream.receive(timeout=5)
    assert closed.value.reason == 1008
    assert counts.frames == 0
