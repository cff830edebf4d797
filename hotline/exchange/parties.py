"""Scripted callers, driven from outside: the far side of `hotline dial` and of tests.

Not part of the carrier's wire. POST /exchange/parties places a call and answers a line of JSON for
each thing that happens, ending with the outcome; losing the connection hangs up.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import json
from collections import OrderedDict
from typing import Any

from aiohttp import web

from hotline.exchange import wav
from hotline.exchange.exchange import Exchange
from hotline.exchange.rest.errors import allowed, error_answer
from hotline.exchange.scripted import AnswerPlan, ScriptedLeg
from hotline.exchange.sids import new_sid
from hotline.exchange.sound import RATE, Samples, UndecodableAudio, decode_audio, silence, tone

KEPT_PARTIES = 64


class PartyRefused(ValueError):
    """The description of a party cannot be used."""


async def plan_of(data: dict[str, Any]) -> AnswerPlan:
    """An AnswerPlan from JSON: outcome, after_seconds, audio (base64 WAV), tone, repeat, digits …"""
    try:
        if data.get("audio"):
            says = await asyncio.to_thread(decode_audio, base64.b64decode(data["audio"]))
        elif data.get("tone"):
            says = tone(float(data["tone"]), 4.0)
            says = says[: len(says) // RATE * RATE]
        else:
            says = silence(0)
        quiet = float(data.get("say_nothing_seconds") or 0)
        if quiet:
            says = _after(quiet, says)
        hang_up = data.get("hangup_after_seconds")
        outcome = str(data.get("outcome", "answer"))
        if outcome not in ("answer", "busy", "no-answer", "failed"):
            raise PartyRefused("outcome is answer, busy, no-answer or failed")
        return AnswerPlan(
            outcome=outcome,
            after_seconds=float(data.get("after_seconds", 1.0)),
            says=says,
            repeat=bool(data.get("repeat", bool(data.get("tone")))),
            hangup_after_seconds=None if hang_up is None else float(hang_up),
            digits=tuple((float(at), str(keys)) for at, keys in data.get("digits", [])),
        )
    except (TypeError, ValueError, KeyError, binascii.Error, UndecodableAudio) as error:
        raise PartyRefused(f"this description of a party cannot be used: {error}") from error


def _after(seconds: float, says: Samples) -> Samples:
    import numpy as np

    return np.concatenate([silence(seconds), says])


class Parties:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._legs: OrderedDict[str, ScriptedLeg] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        one = "/exchange/parties/{party:PT[0-9a-f]{32}}"
        return [
            web.post("/exchange/parties", self.place),
            web.post(one, self.act),
            web.get(one + "/heard.wav", self.heard),
            web.post("/exchange/answerers", self.set_answerers),
        ]

    async def place(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        try:
            data = await request.json()
            plan = await plan_of(data)
            caller, called = str(data["from"]), str(data["to"])
        except (PartyRefused, KeyError, ValueError, TypeError) as error:
            return error_answer(400, 20001, str(error))
        route = self._exchange.configuration.numbers.get(called)
        if route is None:
            return error_answer(404, 20404, "no such number on this exchange")
        response = web.StreamResponse(
            headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        leg = ScriptedLeg(plan, lambda event, facts: events.put_nowait({"event": event, **facts}))
        party = new_sid("PT")
        self._keep(party, leg)
        call = self._exchange.take_call(leg, caller=caller, called=called, route=route)
        try:
            await self._line(response, {"event": "placed", "party": party, "call": call.sid})
            ended = False
            while not ended:
                event = await events.get()
                ended = event["event"] == "ended"
                await self._line(response, event)
            await asyncio.sleep(0)
            outcome = {"event": "outcome", "status": call.status, "seconds": call.duration_seconds}
            await self._line(response, outcome)
        finally:
            leg.put_down()
        with contextlib.suppress(ConnectionError):
            await response.write_eof()
        return response

    async def act(self, request: web.Request) -> web.Response:
        """Press keys, or hang up, while the call runs."""
        if (refusal := self._refusal(request)) is not None:
            return refusal
        leg = self._legs.get(request.match_info["party"])
        if leg is None:
            return error_answer(404, 20404, "no such party")
        data = await request.json()
        if data.get("digits"):
            leg.press(str(data["digits"]))
        if data.get("hangup"):
            leg.put_down()
        return web.json_response({})

    async def heard(self, request: web.Request) -> web.Response:
        """What the party heard. It is kept in memory alone, and for the last calls only."""
        if (refusal := self._refusal(request)) is not None:
            return refusal
        leg = self._legs.get(request.match_info["party"])
        if leg is None:
            return error_answer(404, 20404, "no such party")
        return web.Response(body=wav.encode(leg.heard()), content_type="audio/x-wav")

    async def set_answerers(self, request: web.Request) -> web.Response:
        """`{number: plan}`: how numbers behave from now on."""
        if (refusal := self._refusal(request)) is not None:
            return refusal
        try:
            plans = {str(number): await plan_of(plan) for number, plan in (await request.json()).items()}
        except (PartyRefused, ValueError, AttributeError) as error:
            return error_answer(400, 20001, str(error))
        for number, plan in plans.items():
            self._exchange.far_ends.plan(number, plan)
        return web.json_response({"set": len(plans)})

    def _refusal(self, request: web.Request) -> web.Response | None:
        if allowed(self._exchange.configuration, request.headers.get("Authorization", "")):
            return None
        return error_answer(401, 20003, "Authenticate")

    def _keep(self, party: str, leg: ScriptedLeg) -> None:
        self._legs[party] = leg
        for old, kept in list(self._legs.items()):
            if len(self._legs) <= KEPT_PARTIES:
                break
            if kept.ended.is_set():
                del self._legs[old]

    async def _line(self, response: web.StreamResponse, facts: dict[str, Any]) -> None:
        await response.write(json.dumps(facts).encode() + b"\n")
