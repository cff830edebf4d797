"""Status callbacks: sent in order for each subject, retried on the side when the URL's fragment says so."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping

from hotline.exchange.fetcher import Fetcher, FetchFailed
from hotline.exchange.overrides import overrides_of

log = logging.getLogger(__name__)

FIRST_BACK_OFF_SECONDS = 0.5


class Callbacks:
    """Callbacks of one subject (call, conference, recording) leave one after another.

    A retry never holds up the next event, so a receiver must expect them out of order.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, subject: str, url: str, method: str, fields: Mapping[str, str]) -> None:
        before = self._last.get(subject)
        task = self._spawn(self._deliver(before, url, method, dict(fields)))
        self._last[subject] = task
        task.add_done_callback(
            lambda t: self._last.pop(subject, None) if self._last.get(subject) is t else None
        )

    async def drain(self, seconds: float) -> None:
        """Wait until all is delivered, at most `seconds`."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)

    @property
    def pending(self) -> int:
        return len(self._tasks)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: object) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(
        self, before: asyncio.Task[None] | None, url: str, method: str, fields: dict[str, str]
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        token = secrets.token_hex(16)
        try:
            await self._fetcher.once(method, url, fields, token)
        except FetchFailed as failed:
            overrides = overrides_of(url)
            if overrides.retry_count and overrides.retries(failed.failure):
                self._spawn(self._retry(url, method, fields, token, overrides.retry_count))
            else:
                log.warning("a status callback was not delivered: error %s", failed.code)

    async def _retry(self, url: str, method: str, fields: dict[str, str], token: str, count: int) -> None:
        for attempt in range(count):
            await asyncio.sleep(FIRST_BACK_OFF_SECONDS * 2**attempt)
            try:
                await self._fetcher.once(method, url, fields, token)
                return
            except FetchFailed as failed:
                if not overrides_of(url).retries(failed.failure):
                    break
        log.warning("a status callback was not delivered after retries")
