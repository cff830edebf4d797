"""Sets a case up: an exchange of its own, its application, its callers and legs, and the script."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from hotline.exchange.call import Call
from hotline.exchange.configuration import Configuration, Route
from hotline.exchange.exchange import Exchange
from hotline.exchange.rehearsal import plans
from hotline.exchange.rehearsal.app import CaseApplication
from hotline.exchange.rehearsal.script import Script
from hotline.exchange.scripted import AnswerPlan, ScriptedLeg
from hotline.exchange.server import Server
from hotline.exchange.sids import new_sid
from hotline.exchange.sound import Samples
from hotline.exchange.speech import Speech

DEFAULT_TONES = {"first": 600, "second": 900, "third": 1400, "fourth": 1900}
ORDINALS = tuple(DEFAULT_TONES)
HOST = re.compile(r"(https?|wss?)://([A-Za-z0-9.-]+)")
LOCAL = ("127.0.0.1", "localhost")


def _hosts_of(text: str) -> dict[str, frozenset[str]]:
    """The virtual hosts that a case names, each with the schemes it is named with."""
    found: dict[str, set[str]] = {}
    for scheme, host in HOST.findall(text):
        if host not in LOCAL:
            found.setdefault(host, set()).add(scheme)
    return {host: frozenset(schemes) for host, schemes in found.items()}


@dataclass
class Seen:
    """One thing that the engine told: kind, call, detail, time."""

    kind: str
    call: Call
    detail: str
    at: float = field(default_factory=time.monotonic)


class Stage:
    """Everything that runs for one case."""

    def __init__(self, case: dict[str, Any], speech: Speech) -> None:
        self.case, self.speech = case, speech
        self.setup: dict[str, Any] = case.get("setup") or {}
        self.account, self.token = new_sid("AC"), "rehearsal"
        self.seen: list[Seen] = []
        self.calls: dict[str, Call] = {}
        self.legs: dict[str, ScriptedLeg] = {}
        self.rest_answers: list[tuple[int, Any]] = []
        self.started = time.monotonic()
        self.snapshots: dict[int, Samples] = {}
        self.changed = asyncio.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="rehearsal-")
        hosts = _hosts_of(str(case))
        self.app = CaseApplication(case.get("documents") or {}, hosts, self.token, self.fill)
        self._hosts = hosts

    # -- life
    async def open(self) -> None:
        await self.app.start()
        c = self.case["call"]
        configuration = Configuration(
            account_sid=self.account,
            auth_token=self.token,
            data_dir=Path(self._folder.name),
            hosts=dict.fromkeys(self._hosts, ("127.0.0.1", self.app.port)),
        )
        self.exchange = Exchange(configuration, self.speech)
        self.exchange.observers.append(self.observe)
        self._server = Server(self.exchange, "127.0.0.1", 0)
        await self._server.start()
        for leg in self.case.get("legs") or []:
            await self._prepare_leg(leg)
        self.route = Route(
            voice_url=c["voice_url"],
            voice_method=c.get("voice_method", "POST"),
            fallback_url=c.get("fallback_url", ""),
            fallback_method=c.get("fallback_method", "POST"),
            status_url=c.get("status_callback", ""),
            status_events=frozenset(c.get("status_callback_events") or ["completed"]),
        )
        self.started = time.monotonic()

    async def close(self) -> None:
        await self._server.stop()
        await self.app.stop()
        self._folder.cleanup()

    # -- the play
    async def play(self) -> None:
        """Start the calls and run the script to its end."""
        parts = [
            self._first_calls(),
            *(self._extra_call(k, v) for k, v in self.setup.items() if k.endswith("_call")),
        ]
        await asyncio.gather(*parts, Script(self).run())

    def take_snapshots(self) -> None:
        """What each far end has heard lately, while its line is open."""
        for leg in self.legs.values():
            if leg.connected.is_set() and not leg.ended.is_set():
                self.snapshots[id(leg)] = leg.heard_lately()

    def note_runner(self) -> None:
        """From here on calls end because the rehearsal is over, not by themselves."""
        if self.main is not None:
            self.observe("runner", self.main, "over")

    def hang_up_all(self) -> None:
        for leg in list(self.legs.values()):
            leg.put_down()
        for call in list(self.exchange.calls.values()):
            call.end("completed")

    @property
    def main(self) -> Call | None:
        return self.calls.get("first")

    @property
    def all_ended(self) -> bool:
        calls = list(self.exchange.calls.values())
        return bool(calls) and all(call.is_final for call in calls)

    async def _first_calls(self) -> None:
        c = self.case["call"]
        if c.get("rest"):
            _, body = await self.rest(c["rest"])
            sid = body.get("sid") if isinstance(body, dict) else None
            call = self.exchange.find_call(str(sid)) or next(iter(self.exchange.calls.values()), None)
            if call is not None:
                self._name("first", call)
            return
        count = int(self.setup.get("callers", 1))
        ends = self.setup.get("hangup_s")
        ends = ends if isinstance(ends, list) else [ends] * count
        for index in range(count):
            if index:
                await asyncio.sleep(float(self.setup.get("caller_gap_s", 0.5)))
            name = ORDINALS[index]
            wish = self.setup.get("caller_plays") if index == 0 else None
            tones = {**DEFAULT_TONES, **(self.setup.get("tones") or {})}
            if wish is None and index == 0 and "caller" in tones:
                wish = f"tone {tones['caller']} Hz"
            if wish is None and (count > 1 or self.setup.get("tones")):
                wish = f"tone {tones[name]} Hz"
            await self._dial_in(name, self.route, wish)
            if index < len(ends) and ends[index] is not None:
                self._later(float(ends[index]), self.legs[name])

    async def _extra_call(self, key: str, wish: dict[str, Any]) -> None:
        await asyncio.sleep(float(wish.get("start_s", 1)))
        name = key.removesuffix("_call")
        sound = wish.get("plays")
        tones = self.setup.get("tones") or {}
        if sound is None and name in tones:
            sound = f"tone {tones[name]} Hz"
        route = Route(wish["voice_url"], wish.get("voice_method", "POST"), wish.get("fallback_url", ""))
        await self._dial_in(name, route, sound)
        if wish.get("hangup_s") is not None:
            self._later(float(wish["hangup_s"]), self.legs[name])

    async def _dial_in(self, name: str, route: Route, sound: str | None) -> Call:
        says = await plans.sound(sound, self.speech)
        leg = ScriptedLeg(AnswerPlan(says=says, repeat=True))
        self.legs[name] = leg
        c = self.case["call"]
        caller = c.get("from", "+15550001111")
        if name != "first":
            # Callers of one case differ in the last digit.
            caller = caller[:-1] + str(len(self.legs) % 10)
        call = self.exchange.take_call(leg, caller=caller, called=c.get("to", "+15559990000"), route=route)
        self._name(name, call)
        return call

    def _later(self, at_seconds: float, leg: ScriptedLeg) -> None:
        async def run() -> None:
            await asyncio.sleep(max(0.0, self.started + at_seconds - time.monotonic()))
            leg.put_down()

        self.exchange.spawn(run())

    async def _prepare_leg(self, leg: dict[str, Any]) -> None:
        address, plan = str(leg["to"]), await plans.plan_of(leg, self.speech)

        def make() -> ScriptedLeg:
            made = ScriptedLeg(plan)
            self.legs[address] = made
            return made

        self.exchange.far_ends.register(address, make)

    async def rest(self, request: dict[str, Any]) -> tuple[int, Any]:
        """A REST request as the application would send it."""
        method = next(m for m in ("POST", "GET", "DELETE", "PUT") if m in request)
        url = f"http://127.0.0.1:{self._server.port}" + self.fill(str(request[method]))
        pairs: list[tuple[str, str]] = []
        for key, value in (request.get("form") or {}).items():
            pairs += [(key, self.fill(str(v))) for v in (value if isinstance(value, list) else [value])]
        token = str(request.get("auth_token", self.token))
        headers = {"Authorization": aiohttp.encode_basic_auth(self.account, token)}
        data = pairs if method != "GET" else None
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, data=data) as response,
        ):
            kind = response.content_type
            body = await response.json() if kind == "application/json" else await response.read()
            self.rest_answers.append((response.status, body))
            return self.rest_answers[-1]

    # -- names
    def fill(self, text: str) -> str:
        """Replace `{name}` by the sid of the run that it stands for."""
        return re.sub(r"\{([A-Za-z][A-Za-z ]*)\}", lambda m: self._sid(m[1]) or m[0], text)

    def _sid(self, name: str) -> str | None:
        if name == "AccountSid":
            return self.account
        who, _, kind = name.rpartition(" ")
        if kind == "CallSid":
            call = self.calls.get(who or "first")
            return call.sid if call else None
        newest: dict[str, list[str]] = {
            "QueueSid": [q.sid for q in self.exchange.queues],
            "ConferenceSid": [c.sid for c in self.exchange.conferences.all()],
            "RecordingSid": [r.sid for r in self.exchange.recordings.all()],
            "DialCallSid": [c.sid for c in self.exchange.calls.values() if c.direction == "outbound-dial"],
        }
        found = newest.get(kind) or []
        return found[-1] if found else None

    def _name(self, name: str, call: Call) -> None:
        self.calls[name] = call
        if name == "first":
            self.calls["caller"] = call

    def observe(self, kind: str, call: Call, detail: str) -> None:
        self.seen.append(Seen(kind, call, detail))
        self.changed.set()
