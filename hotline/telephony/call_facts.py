"""What the carrier says has happened, brought to the use cases. Told twice or late, it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hotline.routing.callbacks import Callbacks
from hotline.routing.conversation import Conversation
from hotline.routing.legs import Legs
from hotline.routing.offers import Offers
from hotline.routing.transactions import reading
from hotline.telephony.dialling import REFERENCE, dialled_leg
from hotline.telephony.recording_facts import RecordingFacts
from models.calls import Call
from models.unit_of_work import Work
from models.vocabulary import OfferState

OVER = {
    "completed": "caller",
    "canceled": "caller",
    "no-answer": "caller",
    "busy": "carrier",
    "failed": "carrier",
}
"""Final status of a caller's leg -> who ended it, as far as a carrier can say."""

NOT_TAKEN = {
    "busy": (OfferState.DECLINED, "declined"),
    "no-answer": (OfferState.EXPIRED, "no_answer"),
    "failed": (OfferState.EXPIRED, "leg_failed"),
    "canceled": (OfferState.EXPIRED, "no_answer"),
    "completed": (OfferState.EXPIRED, "leg_failed"),
}
LEG_LIVES = ("initiated", "queued", "ringing", "in-progress", "answered")
CALLER_ENDED_IT = "moderator_ended_conference"


@dataclass(frozen=True)
class CallFacts:
    work: Work
    offers: Offers
    conversation: Conversation
    callbacks: Callbacks
    recordings: RecordingFacts
    legs: Legs

    def call_status(self, call_sid: str, status: str) -> None:
        """A caller's leg. Unknown sids are other legs of ours, and are told elsewhere."""
        ended_by = OVER.get(status)
        call_id = self._call_id(call_sid)
        if ended_by is not None and call_id is not None:
            self.conversation.caller_left(call_id, ended_by)

    def leg_status(self, offer_id: int, leg_sid: str, status: str) -> None:
        """An operator's leg."""
        if status in ("in-progress", "answered"):
            self.offers.leg_answered(offer_id, leg_sid)
            return
        if status in NOT_TAKEN:
            state, reason = NOT_TAKEN[status]
            # In a talk the end of this leg says nothing by itself: the caller may have hung up. The
            # conference's own event carries the reason, and reconciliation stands in when that is lost.
            self.offers.not_taken(offer_id, state, reason)
            return
        self.offers.leg_made(offer_id, leg_sid)

    def called_leg(self, reference: str, leg_sid: str, status: str) -> None:
        """A leg that was called into a talk; `reference` says what for (`Addresses.leg_status`)."""
        kind, _, number = reference.rpartition("-")
        if kind == REFERENCE:
            ended_by = OVER.get(status, "carrier")
            dialled_leg(self.work, self.conversation, int(number), leg_sid, status, ended_by)
            return
        if kind != "participation":
            return
        if status in LEG_LIVES:
            self.legs.leg_made(int(number), leg_sid)
        else:
            self.legs.leg_over(int(number), status)

    def conference(
        self,
        call_id: int,
        *,
        event: str,
        leg_sid: str | None,
        reason: str,
        sequence: int = 0,
        muted: bool = False,
        coaching: bool = False,
    ) -> None:
        with reading(self.work) as unit:
            call = unit.session.get(Call, call_id)
        if call is None or leg_sid is None:
            return
        is_caller = leg_sid == call.carrier_sid
        match event:
            case "participant-join" if is_caller:
                self.conversation.caller_joined(call_id)
            case "participant-join":
                self.conversation.operator_joined(call_id, leg_sid)
                self.legs.joined(call_id, leg_sid)
            case "participant-leave" if not is_caller and reason != CALLER_ENDED_IT:
                self.conversation.operator_left(call_id, leg_sid)
                self.legs.left(call_id, leg_sid)
            case "participant-mute" | "participant-unmute" | "participant-modify" if not is_caller:
                self.conversation.muted(call_id, leg_sid, muted)
                self.legs.audio(call_id, leg_sid, sequence, muted=muted, coaching=coaching)
            case "participant-hold" if is_caller:
                self.conversation.held(call_id, True)
            case "participant-unhold" if is_caller:
                self.conversation.held(call_id, False)

    def recording(
        self,
        recording_sid: str,
        *,
        call_sid: str,
        status: str,
        duration_seconds: float | None,
        channels: int | None,
        source: str,
    ) -> None:
        call_id = self._call_id(call_sid)
        if call_id is None:
            return
        if status == "absent":
            self.recordings.absent(recording_sid)
        elif status == "completed" and source == "RecordVerb":
            self.callbacks.message_left(call_id, recording_sid, duration_seconds)
        elif status == "completed":
            self.recordings.completed(call_id, recording_sid, duration_seconds, channels)

    def _call_id(self, call_sid: str) -> int | None:
        with reading(self.work) as unit:
            return unit.session.scalars(select(Call.id).where(Call.carrier_sid == call_sid)).first()
