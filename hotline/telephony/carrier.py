"""The carrier as the hotline needs it: one protocol for the embedded exchange and a live service.

Nothing outside the version in `rest_carrier` assumes who it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from hotline.routing.carrier_view import CarrierAway, CarrierState, EndedCall
from hotline.telephony.outgoing import NumberForbidden
from models.vocabulary_talk import AudioMode

__all__ = [
    "Carrier",
    "CarrierAway",
    "CarrierRefused",
    "CarrierState",
    "HeldRecording",
    "LegGone",
    "NumberForbidden",
    "RecordingGone",
]


class LegGone(Exception):
    """The leg is over: there is nothing left to move, hold or record."""


class RecordingGone(Exception):
    """The carrier has no such recording."""


class CarrierRefused(Exception):
    """The carrier understood and said no. `code`: its own number, without its words (they may hold data)."""

    def __init__(self, status: int, code: int | None) -> None:
        super().__init__(f"the carrier refused: status {status}, code {code}")
        self.status = status
        self.code = code


@dataclass(frozen=True)
class HeldRecording:
    """A recording as the carrier's list tells it; the words are those of its callback."""

    sid: str
    status: str
    source: str
    duration_seconds: float | None
    channels: int | None


class Carrier(Protocol):
    """Every method raises CarrierAway when the carrier does not answer, CarrierRefused when it says no.

    Every leg that is rung bears a `reference` of ours. Asked twice for the same one, in one conference, the
    carrier rings once, and the sid is that of the leg which is alive.
    """

    def ring_seat(self, *, conference: str, seat_id: int, offer_id: int, timeout_seconds: int) -> str:
        """Dial the seat's browser into the conference; returns the sid of its leg. Its reference is
        `offer-<offer_id>`."""
        ...

    def leg_of(self, *, conference: str, reference: str) -> str | None:
        """Sid of the living leg that was rung under this reference; None when there is none."""
        ...

    def ring_number(
        self,
        *,
        conference: str,
        number: str,
        timeout_seconds: int,
        reference: str,
        ends_conference: bool = False,
    ) -> str:
        """Dial a number into the conference; returns the sid of its leg.

        `reference` (`participation-7`, `call-3`): what the leg belongs to; its status comes to
        `/carrier/legs/<reference>/status`. `ends_conference`: for a person whose leaving ends the talk.
        Raises NumberForbidden when the number may not be dialled in this mode.
        """
        ...

    def call_staff(self, *, number: str, summons_id: int, timeout_seconds: int) -> str:
        """Ring a member of staff, who hears why and presses a key; returns the sid of the leg. No caller is
        in it. Raises NumberForbidden."""
        ...

    def ring_browser(
        self, *, conference: str, identity: str, timeout_seconds: int, reference: str, muted: bool
    ) -> str:
        """Dial a softphone of ours into the conference; `reference` as for `ring_number`."""
        ...

    def set_mode(self, *, conference: str, leg_sid: str, mode: AudioMode, operator_sid: str) -> None:
        """Who hears a supervisor's leg: nobody, the operator's leg alone, or all.

        At no step on the way does the caller hear more than before and after. Raises LegGone.
        """
        ...

    def mute(self, *, conference: str, leg_sid: str, on: bool) -> None:
        """Raises LegGone."""
        ...

    def cancel_leg(self, leg_sid: str) -> None:
        """Take a leg down, ringing or up. A leg that is gone already is fine."""
        ...

    def move(self, call_sid: str, url: str) -> None:
        """Let the leg do what `url` answers (TwiML). Raises LegGone."""
        ...

    def end_call(self, call_sid: str) -> None:
        """Complete the caller's leg. A leg that is gone already is fine."""
        ...

    def hold(self, *, conference: str, call_sid: str, on: bool, url: str = "") -> None:
        """`url`: what the person on hold hears, over and over; empty: calm sound. Raises LegGone."""
        ...

    def start_recording(self, call_sid: str) -> str:
        """Record this leg in two channels, its own first; returns the recording's sid. Raises LegGone."""
        ...

    def pause_recording(self, call_sid: str, recording_sid: str, on: bool) -> None:
        """`on`: pause with silence; else go on. Raises RecordingGone."""
        ...

    def stop_recording(self, call_sid: str, recording_sid: str) -> None:
        """A recording that ended already is fine."""
        ...

    def delete_recording(self, recording_sid: str) -> None:
        """A recording that is gone already is fine."""
        ...

    def fetch_recording(self, recording_sid: str) -> Iterator[bytes]:
        """The WAV with every channel, in parts. Raises RecordingGone."""
        ...

    def recordings_of(self, call_sid: str) -> Sequence[HeldRecording]:
        """What the carrier holds of this leg, also when the leg is long over."""
        ...

    def start_stream(self, call_sid: str, *, url: str, token: str, stream_id: int) -> str:
        """Send the sound of this leg, what it says and what it hears apart, to a websocket that is shown
        `token` first; does not wait for it. Returns the stream's sid. Raises LegGone."""
        ...

    def stop_stream(self, call_sid: str, stream_sid: str) -> None:
        """A stream that is over already is fine."""
        ...

    def look(self, conferences: Iterable[str]) -> CarrierState:
        """What lives at the carrier now, and who is in these conferences."""
        ...

    def ended_lately(self) -> Sequence[EndedCall]:
        """The newest calls from outside that are over."""
        ...
