"""`hotline demo outbreak`: a week of a new issue in one city, played in minutes through the real pipeline.

Day by day it writes what operators leave behind: calls, consents, closed notes and the work that closing a
note asks for. Everything after is the product itself: the worker groups and counts, detection flags, the
review's two people decide, the alert goes its ways, the official acknowledges. Only the people are played.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE, day_of
from analytics.demonstration.outbreak_stage import (
    NoDemonstration,
    all_sent,
    official_for,
    signal_of,
    stage_of,
    supervisors_of,
)
from analytics.report.answers import Answers
from analytics.report.review import Review
from models.calls import Call, Consent
from models.crypto import NumberHasher
from models.notes import Note
from models.places import Organisation, Place
from models.surveillance import Alert, Signal
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallOutcome, CallState, ConsentKind, ConsentState, NoteState
from models.vocabulary_record import CallType, Disposition, Population, Problem
from models.vocabulary_surveillance import AlertLevel

CALLS_A_DAY = (1, 2, 3, 6, 9, 12, 14)
OPENINGS = ("小区", "我们小区", "所住小区", "楼里", "整个小区")
EVENTS = (
    "供暖中断好几天，屋里只有十来度，暖气冰凉，老人孩子都在受冻",
    "暖气停了多日，供热公司没有说法，屋里冰冷，孩子冻病了",
    "集中供暖突然停供，暖气片冰凉，一家人裹着被子受冻，报修没人管",
)
"""Nothing that the demonstration's own history tells of: calls on an event that goes on there would belong to
its issue and its signal, as they should."""
ENDINGS = ("夜里睡不着。", "心里发慌。", "全家人都焦虑。", "不知道该找谁。", "反复去看通知，越看越急。")
GROUPS = (Population.PUBLIC, Population.PUBLIC, Population.STUDENT, Population.ELDERLY)
VERIFICATION = "演示：已抽查来电，来电人互不相同，并向当地核实，供暖中断属实。"
ACTION = "演示：供热单位已抢修管网并公布恢复时间，社区逐户走访、送去电暖器。"
OUTCOME = "演示：供暖恢复正常，来电回落。"
PATIENCE_SECONDS = 300.0
STEP_SECONDS = 1.0

__all__ = ["NoDemonstration", "NothingRaised", "Outbreak", "Times"]

Say = Callable[[str], None]
Pause = Callable[[float], None]
"""Lets so many seconds pass; what works meanwhile is the caller's business."""


class NothingRaised(Exception):
    """No signal came in time: is a worker running, and is the demonstration's history written?"""


@dataclass(frozen=True, slots=True)
class Times:
    """When each step of the one alert happened."""

    raised_at: datetime
    verified_at: datetime
    signed_at: datetime
    sent_at: datetime | None
    received_at: datetime

    def spans(self) -> tuple[tuple[str, str, float], ...]:
        """(Chinese, English, seconds) of each step and of the whole."""
        rows = [
            ("信号到核实", "signal to verification", self.verified_at - self.raised_at),
            ("核实到签发", "verification to signature", self.signed_at - self.verified_at),
            ("签发到回执", "signature to receipt", self.received_at - self.signed_at),
            ("信号到回执", "signal to receipt", self.received_at - self.raised_at),
        ]
        if self.sent_at is not None:
            rows.insert(2, ("签发到送达", "signature to delivery", self.sent_at - self.signed_at))
        return tuple((zh, en, span.total_seconds()) for zh, en, span in rows)


class Outbreak:
    """`seconds_a_day`: how long a played day takes."""

    def __init__(
        self,
        work: Work,
        hasher: NumberHasher,
        audit_key: bytes,
        say: Say,
        pause: Pause,
        *,
        seconds_a_day: float = 15.0,
        zone: tzinfo = HOTLINE_ZONE,
    ) -> None:
        self._work = work
        self._hasher = hasher
        self._review = Review(work, audit_key)
        self._answers = Answers(work)
        self._say = say
        self._pause = pause
        self._seconds_a_day = seconds_a_day
        self._zone = zone
        self._chance = random.Random()

    def play(self) -> Times:
        """Raises NoDemonstration, NothingRaised."""
        with self._work() as unit:
            city, counties = stage_of(unit.session)
            started = unit.now
        for number, calls in enumerate(CALLS_A_DAY):
            back = len(CALLS_A_DAY) - 1 - number
            self._a_day(counties, back, calls)
            self._say(
                f"第 {number + 1} 天：{calls} 通新问题的来电 · day {number + 1}: {calls} calls on a new issue"
            )
            self._pause(self._seconds_a_day)
        signal_id = self._awaited(lambda session: signal_of(session, city, started))
        with self._work() as unit:
            unit.only_read()
            signal = unit.session.get_one(Signal, signal_id)
            place = unit.session.get_one(Place, signal.place_code)
            self._say(
                f"信号：{place.name_zh} {signal.observed} 人，预期 {signal.expected:.1f} 人 · "
                f"signal SIG-{signal_id:04d}: {signal.observed} persons, {signal.expected:.1f} expected"
            )
            first, second = supervisors_of(unit.session)
            official = official_for(unit.session, signal.place_code)
        return self._decide(signal_id, first, second, official)

    def _decide(self, signal_id: int, first: int, second: int, official: int) -> Times:
        breath = self._seconds_a_day / 3
        self._pause(breath)
        alert_id = self._review.verify(signal_id, first, AlertLevel.ORANGE, VERIFICATION)
        self._say("督导甲核实属实，提示已拟好 · the first supervisor verified it")
        self._pause(breath)
        self._review.sign(alert_id, second)
        self._say("督导乙签发，正在送达 · the second supervisor signed it")
        self._awaited(lambda session: all_sent(session, alert_id))
        self._pause(breath)
        self._answers.acknowledge(alert_id, official)
        self._say("当地签收，回执已到 · the official acknowledged it")
        times = self._times(alert_id)
        for step, text in ((self._answers.act, ACTION), (self._answers.close, OUTCOME)):
            self._pause(breath)
            if step == self._answers.act:
                self._answers.own(alert_id, official)
            step(alert_id, official, text)
        self._say("处置措施已登记，已办结 · action recorded, closed")
        return times

    def _times(self, alert_id: int) -> Times:
        with self._work() as unit:
            unit.only_read()
            alert = unit.session.get_one(Alert, alert_id)
            sent = [d.sent_at for d in alert.deliveries if d.sent_at is not None]
            assert alert.signed_at is not None
            assert alert.acknowledged_at is not None
            return Times(
                alert.signal.raised_at,
                alert.verified_at,
                alert.signed_at,
                max(sent, default=None),
                alert.acknowledged_at,
            )

    def _awaited(self, look: Callable[[Session], int | None]) -> int:
        waited = 0.0
        while waited <= PATIENCE_SECONDS:
            with self._work() as unit:
                unit.only_read()
                found = look(unit.session)
            if found is not None:
                return found
            self._pause(STEP_SECONDS)
            waited += STEP_SECONDS
        raise NothingRaised

    def _a_day(self, counties: list[str], back: int, calls: int) -> None:
        with self._work() as unit:
            latest = unit.now - timedelta(days=back, minutes=2)
            for number in range(calls):
                arrived = latest - timedelta(minutes=1 + 3 * number)
                self._a_call(unit, counties[0 if number % 4 else -1], arrived)
            day = day_of(latest, self._zone)
            # The nightly pass, at the end of the played day: it lifts out what is new.
            unit.ask(
                "regroup",
                "work",
                f"regroup:outbreak:{day.isoformat()}:{unit.now.isoformat()}",
                {"day": day.isoformat()},
                due_at=unit.now + timedelta(seconds=self._seconds_a_day / 2),
            )

    def _a_call(self, unit: UnitOfWork, place: str, arrived: datetime) -> None:
        chance, session = self._chance, unit.session
        caller = self._hasher(f"outbreak-{chance.getrandbits(64):x}")
        call = Call(
            number_dialled=session.scalars(select(Organisation.number)).one(),
            caller_hash=caller,
            place_code=place,
            place_source="caller",
            state=CallState.ENDED,
            outcome=CallOutcome.ANSWERED,
            state_since=arrived,
            arrived_at=arrived,
            answered_at=arrived + timedelta(seconds=8),
            ended_at=arrived + timedelta(minutes=18),
            is_demonstration=True,
        )
        session.add(call)
        session.flush()
        session.add_all(
            (
                Consent(
                    call_id=call.id,
                    kind=ConsentKind.ANALYSIS,
                    state=ConsentState.GRANTED,
                    how="notice",
                    text_version="1",
                    at=arrived,
                ),
                Note(
                    call_id=call.id,
                    revision=1,
                    state=NoteState.CLOSED,
                    call_type=CallType.SUPPORT,
                    population=chance.choice(GROUPS),
                    problem=Problem.PRACTICAL,
                    place_code=place,
                    risk_level=1,
                    disposition=Disposition.CLOSED,
                    fields={},
                    summary=chance.choice(OPENINGS) + chance.choice(EVENTS) + "，" + chance.choice(ENDINGS),
                    created_at=arrived,
                    saved_at=arrived,
                    closed_at=arrived + timedelta(minutes=25),
                    is_demonstration=True,
                ),
            )
        )
        unit.ask("understand", "work", f"understand:{call.id}:1", {"call_id": call.id})
