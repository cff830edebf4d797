"""Short-lived passes into the captions' door, shown in the first message and never in an address."""

from __future__ import annotations

import time
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

STREAM_LIFE_SECONDS = 60
DESK_LIFE_SECONDS = 60


@dataclass(frozen=True)
class StreamPass:
    """`began`: when the talk began, epoch seconds."""

    call_id: int
    began: float


@dataclass(frozen=True)
class DeskPass:
    call_id: int
    person_id: int


class CaptionTokens:
    def __init__(self, secret: str) -> None:
        """`secret` is shared by the web process, the carrier's door and the captions process."""
        self._streams = URLSafeTimedSerializer(secret, salt="captions: stream")
        self._desks = URLSafeTimedSerializer(secret, salt="captions: desk")

    def for_stream(self, call_id: int, talk_seconds: float) -> str:
        return str(self._streams.dumps([call_id, round(time.time() - talk_seconds, 2)]))

    def for_desk(self, call_id: int, person_id: int) -> str:
        return str(self._desks.dumps([call_id, person_id]))

    def stream(self, token: str) -> StreamPass | None:
        """None for a token that is not ours, or is too old."""
        try:
            call_id, began = self._streams.loads(token, max_age=STREAM_LIFE_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        return StreamPass(int(call_id), float(began))

    def desk(self, token: str) -> DeskPass | None:
        try:
            call_id, person_id = self._desks.loads(token, max_age=DESK_LIFE_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        return DeskPass(int(call_id), int(person_id))
