"""What a waiting caller is told, and how often: place and wait, exits, languages, the recording notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from hotline.domain.overflow import Exit
from hotline.domain.waiting_time import told
from hotline.routing.consent import notice_due
from hotline.routing.intake import Intake
from hotline.routing.transactions import reading
from hotline.routing.transitions import record
from hotline.telephony import prompts
from hotline.telephony.prompts import Line
from hotline.telephony.tongues import Tongues
from models.calls import Call, CallEvent
from models.unit_of_work import Work
from models.vocabulary import ConsentKind

ANNOUNCE_EVERY = timedelta(seconds=60)
ANNOUNCE_EXITS_EVERY = timedelta(seconds=45)


@dataclass(frozen=True)
class Announcements:
    work: Work
    intake: Intake
    tongues: Tongues

    def is_due(self, call: Call, ways: tuple[Exit, ...], now: datetime) -> bool:
        if call.announced_at is None:
            return True
        if ways and not self._exits_told(call):
            return True
        return now - call.announced_at >= (ANNOUNCE_EXITS_EVERY if ways else ANNOUNCE_EVERY)

    def now_due(self, call: Call, ways: tuple[Exit, ...], now: datetime) -> list[Line]:
        """What is to be said now, which then counts as said."""
        told_until = None
        if ways:
            self._note(call, "exits_told")
            lines = [prompts.nobody_on_duty(ways)]
        else:
            lines = []
        if not ways or Exit.OTHER_CENTRE in ways:
            first = call.announced_at is None
            if call.seat_id is not None:
                lines.append(prompts.ringing())
            else:
                line, told_until = self._position(call, now, first)
                lines.append(line)
                if not first:
                    lines.append(prompts.SLOW_BREATH)
                lines += self.tongues.told(first)
        lines += self.notice(call, prompts.NOTICE_WAITING)
        self.intake.announced(call.id, told_until)
        return lines

    def _position(self, call: Call, now: datetime, first: bool) -> tuple[Line, datetime | None]:
        """Place and wait in words, and the end of the wait that they tell, if they tell one."""
        place = self.intake.position(call.id)
        span = told(place.wait)
        longer = (
            place.wait is not None
            and call.told_until is not None
            and now + timedelta(seconds=place.wait.low_seconds) > call.told_until
        )
        until = now + timedelta(minutes=span.high_minutes) if span.high_minutes else None
        return prompts.position(place.ahead, span, first_time=first, longer=longer), until

    def notice(self, call: Call, recording: Line) -> list[Line]:
        """What this caller has not been told of recording and captions; being said now, it is heard.

        Who is called back is asked by the operator.
        """
        if call.is_outbound:
            return []
        with reading(self.work) as unit:
            due = notice_due(unit.session, call.id)
        if due:
            self.intake.notice_heard(call.id)
        said = {ConsentKind.RECORDING: recording, ConsentKind.CAPTIONS: prompts.NOTICE_CAPTIONS}
        return [said[kind] for kind in due]

    def _exits_told(self, call: Call) -> bool:
        told = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == "exits_told")
        with reading(self.work) as unit:
            return unit.session.scalars(told).first() is not None

    def _note(self, call: Call, kind: str) -> None:
        with self.work() as unit:
            record(unit, call, kind)
