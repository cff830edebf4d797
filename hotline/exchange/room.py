"""Mixing: everybody in a room hears everybody else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hotline.exchange.sound import FRAME, SILENCE, Samples


@dataclass(eq=False)
class Member:
    """One voice in a room. `coaches` is the only member who hears this one."""

    muted: bool = False
    on_hold: bool = False
    coaches: Member | None = None
    said: Samples = field(default_factory=lambda: SILENCE)
    hears: Samples = field(default_factory=lambda: SILENCE)


def clip(total: np.ndarray) -> Samples:
    clipped: Samples = np.clip(total, -32768, 32767).astype(np.int16)
    return clipped


@dataclass(eq=False)
class Room:
    """A mix of its members, minus oneself; `announcements` are heard by all who are not on hold."""

    members: list[Member] = field(default_factory=list)
    announcements: list[list[Samples]] = field(default_factory=list)
    open: bool = True

    def announce(self, frames: list[Samples]) -> None:
        if frames:
            self.announcements.append(list(frames))

    def mix(self) -> None:
        """Set what each member hears in this tick."""
        total = np.zeros(FRAME, dtype=np.int32)
        for frames in self.announcements:
            total += frames.pop(0)
        self.announcements = [frames for frames in self.announcements if frames]
        speaking = [m for m in self.members if self.open and not (m.muted or m.on_hold)]
        public = [m for m in speaking if m.coaches is None]
        for member in public:
            total += member.said
        for member in self.members:
            if member.on_hold or not self.open:
                member.hears = SILENCE
                continue
            mine = total - member.said if member in public else total
            whispers = [m.said for m in speaking if m.coaches is member]
            for said in whispers:
                mine = mine + said
            member.hears = clip(mine)
