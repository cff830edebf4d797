"""TLS in front of signalling and live captions, for `hotline up --host` with a certificate.

The exchange and the captions process stay on loopback: the exchange's REST door shares the port with
signalling, the carrier's streams share theirs with the desks, and only the paths for browsers are let
through here. It passes bytes on and reads no message.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("hotline.gate")

HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 10.0
PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Gate:
    """Where it listens, and the paths that it lets through, each with the port on loopback where it goes."""

    host: str
    port: int
    certificate: Path
    certificate_key: Path
    ways: Mapping[str, int]


async def serve_gate(gate: Gate) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError (port, files) and ssl.SSLError (certificate)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(gate.certificate, gate.certificate_key)

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _let_through(gate, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            # The far end went away or spoke no HTTP; there is nobody to tell.
            return
        finally:
            writer.close()

    server = await asyncio.start_server(on_client, gate.host, gate.port, ssl=context, limit=HEAD_BYTES)
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    log.info("gate listens on wss://%s:%s", gate.host, gate.port)
    await ending.wait()
    server.close()


async def _let_through(gate: Gate, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS)
    path = head.split(b" ", 2)[1].split(b"?")[0].decode("ascii", "replace") if head.count(b" ") >= 2 else ""
    if path == "/health":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n")
        await writer.drain()
        return
    if path not in gate.ways:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        return
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", gate.ways[path])
    try:
        inner_writer.write(head)
        both_ways = (
            asyncio.ensure_future(_pour(reader, inner_writer)),
            asyncio.ensure_future(_pour(inner_reader, writer)),
        )
        await asyncio.wait(both_ways, return_when=asyncio.FIRST_COMPLETED)
        for way in both_ways:
            way.cancel()
        await asyncio.gather(*both_ways, return_exceptions=True)
    finally:
        inner_writer.close()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(PIECE_BYTES):
            sink.write(piece)
            await sink.drain()
