"""What people do while a danger is open and after it: ticks, a question to a web caller, the debrief."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotline.care.checklist import CHECKLIST_VERSION, is_step
from hotline.care.errors import DebriefIncomplete, NoSuchAsk, NoSuchDanger, NoSuchStep
from hotline.domain.danger_rules import DebriefFacts, why_no_debrief
from models.audit import Auditor
from models.care import Danger
from models.danger_protocol import CallerAsk, DangerTick, Debrief
from models.events import CallerAsked, DangerChanged
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import DangerState
from models.vocabulary_danger import AskState, TickAnswer

PLACE_LENGTH, NUMBER_LENGTH, WORDS_LENGTH = 200, 40, 2000


class DangerSteps:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def tick(self, danger_id: int, person_id: int, step: str, answer: TickAnswer) -> None:
        """A person answers one step. Raises NoSuchDanger (unknown or closed), NoSuchStep."""
        if not is_step(step):
            raise NoSuchStep(step=step)
        with self._work() as unit:
            danger = self._load(unit, danger_id, DangerState.OPEN)
            unit.session.add(
                DangerTick(
                    danger_id=danger.id,
                    checklist=CHECKLIST_VERSION,
                    step=step,
                    answer=answer,
                    at=unit.now,
                    person_id=person_id,
                )
            )
            unit.tell(DangerChanged(danger.id, danger.call_id))

    def ask_caller(self, danger_id: int, person_id: int) -> None:
        """Put the question for place and call-back number on the caller's page. Raises NoSuchDanger."""
        with self._work() as unit:
            danger = self._load(unit, danger_id, DangerState.OPEN)
            open_ask = select(CallerAsk).where(
                CallerAsk.call_id == danger.call_id, CallerAsk.state == AskState.ASKED
            )
            if unit.session.scalars(open_ask).first() is not None:
                return
            unit.session.add(CallerAsk(call_id=danger.call_id, asked_at=unit.now, asked_by_id=person_id))
            self._audit(unit, "caller.asked", danger.call_id, person_id)
            unit.tell(CallerAsked(danger.call_id, str(AskState.ASKED)))

    def caller_answers(self, call_id: int, place: str, number: str, refuses: bool) -> None:
        """The caller's own words. Raises NoSuchAsk when nothing was asked."""
        with self._work() as unit:
            ask = unit.session.scalars(
                select(CallerAsk)
                .where(CallerAsk.call_id == call_id, CallerAsk.state == AskState.ASKED)
                .with_for_update()
            ).first()
            if ask is None:
                raise NoSuchAsk(call_id=call_id)
            said = bool(place.strip() or number.strip())
            ask.state = AskState.ANSWERED if said and not refuses else AskState.REFUSED
            ask.answered_at = unit.now
            if ask.state is AskState.ANSWERED:
                ask.place = place.strip()[:PLACE_LENGTH] or None
                ask.number = number.strip()[:NUMBER_LENGTH] or None
            unit.tell(CallerAsked(call_id, str(ask.state)))

    def debrief(
        self,
        danger_id: int,
        led_by_id: int,
        *,
        held_at: datetime,
        facts: DebriefFacts,
        words: str = "",
    ) -> int:
        """Write down the talk afterwards; returns its id. Raises NoSuchDanger, DebriefIncomplete."""
        against = why_no_debrief(facts)
        if against is not None:
            raise DebriefIncomplete(reason=against)
        with self._work() as unit:
            danger = self._load(unit, danger_id, DangerState.CLOSED)
            record = Debrief(
                danger_id=danger.id,
                operator_id=danger.call.person_id,
                led_by_id=led_by_id,
                held_at=min(held_at, unit.now),
                written_at=unit.now,
                support=list(facts.support),
                accepted=list(facts.accepted),
                rest_minutes=facts.rest_minutes,
                words=words.strip()[:WORDS_LENGTH] or None,
            )
            unit.session.add(record)
            unit.session.flush()
            self._audit(unit, "danger.debriefed", danger.call_id, led_by_id)
            unit.tell(DangerChanged(danger.id, danger.call_id))
            return record.id

    def _load(self, unit: UnitOfWork, danger_id: int, state: DangerState) -> Danger:
        danger = unit.session.get(Danger, danger_id)
        if danger is None or danger.state is not state:
            raise NoSuchDanger(danger_id=danger_id)
        return danger

    def _audit(self, unit: UnitOfWork, action: str, call_id: int, person_id: int) -> None:
        self._audit_line(unit, person_id, action, f"call:{call_id}")
