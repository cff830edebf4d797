"""Calls that ended at the carrier while we could not be told, or not even be asked: none goes missing.

A caller who rang and hung up while our doors or the database were away stands in the carrier's list alone;
of one whom we know, the last word may be lost. Both are brought in from that list.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hotline.routing.carrier_view import EndedCall
from hotline.routing.conversation import Conversation
from hotline.routing.intake import Intake
from hotline.routing.origin import IncomingCall
from hotline.routing.transactions import reading
from models.calls import Call
from models.unit_of_work import Work
from models.vocabulary import CallState
from models.vocabulary_record import Channel

ENDED_BY = {"completed": "caller", "no-answer": "caller", "canceled": "caller"}
"""As far as a carrier can say; any other status is the carrier's own trouble."""


class MissedCalls:
    def __init__(self, work: Work, intake: Intake, conversation: Conversation) -> None:
        self._work = work
        self._intake = intake
        self._conversation = conversation

    def take_in(self, ended: Sequence[EndedCall]) -> int:
        """Close what still lives here, and put on file what never reached us. Returns how many."""
        states = self._states([call.sid for call in ended])
        repaired = 0
        for call in ended:
            known = states.get(call.sid)
            if known is None:
                call_id = self._intake.call_arrived(_as_incoming(call))
            elif known[1] is CallState.ENDED:
                continue
            else:
                call_id = known[0]
            repaired += self._conversation.caller_left(call_id, ENDED_BY.get(call.status, "carrier"))
        return repaired

    def _states(self, sids: Sequence[str]) -> dict[str | None, tuple[int, CallState]]:
        with reading(self._work) as unit:
            rows = unit.session.execute(
                select(Call.carrier_sid, Call.id, Call.state).where(Call.carrier_sid.in_(sids))
            ).all()
        return {sid: (call_id, state) for sid, call_id, state in rows}


def _as_incoming(call: EndedCall) -> IncomingCall:
    return IncomingCall(
        carrier_sid=call.sid,
        from_number=call.caller,
        number_dialled=call.dialled,
        channel=Channel.APP if call.caller.startswith("client:") else Channel.PHONE,
    )
