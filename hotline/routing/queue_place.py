"""The place of a call in the order, and what it wants of who answers; changed here alone."""

from __future__ import annotations

from collections.abc import Sequence

from hotline.domain.priority import Reason, with_reason
from hotline.routing.policy import policy_of
from hotline.routing.transitions import record
from models.calls import Call
from models.unit_of_work import UnitOfWork
from models.vocabulary_network import WANTED, Language

MOST_WANTED = 5
"""Skills that one call may want; more would say nothing."""


def give_reason(unit: UnitOfWork, call: Call, reason: Reason) -> bool:
    """The call gains a reason to come first; False: it has it already, the same reason counts once."""
    if reason.value in call.queue_reasons:
        return False
    key = call.queue_key if call.queue_key is not None else call.arrived_at.timestamp()
    credits = policy_of(unit.session).credits
    place = with_reason(key, call.queue_reasons, reason, call.arrived_at, credits)
    call.queue_key, call.queue_reasons = place.key, [str(known) for known in place.reasons]
    record(unit, call, "placed", reason=reason.value, key=place.key)
    return True


def set_wants(
    unit: UnitOfWork,
    call: Call,
    *,
    language: str | None = None,
    skills: Sequence[str] | None = None,
    centre_id: int | None = None,
) -> None:
    """What the call wants from now on; None leaves as it is. Its widening with time begins anew.

    Raises ValueError for a code that is in no list.
    """
    if language is not None:
        call.language = str(Language(language))
    if skills is not None:
        if len(skills) > MOST_WANTED or any(code not in WANTED for code in skills):
            raise ValueError(f"wanted skills are at most {MOST_WANTED} codes of groups and topics")
        call.wanted_skills = sorted(set(skills))
    if centre_id is not None:
        call.centre_id = centre_id
    call.wants_since = unit.now
    record(
        unit, call, "wants", language=call.language, skills=list(call.wanted_skills), centre_id=call.centre_id
    )
