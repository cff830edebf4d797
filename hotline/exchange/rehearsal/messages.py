"""Checks of the messages of a media stream."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from hotline.exchange.rehearsal.matching import value_fits
from hotline.exchange.rehearsal.stage import Stage

PER_SECOND = (42, 56)


def check_messages(stage: Stage, value: Any, expected: dict[str, Any]) -> list[str]:
    """The expected messages in order; `repeat` also checks how many come in a second."""
    url = str(expected.get("ws", ""))
    got = stage.app.sockets.get(url, [])
    if not got:
        return [f"no messages came to {url}; sockets: {list(stage.app.sockets)}"]
    position, found = 0, []
    for want in value:
        plain = {k: v for k, v in want.items() if k != "repeat"}
        while position < len(got) and not _fits(plain, got[position], stage):
            position += 1
        if position == len(got):
            found.append(
                f"no {want.get('event')} message fits {plain}; kinds: {sorted({m['event'] for m in got})}"
            )
            break
        position += 1
        if "repeat" in want:
            found += _rate(got)
    return found


def _fits(want: dict[str, Any], message: dict[str, Any], stage: Stage) -> bool:
    for key, value in want.items():
        actual = message.get(key)
        if key == "payload":
            if not _is_frame(actual):
                return False
        elif isinstance(value, dict) and not value.keys() & {"re", "one_of", "present", "not_equal"}:
            if not isinstance(actual, dict) or not _fits(value, actual, stage):
                return False
        elif not value_fits(value, actual, stage.fill):
            return False
    return True


def _is_frame(payload: Any) -> bool:
    try:
        return len(base64.b64decode(str(payload), validate=True)) == 160
    except binascii.Error:
        return False


def _rate(got: list[dict[str, Any]]) -> list[str]:
    faults = []
    media = [m for m in got if m.get("event") == "media"]
    for track in sorted({m["media"]["track"] for m in media}):
        times = [m["_at"] for m in media if m["media"]["track"] == track]
        span = times[-1] - times[0]
        rate = (len(times) - 1) / span if span > 0 else 0.0
        if not PER_SECOND[0] <= rate <= PER_SECOND[1]:
            faults.append(f"track {track} has {rate:.0f} messages a second")
    return faults
