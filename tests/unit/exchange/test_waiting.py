"""Order and figures of a queue, and how a case's expectations are matched."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hotline.commands.dial import keys_at
from hotline.exchange.rehearsal import matching
from hotline.exchange.rehearsal.app import Asked
from hotline.exchange.waiting import CallQueue, QueueFull


class Line:
    """As much of a call as a queue looks at."""

    def __init__(self, sid: str) -> None:
        self.sid, self.ended = sid, asyncio.Event()


def test_members_leave_in_the_order_they_came() -> None:
    async def run() -> None:
        queue = CallQueue("q", max_size=3)
        first, second, third = (queue.join(Line(sid)) for sid in "abc")  # type: ignore[arg-type]
        with pytest.raises(QueueFull):
            queue.join(Line("d"))  # type: ignore[arg-type]
        assert [e.position for e in (first, second, third)] == [1, 2, 3]
        assert queue.find("Front") is first
        first.taken.set_result(None)  # type: ignore[arg-type]
        assert queue.free_front() is second
        queue.leave(first)
        assert [e.position for e in (first, second, third)] == [0, 1, 2]
        second.call.ended.set()
        assert queue.free_front() is third
        assert third.wait_fields()["CurrentQueueSize"] == "2"

    asyncio.run(run())


def fill(text: str) -> str:
    return text.replace("{CallSid}", "CA1")


@pytest.mark.parametrize(
    ("expected", "actual", "fits"),
    [
        ("a", "a", True),
        ("a", None, False),
        ("{CallSid}", "CA1", True),
        ({"re": "^[23]$"}, "3", True),
        ({"re": "^[23]$"}, "4", False),
        ({"one_of": ["false", None]}, None, True),
        ({"one_of": ["false", None]}, "true", False),
        ({"present": True}, "x", True),
        ({"present": True}, None, False),
        ({"not_equal": "x"}, "x", False),
        ({"inner": {"re": "a"}}, {"inner": "bab", "more": 1}, True),
        (["inbound", "outbound"], ["inbound"], False),
        (8000, "8000", True),
    ],
)
def test_a_value_fits_or_does_not(expected: Any, actual: Any, fits: bool) -> None:
    assert matching.value_fits(expected, actual, fill) is fits


def asked(url: str, **fields: str) -> Asked:
    return Asked("POST", url, fields, True, {})


def test_requests_have_to_come_in_order_but_others_may_stand_between() -> None:
    got = [asked("http://a/voice"), asked("http://a/status"), asked("http://a/g", Digits="1")]
    wanted = [{"method": "POST", "url": "http://a/voice"}, {"url": "http://a/g", "params": {"Digits": "1"}}]
    assert matching.first_unmatched(wanted, got, fill) is None
    assert matching.first_unmatched(wanted[::-1], got, fill) == 1
    assert matching.first_unmatched([{"url": "http://a/g", "params": {"Digits": "2"}}], got, fill) == 0


def test_only_the_conference_start_may_move() -> None:
    order = ["participant-join", "participant-join", "conference-start", "participant-leave"]
    moved = ["participant-join", "conference-start", "participant-join", "participant-leave"]
    assert matching.orders_equal(order, moved, True)
    assert not matching.orders_equal(order, moved, False)
    assert not matching.orders_equal(order, moved[::-1], True)


def test_keys_are_written_with_their_time() -> None:
    assert keys_at("1@3s") == (3.0, "1")
    assert keys_at("*9@0.5") == (0.5, "*9")
    with pytest.raises(Exception, match="1@3s"):
        keys_at("one at three")
