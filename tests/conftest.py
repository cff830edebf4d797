"""What every test may ask for."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, or a core is idle at the end while the other plays it. Else the order is
    by chance."""
    items.sort(key=lambda item: item.get_closest_marker("begins_first") is None)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it after every few hundred new objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def shared_data_dir() -> Path:
    """The development data that lies beside the checkout; it is read, never copied."""
    return Path(os.environ.get("HOTLINE_SHARED", REPOSITORY.parent / "shared"))


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    folder = shared_data_dir()
    if not folder.is_dir():
        pytest.skip(f"development data is not here: {folder}")
    return folder


@pytest.fixture(scope="session")
def carrier_description(shared_dir: Path) -> Any:
    """The carrier's OpenAPI file as a judge, loaded once for the whole run."""
    from tests.openapi import CarrierDescription

    return CarrierDescription(shared_dir / "twilio-oai" / "twilio_api_v2010.json")


def free_port() -> int:
    """A loopback port that nobody uses now, below the range from which outgoing connections take theirs."""
    import random
    import socket

    chance = random.SystemRandom()
    while True:
        port = chance.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
