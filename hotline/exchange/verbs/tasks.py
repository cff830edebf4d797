"""Ending a task and waiting until it has given back what it held."""

from __future__ import annotations

import asyncio
from typing import Any


async def cancelled_and_awaited(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        if not task.done():
            task.cancel()
    if tasks:
        await asyncio.wait(tasks)
