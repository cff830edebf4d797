from __future__ import annotations

from pathlib import Path

import pytest

from tests.grounds import SqliteGround
from tests.integration.histories.pair import Pair


@pytest.fixture
def pair(sqlite_ground: SqliteGround, tmp_path: Path) -> Pair:
    return Pair(sqlite_ground, tmp_path)
