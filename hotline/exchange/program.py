"""The program of one call: documents followed one after another until there is nothing more to do.

    first step -> document -> verbs -> outcome
                     ^                   | Goto: fetch the next document
                     |                   | HangUp, end of document: the call ends
                     +--- recover() <----+ failure: the fallback, and never a hang-up by our fault

A REST update (`redirect`) and the end of the call (`stop`) cancel the verb that runs;
each verb gives back what it holds in its own `finally`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.twiml import Document

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Goto:
    """Ask `url` what to do next, with `fields` besides those of the call."""

    url: str
    method: str = "POST"
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """Execute a document that is here already; relative URLs hang on `url`."""

    document: Document
    url: str


@dataclass(frozen=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True)
class Rejected:
    """Do not answer; the call ends with this status."""

    status: str


@dataclass(frozen=True)
class LeaveQueue:
    """The waiting caller leaves the queue."""


@dataclass(frozen=True)
class Promote:
    """A recovered caller's document goes on outside of the queue."""

    next: Run


Outcome = Goto | Run | HangUp | Rejected | LeaveQueue | Promote | None
Step = Callable[[], Awaitable[Outcome]]


class Program:
    def __init__(self, call: Call) -> None:
        self._call = call
        self._runner: asyncio.Task[None] | None = None
        self._step: asyncio.Task[Outcome] | None = None
        self._next: Step | None = None
        self.interruption = ""  # "", "redirected" or "hangup": why the verb that ran was cancelled

    def start(self, first: Step) -> None:
        if self._runner is None and not self._call.ended.is_set():
            self._runner = self._call.exchange.spawn(self._run(first))

    def redirect(self, step: Step) -> None:
        """Drop what runs and do `step` instead."""
        if self._call.ended.is_set():
            return
        if self._runner is None:
            self.start(step)
            return
        self._next, self.interruption = step, "redirected"
        if self._step is not None:
            self._step.cancel()

    def stop(self) -> None:
        """The call is over."""
        self.interruption = "hangup"
        if self._step is not None and self._step is not asyncio.current_task():
            self._step.cancel()

    async def _run(self, first: Step) -> None:
        step: Step | None = first
        while step is not None and not self._call.ended.is_set():
            self._next, self.interruption = None, ""
            self._step = asyncio.ensure_future(step())
            try:
                await asyncio.wait({self._step})
            except asyncio.CancelledError:
                self._step.cancel()
                await asyncio.wait({self._step})
                raise
            following = self._take_next()
            if following is not None:
                self._observe(self._step)
                step = following
                continue
            if self._call.ended.is_set():
                self._observe(self._step)
                return
            outcome = self._observe(self._step)
            status = outcome.status if isinstance(outcome, Rejected) else "completed"
            self._call.end(status)
            return

    def _take_next(self) -> Step | None:
        return self._next

    def _observe(self, step: asyncio.Task[Outcome]) -> Outcome:
        if step.cancelled():
            return None
        error = step.exception()
        if error is not None:
            log.error("call %s: a program step failed", self._call.sid, exc_info=error)
            return None
        return step.result()
