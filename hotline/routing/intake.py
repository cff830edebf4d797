"""A call comes in, waits, and may ask for a message or a call-back instead.

call_arrived -> greeting -> enqueue -> position (each minute) -> offers take over
                    danger_key, recording_declined, leave_message, wish_callback at any moment
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotline.domain import overflow
from hotline.domain.call_state import CallFact
from hotline.routing.arrival import Arrivals
from hotline.routing.callbacks import owe_callback
from hotline.routing.captions import follow as follow_captions
from hotline.routing.consent import UNDER_NOTICE, grant_by_notice, set_consent
from hotline.routing.duty import cover_for
from hotline.routing.errors import UnknownCall
from hotline.routing.on_offer import on_offer, speaks
from hotline.routing.queue_place import set_wants
from hotline.routing.scene import local_time
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, move_call, record, withdraw_open_offers
from hotline.routing.waiting import Position, position_of
from hotline.routing.waiting_marks import has_event, is_untold, mark_danger, tell_uncovered
from models.calls import Call
from models.events import CallQueued
from models.seats import Seat
from models.unit_of_work import UnitOfWork
from models.vocabulary import CallbackKind, CallState, ConsentKind, ConsentState
from models.vocabulary_network import Language


@dataclass(frozen=True)
class Round:
    """One round of a call's waiting, read at one moment."""

    call: Call
    ways: tuple[overflow.Exit, ...]
    """Ways out while nobody of the own centre is on duty; empty otherwise."""
    exits_told: bool
    now: datetime


class Intake(Arrivals):
    """What a caller asks for from the greeting on; `Arrivals` takes the call in."""

    def enqueue(self, call_id: int, heard_notice: bool = True) -> Call:
        """The greeting is over: wait. With `heard_notice`, going on grants what the notice asked.

        The call as it stands then.
        """

        def step(unit: UnitOfWork) -> Call:
            call = self._call(unit, call_id)
            if heard_notice:
                grant_by_notice(unit, call, *UNDER_NOTICE)
            if move_call(unit, call, CallFact.QUEUED):
                unit.tell(CallQueued(call.id))
                tell_uncovered(unit, call)
            return call

        return in_one_unit(self._work, step)

    def notice_heard(self, call_id: int, *kinds: ConsentKind) -> None:
        """The notice (of these kinds; of all, when none is named) was said later than in the greeting."""
        in_one_unit(self._work, lambda unit: grant_by_notice(unit, self._call(unit, call_id), *kinds))

    def language_chosen(self, call_id: int, language: str) -> bool:
        """The caller wants to be served in this language. False: it is none that we know."""
        if language not in set(Language):
            return False

        def step(unit: UnitOfWork) -> bool:
            call = self._call(unit, call_id)
            set_wants(unit, call, language=language)
            if call.state is CallState.QUEUED and self._rings_without(unit, call, language):
                withdraw_open_offers(unit, call, "language_chosen")
            return True

        return in_one_unit(self._work, step)

    def _rings_without(self, unit: UnitOfWork, call: Call, language: str) -> bool:
        """It rings where nobody speaks the language now chosen, while somebody on duty does."""
        if call.seat_id is None or language not in on_offer(unit.session, unit.now).languages:
            return False
        seat = unit.session.get_one(Seat, call.seat_id)
        return not speaks(seat.profile, language, local_time(unit.session, unit.now).isoweekday())

    def danger_key(self, call_id: int) -> None:
        """Key 1, at any moment: to the head of the order, and the danger protocol starts (outbox)."""

        def step(unit: UnitOfWork) -> None:
            call = self._call(unit, call_id)
            if call.state is CallState.ENDED:
                return
            mark_danger(unit, call)
            unit.ask(
                "raise_danger", "carrier", f"raise_danger:{call.id}", {"call_id": call.id, "source": "key"}
            )

        in_one_unit(self._work, step)

    def danger_marked(self, call_id: int) -> None:
        """A danger was raised elsewhere (desk, mark): a call that still waits goes to the head."""
        in_one_unit(self._work, lambda unit: mark_danger(unit, self._call(unit, call_id)))

    def recording_declined(self, call_id: int) -> None:
        """The star key: neither recording nor analysis of this call; what exists of it is erased."""

        def step(unit: UnitOfWork) -> None:
            call = self._call(unit, call_id)
            for kind in UNDER_NOTICE:
                changed = set_consent(unit, call, kind, ConsentState.REFUSED, "key")
                if changed and kind is ConsentKind.RECORDING:
                    event = record(unit, call, "recording_declined")
                    unit.ask(
                        "erase_recording",
                        "carrier",
                        f"erase_recording:{call.id}:{event.id}",
                        {"call_id": call.id},
                    )
                    follow_captions(unit, call)

        in_one_unit(self._work, step)

    def message_may_be_read(self, call_id: int, granted: bool) -> None:
        """What the caller said before the tone, of a program that looks for danger in the message."""

        def step(unit: UnitOfWork) -> None:
            state = ConsentState.GRANTED if granted else ConsentState.REFUSED
            set_consent(unit, self._call(unit, call_id), ConsentKind.MESSAGE, state, "key")

        in_one_unit(self._work, step)

    def position(self, call_id: int) -> Position:
        """Raises UnknownCall."""
        with reading(self._work) as unit:
            call = unit.session.get(Call, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            return position_of(unit.session, call, unit.now)

    def announced(
        self, call_id: int, told_until: datetime | None = None, *, exits: bool = False, notice: bool = False
    ) -> None:
        """The caller just heard the position: the next is due a minute later.

        `told_until`: end of the wait that was told; None when no end was. `exits`, `notice`: the ways out, or
        the notice of recording, were said with it.
        """

        def step(unit: UnitOfWork) -> None:
            call = self._call(unit, call_id)
            if exits:
                record(unit, call, "exits_told")
            if notice:
                grant_by_notice(unit, call)
            call.announced_at, call.told_until = unit.now, told_until

        in_one_unit(self._work, step)

    def round_of_waiting(self, call_id: int) -> Round:
        """How the call stands now. Only who waits while nobody is on duty has something written: once.

        Raises UnknownCall.
        """
        with reading(self._work) as unit:
            call = unit.session.get(Call, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            cover = cover_for(unit.session, call, unit.now)
            ways = overflow.exits(cover)
            exits_told = bool(ways) and has_event(unit.session, call_id, "exits_told")
            untold = call.state.is_waiting and not call.is_outbound and is_untold(unit, call, cover)
        if untold:
            in_one_unit(self._work, lambda unit: tell_uncovered(unit, self._call(unit, call_id)))
        return Round(call, ways, exits_told, unit.now)

    def leave_message(self, call_id: int) -> None:
        """The caller chose to speak a message: no seat is offered meanwhile, the place is kept."""

        def step(unit: UnitOfWork) -> None:
            call = self._call(unit, call_id)
            if move_call(unit, call, CallFact.MESSAGE):
                withdraw_open_offers(unit, call, "message")

        in_one_unit(self._work, step)

    def wish_callback(self, call_id: int) -> int | None:
        """Id of the call-back; the caller may go on waiting. None when there is no number to call."""

        def step(unit: UnitOfWork) -> int | None:
            callback = owe_callback(unit, self._call(unit, call_id), CallbackKind.WISH)
            return None if callback is None else callback.id

        return in_one_unit(self._work, step)

    def _call(self, unit: UnitOfWork, call_id: int) -> Call:
        call = load_call(unit, call_id)
        if call is None:
            raise UnknownCall(call_id=call_id)
        return call
