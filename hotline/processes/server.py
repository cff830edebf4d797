"""A WSGI door served by gunicorn, in this process and its workers; it logs when it listens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

log = logging.getLogger("hotline.server")

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Serving:
    """How one door is served. `graceful_seconds`: how long open requests may take once it is told to end."""

    name: str
    host: str
    port: int
    processes: int
    threads: int
    graceful_seconds: int = 3
    certificate: Path | None = None
    certificate_key: Path | None = None


class QuietLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logger through our own handlers: no access log, no request line in an error.

    An address may carry what a person typed; gunicorn writes it when a request fails.
    """

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        for logger in (self.error_log, self.access_log):
            logger.handlers[:] = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)

    def access(self, *_args: object, **_kwargs: object) -> None:
        """No access log: an address may name a call, and the carrier's callbacks name numbers."""

    def exception(self, msg: str, *args: object, **kwargs: Any) -> None:
        if isinstance(msg, str) and msg.startswith("Error handling request"):
            self.error_log.exception("error handling a request", **kwargs)
        else:
            self.error_log.exception(msg, *args, **kwargs)


class Door(BaseApplication):  # type: ignore[misc]
    """Gunicorn with settings from code alone: no command line, no configuration file, no control socket."""

    def __init__(self, serving: Serving, load: Callable[[], WsgiApp]) -> None:
        self._serving = serving
        self._load = load
        super().__init__()

    def load_config(self) -> None:
        serving = self._serving
        scheme = "https" if serving.certificate else "http"

        def when_ready(_server: object) -> None:
            log.info("%s listens on %s://%s:%s", serving.name, scheme, serving.host, serving.port)

        chosen = {
            "bind": f"{serving.host}:{serving.port}",
            "workers": serving.processes,
            "worker_class": "gthread",
            "threads": serving.threads,
            # Kept-alive connections are counted apart from working threads.
            "worker_connections": serving.threads + 1000,
            "timeout": 60,
            "graceful_timeout": serving.graceful_seconds,
            "keepalive": 15,
            "accesslog": None,
            "logger_class": QuietLogger,
            "control_socket_disable": True,
            "proc_name": f"hotline {serving.name}",
            "when_ready": when_ready,
        }
        if serving.certificate:
            chosen |= {"certfile": str(serving.certificate), "keyfile": str(serving.certificate_key)}
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> WsgiApp:
        return self._load()


def serve_door(serving: Serving, load: Callable[[], WsgiApp]) -> None:
    """Serve until told to end. `load` makes the app in each worker, after the fork."""
    Door(serving, load).run()
