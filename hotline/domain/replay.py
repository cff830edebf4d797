"""State rebuilt from the event log alone: a fold of what happened over the rules of calls and seats.

It reads the log's lines and nothing else, and asks the same tables (`call_state`, `seat_state`) that moved
the records. A line that does not fit what the lines before it made raises BrokenLog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hotline.domain import call_state, seat_state
from hotline.domain.call_state import CallFact, outcome_of
from hotline.domain.seat_state import SeatFact, SeatSnapshot, keeps_its_call
from models.vocabulary import AgentStatus, CallbackKind, CallOutcome, CallState, OfferState, SeatState


class BrokenLog(Exception):
    """A line does not follow from those before it: one is missing, or was written out of order."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Line:
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class CallPicture:
    """What a call's record must say. `key` and `reasons`: its place in the order."""

    state: CallState = CallState.GREETING
    key: float | None = None
    reasons: tuple[str, ...] = ()
    danger: bool = False
    seat_id: int | None = None
    person_id: int | None = None
    on_hold: bool = False
    outcome: CallOutcome | None = None
    ended_by: str | None = None
    place_told: bool = False
    """An operator wrote down where the person is: `place_code` is then part of the record to explain."""
    place_code: str | None = None


@dataclass(frozen=True)
class _History:
    """What an ended call's outcome hangs on."""

    answered: bool = False
    transferred: bool = False
    limited: bool = False
    callbacks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SeatPicture:
    """What a seat's record must say."""

    state: SeatState = SeatState.OFFLINE
    reason: str | None = None
    person_id: int | None = None
    status: AgentStatus = AgentStatus.SIGNED_OUT
    device_live: bool = False
    call_id: int | None = None


_CALL_FACTS = frozenset(fact.value for fact in CallFact)
_SEAT_FACTS = frozenset(fact.value for fact in SeatFact)
_OFFER_OVER = frozenset(
    f"offer_{state}" for state in (OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN)
)


def replay_call(lines: Iterable[Line]) -> CallPicture:
    """Raises BrokenLog. Kinds that move nothing (what was asked, what was said) are passed over."""
    picture, history = CallPicture(), _History()
    for line in lines:
        if line.kind in _CALL_FACTS:
            picture, history = _call_moved(picture, history, CallFact(line.kind), line.data)
        else:
            picture, history = _call_changed(picture, history, line)
    return picture


def _call_moved(
    picture: CallPicture, history: _History, fact: CallFact, data: Mapping[str, Any]
) -> tuple[CallPicture, _History]:
    following = call_state.after(picture.state, fact)
    if following is None or data.get("before", str(picture.state)) != str(picture.state):
        raise BrokenLog(fact.value)
    moved = replace(picture, state=following)
    match fact:
        case CallFact.CONNECTING if "offer_id" in data:
            seat_id = data.get("seat_id", moved.seat_id)
            moved = replace(moved, seat_id=seat_id, person_id=data.get("person_id"))
        case CallFact.QUEUED:
            history = replace(history, limited=False)
        case CallFact.TALKING:
            history = replace(history, answered=True)
        case CallFact.NOT_CONNECTED:
            moved = replace(moved, seat_id=None)
        case CallFact.OPERATOR_LOST | CallFact.PUT_BACK:
            moved = replace(moved, seat_id=None, on_hold=False)
        case CallFact.CAME_BACK:
            key = data.get("key", moved.key)
            moved = replace(moved, seat_id=None, key=key, outcome=None, ended_by=None)
        case CallFact.ENDED:
            ended_by = str(data.get("ended_by"))
            moved = replace(moved, on_hold=False, ended_by=ended_by, outcome=_outcome(history, ended_by))
    return moved, history


def _call_changed(picture: CallPicture, history: _History, line: Line) -> tuple[CallPicture, _History]:
    data = line.data
    match line.kind:
        case "arrived":
            reasons = tuple(data.get("reasons", ()))
            return replace(picture, key=data.get("key"), reasons=reasons), history
        case "placed":
            reasons = (str(data["reason"]), *picture.reasons)
            return replace(picture, key=data["key"], reasons=reasons), history
        case "danger":
            return replace(picture, danger=True), history
        case "place_told":
            return replace(picture, place_told=True, place_code=data["place"]), history
        case "offer_made":
            return replace(picture, seat_id=picture.seat_id or data["seat_id"]), history
        case kind if kind in _OFFER_OVER:
            same = picture.seat_id == data["seat_id"]
            # Several seats may ring for one call: another that rings on takes the place of this one.
            return (replace(picture, seat_id=data.get("rings")) if same else picture), history
        case "held" | "unheld":
            return replace(picture, on_hold=line.kind == "held"), history
        case "served_by":
            return replace(picture, seat_id=data["seat_id"], person_id=data["person_id"]), history
        case "not_reached":
            return replace(picture, outcome=CallOutcome.UNREACHED), history
        case "limited":
            return picture, replace(history, limited=True)
        case "standby_answered":
            if picture.outcome not in (None, CallOutcome.ANSWERED):
                # The hang-up was told before the answer there.
                picture = replace(picture, outcome=CallOutcome.TRANSFERRED)
            return picture, replace(history, transferred=True)
        case "callback_owed":
            kind = str(data["callback_kind"])
            if kind == CallbackKind.MESSAGE.value and picture.outcome is CallOutcome.ABANDONED:
                # The hang-up was told before the message that it ended.
                picture = replace(picture, outcome=CallOutcome.MESSAGE)
            return picture, replace(history, callbacks=history.callbacks | {kind})
    return picture, history


def _outcome(history: _History, ended_by: str) -> CallOutcome:
    return outcome_of(
        answered=history.answered,
        transferred=history.transferred,
        left_message=CallbackKind.MESSAGE.value in history.callbacks,
        wished_callback=CallbackKind.WISH.value in history.callbacks,
        ended_by=ended_by,
        limited=history.limited,
    )


def replay_seat(lines: Iterable[Line]) -> SeatPicture:
    """Raises BrokenLog."""
    picture = SeatPicture()
    for line in lines:
        if line.kind in _SEAT_FACTS:
            picture = _seat_moved(picture, SeatFact(line.kind), line.data)
        else:
            picture = _seat_changed(picture, line)
    return picture


def _seat_moved(picture: SeatPicture, fact: SeatFact, data: Mapping[str, Any]) -> SeatPicture:
    snapshot = SeatSnapshot(picture.state, picture.status, picture.device_live, picture.reason)
    following = seat_state.after(snapshot, fact)
    if following is None or data["before"] != str(picture.state):
        raise BrokenLog(fact.value)
    if following is SeatState.OFFLINE:
        return SeatPicture(reason=data["reason"])
    call_id = data.get("call_id", picture.call_id if keeps_its_call(following, fact) else None)
    return replace(picture, state=following, reason=data["reason"], call_id=call_id)


def _seat_changed(picture: SeatPicture, line: Line) -> SeatPicture:
    data = line.data
    match line.kind:
        case "found":
            return SeatPicture(
                SeatState(data["state"]),
                data["reason"],
                data["person_id"],
                AgentStatus(data["status"]),
                data["device_live"],
                data["call_id"],
            )
        case "person":
            return replace(picture, person_id=data["person_id"])
        case "status":
            return replace(picture, status=AgentStatus(data["status"]))
        case "device":
            return replace(picture, device_live=data["live"])
        case "reason":
            return replace(picture, reason=data["reason"])
        case "unbound":
            return replace(picture, call_id=None)
    raise BrokenLog(line.kind)
