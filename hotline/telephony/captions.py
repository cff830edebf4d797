"""The door of Media Streams: lets the carrier's streams in by token, counts frames, closes politely.

Live captions themselves arrive with issue B; until then no talk starts a stream, and the health page says so.
"""

from __future__ import annotations

import hmac
import json
import logging
import threading
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from simple_websocket import ConnectionClosed, Server

log = logging.getLogger("hotline.captions")

LARGEST_MESSAGE_BYTES = 64 * 1024
SILENCE_SECONDS = 30


@dataclass
class StreamCounts:
    """Streams open now, and frames taken in since the start of this process."""

    open_now: int = 0
    frames: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def opened(self, by: int) -> None:
        with self._lock:
            self.open_now += by

    def frame(self) -> None:
        with self._lock:
            self.frames += 1


def captions_blueprint(*, stream_token: str, counts: StreamCounts) -> Blueprint:
    """`stream_token`: stands in the stream's custom parameters (`<Parameter name="token">`)."""
    door = Blueprint("captions", __name__)

    @door.get("/health")
    def health() -> Response:
        return jsonify(
            state="ok",
            captions="not yet: they arrive with issue B",
            open=counts.open_now,
            frames=counts.frames,
        )

    @door.route("/media", websocket=True)
    def media() -> Response:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            abort(400)
        socket = Server.accept(request.environ, max_message_size=LARGEST_MESSAGE_BYTES)
        counts.opened(1)
        try:
            _take_in(socket, stream_token, counts)
        except ConnectionClosed:
            log.info("a media stream ended")
        finally:
            counts.opened(-1)
        return _Upgraded(socket.mode)

    return door


class _Upgraded(Response):
    """The socket was the answer; each server has its own way to be told that nothing follows."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = server

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        if self._server == "gunicorn":
            raise StopIteration
        if self._server == "werkzeug":
            raise ConnectionError
        return []


def _take_in(socket: Server, stream_token: str, counts: StreamCounts) -> None:
    """Count frames of a stream whose start carries our token; anything else is closed with a reason."""
    admitted = False
    while True:
        text = socket.receive(timeout=SILENCE_SECONDS)
        if text is None:
            socket.close(1000, "silence")
            return
        try:
            message = json.loads(text)
        except ValueError:
            socket.close(1007, "not JSON")
            return
        match message.get("event") if isinstance(message, dict) else None:
            case "connected":
                continue
            case "start":
                given = str(message.get("start", {}).get("customParameters", {}).get("token", ""))
                if not hmac.compare_digest(given.encode(), stream_token.encode()):
                    socket.close(1008, "unknown stream")
                    return
                admitted = True
            case "media" if admitted:
                counts.frame()
            case "stop":
                socket.close(1000, "done")
                return
            case _:
                socket.close(1008, "unexpected message")
                return
