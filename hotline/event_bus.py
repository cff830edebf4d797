"""Tells facts after commit: to subscribers in this process, and over Redis to the other processes.

Redis carries names and ids alone. Losing it delays what a page shows, never a call: routing listens in
process, and who listens is told that the link was lost and that it is back, so that pages ask by themselves.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence

from redis import Redis
from redis.exceptions import RedisError

from models.events import Event, LinkBack, LinkLost, from_wire

log = logging.getLogger("hotline.events")

CHANNEL = "hotline:events"

Listener = Callable[[Event], None]


class EventBus:
    def __init__(self, redis: Redis, reconnect_seconds: float = 2.0) -> None:
        self._redis = redis
        self._reconnect_seconds = reconnect_seconds
        self._listeners: list[tuple[tuple[type[Event], ...], Listener]] = []
        self._redis_was_lost = False

    def subscribe(self, kinds: tuple[type[Event], ...], listener: Listener) -> None:
        """Call `listener` in this process for each event of `kinds`, after its commit."""
        self._listeners.append((kinds, listener))

    def publish(self, events: Sequence[Event]) -> None:
        for event in events:
            for kinds, listener in self._listeners:
                if isinstance(event, kinds):
                    try:
                        listener(event)
                    except Exception:
                        # The fact is committed; one listener that fails must not hide it from the others.
                        log.exception("a listener of %s failed", event.name)
        try:
            for event in events:
                self._redis.publish(CHANNEL, json.dumps([event.name, event.data()]))
            self._redis_was_lost = False
        except RedisError:
            if not self._redis_was_lost:
                log.warning("Redis is away; pages heal by their timer until it is back")
            self._redis_was_lost = True

    def listen(self, callback: Listener, stop: threading.Event | None = None) -> threading.Thread:
        """Start a thread that hands every process's events to `callback`, and reconnects for ever; a broken
        link is told as `LinkLost`, then `LinkBack`."""
        ending = stop or threading.Event()
        thread = threading.Thread(target=self._listen, args=(callback, ending), name="events", daemon=True)
        thread.start()
        return thread

    def _listen(self, callback: Listener, ending: threading.Event) -> None:
        lost = False
        while not ending.is_set():
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(CHANNEL)
                    if lost:
                        lost = False
                        callback(LinkBack())
                    while not ending.is_set():
                        message = pubsub.get_message(timeout=1.0)
                        if message is not None:
                            name, data = json.loads(message["data"])
                            callback(from_wire(name, data))
            except RedisError:
                if not lost:
                    lost = True
                    self._tell_lost(callback)
                ending.wait(self._reconnect_seconds)
            except Exception:
                log.exception("an event could not be handled")

    def _tell_lost(self, callback: Listener) -> None:
        try:
            callback(LinkLost())
        except Exception:
            log.exception("a lost link could not be told")
