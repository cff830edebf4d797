"""A real exchange process, a small application that answers its webhooks, and the carrier's own client."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

import jsonschema
import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ACCOUNT = "AC" + "a" * 32
TOKEN = "integration-token"
KEY_SID = "SK" + "b" * 32
KEY_SECRET = "integration-secret-of-enough-length-0123"
APP_SID = "AP" + "c" * 32
NUMBER = "12356"
SCHEMAS = "api.v2010.account."


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass
class Asked:
    path: str
    fields: dict[str, str]
    signed: bool
    token: str
    at: float = field(default_factory=time.monotonic)


class Application:
    """Answers webhooks by path. A document is a text or a function of the fields; 204 when unknown."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.documents: dict[str, str | Callable[[dict[str, str]], str | tuple[int, str]]] = {}
        app = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                fields = dict(parse_qsl(body, keep_blank_values=True))
                url = f"http://{self.headers['Host']}{self.path}"
                valid = RequestValidator(TOKEN).validate(
                    url, fields, self.headers.get("X-Twilio-Signature", "")
                )
                path = urlsplit(self.path).path
                app.asked.append(
                    Asked(path, fields, valid, self.headers.get("I-Twilio-Idempotency-Token", ""))
                )
                answer = app.documents.get(path)
                found = answer(fields) if callable(answer) else answer
                status, text = found if isinstance(found, tuple) else (200 if found else 204, found or "")
                data = text.encode()
                self.send_response(status)
                if data:
                    self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def wait_for(self, path: str, count: int = 1, seconds: float = 10) -> Asked:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if len(self.of(path)) >= count:
                return self.of(path)[count - 1]
            time.sleep(0.02)
        raise AssertionError(f"{path} was not asked {count} times; asked: {[a.path for a in self.asked]}")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class LocalHttpClient(TwilioHttpClient):
    """Sends what is meant for the carrier's host to the exchange."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        assert parts.hostname == "api.twilio.com"
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, self._base + parts.path + query, *args, **kwargs)


@dataclass
class RunningExchange:
    url: str
    data_dir: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        command = [sys.executable, "-m", "hotline.commands.exchange", "serve"]
        self.process = subprocess.Popen(command, env=self.environment)
        end = time.monotonic() + 20
        while True:
            try:
                assert self.get("/exchange/health")["ok"]
                return
            except OSError:
                assert self.process.poll() is None, "the exchange did not start"
                assert time.monotonic() < end, "the exchange does not answer"
                time.sleep(0.1)

    @property
    def client(self) -> Client:
        return Client(ACCOUNT, TOKEN, http_client=LocalHttpClient(self.url))

    def get(self, path: str) -> Any:
        return json.loads(self.bytes(path))

    def bytes(self, path: str) -> bytes:
        return urlopen(self._request(path), timeout=10).read()

    def post(self, path: str, data: Any) -> Any:
        request = self._request(path)
        request.data = json.dumps(data).encode()
        request.add_header("Content-Type", "application/json")
        return json.loads(urlopen(request, timeout=10).read())

    def _request(self, path: str) -> Request:
        import base64

        request = Request(self.url + path)
        request.add_header(
            "Authorization", "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        )
        return request


@dataclass
class Caller:
    """One scripted caller; its events come in a thread."""

    exchange: RunningExchange
    description: dict[str, Any]
    events: list[dict[str, Any]] = field(default_factory=list)

    def start(self) -> Caller:
        placed = threading.Event()

        def run() -> None:
            request = self.exchange._request("/exchange/parties")
            request.data = json.dumps({"from": "13800000001", "to": NUMBER, **self.description}).encode()
            with urlopen(request, timeout=60) as response:
                for line in response:
                    self.events.append(json.loads(line))
                    placed.set()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        assert placed.wait(10)
        return self

    @property
    def call(self) -> str:
        return str(self.events[0]["call"])

    @property
    def path(self) -> str:
        return f"/exchange/parties/{self.events[0]['party']}"

    def press(self, digits: str) -> None:
        self.exchange.post(self.path, {"digits": digits})

    def hang_up(self) -> None:
        self.exchange.post(self.path, {"hangup": True})
        self.finish()

    def finish(self, seconds: float = 20) -> str:
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "the call did not end"
        return str(self.events[-1]["status"])

    def heard(self) -> Any:
        from hotline.exchange import wav

        return wav.decode(self.exchange.bytes(self.path + "/heard.wav"))


@pytest.fixture
def application() -> Iterator[Application]:
    app = Application()
    yield app
    app.close()


@pytest.fixture
def exchange(application: Application, tmp_path: Path) -> Iterator[RunningExchange]:
    port = free_port()
    environment = {
        **os.environ,
        "HOTLINE_CARRIER_ACCOUNT_SID": ACCOUNT,
        "HOTLINE_CARRIER_AUTH_TOKEN": TOKEN,
        "HOTLINE_CARRIER_API_KEY_SID": KEY_SID,
        "HOTLINE_CARRIER_API_KEY_SECRET": KEY_SECRET,
        "HOTLINE_CARRIER_TWIML_APP_SID": APP_SID,
        "HOTLINE_EXCHANGE_PORT": str(port),
        "HOTLINE_DATA_DIR": str(tmp_path),
        "HOTLINE_WEBHOOK_BASE_URL": application.url,
        "HOTLINE_FALLBACK_URL": application.url + "/fallback",
        "HOTLINE_NUMBER": NUMBER,
        "HOTLINE_CARRIER_BASE_URL": f"http://127.0.0.1:{port}",
    }
    running = RunningExchange(f"http://127.0.0.1:{port}", tmp_path, environment)
    running.start()
    yield running
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(15) == 0


@pytest.fixture
def dial(exchange: RunningExchange) -> Callable[..., Caller]:
    def start(**description: Any) -> Caller:
        return Caller(exchange, description).start()

    return start


@pytest.fixture(scope="session")
def description(shared_dir: Path) -> Any:
    """The OpenAPI file with its `nullable` in the words of JSON Schema."""

    def translate(node: Any) -> Any:
        if isinstance(node, list):
            return [translate(item) for item in node]
        if not isinstance(node, dict):
            return node
        made = {key: translate(value) for key, value in node.items() if key != "nullable"}
        if node.get("nullable") and "type" in made:
            made["type"] = [made["type"], "null"]
        return made

    path = shared_dir / "twilio-oai" / "twilio_api_v2010.json"
    return translate(json.loads(path.read_text()))


def conforms(description: Any, name: str, body: dict[str, Any]) -> None:
    """Valid, and every property that the description names is there (it requires none itself)."""
    schema = {"$ref": f"#/components/schemas/{SCHEMAS}{name}", "components": description["components"]}
    # Its text says "null while in progress", its type forgets to.
    judged = {k: v for k, v in body.items() if (k, v) != ("reason_conference_ended", None)}
    jsonschema.Draft202012Validator(schema).validate(judged)
    missing = description["components"]["schemas"][SCHEMAS + name]["properties"].keys() - body.keys()
    assert not missing, f"{name} lacks {missing}"
