"""Mixing: everybody in a room hears everybody else."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from hotline.exchange.sound import FRAME, SILENCE, Samples

# With so few voices at once, adding the others is cheaper than subtracting oneself from the sum of all.
FEW = 3


@dataclass(eq=False)
class Member:
    """One voice in a room. `coaches` is the only member who hears this one, also after that one left."""

    muted: bool = False
    on_hold: bool = False
    coaches: Member | None = None
    said: Samples = field(default_factory=lambda: SILENCE)
    hears: Samples = field(default_factory=lambda: SILENCE)


def mixed(parts: list[np.ndarray]) -> Samples:
    """The sum, clipped; a single voice is passed on as it is."""
    if not parts:
        return SILENCE
    if len(parts) == 1 and parts[0].dtype == np.int16:
        return parts[0]
    total = np.zeros(FRAME, dtype=np.int32)
    for part in parts:
        total += part
    clipped: Samples = np.clip(total, -32768, 32767).astype(np.int16)
    return clipped


@dataclass(eq=False)
class Room:
    """A mix of its members, minus oneself; announcements are heard by all who are not on hold."""

    members: list[Member] = field(default_factory=list)
    open: bool = True
    _announced: list[tuple[deque[Samples], asyncio.Event]] = field(default_factory=list)

    def announce(self, frames: list[Samples]) -> asyncio.Event:
        """Mix `frames` into the talk; the event is set when they were heard."""
        heard = asyncio.Event()
        if frames and self.open:
            self._announced.append((deque(frames), heard))
        else:
            heard.set()
        return heard

    def mix(self) -> None:
        """Set what each member hears in this tick."""
        if not self.open:
            for member in self.members:
                member.hears = SILENCE
            return
        announced = self._next_announced()
        speaking = [m for m in self.members if not (m.muted or m.on_hold or m.said is SILENCE)]
        public = [m for m in speaking if m.coaches is None]
        whispering = [m for m in speaking if m.coaches is not None]
        total = mixed_wide(public) if len(public) > FEW else None
        for member in self.members:
            if member.on_hold:
                member.hears = SILENCE
                continue
            if total is None:
                parts: list[np.ndarray] = [m.said for m in public if m is not member]
            else:
                parts = [total - member.said if member in public else total]
            parts += [m.said for m in whispering if m.coaches is member]
            member.hears = mixed(parts + announced)

    def _next_announced(self) -> list[np.ndarray]:
        frames: list[np.ndarray] = []
        for waiting, heard in self._announced:
            frames.append(waiting.popleft())
            if not waiting:
                heard.set()
        self._announced = [entry for entry in self._announced if entry[0]]
        return frames


def mixed_wide(members: list[Member]) -> np.ndarray:
    """The unclipped sum, from which each may take away its own voice."""
    total = np.zeros(FRAME, dtype=np.int32)
    for member in members:
        total += member.said
    return total
