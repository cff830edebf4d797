"""Consoles that stay connected to the pages: signed in, a websocket each, answering the server's pings.

python -m benchmarks.lines.consoles '{"url": …, "name": …, "password": …, "consoles": 500}'
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any

import aiohttp

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


async def sign_in(session: aiohttp.ClientSession, plan: dict[str, Any]) -> None:
    async with session.get(plan["url"] + "/sign-in") as page:
        found = CSRF.search(await page.text())
    assert found is not None, "no sign-in page"
    form = {"csrf_token": found[1], "login": plan["name"], "password": plan["password"]}
    async with session.post(plan["url"] + "/sign-in", data=form) as answer:
        assert "/sign-in" not in str(answer.url), "the account was refused"


async def console(session: aiohttp.ClientSession, plan: dict[str, Any], told: dict[str, int]) -> None:
    """Engine.IO by hand: 0 opens, 40 joins, 2 is answered by 3."""
    url = plan["url"].replace("http", "ws") + "/live/?EIO=4&transport=websocket"
    async with session.ws_connect(url, headers={"Origin": plan["url"]}) as socket:
        await socket.send_str("40")
        async for message in socket:
            text = str(message.data)
            if text.startswith("40"):
                told["joined"] += 1
            elif text == "2":
                await socket.send_str("3")
            elif text.startswith('42["fact'):
                told["facts"] += 1


async def run(plan: dict[str, Any]) -> None:
    told = {"joined": 0, "facts": 0}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=jar) as session:
        await sign_in(session, plan)
        tasks = []
        for _ in range(plan["consoles"]):
            tasks.append(asyncio.ensure_future(console(session, plan, told)))
            await asyncio.sleep(0.01)
        for _ in range(600):
            if told["joined"] >= plan["consoles"] or all(task.done() for task in tasks):
                break
            await asyncio.sleep(0.1)
        print(json.dumps(told), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        alive = sum(not task.done() for task in tasks)
        print(json.dumps({**told, "alive": alive}), flush=True)
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
