"""The application of a case: serves its documents for all virtual hosts and notes what it was asked."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import WSMsgType, web

from hotline.exchange import wav
from hotline.exchange.signature import sign
from hotline.exchange.sound import tone

MUSIC_HZ = 440.0
SOUND_TYPES = (".wav", ".mp3", ".ogg", ".aiff", ".au", ".gsm", ".ulaw")


@dataclass
class Asked:
    """One received request; `fields` are the form's or the query's."""

    method: str
    url: str
    fields: dict[str, str]
    signed: bool
    headers: dict[str, str]
    at: float = field(default_factory=time.monotonic)

    @property
    def bare_url(self) -> str:
        return self.url.split("?", 1)[0]


class CaseApplication:
    """`documents`: METHOD URL -> answers in turn, the last one repeats."""

    def __init__(
        self,
        documents: dict[str, list[Any]],
        hosts: dict[str, frozenset[str]],
        auth_token: str,
        fill: Callable[[str], str],
    ) -> None:
        self._documents = {key: list(answers) for key, answers in documents.items()}
        self._hosts, self._token, self._fill = hosts, auth_token, fill
        self.asked: list[Asked] = []
        self.sockets: dict[str, list[dict[str, Any]]] = {}
        self.port = 0
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        server = site._server
        assert isinstance(server, asyncio.Server)
        self.port = server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        schemes = self._hosts.get(host.split(":")[0], frozenset())
        if request.headers.get("Upgrade", "").lower() == "websocket":
            scheme = "wss" if "wss" in schemes else "ws"
            return await self._socket(request, f"{scheme}://{host}{request.raw_path}")
        scheme = "https" if "https" in schemes and "http" not in schemes else "http"
        url = f"{scheme}://{host}{request.raw_path}"
        form = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        fields = (
            form if request.method == "POST" else dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        )
        signed = request.headers.get("X-Twilio-Signature") == sign(
            self._token, url, form if request.method == "POST" else None
        )
        self.asked.append(Asked(request.method, url, fields, signed, dict(request.headers)))
        found = self._next_document(request.method, url)
        if found is None:
            if urlsplit(url).path.endswith(SOUND_TYPES):
                return web.Response(body=wav.encode(tone(MUSIC_HZ, 1.0)), content_type="audio/x-wav")
            return web.Response(status=404, text="not in this case")
        return await self._respond(found)

    def _next_document(self, method: str, url: str) -> Any:
        bare = url.split("?", 1)[0]
        for key in (f"{method} {url}", f"{method} {bare}", bare):
            answers = self._documents.get(key)
            if answers:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return None

    async def _respond(self, found: Any) -> web.Response:
        answer: dict[str, Any] = {"body": found} if isinstance(found, str) else dict(found)
        await asyncio.sleep(float(answer.get("delay_s", 0)))
        body = self._fill(str(answer.get("body", "")))
        status = int(answer.get("http_status", 200 if body else 204))
        headers = {str(k): str(v) for k, v in (answer.get("headers") or {}).items()}
        kind = str(answer.get("content_type") or headers.pop("Content-Type", "text/xml"))
        return web.Response(
            status=status, body=body.encode(), headers={**headers, "Content-Type": kind} if body else headers
        )

    async def _socket(self, request: web.Request, url: str) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        messages = self.sockets.setdefault(url, [])
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                messages.append({**json.loads(message.data), "_at": time.monotonic()})
        return socket
