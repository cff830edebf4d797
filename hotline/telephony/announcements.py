"""What a waiting caller is told, and how often: place and wait, exits, languages, the recording notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.domain.overflow import Exit
from hotline.domain.waiting_time import told
from hotline.routing.consent import UNDER_NOTICE, message_unasked, notice_due
from hotline.routing.intake import Intake, Round
from hotline.routing.on_offer import on_offer
from hotline.routing.transactions import reading
from hotline.routing.waiting import Position, position_of
from hotline.telephony import prompts
from hotline.telephony.prompts import Line
from hotline.telephony.tongues import Tongues
from models.calls import Call
from models.unit_of_work import Work
from models.vocabulary import ConsentKind

ANNOUNCE_EVERY = timedelta(seconds=60)
ANNOUNCE_EXITS_EVERY = timedelta(seconds=45)


@dataclass(frozen=True)
class Announcements:
    work: Work
    intake: Intake
    tongues: Tongues
    partner_to_tell: Callable[[int], Line | None]
    """By call: another service that who waits for long has not heard of yet."""

    def is_due(self, round_: Round) -> bool:
        told_at = round_.call.announced_at
        if told_at is None or (round_.ways and not round_.exits_told):
            return True
        return round_.now - told_at >= (ANNOUNCE_EXITS_EVERY if round_.ways else ANNOUNCE_EVERY)

    def now_due(self, round_: Round) -> list[Line]:
        """What is to be said now, which then counts as said: all is read together, and written together."""
        call, ways = round_.call, round_.ways
        told_until = None
        lines = [prompts.nobody_on_duty(ways)] if ways else []
        with reading(self.work) as unit:
            if not ways or Exit.OTHER_CENTRE in ways:
                first = call.announced_at is None
                if call.seat_id is not None:
                    lines.append(prompts.ringing())
                else:
                    place = position_of(unit.session, call, unit.now)
                    line, told_until = self._position(call, place, round_.now, first)
                    lines.append(line)
                    if not first:
                        lines.append(prompts.SLOW_BREATH)
                    lines += self.tongues.told(on_offer(unit.session, unit.now), first)
            due = notice_due(unit.session, call.id)
        if not ways and call.seat_id is None:
            partner = self.partner_to_tell(call.id)
            lines += [partner] if partner is not None else []
        self.intake.announced(call.id, told_until, exits=bool(ways), notice=bool(due))
        return lines + self._words_of(due, prompts.NOTICE_WAITING)

    def _position(
        self, call: Call, place: Position, now: datetime, first: bool
    ) -> tuple[Line, datetime | None]:
        """Place and wait in words, and the end of the wait that they tell, if they tell one."""
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
        return self._words_of(due, recording)

    def before_message(self, call: Call) -> list[Line]:
        """What has still to be said before the tone; who speaks after it has heard it."""
        with reading(self.work) as unit:
            due = ConsentKind.RECORDING in notice_due(unit.session, call.id)
        if due:
            self.intake.notice_heard(call.id, *UNDER_NOTICE)
        return [*([prompts.NOTICE_MESSAGE] if due else []), prompts.MESSAGE_BEGIN]

    def asks_of_message(self, call_id: int) -> bool:
        with reading(self.work) as unit:
            return message_unasked(unit.session, call_id)

    def _words_of(self, due: Sequence[ConsentKind], recording: Line) -> list[Line]:
        said = {ConsentKind.RECORDING: recording, ConsentKind.CAPTIONS: prompts.NOTICE_CAPTIONS}
        return [said[kind] for kind in due]
