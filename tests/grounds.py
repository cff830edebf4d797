"""Databases that are fresh for each test and each history, in milliseconds; two engines each: two processes.

The schema is made once, and an engine is kept, since it keeps the statements that it compiled. A past that
takes seconds to be lived is lived once as well: `standing` copies it for each test that begins with it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

from models.base import make_engine
from models.crypto import Keyring
from models.schema import Base

KEYRING = Keyring({"test": bytes(range(32))})
MEMORY = Path("/dev/shm")
Past = Callable[[Engine], None]


EMPTYING = """
CREATE FUNCTION empty_every_table() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
"""A test writes a few rows: to delete them, without keys being looked after, takes a tenth of what truncating
every table takes, which makes all its files anew."""


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
        return self._from(self._template)

    def standing(self, name: str, past: Past) -> Engine:
        """An engine on a database that went through `past`, which happens once for each name."""
        return self._from(self.lived(name, past))[0]

    def lived(self, name: str, past: Past) -> Path:
        """The file that `standing` copies."""
        lived = self._home / f"{name}.db"
        if not lived.exists():
            engine = self.copy(self._home / f"{name}.making.db")
            past(engine)
            # The last connection that closes writes all of the log into the file.
            engine.dispose()
            (self._home / f"{name}.making.db").rename(lived)
        return lived

    def copy(self, file: Path, template: Path | None = None) -> Engine:
        """A database of its own: a server of one test may answer a last request when the next begins."""
        shutil.copy(template or self._template, file)
        return make_engine(f"sqlite:///{file}", KEYRING)

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()
        shutil.rmtree(self._home)

    def _from(self, template: Path) -> tuple[Engine, Engine]:
        for engine in self._engines:
            engine.dispose()
        for old in self._home.glob("history.db*"):
            old.unlink()
        shutil.copy(template, self._home / "history.db")
        return self._engines


class PostgresGround:
    """One database with the schema, emptied for each history."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engines = two_engines(url)
        self._engine = self._engines[0]
        with self._engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        Base.metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            connection.execute(text(EMPTYING))
        self._lived: set[str] = set()
        self._standing = make_engine(self._at("standing"), KEYRING)

    def fresh(self) -> tuple[Engine, Engine]:
        with self._engine.begin() as connection:
            connection.execute(text("SELECT empty_every_table()"))
        return self._engines

    def standing(self, name: str, past: Past) -> Engine:
        """As the other's: a database is the copy of one that went through `past` once."""
        if name not in self._lived:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
            engine = make_engine(self._at(name), KEYRING)
            Base.metadata.create_all(engine)
            past(engine)
            engine.dispose()
            self._lived.add(name)
        self._standing.dispose()
        self._run(
            "DROP DATABASE IF EXISTS standing WITH (FORCE)", f'CREATE DATABASE standing TEMPLATE "{name}"'
        )
        return self._standing

    def close(self) -> None:
        for engine in (*self._engines, self._standing):
            engine.dispose()

    def _at(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        """Databases are made and dropped outside of transactions, from another one."""
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


Ground = SqliteGround | PostgresGround
