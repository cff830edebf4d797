"""Databases for the integration tests: SQLite always, PostgreSQL (pgserver's wheel) when it starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from models.base import make_engine
from models.crypto import Keyring
from models.migrations import upgrade
from tests.grounds import Ground, PostgresGround, SqliteGround


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring({"test": bytes(range(32))})


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server of this run alone. What a crash would lose is nobody's."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pgserver

    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    server.psql("CREATE DATABASE empty;")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_ground() -> Iterator[SqliteGround]:
    ground = SqliteGround()
    yield ground
    ground.close()


@pytest.fixture(scope="session")
def postgresql_ground(postgres_url: str) -> Iterator[PostgresGround]:
    ground = PostgresGround(postgres_url)
    yield ground
    ground.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest) -> Ground:
    found: Ground = request.getfixturevalue(f"{request.param}_ground")
    return found


@pytest.fixture
def engine(ground: Ground) -> Iterator[Engine]:
    """An engine with the schema of today, and nothing in it."""
    engine = ground.fresh()[0]
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring) -> Iterator[Engine]:
    """An engine with no table in it."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'test.db'}", keyring)
    else:
        url = make_url(request.getfixturevalue("postgres_url")).set(database="empty")
        engine = make_engine(url.render_as_string(hide_password=False), keyring)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


@pytest.fixture
def migrated_engine(empty_engine: Engine) -> Engine:
    upgrade(empty_engine)
    return empty_engine
