"""The bare loop to compare with: aiortc alone sends every frame back, in one process, as its own examples do.

python -m benchmarks.lines.echo PORT
"""

from __future__ import annotations

import sys

from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from hotline.exchange.sdp import prefer_pcmu

connections: set[RTCPeerConnection] = set()


async def offer(request: web.Request) -> web.Response:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connections.add(pc)
    pc.on("track", pc.addTrack)
    await pc.setRemoteDescription(RTCSessionDescription(sdp=prefer_pcmu(await request.text()), type="offer"))
    await pc.setLocalDescription(await pc.createAnswer())
    return web.Response(text=pc.localDescription.sdp)


async def health(_request: web.Request) -> web.Response:
    return web.json_response({"legs": len(connections)})


def main() -> None:
    app = web.Application()
    app.router.add_post("/offer", offer)
    app.router.add_get("/exchange/health", health)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
