"""Carrier work of live captions: starting and stopping the stream that a talk wants."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from hotline.routing.captions import GONE, NEVER, LiveCaptions, StartStream, StopStream
from hotline.telephony.carrier import Carrier, CarrierAway, CarrierRefused, LegGone

log = logging.getLogger("hotline.captions")

StreamToken = Callable[[int, float], str]
"""Lets a stream into the captions' door: call id, seconds of the talk when it starts."""


class CaptionHandlers:
    def __init__(
        self, *, carrier: Carrier, captions: LiveCaptions, media_url: str, token: StreamToken
    ) -> None:
        """`media_url`: where the carrier finds the captions' door."""
        self._carrier = carrier
        self._captions = captions
        self._media_url = media_url
        self._token = token

    def by_kind(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {"follow_captions": self.follow}

    def follow(self, payload: dict[str, Any]) -> None:
        step = self._captions.next_step(payload["call_id"])
        if isinstance(step, StartStream):
            self._start(step)
        elif isinstance(step, StopStream):
            self._stop(step)

    def _start(self, step: StartStream) -> None:
        try:
            carrier_sid = self._carrier.start_stream(
                step.call_sid,
                url=self._media_url,
                token=self._token(step.call_id, step.talk_seconds),
                stream_id=step.stream_id,
            )
        except LegGone:
            self._captions.ended(step.stream_id, GONE)
        except CarrierRefused:
            log.warning("the carrier starts no media streams: this talk has no captions")
            self._captions.ended(step.stream_id, NEVER)
        except CarrierAway:
            self._captions.ended(step.stream_id, "failed")
        else:
            if not self._captions.started(step.stream_id, carrier_sid):
                self._stop(StopStream(step.stream_id, step.call_sid, carrier_sid))

    def _stop(self, step: StopStream) -> None:
        self._carrier.stop_stream(step.call_sid, step.carrier_sid)
        self._captions.ended(step.stream_id, "unwanted")
