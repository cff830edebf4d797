"""What to answer the carrier at each step of a caller's way: use case first, then the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.routing.callbacks import Callbacks
from hotline.routing.conversation import Conversation
from hotline.routing.duty import can_be_called
from hotline.routing.errors import UnknownCall
from hotline.routing.intake import Intake
from hotline.routing.nuisance import Nuisance
from hotline.routing.origin import IncomingCall
from hotline.routing.standby import PASSED_ON, Standby
from hotline.routing.transactions import reading
from hotline.routing.transfer_steps import open_transfer
from hotline.telephony import prompts
from hotline.telephony.announcements import Announcements
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.prompts import Line
from hotline.telephony.tongues import Tongues
from hotline.telephony.twiml import Documents
from hotline.telephony.way_back import has_talk, why_back
from hotline.telephony.ways_out import WaysOut, words_of
from models.calls import Call
from models.unit_of_work import Work
from models.vocabulary import CallState

WAIT, GREETING, BREATHING, LIMITED = "wait", "greeting", "breathing", "limited"
BREATHING_ROUNDS = 9
"""Of twenty seconds: three minutes, then it asks whether to go on."""


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
    nuisance: Nuisance

    @property
    def tongues(self) -> Tongues:
        return Tongues(self.work, self.intake, self.documents)

    @property
    def announcements(self) -> Announcements:
        return Announcements(self.work, self.intake, self.tongues, self.ways.untold)

    @property
    def ways(self) -> WaysOut:
        return WaysOut(self.standby, self.guard)

    def voice(self, incoming: IncomingCall) -> str:
        """A call comes in, or comes back after the fallback: where it stood, it stands."""
        arrival = self.intake.arrived(incoming)
        if arrival.state is CallState.GREETING:
            until = self.nuisance.held_until(arrival.call_id) if arrival.is_limited else None
            documents = self.documents.speaking(arrival.language)
            if until is not None:
                return documents.limited(arrival.call_id, prompts.limited(until), rounds_left=1)
            return documents.greeting(arrival.call_id, self.tongues.greeting(arrival))
        call = self._call(arrival.call_id)
        if has_talk(call):
            return self._talk(call)
        if call.state is CallState.MESSAGE:
            self.intake.enqueue(call.id, heard_notice=False)
        return self._into_queue(call, prompts.STILL_IN_LINE)

    def limited(self, call_id: int, rounds_left: int) -> str:
        """The words for a number that called too often, once more; then the line is closed in words."""
        until = self.nuisance.held_until(call_id)
        if until is None:
            return self.enqueue(call_id, heard_notice=False)
        if rounds_left <= 0:
            return self.documents.over(prompts.LIMITED_OVER)
        return self.documents.limited(call_id, prompts.limited(until), rounds_left=rounds_left - 1)

    def enqueue(self, call_id: int, heard_notice: bool) -> str:
        call = self.intake.enqueue(call_id, heard_notice=heard_notice)
        if has_talk(call):
            return self._talk(call)
        return self._into_queue(call)

    def _into_queue(self, call: Call, *lines: Line) -> str:
        self._waits_again(call)
        way = None if call.is_outbound else self.ways.now(call.id)
        if way is not None and self.standby.dialled(call.id, way.partner_id, way.shift_id):
            return self._say(call).standby(call.id, way.number, words_of(way))
        return self._say(call).enqueue(call.id, *lines)

    def _waits_again(self, call: Call) -> None:
        """What became of another line that was dialled was never told: who is here waits, and gets a seat."""
        if call.state is CallState.CONNECTING and call.seat_id is None:
            self.standby.ended(call.id, answered=False)

    def wait(self, call_id: int, breath: int | None = None) -> str:
        """One round of waiting, some twenty seconds at most: so every change is told soon.

        `breath`: the round of the breathing exercise, which a key began; the place is told in it too.
        """
        round_ = self.intake.round_of_waiting(call_id)
        call, ways = round_.call, round_.ways
        self._waits_again(call)
        if call.state is CallState.MESSAGE:
            # The way out of the queue was lost on the way; no seat is offered to who would speak a message.
            return self.documents.leave_queue()
        if call.is_outbound:
            # Whoever is called back may stand beside somebody: nothing here says what this call is.
            return self.documents.waiting(call_id, [prompts.ONE_MOMENT], calm_seconds=12)
        if not PASSED_ON.isdisjoint(ways) and self.ways.now(call_id) is not None:
            return self.documents.leave_queue()
        lines = self.announcements.now_due(round_) if self.announcements.is_due(round_) else []
        if breath is None:
            return self._say(call).waiting(call_id, lines, calm_seconds=12)
        if breath >= BREATHING_ROUNDS:
            return self._say(call).waiting(call_id, [*lines, prompts.BREATHING_ENDS], calm_seconds=12)
        if breath == 0:
            lines.append(prompts.BREATHING_BEGINS)
        elif lines:
            lines.append(prompts.BREATHING_GOES_ON)
        return self._say(call).breathing(call_id, lines, round_=breath)

    def key(self, call_id: int, digits: str, where: str) -> str:
        """1 danger, 2 language, 0 message or call-back, 5 breathing, star no recording; others do nothing.

        5 is the key that a finger finds without looking: it carries the raised dot.
        """
        back = WAIT if where == BREATHING else where
        match digits[:1]:
            case "2" if where == LIMITED:
                return self.menu(call_id, digits, GREETING)
            case key if where == LIMITED and key != "1":
                return self.limited(call_id, 1)
            case "1":
                self.intake.danger_key(call_id)
                self.intake.enqueue(call_id, heard_notice=False)
                return self._said(call_id, back, prompts.DANGER_HEARD)
            case "*":
                self.intake.recording_declined(call_id)
                self.intake.enqueue(call_id, heard_notice=False)
                return self._said(call_id, back, prompts.DECLINED_HEARD)
            case "0":
                call = self.intake.enqueue(call_id, heard_notice=False)
                known = can_be_called(call.caller_number)
                line = prompts.MENU if known else prompts.MENU_NO_CALLBACK
                return self._say(call).menu(call_id, self.ways.menu(call_id, line), back)
            case "2":
                return self.tongues.menu(self._call(call_id), back)
            case "5" if where == WAIT:
                return self.documents.breathe(call_id)
            case "5" if where == BREATHING:
                return self._said(call_id, back, prompts.BREATHING_STOPPED)
            case _ if where == BREATHING:
                return self.documents.breathe(call_id, 1)
            case _:
                return self.documents.go_on(call_id, where)

    def language(self, call_id: int, digits: str, where: str, offered: Sequence[str]) -> str:
        """A key of the list of languages; `offered` are the codes that were named, in the order of keys."""
        if digits[:1] in ("1", "*"):
            return self.key(call_id, digits, where)
        language = self.tongues.choice(digits[:1], offered)
        if language is None:
            return self.documents.go_on(call_id, where)
        line = self.tongues.chosen(call_id, language)
        self.intake.enqueue(call_id, heard_notice=False)
        return self._said(call_id, where, line)

    def menu(self, call_id: int, digits: str, where: str) -> str:
        match digits[:1]:
            case "2":
                self.intake.leave_message(call_id)
                if self._call(call_id).state is not CallState.MESSAGE:
                    return self.documents.go_on(call_id, where)
                if where == WAIT:
                    return self.documents.leave_queue()
                return self._message(self._call(call_id))
            case "3":
                noted = self.intake.wish_callback(call_id) is not None
                line = prompts.CALLBACK_NOTED if noted else prompts.CALLBACK_IMPOSSIBLE
                return self._said(call_id, where, line)
            case "4" if self.ways.choose(call_id):
                if where == WAIT:
                    return self.documents.leave_queue()
                return self._into_queue(self._call(call_id))
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
            return self._message(call)
        if has_talk(call):
            return self._talk(call)
        if result in ("error", "system-error", "queue-full"):
            return self._say(call).hold_on(call_id, prompts.STILL_IN_LINE)
        return self._into_queue(call)

    def _message(self, call: Call) -> str:
        if self.announcements.asks_of_message(call.id):
            return self._say(call).message_question(call.id, prompts.MESSAGE_ASK)
        return self._tone(call)

    def message_answer(self, call_id: int, digits: str) -> str:
        """A key, or none, to whether a program may read the message; 1 is danger, as everywhere."""
        if digits[:1] == "1":
            return self.key(call_id, digits, GREETING)
        call = self._call(call_id)
        if call.state is not CallState.MESSAGE:
            return self.enqueue(call_id, heard_notice=False)
        self.intake.message_may_be_read(call_id, digits[:1] == "2")
        return self._tone(call)

    def _tone(self, call: Call) -> str:
        return self._say(call).message(call.id, self.announcements.before_message(call))

    def message_done(
        self, call_id: int, recording_sid: str | None, seconds: float | None, *, gone: bool = False
    ) -> str:
        if recording_sid:
            self.callbacks.message_left(call_id, recording_sid, seconds)
        if gone:
            return self.documents.nothing()
        if recording_sid and self.nuisance.went_no_further(call_id):
            return self.documents.over(prompts.LIMITED_MESSAGE_KEPT)
        call = self.intake.enqueue(call_id, heard_notice=False)
        line = prompts.MESSAGE_KEPT if recording_sid else prompts.MESSAGE_EMPTY
        return self._into_queue(call, line)

    def talk(self, call_id: int) -> str:
        call = self._call(call_id)
        if not has_talk(call):
            # The operator was lost while the caller was on the way.
            return self._into_queue(call, prompts.STILL_IN_LINE)
        return self._talk(call)

    def _talk(self, call: Call) -> str:
        lines = self.announcements.notice(call, prompts.NOTICE)
        return self._say(call).talk(call.id, call.conference_name, *lines)

    def after_talk(self, call_id: int, *, gone: bool = False) -> str:
        """The conference let the caller go. `gone`: since they hung up, which their leg's own status tells;
        taken for a lost operator, a line that drops in danger would be called back by nobody."""
        if gone:
            return self.documents.nothing()
        call = self._call(call_id)
        if call.state is CallState.TALKING and call.operator_sid is not None:
            if not self.conversation.operator_left(call_id, call.operator_sid):
                return self.documents.over(prompts.TALK_OVER)
            call = self._call(call_id)
        return self._into_queue(call, why_back(call))

    def returned(self, call_id: int) -> str:
        call = self._call(call_id)
        return self._into_queue(call, why_back(call))

    def on_hold(self, call_id: int) -> str:
        """Heard over and over while on hold, which is asked for again each time it ends."""
        with reading(self.work) as unit:
            transfer = open_transfer(unit, call_id)
        return self._say(self._call(call_id)).on_hold(
            prompts.PUT_THROUGH if transfer is not None else prompts.ON_HOLD
        )

    def after_standby(self, call_id: int, status: str, *, gone: bool = False) -> str:
        answered = status in ("completed", "answered")
        self.standby.ended(call_id, answered)
        if gone:
            return self.documents.nothing()
        line = prompts.STANDBY_OVER if answered else prompts.STANDBY_SILENT
        return self._into_queue(self._call(call_id), line)

    def _said(self, call_id: int, where: str, line: Line) -> str:
        return self._say(self._call(call_id)).said(call_id, where, line)

    def _call(self, call_id: int) -> Call:
        with reading(self.work) as unit:
            call = unit.session.get(Call, call_id)
        if call is None:
            raise UnknownCall(call_id=call_id)
        return call

    def _say(self, call: Call) -> Documents:
        """Documents in the language of this caller."""
        return self.tongues.of(call)
