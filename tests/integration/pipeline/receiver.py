"""A real receiver of signed webhooks on this machine, which fails, delays and forgets as it is told."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a secret of the receiver"


class Receiver:
    """An official system on this machine: checks the signature by itself, and takes a key once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.alerts: dict[str, dict[str, Any]] = {}
        self.heard: list[int] = []
        self.answers: list[int] = []
        self.delay_seconds = 0.0
        self.nonces: set[str] = set()
        self.requests: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((dict(self.headers), body))
                status = receiver.answers.pop(0) if receiver.answers else 200
                if not receiver.is_genuine(dict(self.headers), body):
                    status = 401
                time.sleep(receiver.delay_seconds)
                receiver.heard.append(status)
                if status < 500 and status != 401:
                    # The alert is kept even when the answer is lost on its way back.
                    receiver.alerts[self.headers["Idempotency-Key"]] = json.loads(body)
                try:
                    self.send_response(status)
                    if status == 302:
                        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def is_genuine(self, headers: dict[str, str], body: bytes) -> bool:
        """What docs/alert-exchange.md tells a receiver to do, written from it alone."""
        stamp, nonce = headers["X-Hotline-Timestamp"], headers["X-Hotline-Nonce"]
        said = headers["X-Hotline-Signature"]
        mac = hmac.new(SECRET.encode(), digestmod="sha256")
        for part in (stamp.encode(), b".", nonce.encode(), b".", body):
            mac.update(part)
        if not hmac.compare_digest(said, "sha256=" + mac.hexdigest()):
            return False
        if abs(int(stamp) - self.now()) > 300 or nonce in self.nonces:
            return False
        self.nonces.add(nonce)
        return True

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
