"""Sounds to play: fetched from a URL, decoded off the loop, kept by content."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict

from hotline.exchange.fetcher import Fetcher
from hotline.exchange.sound import Samples, decode_audio

KEPT = 64


class Sounds:
    """The file is asked for each time (it may change), decoding is not repeated for the same bytes."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._decoded: OrderedDict[bytes, Samples] = OrderedDict()

    async def fetch(self, url: str) -> Samples:
        """Raises FetchFailed or UndecodableAudio."""
        answer = await self._fetcher.request("GET", url, {})
        key = hashlib.sha256(answer.body).digest()
        if key not in self._decoded:
            self._decoded[key] = await asyncio.to_thread(decode_audio, answer.body)
            while len(self._decoded) > KEPT:
                self._decoded.popitem(last=False)
        self._decoded.move_to_end(key)
        return self._decoded[key]
