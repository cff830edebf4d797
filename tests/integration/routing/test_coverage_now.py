"""Coverage as the board reads it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from hotline.workforce.coverage import coverage_now
from models.workforce import Shift
from tests.factories import NOW
from tests.integration.routing.house import House


def test_seats_on_duty_rostered_and_the_next_uncovered_hour(house: House) -> None:
    _, person_id = house.a_ready_seat()
    with Session(house.engine) as session, session.begin():
        for hours in (6, 9):
            session.add(
                Shift(
                    centre_id=house.centre_id,
                    person_id=person_id,
                    starts_at=NOW - timedelta(hours=1),
                    ends_at=NOW + timedelta(hours=hours),
                )
            )
    with Session(house.engine) as session:
        coverage = coverage_now(session, NOW)
    own, other = coverage.centres
    assert (own.on_duty, own.rostered, own.minimum) == (1, 2, 2)
    assert own.uncovered_from == NOW + timedelta(hours=6)
    assert (other.on_duty, other.rostered, other.uncovered_from) == (0, 0, NOW)
    assert (coverage.whole.on_duty, coverage.whole.rostered) == (1, 2)
