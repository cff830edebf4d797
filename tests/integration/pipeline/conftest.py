"""The fixture of the pipeline's tests."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.integration.pipeline.situations import Hotline, a_house


@pytest.fixture
def hotline(engine: Engine) -> Hotline:
    return a_house(engine)
