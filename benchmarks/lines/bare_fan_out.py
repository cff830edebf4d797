"""The peer: bare Flask-SocketIO under the same server, that sends each change to each socket.

python -m benchmarks.lines.bare_fan_out '{"port": …, "threads": …, "redis": …}'
"""

from __future__ import annotations

import json
import sys
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from redis import Redis

from hotline.event_bus import EventBus
from hotline.processes.server import Serving, serve_door


def build(plan: dict[str, Any]) -> Flask:
    app = Flask(__name__)
    sockets = SocketIO(app, async_mode="threading", transports=["websocket"], path="live")
    EventBus(Redis.from_url(plan["redis"])).listen(
        lambda event: sockets.emit("fact", {"name": event.name, "data": event.data()})
    )

    @app.get("/sign-in")
    def ready() -> str:
        return ""

    return app


if __name__ == "__main__":
    chosen = json.loads(sys.argv[1])
    serving = Serving("bare", "127.0.0.1", chosen["port"], processes=1, threads=chosen["threads"])
    serve_door(serving, lambda: build(chosen))
