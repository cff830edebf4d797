"""What the carrier has alive now, as routing needs to see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class CarrierAway(Exception):
    """The carrier does not answer: nothing can be concluded, so nothing is changed."""


@dataclass(frozen=True)
class LegAudio:
    muted: bool = False
    on_hold: bool = False
    coaching: bool = False


@dataclass(frozen=True)
class CarrierState:
    """`legs`: sid -> status (queued | ringing | in-progress) of every leg that lives;
    `conferences`: name -> sids of the legs in it, of those that were asked for."""

    legs: Mapping[str, str]
    conferences: Mapping[str, frozenset[str]]
    audio: Mapping[str, LegAudio] = field(default_factory=dict)
    """What the legs in those conferences let through, by sid."""


@dataclass(frozen=True)
class EndedCall:
    """A caller's leg that the carrier took and that is over. The number shows in no repr, so in no log."""

    sid: str
    status: str
    caller: str = field(repr=False)
    dialled: str


class CarrierView(Protocol):
    def look(self, conferences: Iterable[str]) -> CarrierState:
        """Every living leg, and who is in these conferences. Raises CarrierAway."""
        ...

    def ended_lately(self) -> Sequence[EndedCall]:
        """The newest calls from outside that are over. Raises CarrierAway."""
        ...
