"""A far end inside the process that speaks samples, presses keys, and keeps what it heard.

It stands for a telephone: callers started by `hotline dial`, and numbers that answer by a plan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hotline.exchange.leg import Leg
from hotline.exchange.sound import FRAME, Samples, silence

HEARD_LIMIT_FRAMES = 50 * 60 * 60  # an hour


def _unheard(_event: str, _facts: dict[str, Any]) -> None:
    """Nobody listens to this far end."""


@dataclass(frozen=True)
class AnswerPlan:
    """How a number behaves when it is rung. `outcome` other than "answer" refuses after the delay."""

    outcome: str = "answer"  # answer | busy | no-answer | failed
    after_seconds: float = 1.0
    says: Samples = field(default_factory=lambda: silence(0))
    repeat: bool = False
    hangup_after_seconds: float | None = None
    digits: tuple[tuple[float, str], ...] = ()


class ScriptedLeg(Leg):
    """Times are counted from the moment the line is open."""

    kind = "scripted"

    def __init__(self, plan: AnswerPlan, report: Callable[[str, dict[str, Any]], None] | None = None) -> None:
        self.plan = plan
        self.connected = asyncio.Event()
        self.ended = asyncio.Event()
        self.end_reason = ""
        self._report = report or _unheard
        self._says, self._position, self._repeat = plan.says, 0, plan.repeat
        self._heard: list[Samples] = []
        self._tasks: list[asyncio.Task[None]] = []

    # -- as the exchange sees it
    async def ring(self, call_sid: str, caller: str, parameters: dict[str, str]) -> None:
        self._report("ringing", {"call": call_sid})
        self._later(self._behave())

    async def answer(self, call_sid: str) -> None:
        if not self.connected.is_set():
            self._report("answered", {"call": call_sid})
            self._open()

    def read(self) -> Samples | None:
        if not self.connected.is_set() or self._position >= len(self._says):
            return None
        frame = self._says[self._position : self._position + FRAME]
        self._position += FRAME
        if self._position >= len(self._says) and self._repeat:
            self._position = 0
        if len(frame) < FRAME:
            frame = np.concatenate([frame, np.zeros(FRAME - len(frame), dtype=np.int16)])
        return frame

    def write(self, frame: Samples) -> None:
        if len(self._heard) < HEARD_LIMIT_FRAMES:
            self._heard.append(frame.copy())

    async def hang_up(self, reason: str) -> None:
        self._finish(reason)

    def send_digits(self, digits: str) -> None:
        self._report("heard_digits", {"digits": digits})

    # -- as the person with the telephone sees it
    def press(self, digits: str) -> None:
        """Press keys, one every 100 ms; `w` waits half a second."""
        self._later(self._press(digits))

    def say(self, samples: Samples, repeat: bool = False) -> None:
        self._says, self._position, self._repeat = samples, 0, repeat

    def put_down(self) -> None:
        """Hang up from this side."""
        if not self.ended.is_set():
            self._finish("hung up")
            self.listener.leg_ended()

    def heard(self) -> Samples:
        return np.concatenate(self._heard) if self._heard else silence(0)

    def heard_lately(self, frames: int = 75) -> Samples:
        return np.concatenate(self._heard[-frames:]) if self._heard else silence(0)

    # -- inside
    def _open(self) -> None:
        self.connected.set()
        for at, digits in self.plan.digits:
            self._later(self._press_at(at, digits))
        if self.plan.hangup_after_seconds is not None:
            self._later(self._hang_up_at(self.plan.hangup_after_seconds))

    async def _behave(self) -> None:
        if self.plan.outcome == "no-answer":
            return
        await asyncio.sleep(self.plan.after_seconds)
        if self.plan.outcome == "answer":
            self._report("answered", {})
            self._open()
            self.listener.leg_answered()
        else:
            self._finish(self.plan.outcome)
            self.listener.leg_refused(self.plan.outcome)

    async def _press(self, digits: str) -> None:
        for i, digit in enumerate(digits):
            if i:
                await asyncio.sleep(0.1)
            if digit in "wW":
                await asyncio.sleep(0.5)
            elif not self.ended.is_set():
                self._report("pressed", {"digit": digit})
                self.listener.leg_digit(digit)

    async def _press_at(self, seconds: float, digits: str) -> None:
        await asyncio.sleep(seconds)
        await self._press(digits)

    async def _hang_up_at(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.put_down()

    def _later(self, work: Any) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    def _finish(self, reason: str) -> None:
        if self.ended.is_set():
            return
        self.end_reason = reason
        self.ended.set()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        self._report("ended", {"reason": reason})
