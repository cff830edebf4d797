"""A console on SQLite, its clock stopped at 23:51 in China."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from agent_console import sign_in
from models.crypto import Keyring
from tests import factories
from tests.boards_kit import Night, a_night, build_real_console
from tests.console_kit import Console, build_console
from tests.fakes import StoppedClock
from tests.grounds import SqliteGround


class Compiled(BytecodeCache):
    """Templates that another console of this run compiled already."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def quick_consoles() -> Iterator[None]:
    """Each test builds a console of its own; what all of them make alike is made once. Passwords are hashed
    as the factories do: at full cost, every sign-in of a test would hash anew, for tenths of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Compiled()})
        patch.setattr(sign_in, "hasher", factories.FAST_HASHER)
        patch.setattr(sign_in, "NOBODY", factories.FAST_HASHER.hash("a password of nobody"))
        yield


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(factories.NOW)


@pytest.fixture
def console(
    sqlite_ground: SqliteGround, tmp_path: Path, keyring: Keyring, clock: StoppedClock
) -> Iterator[Console]:
    engine = sqlite_ground.copy(tmp_path / "console.db")
    built = build_console(engine, clock, keyring)
    with built.records() as session:
        factories.a_province(session)
        factories.an_organisation(session)
    yield built
    built.close()
    engine.dispose()


@pytest.fixture(scope="session")
def a_night_once(sqlite_ground: SqliteGround) -> tuple[Path, bytes]:
    """The database of a busy night, and its records as they were left, pickled: each test gets its own."""
    nights: list[bytes] = []

    def past(engine: Engine) -> None:
        with Session(engine, expire_on_commit=False) as session:
            factories.a_province(session)
            factories.an_organisation(session)
            night = a_night(session)
            session.commit()
        nights.append(pickle.dumps(night))

    return sqlite_ground.lived("night", past), nights[0]


@pytest.fixture
def busy(
    sqlite_ground: SqliteGround, a_night_once: tuple[Path, bytes], tmp_path: Path, keyring: Keyring
) -> Iterator[tuple[Console, Night]]:
    """The console of a busy night, on the real review, answers and coverage."""
    file, night = a_night_once
    engine = sqlite_ground.copy(tmp_path / "busy.db", file)
    built = build_real_console(
        engine, StoppedClock(factories.NOW), keyring, recordings_dir=tmp_path, models_dir=tmp_path / "models"
    )
    yield built, pickle.loads(night)  # noqa: S301 - our own, of this very run
    built.close()
    engine.dispose()
