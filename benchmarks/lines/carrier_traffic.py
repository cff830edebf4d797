"""The carrier's side: signed webhooks over kept-alive connections, and how long each answer took.

python -m benchmarks.lines.carrier_traffic '{"kind": "plain", "url": …, "base": …, "token": …, "seconds": 4}'
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sys
import time
from typing import Any

import aiohttp

from hotline.exchange.signature import sign

CALL = re.compile(r"/carrier/calls/(\d+)/")


class Traffic:
    def __init__(self, session: aiohttp.ClientSession, plan: dict[str, Any]) -> None:
        self._session, self._plan = session, plan
        self.times: list[float] = []
        self.refused = 0

    async def post(self, path: str, fields: dict[str, str]) -> str:
        signature = sign(self._plan["token"], self._plan["base"] + path, fields)
        begun = time.perf_counter()
        async with self._session.post(
            self._plan["url"] + path, data=fields, headers={"X-Twilio-Signature": signature}
        ) as answer:
            text = await answer.text()
        self.times.append(time.perf_counter() - begun)
        self.refused += answer.status not in (200, 204)
        return text

    def call(self) -> dict[str, str]:
        caller = f"1{secrets.randbelow(10**10):010d}"
        return {
            "CallSid": "CA" + secrets.token_hex(16), "AccountSid": "AC" + "0" * 32, "From": caller,
            "To": "12356", "Caller": caller, "Called": "12356", "CallStatus": "ringing",
            "ApiVersion": "2010-04-01", "Direction": "inbound",
        }  # fmt: skip

    async def plain(self) -> None:
        await self.post("/plain", self.call())

    async def empty(self) -> None:
        await self.post("/empty", self.call())

    async def voice(self) -> None:
        await self.post("/carrier/voice", self.call())

    async def way(self) -> None:
        """One caller's whole way without an answer: greeting, queue, two rounds of waiting, hang-up."""
        call = self.call()
        found = CALL.search(await self.post("/carrier/voice", call))
        if found is None:
            self.refused += 1
            return
        number = found[1]
        await self.post(f"/carrier/calls/{number}/enqueue?notice=1", {**call, "CallStatus": "in-progress"})
        for _ in range(2):
            await self.post(f"/carrier/wait/{number}", {**call, "CallStatus": "in-progress"})
        await self.post(
            "/carrier/status", {**call, "CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "9"}
        )


async def run(plan: dict[str, Any]) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        traffic = Traffic(session, plan)
        once = getattr(traffic, plan["kind"])
        end = time.perf_counter() + plan["seconds"]

        async def line() -> None:
            while time.perf_counter() < end:
                await once()

        begun = time.perf_counter()
        await asyncio.gather(*(line() for _ in range(plan["connections"])))
        spent = time.perf_counter() - begun
    times = sorted(traffic.times)
    print(json.dumps({
        "a_second": len(times) / spent, "p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)],
        "refused": traffic.refused,
    }))  # fmt: skip


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
