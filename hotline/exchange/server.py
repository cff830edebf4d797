"""The exchange's one port: REST, browser signalling, calm audio, parties, health and log."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from typing import Any

import numpy as np
from aiohttp import web

from hotline.exchange import network, wav
from hotline.exchange.exchange import Exchange
from hotline.exchange.parties import Parties
from hotline.exchange.rest.errors import allowed, error_answer, error_middleware
from hotline.exchange.rest.routes import add_rest
from hotline.exchange.signalling import Signalling
from hotline.exchange.sound import RATE, calm_music, decode_audio

log = logging.getLogger(__name__)

MOST_LINES, MOST_LETTERS = 4, 1000
EXCHANGE: web.AppKey[Exchange] = web.AppKey("exchange", Exchange)


def make_app(exchange: Exchange) -> web.Application:
    app = web.Application(
        middlewares=[error_middleware(exchange.configuration)], client_max_size=64 * 1024**2
    )
    app[EXCHANGE] = exchange
    app.router.add_get("/exchange/health", _health)
    app.router.add_get("/exchange/log", _log)
    app.router.add_post("/exchange/speech", _speech)
    app.router.add_get("/audio/calm.wav", _calm)
    app.router.add_routes(Parties(exchange).routes())
    app.router.add_get("/signal", Signalling(exchange).door)
    add_rest(app, exchange)
    return app


async def _health(request: web.Request) -> web.Response:
    exchange = request.app[EXCHANGE]
    ticker = exchange.ticker
    facts: dict[str, Any] = {
        "ok": True,
        "legs": exchange.legs,
        "calls": sum(not call.is_final for call in exchange.calls.values()),
        "ticks": ticker.ticks,
        "late_ticks": ticker.late,
        "worst_late_ms": round(ticker.worst_seconds * 1000),
        "network": network.problem() or "ok",
        "speech": exchange.speech.problem or "ok",
    }
    return web.json_response(facts)


async def _log(request: web.Request) -> web.Response:
    exchange = request.app[EXCHANGE]
    if not allowed(exchange.configuration, request.headers.get("Authorization", "")):
        return error_answer(401, 20003, "Authenticate")
    return web.json_response({"entries": exchange.event_log.entries(request.query.get("call"))})


async def _speech(request: web.Request) -> web.Response:
    """`{"lines": [{"text", "language"}]}` as a caller would hear them, one after the other."""
    exchange = request.app[EXCHANGE]
    if not allowed(exchange.configuration, request.headers.get("Authorization", "")):
        return error_answer(401, 20003, "Authenticate")
    try:
        lines = [(str(line["text"]), str(line["language"])) for line in (await request.json())["lines"]]
    except (KeyError, ValueError, TypeError):
        return error_answer(400, 20001, "lines with text and language are wanted")
    if not 0 < len(lines) <= MOST_LINES or any(len(text) > MOST_LETTERS for text, _ in lines):
        return error_answer(400, 20001, "too many lines, or a line too long")
    said = [await exchange.speech.say(text, language) for text, language in lines]
    if exchange.speech.problem:
        return error_answer(503, 20503, exchange.speech.problem)
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=wav.encode(np.concatenate(said)), content_type="audio/x-wav", headers=headers)


async def _calm(_request: web.Request) -> web.Response:
    body = await asyncio.to_thread(lambda: wav.encode(calm_music()))
    return web.Response(body=body, content_type="audio/x-wav", headers={"Cache-Control": "max-age=3600"})


def _warm_up() -> None:
    decode_audio(wav.encode(calm_music()[:RATE]))


class Server:
    """A started exchange with its port; `port` 0 takes a free one."""

    def __init__(self, exchange: Exchange, host: str, port: int) -> None:
        self.exchange, self.host, self.port = exchange, host, port
        self._runner = web.AppRunner(make_app(exchange), access_log=None, shutdown_timeout=2.0)

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        # The first use of the decoder and of the music must not fall into a call.
        await asyncio.to_thread(_warm_up)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        server = site._server
        assert isinstance(server, asyncio.Server)
        self.port = server.sockets[0].getsockname()[1]
        await self.exchange.start()

    async def stop(self) -> None:
        await self.exchange.stop()
        await self._runner.cleanup()


async def serve(exchange: Exchange, host: str, port: int) -> None:
    """Run until SIGTERM or SIGINT; all calls are then ended and told."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, over.set)
    # Sound must not wait for a neighbour's work; without the right to it, it goes on as it is.
    with contextlib.suppress(OSError):
        os.nice(-5)
    network.offer_loopback()
    if network.problem():
        log.warning("%s", network.problem())
    server = Server(exchange, host, port)
    await server.start()
    log.info("the exchange listens on %s:%s", host, server.port)
    try:
        await over.wait()
    finally:
        await server.stop()
