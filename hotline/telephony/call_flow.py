"""What to answer the carrier at each step of a caller's way: use case first, then the document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from hotline.domain.overflow import Exit
from hotline.routing.callbacks import Callbacks
from hotline.routing.consent import consent_of
from hotline.routing.conversation import Conversation
from hotline.routing.duty import can_be_called
from hotline.routing.errors import UnknownCall
from hotline.routing.intake import IncomingCall, Intake
from hotline.routing.standby import Standby
from hotline.routing.transactions import reading
from hotline.routing.transitions import record
from hotline.telephony import prompts
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.prompts import Line
from hotline.telephony.twiml import Documents
from models.calls import Call, CallEvent
from models.unit_of_work import Work
from models.vocabulary import CallState, ConsentKind, ConsentState

ANNOUNCE_EVERY = timedelta(seconds=60)
ANNOUNCE_EXITS_EVERY = timedelta(seconds=45)
TALKS = (CallState.CONNECTING, CallState.TALKING)
WAIT, GREETING = "wait", "greeting"


@dataclass(frozen=True)
class CallFlow:
    """Every method answers a whole TwiML document. Raises UnknownCall for an id without a call."""

    work: Work
    intake: Intake
    conversation: Conversation
    standby: Standby
    callbacks: Callbacks
    documents: Documents
    guard: OutgoingGuard
    consent_mode: str = "notice"

    def voice(self, incoming: IncomingCall) -> str:
        """A call comes in, or comes back after the fallback: where it stood, it stands."""
        call = self._call(self.intake.call_arrived(incoming))
        if call.state is CallState.GREETING:
            return self.documents.greeting(call.id, prompts.GREETING)
        if call.state in TALKS and call.seat_id is not None:
            return self._talk(call)
        if call.state is CallState.MESSAGE:
            self.intake.enqueue(call.id, heard_notice=False)
        return self._into_queue(call, prompts.STILL_IN_LINE)

    def enqueue(self, call_id: int, heard_notice: bool) -> str:
        self.intake.enqueue(call_id, heard_notice=heard_notice)
        call = self._call(call_id)
        if call.state in TALKS and call.seat_id is not None:
            return self._talk(call)
        return self._into_queue(call)

    def _into_queue(self, call: Call, *lines: Line) -> str:
        number = self._standby_number(call.id)
        if number is not None and self.standby.dialled(call.id):
            return self.documents.standby(call.id, number, prompts.STANDBY_DIALS)
        return self.documents.enqueue(call.id, *lines)

    def _standby_number(self, call_id: int) -> str | None:
        number = self.standby.number_for(call_id)
        return number if number is not None and self.guard.allows(number) else None

    def wait(self, call_id: int) -> str:
        """One round of waiting, some fifteen seconds: so every change is told within twenty."""
        call = self._call(call_id)
        ways = self.intake.exits(call_id)
        if Exit.STANDBY_PHONE in ways and self._standby_number(call_id) is not None:
            return self.documents.leave_queue()
        with reading(self.work) as unit:
            now = unit.now
        if not self._announcement_due(call, ways, now):
            return self.documents.waiting(call_id, [], calm_seconds=12)
        lines = self._announcement(call, ways)
        self.intake.announced(call_id)
        return self.documents.waiting(call_id, lines, calm_seconds=12)

    def _announcement_due(self, call: Call, ways: tuple[Exit, ...], now: datetime) -> bool:
        if call.announced_at is None:
            return True
        if ways and not self._exits_told(call):
            return True
        return now - call.announced_at >= (ANNOUNCE_EXITS_EVERY if ways else ANNOUNCE_EVERY)

    def _announcement(self, call: Call, ways: tuple[Exit, ...]) -> list[Line]:
        if ways:
            self._note(call, "exits_told")
            lines = [prompts.nobody_on_duty(ways)]
        else:
            lines = []
        if not ways or Exit.OTHER_CENTRE in ways:
            place = self.intake.position(call.id)
            first = call.announced_at is None
            if call.seat_id is not None:
                lines.append(prompts.ringing())
            else:
                lines.append(prompts.position(place.ahead, place.expected_wait_seconds, first))
                if not first:
                    lines.append(prompts.SLOW_BREATH)
        if self._notice_missing(call):
            lines.append(prompts.NOTICE_WAITING)
            self.intake.notice_heard(call.id)
        return lines

    def key(self, call_id: int, digits: str, where: str) -> str:
        """1 danger, 0 message or call-back, star no recording; any other key changes nothing."""
        match digits[:1]:
            case "1":
                self.intake.danger_key(call_id)
                self.intake.enqueue(call_id, heard_notice=False)
                return self.documents.said(call_id, where, prompts.DANGER_HEARD)
            case "*":
                self.intake.recording_declined(call_id)
                self.intake.enqueue(call_id, heard_notice=False)
                return self.documents.said(call_id, where, prompts.DECLINED_HEARD)
            case "0":
                self.intake.enqueue(call_id, heard_notice=False)
                known = can_be_called(self._call(call_id).caller_number)
                line = prompts.MENU if known else prompts.MENU_NO_CALLBACK
                return self.documents.menu(call_id, line, where)
            case _:
                return self.documents.go_on(call_id, where)

    def menu(self, call_id: int, digits: str, where: str) -> str:
        match digits[:1]:
            case "2":
                self.intake.leave_message(call_id)
                if self._call(call_id).state is not CallState.MESSAGE:
                    return self.documents.go_on(call_id, where)
                if where == WAIT:
                    return self.documents.leave_queue()
                return self.documents.message(call_id, prompts.MESSAGE_BEGIN)
            case "3":
                noted = self.intake.wish_callback(call_id) is not None
                line = prompts.CALLBACK_NOTED if noted else prompts.CALLBACK_IMPOSSIBLE
                return self.documents.said(call_id, where, line)
            case "1" | "*":
                return self.key(call_id, digits, where)
            case _:
                return self.documents.go_on(call_id, where)

    def after_queue(self, call_id: int, result: str) -> str:
        """The caller is out of the carrier's queue: by a choice, by our move, or by the carrier's trouble."""
        call = self._call(call_id)
        if call.state is CallState.ENDED or result == "hangup":
            return self.documents.nothing()
        if call.state is CallState.MESSAGE:
            return self.documents.message(call_id, prompts.MESSAGE_BEGIN)
        if call.state in TALKS and call.seat_id is not None:
            return self._talk(call)
        if result in ("error", "system-error", "queue-full"):
            return self.documents.hold_on(call_id, prompts.STILL_IN_LINE)
        return self._into_queue(call)

    def message_done(self, call_id: int, recording_sid: str | None, seconds: float | None) -> str:
        if recording_sid:
            self.callbacks.message_left(call_id, recording_sid, seconds)
        self.intake.enqueue(call_id, heard_notice=False)
        line = prompts.MESSAGE_KEPT if recording_sid else prompts.MESSAGE_EMPTY
        return self._into_queue(self._call(call_id), line)

    def talk(self, call_id: int) -> str:
        call = self._call(call_id)
        if call.state not in TALKS or call.seat_id is None:
            # The operator was lost while the caller was on the way.
            return self._into_queue(call, prompts.STILL_IN_LINE)
        return self._talk(call)

    def _talk(self, call: Call) -> str:
        lines = []
        if self._notice_missing(call):
            lines.append(prompts.NOTICE)
            self.intake.notice_heard(call.id)
        return self.documents.talk(call.id, call.conference_name, *lines)

    def after_talk(self, call_id: int) -> str:
        """The conference let the caller go, who is still there."""
        call = self._call(call_id)
        if call.state is CallState.TALKING and call.operator_sid is not None:
            if not self.conversation.operator_left(call_id, call.operator_sid):
                return self.documents.over(prompts.TALK_OVER)
            call = self._call(call_id)
        return self._into_queue(call, prompts.LINE_LOST)

    def returned(self, call_id: int) -> str:
        return self._into_queue(self._call(call_id), prompts.LINE_LOST)

    def after_standby(self, call_id: int, status: str) -> str:
        answered = status in ("completed", "answered")
        self.standby.ended(call_id, answered)
        line = prompts.STANDBY_OVER if answered else prompts.STANDBY_SILENT
        return self._into_queue(self._call(call_id), line)

    def _call(self, call_id: int) -> Call:
        with reading(self.work) as unit:
            call = unit.session.get(Call, call_id)
        if call is None:
            raise UnknownCall(call_id=call_id)
        return call

    def _notice_missing(self, call: Call) -> bool:
        if self.consent_mode != "notice":
            return False
        with reading(self.work) as unit:
            return consent_of(unit.session, call.id, ConsentKind.RECORDING) is ConsentState.UNASKED

    def _exits_told(self, call: Call) -> bool:
        told = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == "exits_told")
        with reading(self.work) as unit:
            return unit.session.scalars(told).first() is not None

    def _note(self, call: Call, kind: str) -> None:
        with self.work() as unit:
            record(unit, call, kind)
