"""The exchange itself: all calls, queues, conferences and recordings of one account in one process.

far end --leg--> Call --program--> documents, verbs
                  |                    |
               audio <---- room <---- bridge, conference
every 20 ms: collect from all legs, mix the rooms, deliver to all legs
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from hotline.exchange import documents
from hotline.exchange.call import Call, StatusCallback, VoiceSettings, Webhook
from hotline.exchange.callbacks import Callbacks
from hotline.exchange.conferences import Conferences
from hotline.exchange.configuration import Configuration, Route
from hotline.exchange.context import Context, without_query
from hotline.exchange.event_log import EventLog
from hotline.exchange.far_ends import FarEnds
from hotline.exchange.fetcher import Fetcher
from hotline.exchange.leg import Leg
from hotline.exchange.messages import Messages
from hotline.exchange.program import Goto, Outcome, Run
from hotline.exchange.recordings import Recordings
from hotline.exchange.room import Room
from hotline.exchange.sounds import Sounds
from hotline.exchange.speech import Speech
from hotline.exchange.streams import Stream
from hotline.exchange.ticker import Ticker
from hotline.exchange.waiting import Queues

log = logging.getLogger(__name__)

RING_SECONDS = 60
KEPT_CALLS = 5000
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class Observer(Protocol):
    """Sees what happens inside, words included; only the rehearsal uses one."""

    def __call__(self, kind: str, call: Call, detail: str) -> None: ...


class Exchange:
    def __init__(self, configuration: Configuration, speech: Speech | None = None) -> None:
        self.configuration = configuration
        self.patience = configuration.patience
        self.event_log = EventLog(configuration.log_path)
        self.fetcher = Fetcher(configuration.auth_token, configuration.hosts)
        self.callbacks = Callbacks(self.fetcher)
        self.sounds = Sounds(self.fetcher)
        self.speech = speech or Speech(configuration.speech_dir)
        self.far_ends = FarEnds()
        self.queues = Queues()
        self.messages = Messages(self)
        self.conferences = Conferences(self)
        self.recordings = Recordings(self, configuration.recordings_dir)
        self.calls: dict[str, Call] = {}
        self.rooms: list[Room] = []
        self.streams: dict[str, list[Stream]] = {}
        self.bridged = 0
        self.observers: list[Observer] = []
        self.ticker = Ticker(self._tick)
        self._live: dict[str, Call] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._owns_speech = speech is None

    # -- life
    async def start(self) -> None:
        self.event_log.write("exchange.started")
        self.spawn(self.ticker.run())

    async def stop(self) -> None:
        """End all calls and tell the application so, then close everything."""
        for call in list(self.calls.values()):
            call.end("completed" if call.answered.is_set() else "canceled")
        await asyncio.sleep(0)
        await self.recordings.close()
        await self.callbacks.drain(5)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.callbacks.close()
        await self.fetcher.close()
        if self._owns_speech:
            self.speech.close()
        self.event_log.write("exchange.stopped")
        self.event_log.close()

    def spawn(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        """Run beside everything else; a failure is logged, never lost."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    # -- calls
    def take_call(
        self, leg: Leg, *, caller: str, called: str, route: Route, extra: dict[str, str] | None = None
    ) -> Call:
        """A call from outside: ask the route's application what to do with it."""
        settings = VoiceSettings(
            voice=Goto(route.voice_url, route.voice_method),
            fallback=Webhook(route.fallback_url, route.fallback_method) if route.fallback_url else None,
        )
        if route.status_url:
            settings.status_callbacks.append(StatusCallback(route.status_url, events=route.status_events))
        call = Call(
            self, leg, caller=caller, called=called, direction="inbound", settings=settings, extra=extra
        )
        self._keep(call)
        self.event_log.write("call.ringing", call=call.sid, direction="inbound", leg=leg.kind)
        assert settings.voice is not None
        first = settings.voice
        call.program.start(lambda: documents.converse(call, first))
        return call

    def place_call(
        self,
        *,
        to: str,
        caller: str,
        direction: str,
        settings: VoiceSettings,
        on_answer: Callable[[Call], Awaitable[Outcome]],
        parent: Call | None = None,
        parameters: dict[str, str] | None = None,
        ring_seconds: float | None = None,
    ) -> Call:
        """Ring a far end; `on_answer` is the first step of the call's program."""
        address, _, query = to.partition("?") if to.startswith("client:") else (to, "", "")
        call = Call(
            self, self.far_ends.leg_for(address), caller=caller, called=address,
            direction=direction, settings=settings, parent=parent,
        )  # fmt: skip
        self._keep(call)
        carried = {**_query_fields(query), **(parameters or {})}
        self.spawn(self._ring(call, carried, on_answer, ring_seconds))
        return call

    def find_call(self, sid: str) -> Call | None:
        return self.calls.get(sid)

    def call_answered(self, call: Call) -> None:
        self._live[call.sid] = call

    def call_ended(self, call: Call) -> None:
        self._live.pop(call.sid, None)
        for recording in self.recordings.of_call(call.sid):
            if recording.is_open:
                self.spawn(recording.stop())
        finished = [c for c in self.calls.values() if c.is_final]
        for old in finished[: max(0, len(finished) - KEPT_CALLS)]:
            self.forget_call(old)

    def forget_call(self, call: Call) -> None:
        self.calls.pop(call.sid, None)
        self.streams.pop(call.sid, None)

    @property
    def legs(self) -> int:
        return len(self._live)

    # -- what verbs need
    async def say(self, call: Call, text: str, language: str, loops: int = 1) -> None:
        self.trace("say", call, text)
        await call.audio.play(await self.speech.say(text, language), loops)

    def notify(self, goto: Goto, call: Call) -> None:
        """Tell an action URL how a verb ended; what it answers can change nothing any more."""
        self.spawn(self._notify(Context(self, call), goto))

    async def stream(self, call: Call, stream: Stream) -> None:
        """Run a media stream of `call` to its end; it can be found until the call is forgotten."""
        self.streams.setdefault(call.sid, []).append(stream)
        await stream.run()

    def find_stream(self, call: Call, name: str) -> Stream | None:
        """By sid or by name; the newest of that name."""
        return next((s for s in reversed(self.streams.get(call.sid, [])) if name in (s.sid, s.name)), None)

    def is_local(self, host: str) -> bool:
        return host in LOCAL_HOSTS or host in self.configuration.hosts

    def trace(self, kind: str, call: Call, detail: str) -> None:
        for observer in self.observers:
            observer(kind, call, detail)

    def error(self, call: Call, code: int, where: str) -> None:
        """The carrier's error or warning: counted in the log by code, without any content."""
        log.warning(
            "call %s: error %s at %s", call.sid, code, without_query(where) if "://" in where else where
        )
        self.event_log.write("call.error", call=call.sid, code=code)
        self.trace("error", call, str(code))

    # -- inside
    def _keep(self, call: Call) -> None:
        self.calls[call.sid] = call
        self.trace("call", call, call.direction)

    async def _ring(
        self, call: Call, parameters: dict[str, str],
        on_answer: Callable[[Call], Awaitable[Outcome]], ring_seconds: float | None,
    ) -> None:  # fmt: skip
        try:
            await call.ring(parameters)
        except Exception:
            log.exception("call %s could not be rung", call.sid)
            call.end("failed")
        waits = [asyncio.ensure_future(call.answered.wait()), asyncio.ensure_future(call.ended.wait())]
        try:
            await asyncio.wait(waits, timeout=ring_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if call.answered.is_set():
            call.program.start(lambda: on_answer(call))
        else:
            call.end("no-answer")

    async def _notify(self, context: Context, goto: Goto) -> None:
        try:
            await documents.fetch(context, goto)
        except documents.DocumentFailed:
            log.warning("call %s: an action was not told", context.call.sid)

    def _tick(self) -> None:
        live = list(self._live.values())
        for call in live:
            call.audio.collect()
        for room in self.rooms:
            room.mix()
        for call in live:
            call.audio.deliver()

    def _task_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the exchange failed", exc_info=task.exception())


def _query_fields(query: str) -> dict[str, str]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(query))


def run_twiml(call: Call, run: Run | Goto) -> Callable[[], Awaitable[Outcome]]:
    """A program step that runs a document on `call`."""
    return lambda: documents.converse(call, run)
