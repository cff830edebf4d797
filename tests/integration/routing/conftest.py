from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.integration.routing.house import House


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)
