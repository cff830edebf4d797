"""Databases for the integration tests: SQLite always, PostgreSQL (pgserver's wheel) when it starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.base import make_engine
from models.crypto import Keyring
from models.migrations import upgrade
from models.schema import Base


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring({"test": bytes(range(32))})


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pgserver

    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring) -> Iterator[Engine]:
    """An engine with no table in it."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'test.db'}", keyring)
    else:
        engine = make_engine(request.getfixturevalue("postgres_url"), keyring)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """An engine with the schema of today."""
    Base.metadata.create_all(empty_engine)
    return empty_engine


@pytest.fixture
def migrated_engine(empty_engine: Engine) -> Engine:
    upgrade(empty_engine)
    return empty_engine
