"""A call comes in, waits, and may ask for a message or a call-back instead.

call_arrived -> greeting -> enqueue -> position (each minute) -> offers take over
                    danger_key, recording_declined, leave_message, wish_callback at any moment
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hotline.domain import overflow
from hotline.domain.call_state import CallFact
from hotline.domain.priority import History, Reason, place_in_queue
from hotline.routing.callback_tries import called_again
from hotline.routing.callbacks import owe_callback
from hotline.routing.caller_history import history_of, last_operator
from hotline.routing.captions import follow as follow_captions
from hotline.routing.consent import UNDER_NOTICE, grant_by_notice, set_consent
from hotline.routing.duty import cover_for
from hotline.routing.errors import UnknownCall
from hotline.routing.on_file import OnFile, on_file
from hotline.routing.on_offer import on_offer, speaks
from hotline.routing.origin import IncomingCall, Origin, origin_of, place_of_number
from hotline.routing.queue_place import give_reason, set_wants
from hotline.routing.scene import local_time
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, move_call, record, withdraw_open_offers
from hotline.routing.waiting import Position, position_of
from models.calls import Call, CallEvent
from models.crypto import NumberHasher
from models.events import CallQueued, CallReturnedToQueue, CallUncovered
from models.policies import ConsentMode
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallbackKind, CallState, ConsentKind, ConsentState
from models.vocabulary_network import Language

__all__ = ["IncomingCall", "Intake", "Position"]

PlaceOf = Callable[[str], tuple[str | None, str | None]]
"""Place code and its source, of a number; nothing where the number tells nothing."""


@dataclass(frozen=True)
class Arrival:
    call: Call
    is_limited: bool
    """A limit on this number is in force: `Nuisance.held_until` tells whether this call comes through."""
    consent_mode: ConsentMode


@dataclass(frozen=True)
class _KnownBefore:
    """What the records tell of a caller's number before this call."""

    history: History
    origin: Origin
    last_operator_id: int | None


class Intake:
    def __init__(self, work: Work, hasher: NumberHasher, place_of: PlaceOf = place_of_number) -> None:
        self._work = work
        self._hasher = hasher
        self._place_of = place_of

    def call_arrived(self, incoming: IncomingCall) -> int:
        """Id of the call; see `arrived`."""
        return self.arrived(incoming).call.id

    def arrived(self, incoming: IncomingCall) -> Arrival:
        """A known carrier_sid keeps its call, its place and its state.

        A call that was held to be over but asks again is alive, and waits on with its old key.
        """
        caller_hash = self._hasher(incoming.from_number)

        def step(unit: UnitOfWork) -> Arrival:
            # Read in a unit of its own: on SQLite all other writers wait for the one that writes. Who tells
            # of the same call meanwhile meets its unique sid, and is asked again from here.
            with reading(self._work) as before:
                found = on_file(
                    before.session,
                    sid=incoming.carrier_sid,
                    caller_hash=caller_hash,
                    number_dialled=incoming.number_dialled,
                    now=before.now,
                )
                known_before = self._known_before(before, incoming, caller_hash, found)
            known = None if found.call_id is None else load_call(unit, found.call_id)
            if known is None:
                call = self._admit(unit, incoming, caller_hash, found, known_before)
            else:
                call = self._come_back(unit, known)
            return Arrival(call, found.is_limited, found.consent_mode)

        return in_one_unit(self._work, step)

    def _come_back(self, unit: UnitOfWork, known: Call) -> Call:
        key = known.arrived_at.timestamp() if known.queue_key is None else known.queue_key
        if move_call(unit, known, CallFact.CAME_BACK, key=key):
            known.queue_key = key
            known.ended_at, known.ended_by, known.outcome = None, None, None
            known.seat_id, known.operator_sid = None, None
            unit.tell(CallReturnedToQueue(known.id, "came_back"))
        return known

    def _known_before(
        self, unit: UnitOfWork, incoming: IncomingCall, caller_hash: str, found: OnFile
    ) -> _KnownBefore:
        called_before = found.called_before
        return _KnownBefore(
            history_of(unit.session, caller_hash) if called_before else History(),
            origin_of(unit.session, incoming, caller_hash, found, self._place_of),
            last_operator(unit.session, caller_hash) if called_before else None,
        )

    def _admit(
        self,
        unit: UnitOfWork,
        incoming: IncomingCall,
        caller_hash: str,
        found: OnFile,
        before: _KnownBefore,
    ) -> Call:
        origin = before.origin
        place = place_in_queue(unit.now, before.history, credits=found.credits)
        call = Call(
            carrier_sid=incoming.carrier_sid,
            channel=incoming.channel,
            number_dialled=incoming.number_dialled,
            caller_number=incoming.from_number,
            caller_hash=caller_hash,
            place_code=origin.place_code,
            place_source=origin.place_source,
            centre_id=origin.centre_id,
            line_id=origin.line_id,
            language=origin.language,
            known_person_id=before.last_operator_id,
            state=CallState.GREETING,
            state_since=unit.now,
            arrived_at=unit.now,
            queue_key=place.key,
            queue_reasons=[str(reason) for reason in place.reasons],
            is_demonstration=found.is_demonstration,
        )
        if Reason.CUT_OFF in place.reasons:
            call.resumes_call_id = unit.session.scalars(
                select(Call.id)
                .where(Call.caller_hash == caller_hash)
                .order_by(Call.arrived_at.desc())
                .limit(1)
            ).first()
        kept, was_in_danger = called_again(unit, caller_hash) if found.called_before else (None, False)
        if kept is not None:
            call.queue_key = min(place.key, kept)
            call.queue_reasons = [*call.queue_reasons, Reason.CALLED_AGAIN.value]
        unit.session.add(call)
        unit.session.flush()
        record(unit, call, "arrived", reasons=call.queue_reasons, key=call.queue_key, line_id=call.line_id)
        if was_in_danger:
            mark_danger(unit, call)
        return call

    def enqueue(self, call_id: int, heard_notice: bool = True) -> None:
        """The greeting is over: wait. With `heard_notice`, going on grants what the notice asked."""

        def step(unit: UnitOfWork) -> None:
            call = self._call(unit, call_id)
            if heard_notice:
                grant_by_notice(unit, call, *UNDER_NOTICE)
            if move_call(unit, call, CallFact.QUEUED):
                unit.tell(CallQueued(call.id))
                tell_uncovered(unit, call)

        in_one_unit(self._work, step)

    def notice_heard(self, call_id: int) -> None:
        """The notice was said to the end, later than in the greeting."""
        in_one_unit(self._work, lambda unit: grant_by_notice(unit, self._call(unit, call_id)))

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

    def position(self, call_id: int) -> Position:
        """Raises UnknownCall."""
        with reading(self._work) as unit:
            call = unit.session.get(Call, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            return position_of(unit.session, call, unit.now)

    def announced(self, call_id: int, told_until: datetime | None = None) -> None:
        """The caller just heard the position: the next is due a minute later.

        `told_until`: end of the wait that was told; None when no end was.
        """

        def step(unit: UnitOfWork) -> None:
            call = self._call(unit, call_id)
            call.announced_at, call.told_until = unit.now, told_until

        in_one_unit(self._work, step)

    def exits(self, call_id: int) -> tuple[overflow.Exit, ...]:
        """Ways out while nobody of the own centre is on duty; empty otherwise."""

        def step(unit: UnitOfWork) -> tuple[overflow.Exit, ...]:
            call = self._call(unit, call_id)
            if call.state.is_waiting:
                tell_uncovered(unit, call)
            return overflow.exits(cover_for(unit.session, call, unit.now))

        return in_one_unit(self._work, step)

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


def mark_danger(unit: UnitOfWork, call: Call) -> None:
    if not call.danger:
        call.danger = True
        record(unit, call, "danger")
    if call.queue_key is not None:
        give_reason(unit, call, Reason.DANGER)


def tell_uncovered(unit: UnitOfWork, call: Call) -> None:
    """Tell the supervisors, once a call, that a caller waits and nobody is on duty."""
    if call.is_outbound or not overflow.is_uncovered(cover_for(unit.session, call, unit.now)):
        return
    told = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == "uncovered")
    if unit.session.scalars(told).first() is None:
        record(unit, call, "uncovered")
        unit.tell(CallUncovered(call.id))
