"""The carrier's messages: mu-law, 8000 Hz, a track each (its page "Media Streams - WebSocket messages")."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

RATE = 8000
BYTES_A_SECOND = RATE * 2
CALLER, OPERATOR = "caller", "operator"
LANES = {"inbound": CALLER, "outbound": OPERATOR}
"""The stream is of the caller's leg: inbound is what the caller says, outbound what the caller hears."""


class NotAMessage(Exception):
    """The text is no message of a media stream."""


def _mulaw_table() -> Any:
    """ITU-T G.711, as 16-bit samples."""
    code = ~np.arange(256, dtype=np.uint8)
    magnitude = ((code & 0x0F).astype(np.int32) << 3) + 0x84 << ((code & 0x70) >> 4).astype(np.int32)
    return np.where(code & 0x80, 0x84 - magnitude, magnitude - 0x84).astype("<i2")


_SAMPLES = _mulaw_table()


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of one lane. `chunk`: the carrier's running number, from 1."""

    lane: str
    chunk: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Start:
    token: str


@dataclass(frozen=True, slots=True)
class Stop:
    pass


def read_message(text: str) -> Sound | Start | Stop | None:
    """None for a message that says nothing to captions. Raises NotAMessage."""
    try:
        message = json.loads(text)
        match message["event"]:
            case "media":
                media = message["media"]
                lane = LANES.get(media.get("track", "inbound"))
                if lane is None:
                    return None
                payload = base64.b64decode(media["payload"], validate=True)
                return Sound(lane, int(media.get("chunk", 0)), pcm_of(payload))
            case "start":
                return Start(str(message["start"].get("customParameters", {}).get("token", "")))
            case "stop":
                return Stop()
            case _:
                return None
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise NotAMessage from None


def pcm_of(mulaw: bytes) -> bytes:
    """16-bit little-endian samples."""
    return bytes(_SAMPLES[np.frombuffer(mulaw, np.uint8)].tobytes())
