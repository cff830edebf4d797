"""When an entry of keys is enough."""

from __future__ import annotations

import pytest

from hotline.exchange.verbs.gather import KeyEntry


def fed(keys: str, **options: object) -> KeyEntry:
    entry = KeyEntry(**options)  # type: ignore[arg-type]
    for key in keys:
        entry.feed(key)
    return entry


@pytest.mark.parametrize(
    ("keys", "options", "digits", "finished_by", "complete"),
    [
        ("1234", {"limit": 4}, "1234", "", True),
        ("123", {"limit": 4}, "123", "", False),
        ("12#", {}, "12", "#", True),
        ("#", {"limit": 1}, "", "#", True),
        ("#", {"limit": 1, "finish_keys": ""}, "#", "", True),
        ("*", {"limit": 1}, "*", "", True),
        ("12345", {"limit": 3}, "123", "", True),
        ("1x2", {"limit": 2}, "12", "", True),
        ("12*3", {"finish_keys": "*"}, "12", "*", True),
    ],
)
def test_an_entry_ends_at_its_limit_or_its_finish_key(
    keys: str, options: dict[str, object], digits: str, finished_by: str, complete: bool
) -> None:
    entry = fed(keys, **options)
    assert (entry.digits, entry.finished_by, entry.complete) == (digits, finished_by, complete)
