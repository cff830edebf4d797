"""Consoles as browsers run them: boards and desks, each with its own session, socket and requests.

python -m benchmarks.lines.fan_out '{"url": …, "boards": [login …], "desks": [login …]}'

The first line of input holds the session of each login. Each console keeps to the rules of its page: a board
asks for its parts after a fact, at most once a second, and again when they say so; a desk asks for its bar
after a fact of its own seat; both heal by a slow timer. Further lines: `quiet` closes a part of the sockets,
`back` opens them again, `end` ends it and prints what was seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import sys
import time
from typing import Any

import aiohttp

AGAIN = re.compile(r'data-again="([\d.]+)"')
OFFER = re.compile(r'data-offer="(\d+)"')
BOARD_LEAST_SECONDS, BOARD_HEAL_SECONDS = 1.0, 10.0
BAR_HEAL_SECONDS, LISTS_HEAL_SECONDS, LISTS_SPREAD_SECONDS, RESUME_SPREAD_SECONDS = 240.0, 300.0, 40.0, 3.0
JOINING_AT_ONCE = 8


class Tally:
    """What all consoles saw: `told` (boards), `offered` (the desk that rings), `shown` (boards, after they
    fetched) and `counted` (boards, when the figures of the day hold it too): (fact, id, wall time)."""

    def __init__(self) -> None:
        self.joined = self.messages = self.pages = 0
        self.told: list[tuple[str, int, float]] = []
        self.offered: list[tuple[str, int, float]] = []
        self.shown: list[tuple[str, int, float]] = []
        self.counted: list[tuple[str, int, float]] = []
        self.resumed: dict[str, int | None] = {}


class Console:
    def __init__(self, plan: dict[str, Any], login: str, tally: Tally) -> None:
        self.plan, self.login, self.tally = plan, login, tally
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=4), cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def sign_in(self) -> None:
        """With a session that the product's own key signed: how fast passwords are checked is not asked."""
        self.session.cookie_jar.update_cookies({"hotline_session": self.plan["sessions"][self.login]})

    async def listen(self) -> None:
        """Engine.IO by hand: 0 opens, 40 joins, 2 is answered by 3."""
        url = self.plan["url"].replace("http", "ws") + "/live/?EIO=4&transport=websocket"
        async with self.session.ws_connect(url, headers={"Origin": self.plan["url"]}) as socket:
            self.socket = socket
            await socket.send_str("40")
            async for message in socket:
                text = str(message.data)
                if text.startswith("40"):
                    self.tally.joined += 1
                elif text == "2":
                    await socket.send_str("3")
                elif text.startswith("42"):
                    self.tally.messages += 1
                    kind, content = json.loads(text[2:])
                    if kind != "standing":
                        self.hears(content if kind == "facts" else [content])

    async def page(self, path: str) -> str:
        self.tally.pages += 1
        async with self.session.get(self.plan["url"] + path, headers={"HX-Request": "true"}) as answer:
            assert answer.status == 200, f"{path}: {answer.status}"
            return await answer.text()

    def hears(self, facts: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    async def timers(self) -> None:
        raise NotImplementedError


class Bare(Console):
    """A socket of the peer: it is sent everything, and asks for nothing."""

    async def sign_in(self) -> None:
        return

    def hears(self, facts: list[dict[str, Any]]) -> None:
        now = time.time()
        for fact in facts:
            self.tally.told.append((fact["name"], next(iter(fact["data"].values()), 0), now))

    async def timers(self) -> None:
        return


class Board(Console):
    def __init__(self, plan: dict[str, Any], login: str, tally: Tally) -> None:
        super().__init__(plan, login, tally)
        self.news = asyncio.Event()
        self.unseen: list[tuple[str, int]] = []
        self.uncounted: list[tuple[str, int]] = []

    def hears(self, facts: list[dict[str, Any]]) -> None:
        now = time.time()
        for fact in facts:
            which = (fact["name"], next(iter(fact["data"].values()), 0))
            self.tally.told.append((*which, now))
            self.unseen.append(which)
        self.news.set()

    async def timers(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), BOARD_HEAL_SECONDS)
            self.news.clear()
            begun, seen = time.monotonic(), self.unseen
            self.unseen = []
            again = AGAIN.search(await self.page("/supervisor/live"))
            now = time.time()
            self.tally.shown += [(*which, now) for which in seen]
            self.uncounted += seen
            if again is None:
                self.tally.counted += [(*which, now) for which in self.uncounted]
                self.uncounted = []
            else:
                asyncio.get_running_loop().call_later(float(again[1]), self.news.set)
            await asyncio.sleep(max(0.0, begun + BOARD_LEAST_SECONDS - time.monotonic()))


class Desk(Console):
    def __init__(self, plan: dict[str, Any], login: str, tally: Tally) -> None:
        super().__init__(plan, login, tally)
        self.own = asyncio.Event()
        self.lists_due: asyncio.TimerHandle | None = None
        self.lists = asyncio.Event()
        self.last_bar = ""

    def hears(self, facts: list[dict[str, Any]]) -> None:
        now = time.time()
        for fact in facts:
            if fact["name"] != "desk.figures":
                if fact["name"] == "offer.made":
                    self.tally.offered.append(("offer.made", fact["data"]["offer_id"], now))
                self.own.set()
            elif fact["data"]["lists"] and self.lists_due is None:
                delay = random.random() * LISTS_SPREAD_SECONDS
                self.lists_due = asyncio.get_running_loop().call_later(delay, self.lists.set)

    async def timers(self) -> None:
        async def bar() -> None:
            await asyncio.sleep(random.random() * BAR_HEAL_SECONDS)
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.own.wait(), BAR_HEAL_SECONDS)
                self.own.clear()
                self.last_bar = await self.page("/desk/_bar")

        async def lists() -> None:
            await asyncio.sleep(random.random() * LISTS_HEAL_SECONDS)
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.lists.wait(), LISTS_HEAL_SECONDS)
                self.lists.clear()
                self.lists_due = None
                await self.page("/desk/_lists")

        await asyncio.gather(bar(), lists())

    async def resume(self) -> None:
        """As the page does when its socket is back: it asks for its bar, at a moment of its own."""
        await asyncio.sleep(random.random() * RESUME_SPREAD_SECONDS)
        found = OFFER.search(await self.page("/desk/_bar"))
        self.tally.resumed[self.login] = int(found[1]) if found else None


async def run(plan: dict[str, Any]) -> None:
    tally = Tally()
    consoles: list[Console] = [Bare(plan, str(n), tally) for n in range(plan.get("bare", 0))]
    consoles += [Board(plan, login, tally) for login in plan["boards"]]
    desks = [Desk(plan, login, tally) for login in plan["desks"]]
    consoles += desks
    gate = asyncio.Semaphore(JOINING_AT_ONCE)
    tasks: set[asyncio.Task[None]] = set()

    def start(work: Any) -> None:
        task = asyncio.ensure_future(work)
        tasks.add(task)

    async def open_one(console: Console) -> None:
        async with gate:
            await console.sign_in()
        start(console.listen())
        start(console.timers())

    await asyncio.gather(*map(open_one, consoles))
    while tally.joined < len(consoles):
        await asyncio.sleep(0.1)
    tally.messages = tally.pages = 0
    print(json.dumps({"joined": tally.joined}), flush=True)
    quiet = desks[: plan.get("quiet", 0)]
    loop = asyncio.get_running_loop()
    while (line := (await loop.run_in_executor(None, sys.stdin.readline)).strip()) not in ("end", ""):
        if line == "count":
            print(json.dumps({"messages": tally.messages, "pages": tally.pages}), flush=True)
        elif line == "quiet":
            for desk in quiet:
                if desk.socket is not None:
                    await desk.socket.close()
            print("{}", flush=True)
        elif line == "back":
            before = tally.joined
            for desk in quiet:
                start(desk.listen())
            while tally.joined < before + len(quiet):
                await asyncio.sleep(0.05)
            await asyncio.gather(*(desk.resume() for desk in quiet))
            print(json.dumps(tally.resumed), flush=True)
    failed = [repr(task.exception()) for task in tasks if task.done() and task.exception()]
    print(
        json.dumps(
            {
                "told": tally.told,
                "offered": tally.offered,
                "shown": tally.shown,
                "counted": tally.counted,
                "failed": failed[:5],
            }
        ),
        flush=True,
    )
    for task in tasks:
        task.cancel()
    for console in consoles:
        await console.session.close()


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1]) | {"sessions": json.loads(sys.stdin.readline())}))
