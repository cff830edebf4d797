"""A console on SQLite, its clock stopped at 23:51 in China."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.crypto import Keyring
from tests import factories
from tests.boards_kit import Night, a_night, build_real_console
from tests.console_kit import Console, build_console
from tests.fakes import StoppedClock
from tests.grounds import SqliteGround


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


@pytest.fixture
def busy(sqlite_ground: SqliteGround, tmp_path: Path, keyring: Keyring) -> Iterator[tuple[Console, Night]]:
    """The console of a busy night, on the real review, answers and coverage."""
    engine = sqlite_ground.copy(tmp_path / "busy.db")
    built = build_real_console(
        engine, StoppedClock(factories.NOW), keyring, recordings_dir=tmp_path, models_dir=tmp_path / "models"
    )
    with built.records() as session:
        factories.a_province(session)
        factories.an_organisation(session)
        night = a_night(session)
    yield built, night
    built.close()
    engine.dispose()
