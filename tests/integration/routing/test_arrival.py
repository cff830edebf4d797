"""A call comes in while somebody listens to silence: what it costs, and the same call told twice at once."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.routing.intake import Intake
from hotline.routing.origin import IncomingCall
from models.calls import Call
from tests.factories import number_hash
from tests.integration.routing.house import House
from tests.integration.statements import statements_of


def test_a_number_that_never_called_costs_one_question_and_two_rows(house: House) -> None:
    with statements_of(house.engine) as seen:
        house.intake.call_arrived(IncomingCall("CAnew", "13800138111", "12356"))
    assert seen == ["SELECT", "INSERT", "INSERT"]


def test_the_same_call_told_twice_at_once_is_one_call(house: House) -> None:
    incoming = IncomingCall("CAtwice", "13800138222", "12356")
    first: list[int] = []

    def place_of(_number: str) -> tuple[str | None, str | None]:
        """Asked after the reading and before the writing: here the other telling comes in between."""
        if not first:
            first.append(house.intake.call_arrived(incoming))
        return None, None

    second = Intake(house.work, number_hash, place_of).call_arrived(incoming)
    assert [second] == first
    with Session(house.engine) as session:
        calls = select(func.count()).select_from(Call).where(Call.carrier_sid == incoming.carrier_sid)
        assert session.scalar(calls) == 1
