"""The queue in its order; the log says when each call entered it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.domain.explanation import Explanation, explain
from hotline.domain.priority import Credits
from hotline.workforce.measured import entered_queue
from hotline.workforce.standing import WAITING
from models.calls import Call
from models.crypto import mask_number
from models.vocabulary import CallState


@dataclass(frozen=True)
class WaitingCall:
    call_id: int
    state: CallState
    waiting_since: datetime
    waited_seconds: float = field(compare=False)
    """It grows by itself, and so does the score."""
    place_zh: str | None
    place_en: str | None
    danger: bool
    order: Explanation = field(compare=False)
    """Why it stands where it stands."""
    language: str
    wanted: tuple[str, ...]
    tail: str
    """The last digits of a masked number, or what the channel is."""


def waiting_rows(session: Session) -> list[tuple[Call, datetime]]:
    entered = entered_queue(Call.state.in_(WAITING))
    rows = session.execute(
        select(Call, entered.c.at)
        .outerjoin(entered, entered.c.call_id == Call.id)
        .where(Call.state.in_(WAITING))
        .options(joinedload(Call.place))
        .order_by(Call.queue_key.nulls_last(), Call.arrived_at)
    )
    return [(call, at or call.arrived_at) for call, at in rows]


def waiting_call(call: Call, entered_at: datetime, now: datetime, credits: Credits) -> WaitingCall:
    return WaitingCall(
        call_id=call.id,
        state=call.state,
        waiting_since=entered_at,
        waited_seconds=max(0.0, (now - entered_at).total_seconds()),
        place_zh=call.place.name_zh if call.place else None,
        place_en=call.place.name_en if call.place else None,
        danger=call.danger,
        order=order_of(call, now, credits),
        language=call.language,
        wanted=tuple(call.wanted_skills),
        tail=_tail(call.caller_number),
    )


def order_of(call: Call, now: datetime, credits: Credits) -> Explanation:
    key = call.queue_key if call.queue_key is not None else call.arrived_at.timestamp()
    return explain(key, call.queue_reasons, call.arrived_at, now, credits)


def _tail(number: str | None) -> str:
    masked = mask_number(number or "")
    return masked.rsplit(" ", 1)[-1] if masked[:1].isdigit() else ""
