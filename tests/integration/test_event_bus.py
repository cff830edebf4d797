"""Who listens to the other processes learns when it no longer hears them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from hotline.event_bus import EventBus
from models.events import CallQueued, Event, LinkBack, LinkLost


class BrokenOnce:
    """A Redis whose connection breaks after its first message, and stands again after one refusal."""

    def __init__(self) -> None:
        self._tries = 0

    @contextmanager
    def pubsub(self, **_: Any) -> Iterator[BrokenOnce]:
        self._tries += 1
        self._given = 0
        if self._tries == 2:
            raise RedisAway("refused")
        yield self

    def subscribe(self, _channel: str) -> None:
        return

    def get_message(self, timeout: float) -> dict[str, str] | None:
        self._given += 1
        if self._given > 1 and self._tries == 1:
            raise RedisAway("broken off")
        told = json.dumps(["call.queued", {"call_id": self._tries}])
        return {"data": told} if self._given == 1 else None


def test_a_broken_link_is_told_once_and_so_is_its_return() -> None:
    heard: list[Event] = []
    ending = threading.Event()

    def hear(event: Event) -> None:
        heard.append(event)
        if event == CallQueued(3):
            ending.set()

    bus = EventBus(cast(Redis, BrokenOnce()), reconnect_seconds=0.01)
    bus.listen(hear, ending).join(10)
    assert heard == [CallQueued(1), LinkLost(), LinkBack(), CallQueued(3)]
