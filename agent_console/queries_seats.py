"""Seats by state, and the dangers and calls for help that belong to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.calls import Call
from models.care import Danger, HelpRequest
from models.notes import Note
from models.people import Person
from models.places import Place
from models.seats import Seat
from models.vocabulary import AgentStatus, CallState, DangerState, SeatState


@dataclass(frozen=True)
class SeatCard:
    seat_id: int
    label: str
    centre_id: int
    person: str | None
    state: SeatState
    since: datetime
    seconds: float = field(compare=False)
    """It grows by itself: a card that differs in nothing else says the same."""
    status: AgentStatus
    status_since: datetime
    state_reason: str | None
    device_live: bool
    wrap_up_until: datetime | None
    call_id: int | None
    place_zh: str | None
    place_en: str | None
    risk_level: int | None
    danger: bool
    help_asked: bool
    help_seen: bool

    @property
    def urgency(self) -> tuple[int, float]:
        """Danger first, then an unseen help request, then the longest in its state."""
        return (0 if self.danger else 1 if self.help_asked and not self.help_seen else 2, -self.seconds)


@dataclass(frozen=True)
class OpenDanger:
    danger_id: int
    call_id: int
    source: str
    raised_at: datetime
    seconds: float
    seen_at: datetime | None
    seen_by: str | None
    seat_label: str | None
    person: str | None
    place_zh: str | None
    place_en: str | None
    risk_level: int | None
    call_state: CallState
    call_seconds: float | None


@dataclass(frozen=True)
class OpenHelp:
    help_id: int
    call_id: int
    seat_label: str
    person: str | None
    asked_at: datetime
    seconds: float
    seen_at: datetime | None
    goes_on: bool
    """The talk."""


def read_seats(
    session: Session, now: datetime, dangers: Iterable[OpenDanger], helps: Iterable[OpenHelp]
) -> tuple[SeatCard, ...]:
    """Columns alone: a province has hundreds of seats, and every board reads them each second."""
    rows = session.execute(
        select(
            *_OF_SEAT,
            Person.name.label("person"),
            Call.id.label("bound_to"),
            Place.name_zh,
            Place.name_en,
            Note.risk_level,
            Note.risk_floor,
        )
        .outerjoin(Person, Person.id == Seat.person_id)
        .outerjoin(Call, Call.id == Seat.call_id)
        .outerjoin(Place, Place.code == Call.place_code)
        .outerjoin(Note, Note.call_id == Call.id)
        .where(Seat.retired_at.is_(None))
        .order_by(Seat.label)
    ).all()
    in_danger = {danger.call_id for danger in dangers}
    # Of talks that still go on; the newest of each call stands for it.
    helped = {one.call_id: one for one in sorted(helps, key=lambda one: one.help_id) if one.goes_on}
    cards = [
        SeatCard(
            seat_id=row.id,
            label=row.label,
            centre_id=row.centre_id,
            person=row.person,
            state=row.state,
            since=row.state_since,
            seconds=max(0.0, (now - row.state_since).total_seconds()),
            status=row.status,
            status_since=row.status_since,
            state_reason=row.state_reason,
            device_live=row.device_live,
            wrap_up_until=row.wrap_up_until,
            call_id=row.bound_to,
            place_zh=row.name_zh,
            place_en=row.name_en,
            risk_level=_level(row.risk_level, row.risk_floor),
            danger=row.bound_to in in_danger,
            help_asked=row.bound_to in helped,
            help_seen=row.bound_to in helped and helped[row.bound_to].seen_at is not None,
        )
        for row in rows
    ]
    return tuple(sorted(cards, key=lambda card: card.urgency))


_OF_SEAT = (
    Seat.id,
    Seat.label,
    Seat.centre_id,
    Seat.state,
    Seat.state_since,
    Seat.status,
    Seat.status_since,
    Seat.state_reason,
    Seat.device_live,
    Seat.wrap_up_until,
)


def risk_of(note: Note | None) -> int | None:
    return None if note is None else _level(note.risk_level, note.risk_floor)


def _level(level: int | None, floor: int | None) -> int | None:
    return max(level or 0, floor or 0) if level or floor else None


def open_dangers(session: Session, now: datetime) -> tuple[OpenDanger, ...]:
    rows = session.execute(
        select(Danger, Note)
        .join(Danger.call)
        .outerjoin(Note, Note.call_id == Danger.call_id)
        .where(Danger.state == DangerState.OPEN)
        .options(
            joinedload(Danger.seen_by),
            joinedload(Danger.call).joinedload(Call.place),
            joinedload(Danger.call).joinedload(Call.seat),
            joinedload(Danger.call).joinedload(Call.person),
        )
        .order_by(Danger.seen_at.is_not(None), Danger.raised_at)
    )
    return tuple(
        OpenDanger(
            danger_id=danger.id,
            call_id=danger.call_id,
            source=danger.source,
            raised_at=danger.raised_at,
            seconds=max(0.0, (now - danger.raised_at).total_seconds()),
            seen_at=danger.seen_at,
            seen_by=danger.seen_by.name if danger.seen_by else None,
            seat_label=danger.call.seat.label if danger.call.seat else None,
            person=danger.call.person.name if danger.call.person else None,
            place_zh=danger.call.place.name_zh if danger.call.place else None,
            place_en=danger.call.place.name_en if danger.call.place else None,
            risk_level=risk_of(note),
            call_state=danger.call.state,
            call_seconds=(
                (now - danger.call.answered_at).total_seconds()
                if danger.call.answered_at and not danger.call.ended_at
                else None
            ),
        )
        for danger, note in rows
    )


def open_helps(session: Session, now: datetime) -> tuple[OpenHelp, ...]:
    """Unseen requests stay until a person has seen them, even when the talk is over."""
    rows = session.execute(
        select(HelpRequest, Seat, Call.state)
        .join(Seat, Seat.id == HelpRequest.seat_id)
        .join(Call, Call.id == HelpRequest.call_id)
        .where(HelpRequest.seen_at.is_(None) | (Call.state != CallState.ENDED))
        .options(joinedload(Seat.person))
        .order_by(HelpRequest.seen_at.is_not(None), HelpRequest.asked_at)
    )
    return tuple(
        OpenHelp(
            help_id=request.id,
            call_id=request.call_id,
            seat_label=seat.label,
            person=seat.person.name if seat.person else None,
            asked_at=request.asked_at,
            seconds=max(0.0, (now - request.asked_at).total_seconds()),
            seen_at=request.seen_at,
            goes_on=state is not CallState.ENDED,
        )
        for request, seat, state in rows
    )
