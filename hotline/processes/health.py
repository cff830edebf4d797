"""Waiting until every door answers."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable

from hotline.processes.ports import PortUse

TURN_SECONDS = 0.1
# The exchange keeps all that is not the carrier's wire under one prefix.
HEALTH_PATHS = {"exchange": "/exchange/health"}


def answers(use: PortUse) -> bool:
    """True when its health address is answered without a server error (Redis: when its port opens)."""
    if use.process == "redis":
        return _opens(use)
    host = "127.0.0.1" if use.host in ("0.0.0.0", "::") else use.host  # noqa: S104 - compared, not bound
    # Only asks whether our own process listens, so its certificate is not what is judged here.
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection(host, use.port, timeout=2, context=ssl._create_unverified_context())  # noqa: S323
        if use.over_tls
        else http.client.HTTPConnection(host, use.port, timeout=2)
    )
    try:
        connection.request("GET", HEALTH_PATHS.get(use.process, "/health"))
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _opens(use: PortUse) -> bool:
    try:
        socket.create_connection((use.host, use.port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(uses: list[PortUse], seconds: float, each_turn: Callable[[], bool]) -> list[PortUse]:
    """Wait until all answer, the time is over, or `each_turn` says to stop; returns those still silent."""
    until = time.monotonic() + seconds
    silent = list(uses)
    while silent and time.monotonic() < until and each_turn():
        silent = [use for use in silent if not answers(use)]
        if silent:
            time.sleep(TURN_SECONDS)
    return silent
