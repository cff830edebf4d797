"""The queue in its order, and single calls for the figures; the log says when each entered the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session, joinedload

from agent_console.measures import CallFact
from hotline.domain.explanation import Explanation, explain
from hotline.domain.priority import Credits
from models.call_back_words import CallDirection
from models.calls import Call, CallEvent
from models.crypto import mask_number
from models.vocabulary import CallState
from models.vocabulary_record import Channel

INBOUND = (Channel.PHONE, Channel.WEB_TEXT, Channel.APP, Channel.VIDEO)
"""Contacts that ring a seat; visits, follow-ups and call-backs are counted apart."""
WAITING = (CallState.QUEUED, CallState.CONNECTING)

QUEUED_EVENT = "queued"


@dataclass(frozen=True)
class WaitingCall:
    call_id: int
    state: CallState
    waiting_since: datetime
    waited_seconds: float
    place_zh: str | None
    place_en: str | None
    danger: bool
    order: Explanation
    """Why it stands where it stands."""
    language: str
    wanted: tuple[str, ...]
    tail: str
    """The last digits of a masked number, or what the channel is."""


def call_facts(session: Session, since: datetime, until: datetime) -> list[CallFact]:
    """The inbound calls that arrived in [since, until), with the moment each entered the queue."""
    entered = _entered_queue(Call.arrived_at >= since, Call.arrived_at < until)
    rows = session.execute(
        select(
            Call.id,
            Call.centre_id,
            Call.arrived_at,
            entered.c.at,
            Call.answered_at,
            Call.ended_at,
            Call.outcome,
        )
        .outerjoin(entered, entered.c.call_id == Call.id)
        .where(
            Call.arrived_at >= since,
            Call.arrived_at < until,
            Call.channel.in_(INBOUND),
            Call.direction != CallDirection.ENTERED,
        )
    )
    return [
        CallFact(
            call_id=row[0],
            centre_id=row[1],
            entered_at=row[3] or row[2],
            answered_at=row[4],
            ended_at=row[5],
            outcome=row[6],
        )
        for row in rows
    ]


def _entered_queue(*of_calls: ColumnElement[bool]) -> Subquery:
    """When each of these calls first entered the queue. The log is long: only their lines are read."""
    return (
        select(CallEvent.call_id, func.min(CallEvent.at).label("at"))
        .join(Call, Call.id == CallEvent.call_id)
        .where(CallEvent.kind == QUEUED_EVENT, *of_calls)
        .group_by(CallEvent.call_id)
        .subquery()
    )


def waiting_rows(session: Session) -> list[tuple[Call, datetime]]:
    entered = _entered_queue(Call.state.in_(WAITING))
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
