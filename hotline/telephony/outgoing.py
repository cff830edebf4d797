"""Which numbers may be dialled out, at all: every way of dialling a number asks here."""

from __future__ import annotations

import re
from collections.abc import Callable

NUMBER = re.compile(r"(?=.*\d)[\d+#*()\s.-]+")


class NumberForbidden(Exception):
    """This number may not be dialled in this mode. Says nothing of the number itself."""


class OutgoingGuard:
    """While demonstration data is present, or outside production (demonstration, test, exercise), a number
    is dialled on the embedded exchange alone, where nobody real answers; emergency numbers above all."""

    def __init__(self, *, carrier_is_embedded: bool, mode: str, is_demonstration: Callable[[], bool]) -> None:
        self._embedded = carrier_is_embedded
        self._mode = mode
        self._is_demonstration = is_demonstration

    def allows(self, number: str) -> bool:
        """No spelling of a number gets round this: outside production, none at all is dialled."""
        if not NUMBER.fullmatch(number):
            return False
        return self._embedded or (self._mode == "production" and not self._is_demonstration())

    def check(self, number: str) -> None:
        """Raises NumberForbidden."""
        if not self.allows(number):
            raise NumberForbidden
