"""Hold and mute in a talk: asked for by the operator, told when the carrier confirms."""

from __future__ import annotations

from hotline.domain.transfer import TransferFact
from hotline.routing.errors import CannotTransfer, NotInTalk, UnknownCall
from hotline.routing.hold import ask_hold, ask_mute
from hotline.routing.transactions import in_one_unit
from hotline.routing.transfer_steps import on_fact, open_transfer
from hotline.routing.transitions import load_call, record
from models.calls import Call
from models.events import SeatChanged
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState


class Holding:
    """The part of a conversation that `Conversation` inherits."""

    _work: Work

    def hold(self, call_id: int, person_id: int, on: bool) -> None:
        """Asked of the carrier; `held` tells when it is so. Raises NotInTalk, CannotTransfer."""

        def step(unit: UnitOfWork) -> None:
            call = own_talk(unit, call_id, person_id)
            if open_transfer(unit, call.id) is not None:
                # Coming off hold is a step of the transfer, and goes by its own buttons.
                raise CannotTransfer(reason="transfer_running")
            ask_hold(unit, call, on, person_id)

        in_one_unit(self._work, step)

    def mute(self, call_id: int, person_id: int, on: bool) -> None:
        """The operator's own leg; `muted` tells when it is so. Raises NotInTalk."""

        def step(unit: UnitOfWork) -> None:
            ask_mute(unit, own_talk(unit, call_id, person_id), on, person_id)

        in_one_unit(self._work, step)

    def muted(self, call_id: int, leg_sid: str, on: bool) -> bool:
        """The carrier confirms that nobody hears the operator, or all do again."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.operator_sid != leg_sid or call.operator_muted == on:
                return False
            call.operator_muted = on
            record(unit, call, "muted" if on else "unmuted")
            if call.seat is not None:
                unit.tell(SeatChanged(call.seat.id, str(call.seat.state)))
            return True

        return in_one_unit(self._work, step)

    def held(self, call_id: int, on: bool) -> bool:
        """The carrier confirms that the caller is on hold, or back."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            if call is None or call.state is not CallState.TALKING or call.on_hold == on:
                return False
            call.on_hold = on
            record(unit, call, "held" if on else "unheld")
            transfer = open_transfer(unit, call.id)
            if transfer is not None and not on:
                on_fact(unit, call, transfer, TransferFact.CALLER_BACK)
            if call.seat is not None:
                unit.tell(SeatChanged(call.seat.id, str(call.seat.state)))
            return True

        return in_one_unit(self._work, step)


def own_talk(unit: UnitOfWork, call_id: int, person_id: int) -> Call:
    """The call that this person serves now. Raises UnknownCall, NotInTalk."""
    call = load_call(unit, call_id)
    if call is None:
        raise UnknownCall(call_id=call_id)
    ours = call.person_id == person_id and call.seat_id is not None
    if call.state not in (CallState.TALKING, CallState.CONNECTING) or not ours:
        raise NotInTalk(call_id=call_id)
    return call
