"""Browser signalling: the messages of the carrier's Voice SDK over a websocket.

Source: @twilio/voice-sdk 2.18.5, pstream and wstransport. Each message is {type, version, payload}.
Browser: listen, register, invite, answer, dtmf, hangup, reject, reinvite, message.
Exchange: connected, ready, offline, invite, ringing, answer, hangup, cancel, error, and a newline
as heartbeat (the SDK reconnects after 15 s without one).
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import deque
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from hotline.exchange.access_token import CODE_EXPIRED, CODE_INVALID, Grant, TokenRefused, read_token
from hotline.exchange.browser import BrowserLeg
from hotline.exchange.exchange import Exchange
from hotline.exchange.leg import Leg

log = logging.getLogger(__name__)

VERSION = "1.6"
HEARTBEAT_SECONDS = 5.0
MAX_MESSAGE_BYTES = 256 * 1024
CODE_NOT_FOUND = 31404
CODE_BAD_REQUEST = 31400


class Session:
    """One open websocket of one browser."""

    def __init__(self, exchange: Exchange, signalling: Signalling, socket: web.WebSocketResponse) -> None:
        self._exchange, self._signalling, self._socket = exchange, signalling, socket
        self.grant: Grant | None = None
        self.legs: dict[str, BrowserLeg] = {}
        self._registered = ""
        self._maker = self._make_leg  # one object, so that an old session can't unregister a newer one
        self._dropped: deque[str] = deque(maxlen=16)
        self._expiry: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def account_sid(self) -> str:
        return self._exchange.configuration.account_sid

    @property
    def identity(self) -> str:
        return self.grant.identity if self.grant else ""

    @property
    def is_open(self) -> bool:
        return not self._socket.closed

    def ticket(self, leg: BrowserLeg) -> str:
        """A secret by which this browser may take its call up again on a new socket."""
        return self._signalling.ticket(leg)

    async def send(self, kind: str, payload: dict[str, Any]) -> None:
        if not self._socket.closed:
            try:
                await self._socket.send_json({"type": kind, "version": VERSION, "payload": payload})
            except (ConnectionError, RuntimeError):
                log.debug("a browser is gone")

    async def run(self) -> None:
        beat = asyncio.ensure_future(self._beat())
        try:
            async for message in self._socket:
                if message.type is not WSMsgType.TEXT or not message.data.strip():
                    continue
                try:
                    data = json.loads(message.data)
                    kind, payload = str(data["type"]), dict(data.get("payload") or {})
                except (ValueError, KeyError, TypeError):
                    await self._error(CODE_BAD_REQUEST, "unreadable message")
                    continue
                await self._handle(kind, payload)
        finally:
            beat.cancel()
            self.close()

    def close(self) -> None:
        self._unregister()
        if self._expiry is not None:
            self._expiry.cancel()
        for leg in list(self.legs.values()):
            if leg.is_ringing:
                self._spawn(leg.reject_unreachable())

    # -- messages
    async def _handle(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "listen":
            await self._listen(payload)
        elif kind in ("answer", "dtmf", "hangup", "reject") and self.grant is not None:
            # Also after the token's end: a key or a hang-up of a call that runs must never be lost.
            self._about_call(kind, payload)
        elif self.grant is None or not self.grant.seconds_left:
            await self._error(CODE_EXPIRED if self.grant else CODE_INVALID, "a valid token is needed first")
        elif kind == "register":
            await self._register(payload)
        elif kind == "invite":
            # In a task of its own: other messages must not wait for sound to connect.
            self._spawn(self._invite(payload))
        elif kind == "reinvite":
            await self._error(CODE_BAD_REQUEST, "this exchange cannot restart ICE", payload)

    def _about_call(self, kind: str, payload: dict[str, Any]) -> None:
        name = str(payload.get("callsid", ""))
        leg = self.legs.get(name)
        if leg is not None:
            self._spawn(self._to_leg(leg, kind, payload))
        elif kind == "hangup":
            # The browser hung up before its call had come into being.
            self._dropped.append(name)

    async def _listen(self, payload: dict[str, Any]) -> None:
        try:
            grant = read_token(self._exchange.configuration, str(payload.get("token", "")))
        except TokenRefused as refused:
            await self._error(refused.code, refused.message)
            return
        if self.grant is not None and grant.identity != self.grant.identity:
            await self._error(CODE_INVALID, "the identity cannot change")
            return
        self.grant = grant
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = self._spawn(self._expire(grant))
        token = {"identity": grant.identity, "ttl": int(grant.seconds_left)}
        place = {"region": "local", "home": "local", "edge": "local", "gateway": "local"}
        await self.send("connected", {**place, "token": token})

    async def _register(self, payload: dict[str, Any]) -> None:
        assert self.grant is not None
        media = payload.get("media") or {}
        if media.get("audio") is False:
            self._unregister()
            await self.send("offline", {})
            return
        if not self.grant.may_receive:
            await self._error(CODE_INVALID, "this token may not take calls")
            return
        self._unregister()
        self._registered = f"client:{self.grant.identity}"
        self._exchange.far_ends.register(self._registered, self._maker)
        await self.send("ready", {})

    async def _invite(self, payload: dict[str, Any]) -> None:
        assert self.grant is not None
        name = str(payload.get("callsid", ""))
        if payload.get("reconnect"):
            await self._take_up(name, str(payload["reconnect"]))
            return
        route = self._exchange.configuration.applications.get(self.grant.application_sid)
        if route is None:
            await self._error(CODE_INVALID, "this token may not call", payload)
            return
        twilio = payload.get("twilio") or {}
        custom = dict(parse_qsl(str(twilio.get("params") or ""), keep_blank_values=True))
        extra = {**custom, **self.grant.outgoing_parameters, "ApplicationSid": self.grant.application_sid}
        leg = BrowserLeg(self, client_call_id=name)
        try:
            await leg.take_offer(str(payload.get("sdp", "")), "")
        except Exception as error:  # aiortc raises many kinds for a bad description
            log.info("an unusable offer: %s", type(error).__name__)
            await self._error(CODE_BAD_REQUEST, "unusable session description", payload)
            return
        if name in self._dropped:
            await leg.put_down_unheard()
            return
        call = self._exchange.take_call(
            leg, caller=f"client:{self.grant.identity}", called=extra.pop("To", ""), route=route, extra=extra
        )
        leg.call_sid = call.sid
        self.legs[call.sid] = leg
        self.legs[name] = leg
        await self.send("ringing", {"callsid": call.sid, "reconnect": self.ticket(leg)})

    async def _take_up(self, call_sid: str, ticket: str) -> None:
        """The browser's socket broke while it talked: the same call on this new socket."""
        leg = self._signalling.leg_of(ticket)
        if leg is None or leg.call_sid != call_sid or leg.session.identity != self.identity:
            await self._error(CODE_NOT_FOUND, "no such call", {"callsid": call_sid})
            await self.send("hangup", {"callsid": call_sid})
            return
        leg.session.legs.pop(call_sid, None)
        leg.session = self
        self.legs[call_sid] = leg
        await self.send("answer", {"callsid": call_sid, "sdp": leg.local_sdp(), "reconnect": ticket})

    async def _to_leg(self, leg: BrowserLeg, kind: str, payload: dict[str, Any]) -> None:
        if kind == "answer":
            try:
                await leg.take_answer(str(payload.get("sdp", "")))
            except Exception as error:  # aiortc raises many kinds for a bad description
                log.info("an unusable answer: %s", type(error).__name__)
                await leg.reject()
        elif kind == "dtmf":
            leg.press(str(payload.get("dtmf", "")))
        elif kind == "reject":
            await leg.reject()
        else:
            await leg.put_down()

    # -- inside
    def _make_leg(self) -> Leg:
        return BrowserLeg(self)

    def _unregister(self) -> None:
        if self._registered:
            self._exchange.far_ends.unregister(self._registered, self._maker)
            self._registered = ""

    async def _expire(self, grant: Grant) -> None:
        await asyncio.sleep(grant.seconds_left)
        self._unregister()
        await self._error(CODE_EXPIRED, "AccessTokenExpired")

    async def _error(self, code: int, message: str, about: dict[str, Any] | None = None) -> None:
        payload: dict[str, Any] = {"error": {"code": code, "message": message}}
        if about and about.get("callsid"):
            payload["callsid"] = about["callsid"]
        await self.send("error", payload)

    async def _beat(self) -> None:
        while not self._socket.closed:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self._socket.send_str("\n")

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        return self._exchange.spawn(work)


class Signalling:
    """The websocket door, and the tickets by which a call survives a broken socket."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._tickets: dict[str, BrowserLeg] = {}

    def ticket(self, leg: BrowserLeg) -> str:
        known = next((t for t, other in self._tickets.items() if other is leg), None)
        if known is None:
            known = secrets.token_urlsafe(24)
            self._tickets[known] = leg
        for old in [t for t, other in self._tickets.items() if other.is_over]:
            del self._tickets[old]
        return known

    def leg_of(self, ticket: str) -> BrowserLeg | None:
        leg = self._tickets.get(ticket)
        return leg if leg is not None and not leg.is_over else None

    async def door(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=MAX_MESSAGE_BYTES)
        await socket.prepare(request)
        await Session(self._exchange, self, socket).run()
        return socket
