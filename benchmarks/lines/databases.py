"""A PostgreSQL of the benchmark's own, and the versions that a figure stands on."""

from __future__ import annotations

import contextlib
import os
import platform
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """SQLAlchemy's address of a server that lives in this folder until the end of the block."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pgserver

    folder.chmod(0o755)  # as root, the server runs as a user of its own
    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def versions(*packages: str) -> str:
    """`packages`: distributions that the figure depends on besides Python and SQLite."""
    named = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    return ", ".join([*named, *(f"{package} {version(package)}" for package in packages)])
