"""Where a caller belongs who is asked for anew, and what is said to who comes back into the line."""

from __future__ import annotations

from hotline.domain.priority import Reason
from hotline.telephony import prompts
from hotline.telephony.prompts import Line
from models.calls import Call
from models.vocabulary import CallState


def has_talk(call: Call) -> bool:
    """The caller belongs into the conference: also while a partner line, or nobody yet, serves there."""
    return call.state is CallState.TALKING or (
        call.state is CallState.CONNECTING and call.seat_id is not None
    )


def why_back(call: Call) -> Line:
    """The newest reason stands first."""
    if call.is_outbound:
        return prompts.ONE_MOMENT
    first = call.queue_reasons[0] if call.queue_reasons else ""
    if first == Reason.TRANSFERRED.value:
        return prompts.PASSED_ON
    return prompts.TRANSFER_FAILED if first == Reason.TRANSFER_BOUNCED.value else prompts.LINE_LOST
