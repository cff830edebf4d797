"""What a participant hears while waiting for the start or on hold."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hotline.exchange.context import CONFERENCE_WAIT, Context
from hotline.exchange.program import Goto
from hotline.exchange.sound import calm_music

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.exchange import Exchange


# A hold document that takes no time must not be asked for in a hot loop.
SHORTEST_ROUND_SECONDS = 0.2


class HoldMusic:
    """Runs beside the call's program; at most one piece at a time."""

    def __init__(self, exchange: Exchange, call: Call) -> None:
        self._exchange, self._call = exchange, call
        self._task: asyncio.Task[None] | None = None

    def start(self, url: str | None, method: str, *, repeat: bool = False) -> None:
        """`url` None is the default music, empty is silence."""
        self.stop()
        if url != "":
            self._task = self._exchange.spawn(self._play(url, method, repeat))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _play(self, url: str | None, method: str, repeat: bool) -> None:
        """A wait document is not repeated unless it ends in Redirect (the carrier's rule); hold music is."""
        from hotline.exchange.documents import DocumentFailed, follow

        if url is not None:
            context = Context(self._exchange, self._call, allowed=CONFERENCE_WAIT)
            try:
                await follow(context, Goto(url, method))
                while repeat:
                    await asyncio.sleep(SHORTEST_ROUND_SECONDS)
                    await follow(context, Goto(url, method))
                return
            except DocumentFailed:
                pass  # a person on hold hears the calm piece instead of nothing
        with self._call.audio.looping(calm_music()):
            await asyncio.Event().wait()
