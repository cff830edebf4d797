"""The script of a case: what callers and the application do, and when."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from hotline.exchange.rehearsal import plans
from hotline.exchange.sound import silence

if TYPE_CHECKING:
    from hotline.exchange.rehearsal.stage import Stage


class NotUnderstood(ValueError):
    """The case asks for something that this runner does not know."""


class Script:
    """Steps in list order; `after_s` counts from the beginning of the step's verb or state."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def run(self) -> None:
        done: dict[str, tuple[int, float]] = {}
        for step in self._stage.case.get("script") or []:
            when = str(step.get("when", "start"))
            after = float(step.get("after_s", 0))
            before = done.get(when)
            turn = 0 if before is None else before[0] + (1 if after <= before[1] else 0)
            begun = await self._begun(when, turn)
            done[when] = (turn, after)
            await asyncio.sleep(max(0.0, begun + after - time.monotonic()))
            await self._do(step)

    async def _begun(self, when: str, turn: int) -> float:
        """When that state began for the `turn`-th time; if it never does again, the last time counts."""
        wanted = when.removeprefix("in:").lower()
        if wanted in ("start", "at"):
            return self._stage.started
        end = time.monotonic() + (30 if turn == 0 else 4)
        while True:
            times = [
                seen.at
                for seen in self._stage.seen
                if seen.kind in ("verb", "state", "status") and seen.detail.lower() == wanted
            ]
            if len(times) > turn:
                return times[turn]
            if time.monotonic() > end:
                if times:
                    return times[-1]
                raise NotUnderstood(f"the state {when} never began")
            self._stage.changed.clear()
            try:
                async with asyncio.timeout(0.5):
                    await self._stage.changed.wait()
            except TimeoutError:
                continue

    async def _do(self, step: dict[str, Any]) -> None:
        what = step.get("do")
        if what == "rest":
            await self._stage.rest(step["request"])
            return
        leg = self._stage.legs.get(str(step.get("call") or step.get("leg") or step.get("who") or "first"))
        if leg is None:
            raise NotUnderstood(f"no party for the step {step}")
        if what == "digits":
            self._stage.observe("key", leg.listener, str(step["digits"]))  # type: ignore[arg-type]
            leg.press(str(step["digits"]))
        elif what in ("hangup", "hang_up"):
            leg.put_down()
        elif what in ("play", "say", "speak"):
            leg.say(
                await plans.sound(step.get("plays") or step.get("sound") or "speech", self._stage.speech),
                True,
            )
        elif what in ("silence", "quiet"):
            leg.say(silence(0))
        elif what not in ("wait", "nothing"):
            raise NotUnderstood(f"the step {what} is not known")
