"""The time of the seats, as their log and their record tell it together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hotline.workforce.measured import Memory, measured
from tests.integration.routing.house import NOW, House


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def after(house: House, seconds: float) -> None:
    house.stopped.advance(seconds=seconds)


def a_talk_that_just_ended(house: House) -> int:
    """Ready for 100 s, talking for 300 s, until now. The seat's id."""
    seat_id, _ = house.a_ready_seat()
    after(house, 100)
    call_id = house.a_caller_waits()
    house.offers.distribute()
    house.they_talk(call_id)
    after(house, 300)
    house.conversation.caller_left(call_id, "caller")
    return seat_id


def test_a_seat_that_changes_at_this_very_moment_keeps_the_time_before(house: House) -> None:
    seat_id = a_talk_that_just_ended(house)
    with Session(house.engine) as session:
        found = measured(session, NOW, house.stopped.now)
    assert found.seat_times[seat_id].talking == 300
    assert found.seat_times[seat_id].ready == 100


def test_a_line_written_while_the_board_reads_takes_nothing_away(house: House) -> None:
    memory = Memory()
    seat_id = a_talk_that_just_ended(house)
    asked = house.stopped.now - timedelta(seconds=1)
    with Session(house.engine) as session:
        assert measured(session, NOW, asked, memory).seat_times[seat_id].talking == 299
        after(house, 60)
        found = measured(session, NOW, house.stopped.now, memory)
    assert found.seat_times[seat_id].talking == 300
    assert found.seat_times[seat_id].wrap_up == 60
