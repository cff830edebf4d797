"""Which numbers may be dialled out, at all."""

from __future__ import annotations

from collections.abc import Callable

from models.crypto import normalise_number

EMERGENCY_NUMBERS = frozenset({"110", "112", "119", "120", "122", "911", "999"})


class OutgoingGuard:
    """While demonstration data is present, or outside production, a number is dialled on the embedded
    exchange alone, where nobody real answers. Emergency numbers leave in production only."""

    def __init__(self, *, carrier_is_embedded: bool, mode: str, is_demonstration: Callable[[], bool]) -> None:
        self._embedded = carrier_is_embedded
        self._mode = mode
        self._is_demonstration = is_demonstration

    def allows(self, number: str) -> bool:
        if self._embedded:
            return True
        if normalise_number(number) in EMERGENCY_NUMBERS and self._mode != "production":
            return False
        return self._mode == "production" and not self._is_demonstration()
