"""Ringing a person back: from the hotline's own number, into the conference where the operator already is.

Nothing is said or played to whoever picks up, and nothing is left on a machine: on a shared telephone the
first words decide who learns of the call, and they are the operator's.
"""

from __future__ import annotations

import logging
from typing import Any

from hotline.routing.calling_back import RING_SECONDS, CallingBack
from hotline.routing.conversation import Conversation
from hotline.routing.transactions import reading
from hotline.telephony.carrier import Carrier, CarrierRefused, LegGone
from hotline.telephony.outgoing import NumberForbidden
from hotline.telephony.ringing import rung_before
from models.calls import Call
from models.unit_of_work import Work
from models.vocabulary import CallState

log = logging.getLogger("hotline.carrier")

REFERENCE = "call"
"""Of a leg that is the person's own: `call-17`."""
ALIVE = ("initiated", "queued", "ringing", "in-progress", "answered")


class Dialling:
    """Work of the outbox, each step looking at the record first."""

    def __init__(self, work: Work, carrier: Carrier) -> None:
        self._work = work
        self._carrier = carrier
        self._calling_back = CallingBack(work)

    def dial_back(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        if call is None or not call.is_to_be_dialled:
            return
        reference = f"{REFERENCE}-{call.id}"
        leg_sid = rung_before(self._carrier, payload, call.conference_name, reference)
        if leg_sid is None:
            if call.state is not CallState.CONNECTING:
                return
            try:
                leg_sid = self._carrier.ring_number(
                    conference=call.conference_name,
                    number=str(call.caller_number),
                    timeout_seconds=RING_SECONDS,
                    reference=reference,
                    ends_conference=True,
                )
            except (NumberForbidden, CarrierRefused, LegGone):
                log.warning("a call-back may not be dialled here, or the carrier refused it")
                self._calling_back.not_dialled(call.id)
                return
        if not self._calling_back.leg_made(call.id, leg_sid):
            # Given up while the carrier was asked: nobody may be rung for nothing.
            self._carrier.cancel_leg(leg_sid)

    def hang_up(self, payload: dict[str, Any]) -> None:
        """Take down the person's leg of a call that is over."""
        call = self._call(payload)
        if call is not None and call.state is CallState.ENDED and call.carrier_sid:
            self._carrier.end_call(call.carrier_sid)

    def _call(self, payload: dict[str, Any]) -> Call | None:
        with reading(self._work) as unit:
            return unit.session.get(Call, payload["call_id"])


def dialled_leg(
    work: Work, conversation: Conversation, call_id: int, leg_sid: str, status: str, ended_by: str
) -> None:
    """What the carrier says of the person's leg. Told twice or late, it changes nothing."""
    calling_back = CallingBack(work)
    if status in ALIVE:
        calling_back.leg_made(call_id, leg_sid)
        return
    if calling_back.leg_over(call_id, leg_sid, status):
        return
    with reading(work) as unit:
        call = unit.session.get(Call, call_id)
    if call is not None and call.carrier_sid == leg_sid:
        conversation.caller_left(call_id, ended_by)
