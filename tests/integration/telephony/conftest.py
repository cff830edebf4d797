from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.crypto import Keyring
from tests.integration.telephony.switchboard import Switchboard


@pytest.fixture
def switchboard(engine: Engine, keyring: Keyring, tmp_path: Path) -> Switchboard:
    return Switchboard(engine, keyring, tmp_path)
