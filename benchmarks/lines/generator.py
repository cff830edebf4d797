"""The far ends' process: connects, sends tones, and writes down what it heard as JSON lines.

python -m benchmarks.lines.generator '{"kind": "exchange", "legs": 24, "seconds": 8, …}'
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import time
from typing import Any

import aiohttp
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from benchmarks.lines import tones
from benchmarks.lines.peers import CheapPeer, LibraryPeer, Peer, latencies
from hotline.exchange import wav
from hotline.exchange.sound import FRAME_SECONDS, RATE

SUB_TICKS = 4  # browsers do not speak all in the same millisecond
SETTLE_SECONDS = 2.0


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


class Sending:
    """The clock of all cheap peers."""

    def __init__(self, peers: list[CheapPeer]) -> None:
        self._peers = peers
        self.late = self.ticks = 0

    async def run(self) -> None:
        due, step = time.monotonic(), FRAME_SECONDS / SUB_TICKS
        turn = 0
        while True:
            due += step
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.ticks += 1
            self.late += time.monotonic() - due > FRAME_SECONDS
            for peer in self._peers[turn % SUB_TICKS :: SUB_TICKS]:
                peer.send()
            turn += 1


async def by_exchange(session: aiohttp.ClientSession, plan: dict[str, Any], peer: Peer, room: str) -> Any:
    """Sign in as a browser of its own and call into the room; the socket stays open."""
    token = AccessToken(plan["account"], plan["key"], plan["secret"], identity=f"leg{peer.leg}", ttl=600)
    token.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=plan["application"]))
    socket = await session.ws_connect(plan["url"].replace("http", "ws") + "/signal")
    await socket.send_json({"type": "listen", "version": "1.6", "payload": {"token": str(token.to_jwt())}})
    invite = {
        "callsid": f"TJ{peer.leg}",
        "sdp": await peer.offer(),
        "twilio": {"params": f"room={room}&To=room"},
    }
    await socket.send_json({"type": "invite", "version": "1.6", "payload": invite})
    async for message in socket:
        if not message.data.strip():
            continue
        data = json.loads(message.data)
        if data["type"] == "answer":
            await peer.take_answer(data["payload"]["sdp"])
            return socket
        assert data["type"] in ("connected", "ringing"), data
    raise ConnectionError("the exchange hung up")


async def by_echo(session: aiohttp.ClientSession, plan: dict[str, Any], peer: Peer, _room: str) -> Any:
    async with session.post(plan["url"] + "/offer", data=await peer.offer()) as answer:
        await peer.take_answer(await answer.text())
    return None


async def browsers(plan: dict[str, Any]) -> None:
    """Pairs of tones; with `latency`, one more pair of the library's own peers, room or echo."""
    connect = by_exchange if plan["kind"] == "exchange" else by_echo
    cheap = [CheapPeer(leg) for leg in range(plan["legs"])]
    pair = [LibraryPeer(1000), LibraryPeer(1001)] if plan.get("latency") else []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        sockets = []
        for peer in [*pair, *cheap]:
            sockets.append(await connect(session, plan, peer, f"room{peer.leg // 2}"))
        drains = [asyncio.ensure_future(_drain(socket)) for socket in sockets if socket is not None]
        sending = Sending(cheap)
        clock = asyncio.ensure_future(sending.run())
        await asyncio.sleep(SETTLE_SECONDS)
        for peer in cheap:
            peer.got.clear()
        sending.late = sending.ticks = 0
        say("measuring")
        await asyncio.sleep(plan["seconds"])
        heard = [(peer, peer.heard()) for peer in cheap]
        late, ticks = sending.late, sending.ticks
        say("measured")
        partner = (lambda leg: leg ^ 1) if plan["kind"] == "exchange" else (lambda leg: leg)
        shares = [tones.clean_share(got, tones.frequency_of(partner(p.leg))) for p, got in heard]
        arrived = [len(got) / RATE / plan["seconds"] for _, got in heard]
        times = []
        if pair and plan["kind"] == "exchange":
            times = latencies(pair[0], pair[1]) + latencies(pair[1], pair[0])
        elif pair:
            times = latencies(pair[0], pair[0]) + latencies(pair[1], pair[1])
        say("done", shares=shares, arrived=arrived, latency=times, late=late, ticks=ticks)
        clock.cancel()
        await asyncio.gather(*(peer.pc.close() for peer in [*pair, *cheap]))
        for drain in drains:
            drain.cancel()
        await asyncio.gather(clock, *drains, return_exceptions=True)


async def _drain(socket: Any) -> None:
    async for _ in socket:
        pass


async def scripted(plan: dict[str, Any]) -> None:
    """Pairs of callers inside the exchange itself."""
    auth = {"Authorization": aiohttp.encode_basic_auth(plan["account"], plan["token"])}
    connector = aiohttp.TCPConnector(limit=0)  # each call holds a connection of its own
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(headers=auth, timeout=timeout, connector=connector) as session:
        lines, parties = [], []
        for leg in range(plan["legs"]):
            body = {"from": f"room{leg // 2}", "to": plan["number"], "tone": tones.frequency_of(leg)}
            line = await session.post(plan["url"] + "/exchange/parties", json=body)
            lines.append(line)
            parties.append(json.loads(await line.content.readline())["party"])
        await asyncio.sleep(SETTLE_SECONDS)
        say("measuring")
        await asyncio.sleep(plan["seconds"])
        say("measured")
        shares = []
        for leg, party in enumerate(parties):
            async with session.get(f"{plan['url']}/exchange/parties/{party}/heard.wav") as answer:
                samples = wav.decode(await answer.read())
            last = samples[-int(plan["seconds"] * RATE) :]
            shares.append(_levelled(last, tones.frequency_of(leg ^ 1)))
        say("done", shares=shares, arrived=[1.0] * len(shares), latency=[], late=0, ticks=1)
        for line in lines:
            line.close()


def _levelled(samples: Any, frequency: int) -> float:
    """Scripted parties speak a little louder than `tones.LEVEL`."""
    return tones.clean_share((samples * (tones.LEVEL / 0.3)).astype("int16"), frequency)


def main() -> None:
    logging.basicConfig(stream=io.StringIO())
    plan = json.loads(sys.argv[1])
    asyncio.run(scripted(plan) if plan["kind"] == "scripted" else browsers(plan))


if __name__ == "__main__":
    main()
