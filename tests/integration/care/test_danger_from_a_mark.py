"""A mark in a talk alerts within ten seconds by the clock, once, and decides nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.bootstrap.captions import keeper_of_marks
from hotline.care.danger import DangerProtocol
from hotline.care.danger_reports import DangerReports
from hotline.domain.danger_rules import ReportWish
from hotline.routing.consent import set_consent
from hotline.telephony.captions.speech import FoundMark
from models.calls import Call
from models.care import Danger
from models.danger_protocol import DangerReport
from models.events import DangerRaised
from models.linkage import Linkage
from models.outbox import OutboxRow
from models.unit_of_work import UnitOfWork
from models.vocabulary import ConsentKind, ConsentState, OutboxState, SeatState
from models.vocabulary_danger import ReportDecision, ReportTo
from tests import factories
from tests.fakes import Bulletin, StoppedClock

KEY = b"an audit key for tests, 32 bytes."
ALERT_SECONDS = 10
SWEEP_SECONDS = 1
"""The clock turns each second and sweeps the carrier's queue with each turn."""


def a_mark(level: int) -> tuple[FoundMark, float]:
    return FoundMark(0, 2, level, "act_in_progress", "正在实施", "act in progress"), 31.5


class Night:
    def __init__(self, engine: Engine) -> None:
        self.engine, self.clock, self.bulletin = engine, StoppedClock(factories.NOW), Bulletin()
        self.danger = DangerProtocol(self.work, KEY)
        with Session(engine, expire_on_commit=False) as session:
            factories.a_province(session)
            centre = factories.a_centre(session)
            self.person_id = factories.a_person(session, centre=centre).id
            seat = factories.a_seat(session, centre, None, SeatState.AVAILABLE)
            seat.person_id = self.person_id
            self.call_id = factories.a_talk(session, seat).id
            session.commit()
        with self.work() as unit:
            call = unit.session.get_one(Call, self.call_id)
            set_consent(unit, call, ConsentKind.RECORDING, ConsentState.GRANTED, "operator")

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, self.clock, self.bulletin.publish)

    def turn_of_the_clock(self) -> None:
        """What the sweep does with rows that are due."""
        self.clock.advance(seconds=SWEEP_SECONDS)
        with Session(self.engine, expire_on_commit=False) as session:
            due = session.scalars(
                select(OutboxRow).where(
                    OutboxRow.kind == "raise_danger",
                    OutboxRow.state == OutboxState.DUE,
                    OutboxRow.due_at <= self.clock(),
                )
            ).all()
            payloads: list[dict[str, Any]] = [row.payload for row in due]
            for row in due:
                row.state = OutboxState.DONE
            session.commit()
        for payload in payloads:
            self.danger.raise_danger(payload["call_id"], payload["source"])

    def dangers(self) -> list[Danger]:
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(select(Danger).order_by(Danger.id)))


@pytest.fixture
def night(engine: Engine) -> Night:
    return Night(engine)


def test_a_mark_of_an_act_alerts_within_ten_seconds_and_sends_nothing(night: Night) -> None:
    keep = keeper_of_marks(night.work)
    heard_at = night.clock()
    keep(night.call_id, [a_mark(4)])
    keep(night.call_id, [a_mark(4)])
    night.turn_of_the_clock()
    night.turn_of_the_clock()

    [danger] = night.dangers()
    assert danger.source == "mark"
    assert danger.raised_at - heard_at <= timedelta(seconds=ALERT_SECONDS)
    assert [told for told in night.bulletin.told if isinstance(told, DangerRaised)] == [
        DangerRaised(danger.id, night.call_id)
    ]
    with Session(night.engine) as session:
        assert session.scalars(select(Linkage)).all() == []
        assert session.scalars(select(DangerReport)).all() == []


def test_a_lesser_mark_raises_no_danger_and_a_new_one_after_closing_does(night: Night) -> None:
    keep = keeper_of_marks(night.work)
    keep(night.call_id, [a_mark(3)])
    night.turn_of_the_clock()
    assert night.dangers() == []
    keep(night.call_id, [a_mark(4)])
    night.turn_of_the_clock()
    [first] = night.dangers()
    wish = ReportWish(ReportTo.POLICE, ReportDecision.NOT_SENT, None, "本人说的是电影", {})
    DangerReports(night.work, KEY).decide(first.id, night.person_id, wish)
    night.danger.close(first.id, night.person_id, "误标")
    keep(night.call_id, [a_mark(4)])
    night.turn_of_the_clock()
    assert [danger.id for danger in night.dangers()] == [first.id, first.id + 1]
