"""Does what happened fit what a case expects? Pure.

A value is an exact string, `{re}`, `{one_of}` (None = absent), `{present}` or `{not_equal}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hotline.exchange.rehearsal.app import Asked

Fill = Callable[[str], str]
EVENT_FIELDS = ("StatusCallbackEvent", "RecordingStatus", "StreamEvent", "QueueResult", "CallStatus")


def value_fits(expected: Any, actual: Any, fill: Fill) -> bool:
    if isinstance(expected, dict) and expected.keys() & {"re", "one_of", "present", "not_equal", "absent"}:
        if "re" in expected:
            return actual is not None and re.search(fill(str(expected["re"])), str(actual)) is not None
        if "one_of" in expected:
            return any(value_fits(option, actual, fill) for option in expected["one_of"])
        if "present" in expected:
            return (actual is not None) == bool(expected["present"])
        if "absent" in expected:
            return (actual is None) == bool(expected["absent"])
        return not value_fits(expected["not_equal"], actual, fill)
    if expected is None or actual is None:
        return expected is None and actual is None
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            value_fits(v, actual.get(k), fill) for k, v in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(value_fits(e, a, fill) for e, a in zip(expected, actual, strict=True))
        )
    if isinstance(expected, bool) or isinstance(actual, bool):
        return str(expected).lower() == str(actual).lower()
    return fill(str(expected)) == str(actual)


def params_fit(expected: Mapping[str, Any], asked: Asked, fill: Fill) -> bool:
    return all(value_fits(want, asked.fields.get(name), fill) for name, want in expected.items())


def url_fits(expected: str, asked: Asked, fill: Fill) -> bool:
    wanted, got = urlsplit(fill(expected)), urlsplit(asked.url)
    if wanted[:3] != got[:3]:
        return False
    return set(parse_qsl(wanted.query)) <= set(parse_qsl(got.query))


def request_fits(expected: Mapping[str, Any], asked: Asked, fill: Fill) -> bool:
    return (
        expected.get("method", asked.method).upper() == asked.method
        and url_fits(str(expected["url"]), asked, fill)
        and params_fit(expected.get("params") or {}, asked, fill)
    )


def first_unmatched(expected: Sequence[Mapping[str, Any]], asked: Sequence[Asked], fill: Fill) -> int | None:
    """The first expectation that does not appear in order; None when all do."""
    position = 0
    for index, want in enumerate(expected):
        while position < len(asked) and not request_fits(want, asked[position], fill):
            position += 1
        if position == len(asked):
            return index
        position += 1
    return None


def event_of(asked: Asked) -> str:
    return next((asked.fields[name] for name in EVENT_FIELDS if name in asked.fields), "")


def orders_equal(expected: list[str], actual: list[str], start_may_move: bool) -> bool:
    """Whether events came in the expected order; the start may stand before the second join."""
    if expected == actual:
        return True
    if not start_may_move or "conference-start" not in expected:
        return False
    at = expected.index("conference-start")
    moved = [*expected[:at], *expected[at + 1 :]]
    return any([*moved[:i], "conference-start", *moved[i:]] == actual for i in range(1, at))
