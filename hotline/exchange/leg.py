"""The far end of a call, whatever it is: a browser, a script, and one day a SIP trunk.

TwiML and the mixer know this interface alone. A leg reports what happens to it through
`LegEvents`; it never touches the call's state itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from hotline.exchange.sound import Samples


class LegEvents(Protocol):
    """What a far end can tell its call. Every method may be called more than once."""

    def leg_answered(self) -> None: ...
    def leg_digit(self, digit: str) -> None: ...
    def leg_refused(self, status: str) -> None:
        """It will not answer; `status` is busy, no-answer or failed."""

    def leg_ended(self) -> None:
        """The far end hung up, or its line is dead."""


class Leg(ABC):
    """One far end. Created idle; `listener` is set by the call before anything else happens."""

    kind = "leg"
    listener: LegEvents

    @abstractmethod
    async def ring(self, call_sid: str, caller: str, parameters: dict[str, str]) -> None:
        """Alert the far end of a call from us. Returns at once; the answer comes as an event."""

    @abstractmethod
    async def answer(self, call_sid: str) -> None:
        """Pick up a call that came from the far end."""

    @abstractmethod
    def read(self) -> Samples | None:
        """The next 20 ms that the far end said; None when nothing has come. Never blocks."""

    @abstractmethod
    def write(self, frame: Samples) -> None:
        """The next 20 ms that the far end shall hear. Never blocks."""

    @abstractmethod
    async def hang_up(self, reason: str) -> None:
        """End the line from our side; `reason` is the call's final status."""

    def send_digits(self, digits: str) -> None:  # noqa: B027 - tones are enough for most far ends
        """Keys that we press towards the far end (besides the tones in the audio)."""
