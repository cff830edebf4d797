"""A call comes in: what the records know of its number is read first, then it is saved with its place.

Somebody listens to silence meanwhile, and on SQLite all other writers wait for this one: so the two rows of
a new call are written by plain statements, back to back, once all that they hold is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert, select

from hotline.domain.call_state import CallFact
from hotline.domain.priority import History, Reason, place_in_queue
from hotline.routing.callback_tries import called_again
from hotline.routing.caller_history import history_of, last_operator
from hotline.routing.on_file import OnFile, on_file
from hotline.routing.origin import IncomingCall, Origin, origin_of, place_of_number
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, move_call
from hotline.routing.waiting_marks import mark_danger
from models.calls import Call, CallEvent
from models.crypto import NumberHasher
from models.events import CallReturnedToQueue
from models.policies import ConsentMode
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState

PlaceOf = Callable[[str], tuple[str | None, str | None]]
"""Place code and its source, of a number; nothing where the number tells nothing."""


_CALL, _EVENT = insert(Call), insert(CallEvent)


@dataclass(frozen=True)
class Arrival:
    call_id: int
    state: CallState
    language: str
    is_limited: bool
    """A limit on this number is in force: `Nuisance.held_until` tells whether this call comes through."""
    consent_mode: ConsentMode
    english_spoken: bool
    """Somebody on duty serves in English today."""


@dataclass(frozen=True)
class _KnownBefore:
    """What the records tell of a caller's number before this call."""

    history: History
    origin: Origin
    last_operator_id: int | None


class Arrivals:
    """The part of the intake that `Intake` inherits."""

    def __init__(self, work: Work, hasher: NumberHasher, place_of: PlaceOf = place_of_number) -> None:
        self._work = work
        self._hasher = hasher
        self._place_of = place_of

    def call_arrived(self, incoming: IncomingCall) -> int:
        """Id of the call; see `arrived`."""
        return self.arrived(incoming).call_id

    def arrived(self, incoming: IncomingCall) -> Arrival:
        """A known carrier_sid keeps its call, its place and its state.

        A call that was held to be over but asks again is alive, and waits on with its old key.
        """
        caller_hash = self._hasher(incoming.from_number)

        def step(unit: UnitOfWork) -> Arrival:
            # Read in a unit of its own, before anybody has to wait for this one's writing. Who tells of the
            # same call meanwhile meets its unique sid, and is asked again from here.
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
                call_id = self._admit(unit, incoming, caller_hash, found, known_before)
                state, language = CallState.GREETING, known_before.origin.language
            else:
                self._come_back(unit, known)
                call_id, state, language = known.id, known.state, known.language
            return Arrival(
                call_id, state, language, found.is_limited, found.consent_mode, found.english_spoken
            )

        return in_one_unit(self._work, step)

    def _come_back(self, unit: UnitOfWork, known: Call) -> None:
        key = known.arrived_at.timestamp() if known.queue_key is None else known.queue_key
        if move_call(unit, known, CallFact.CAME_BACK, key=key):
            known.queue_key = key
            known.ended_at, known.ended_by, known.outcome = None, None, None
            known.seat_id, known.operator_sid = None, None
            unit.tell(CallReturnedToQueue(known.id, "came_back"))

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
    ) -> int:
        """Id of the new call."""
        origin = before.origin
        place = place_in_queue(unit.now, before.history, credits=found.credits)
        key, reasons = place.key, [str(reason) for reason in place.reasons]
        kept, was_in_danger = called_again(unit, caller_hash) if found.called_before else (None, False)
        if kept is not None:
            key, reasons = min(key, kept), [*reasons, Reason.CALLED_AGAIN.value]
        values = {
            "carrier_sid": incoming.carrier_sid,
            "channel": incoming.channel,
            "number_dialled": incoming.number_dialled,
            "caller_number": incoming.from_number,
            "caller_hash": caller_hash,
            "place_code": origin.place_code,
            "place_source": origin.place_source,
            "centre_id": origin.centre_id,
            "line_id": origin.line_id,
            "language": origin.language,
            "known_person_id": before.last_operator_id,
            # Nobody is wanted for it before the greeting is over.
            "need": None,
            "state": CallState.GREETING,
            "state_since": unit.now,
            "arrived_at": unit.now,
            "queue_key": key,
            "queue_reasons": reasons,
            "resumes_call_id": _newest(unit, caller_hash) if Reason.CUT_OFF in place.reasons else None,
            "is_demonstration": found.is_demonstration,
        }
        connection = unit.session.connection()
        key_of = connection.execute(_CALL, values).inserted_primary_key
        assert key_of is not None
        call_id = int(key_of[0])
        data = {"reasons": reasons, "key": key, "line_id": origin.line_id}
        connection.execute(_EVENT, {"call_id": call_id, "at": unit.now, "kind": "arrived", "data": data})
        if was_in_danger:
            mark_danger(unit, unit.session.get_one(Call, call_id))
        return call_id


def _newest(unit: UnitOfWork, caller_hash: str) -> int | None:
    of_caller = select(Call.id).where(Call.caller_hash == caller_hash)
    return unit.session.scalars(of_caller.order_by(Call.arrived_at.desc()).limit(1)).first()
