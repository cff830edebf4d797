"""Recording of a talk as the people in it want it: asked, paused, refused; the carrier confirms each."""

from __future__ import annotations

from hotline.routing.captions import follow as follow_captions
from hotline.routing.consent import consent_of, may_record, set_consent
from hotline.routing.errors import UnknownCall
from hotline.routing.holding import own_talk
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import load_call, record
from models.calls import Call
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState, ConsentKind, ConsentState

REFUSAL_REASONS = ("caller_says_no", "not_the_caller", "third_person", "by_mistake")
"""Why an operator switches the recording off, beside the caller's own key."""
REFUSED_STATES = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


class TalkRecording:
    """The part of a conversation that `Conversation` inherits."""

    _work: Work

    def pause_recording(self, call_id: int, person_id: int, on: bool) -> None:
        """`on`: pause; else go on. Raises NotInTalk."""

        def step(unit: UnitOfWork) -> None:
            call = own_talk(unit, call_id, person_id)
            kind = "pause_recording"
            mark = record(unit, call, f"{kind}_asked", on=on, person_id=person_id).id
            unit.ask(kind, "carrier", f"{kind}:{call.id}:{mark}", {"call_id": call.id, "on": on})
            follow_captions(unit, call)

        in_one_unit(self._work, step)

    def refuse_recording(self, call_id: int, person_id: int, reason: str) -> None:
        """The caller says no: recording stops, and what was recorded before is erased. Any state.

        `reason`: a code of REFUSAL_REASONS. Raises ValueError for another.
        """
        if reason not in REFUSAL_REASONS:
            raise ValueError("no reason for a refusal")

        def step(unit: UnitOfWork) -> None:
            call = load_call(unit, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            set_consent(unit, call, ConsentKind.RECORDING, ConsentState.REFUSED, "operator")
            record(unit, call, "recording_refused", reason=reason, person_id=person_id)
            _ask_erasure(unit, call)

        in_one_unit(self._work, step)

    def obey_consent(self, call_id: int) -> None:
        """Consent to recording or captions changed: start what is granted now, erase what is refused."""

        def step(unit: UnitOfWork) -> None:
            call = load_call(unit, call_id)
            if call is None:
                return
            if consent_of(unit.session, call.id, ConsentKind.RECORDING) in REFUSED_STATES:
                _ask_erasure(unit, call)
            elif call.state is CallState.TALKING:
                ask_recording(unit, call)
            follow_captions(unit, call)

        in_one_unit(self._work, step)


def ask_recording(unit: UnitOfWork, call: Call) -> None:
    """Asked of the carrier where the caller's consent allows it."""
    if may_record(unit.session, call.id):
        mark = record(unit, call, "recording_asked").id
        unit.ask("start_recording", "carrier", f"start_recording:{call.id}:{mark}", {"call_id": call.id})


def _ask_erasure(unit: UnitOfWork, call: Call) -> None:
    mark = record(unit, call, "erasure_asked").id
    unit.ask("erase_recording", "carrier", f"erase_recording:{call.id}:{mark}", {"call_id": call.id})
    follow_captions(unit, call)
