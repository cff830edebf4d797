"""Sound past the library's queues: both ways, counted by its statistics, and given back at the end."""

from __future__ import annotations

import asyncio
import socket
from itertools import pairwise
from typing import Any

import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription

from benchmarks.lines.peers import Peer, SilentTrack
from hotline.exchange.direct_media import DirectMedia, open_direct
from hotline.exchange.sdp import prefer_pcmu
from hotline.exchange.sound import FRAME, as_frames, from_mulaw, to_mulaw, tone
from tests.integration.exchange.test_calls import loudness

Got = list[tuple[int, bytes]]


async def connected_pair() -> tuple[RTCPeerConnection, RTCPeerConnection]:
    caller, answerer = Peer(0, SilentTrack()), RTCPeerConnection()
    offer = prefer_pcmu(await caller.offer())
    await answerer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    answerer.addTrack(SilentTrack())
    await answerer.setLocalDescription(await answerer.createAnswer())
    await caller.take_answer(answerer.localDescription.sdp)
    while answerer.connectionState != "connected":
        await asyncio.sleep(0.01)
    return caller.pc, answerer


def taken_over(pc: RTCPeerConnection, got: Got) -> DirectMedia:
    direct = open_direct(pc, lambda timestamp, payload: got.append((timestamp, payload)))
    assert direct is not None, "this aiortc is built differently: sound would cost four times as much"
    return direct


def test_sound_goes_both_ways_and_the_library_counts_it() -> None:
    async def run() -> None:
        one, other = await connected_pair()
        heard: tuple[Got, Got] = ([], [])
        sides = taken_over(one, heard[0]), taken_over(other, heard[1])
        tones = as_frames(tone(600, 1.1)), as_frames(tone(900, 1.1))
        for frames in zip(*tones, strict=True):
            for side, frame in zip(sides, frames, strict=True):
                side.send(to_mulaw(frame))
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.2)
        for got, hertz, others in ((heard[0], 900, 600), (heard[1], 600, 900)):
            samples = np.concatenate([from_mulaw(payload) for _, payload in got])
            assert loudness(samples, hertz) > 3000 > 100 > loudness(samples, others)
            steps = {(b - a) & 0xFFFFFFFF for (a, _), (b, _) in pairwise(got)}
            assert steps == {FRAME}
        stats = {stat.type: stat for stat in (await other.getStats()).values()}
        assert stats["inbound-rtp"].packetsReceived >= 50
        assert stats["outbound-rtp"].packetsSent >= 50
        await one.close()
        await other.close()

    asyncio.run(run())


def test_what_nobody_sealed_is_not_heard_and_the_library_still_closes() -> None:
    async def run() -> None:
        one, other = await connected_pair()
        got: Got = []
        side, far = taken_over(one, got), taken_over(other, [])
        pair: Any = one.getTransceivers()[0].sender.transport.transport._connection._nominated[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for forged in (b"\x80\x00" + bytes(170), b"\x80\x00short", b"\x80"):
                stranger.sendto(forged, (pair.local_candidate.host, pair.local_candidate.port))
        await asyncio.sleep(0.1)
        assert got == []
        far.send(to_mulaw(tone(600, 0.02)))
        await asyncio.sleep(0.1)
        assert len(got) == 1
        side.close()
        far.send(to_mulaw(tone(600, 0.02)))
        await asyncio.sleep(0.1)
        assert len(got) == 1
        async with asyncio.timeout(5):
            await one.close()
            await other.close()
        far.send(to_mulaw(tone(600, 0.02)))  # a line that is closed loses it, without a word

    asyncio.run(run())
