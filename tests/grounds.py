"""Databases that are fresh for each test and each history, in milliseconds; two engines each: two processes.

The schema is made once, and an engine is kept, since it keeps the statements that it compiled.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Engine, text

from models.base import make_engine
from models.crypto import Keyring
from models.schema import Base

KEYRING = Keyring({"test": bytes(range(32))})
MEMORY = Path("/dev/shm")


def two_engines(url: str) -> tuple[Engine, Engine]:
    return make_engine(url, KEYRING), make_engine(url, KEYRING)


class SqliteGround:
    """A file with the schema, copied from one that was made once."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self._template = self._home / "template.db"
        engine = make_engine(f"sqlite:///{self._template}", KEYRING)
        Base.metadata.create_all(engine)
        engine.dispose()
        self._engines = two_engines(f"sqlite:///{self._home / 'history.db'}")

    def fresh(self) -> tuple[Engine, Engine]:
        for engine in self._engines:
            engine.dispose()
        for old in self._home.glob("history.db*"):
            old.unlink()
        shutil.copy(self._template, self._home / "history.db")
        return self._engines

    def copy(self, file: Path) -> Engine:
        """A database of its own: a server of one test may answer a last request when the next begins."""
        shutil.copy(self._template, file)
        return make_engine(f"sqlite:///{file}", KEYRING)

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()
        shutil.rmtree(self._home)


class PostgresGround:
    """One database with the schema, emptied for each history."""

    def __init__(self, url: str) -> None:
        self._engines = two_engines(url)
        self._engine = self._engines[0]
        with self._engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        Base.metadata.create_all(self._engine)
        self._tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)

    def fresh(self) -> tuple[Engine, Engine]:
        with self._engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            connection.execute(text(f"TRUNCATE {self._tables} RESTART IDENTITY CASCADE"))
        return self._engines

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()


Ground = SqliteGround | PostgresGround
