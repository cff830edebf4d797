"""Who is signed in: read once a request, checked against the person's record."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from flask import current_app, g, request, session
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.parts import ConsoleParts
from models.participation import Participation
from models.people import Person
from models.seats import Seat
from models.vocabulary import Role, SeatState
from models.vocabulary_talk import ParticipationState

PASSIVE_HEADER = "X-Hotline-Passive"
"""Sent by timers and pushed refreshes: such a request is no sign that a person is there."""

AT_WORK = frozenset({SeatState.AVAILABLE, SeatState.OFFERED, SeatState.TALKING, SeatState.WRAP_UP})
"""A person at such a seat is never signed out for being still: the next ring needs this very page."""


@dataclass(frozen=True)
class SignedIn:
    """The person of this request; a copy, so that no template touches the record."""

    id: int
    name: str
    login: str
    role: Role
    centre_id: int | None
    place_code: str | None
    language: str
    theme: str


_COPIED = [getattr(Person, one.name) for one in fields(SignedIn)]
_PERSON = select(*_COPIED, Person.active, Person.session_epoch, Seat.state.label("seat_state")).outerjoin(
    Seat, Seat.person_id == Person.id
)
"""One question, since every request asks it."""


def parts() -> ConsoleParts:
    """The parts of the running console."""
    found = current_app.extensions["console_parts"]
    assert isinstance(found, ConsoleParts)
    return found


def open_session(person: Person, now: datetime) -> None:
    """Begin a fresh session; whatever stood in the old one is dropped (session fixation)."""
    session.clear()
    session.permanent = True
    session["person"] = person.id
    session["epoch"] = person.session_epoch
    session["began"] = session["seen"] = int(now.timestamp())


def close_session() -> None:
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def current_person() -> SignedIn | None:
    """None: nobody, or no longer (ended by an administrator, too old, or too long idle)."""
    if "signed_in" not in g:
        g.signed_in = _read_person()
    found: SignedIn | None = g.signed_in
    return found


def me() -> SignedIn:
    """The person of a request that the permission guard let through."""
    person = current_person()
    assert person is not None, "a guarded view was reached without a person"
    return person


def _read_person() -> SignedIn | None:
    person_id = session.get("person")
    if not isinstance(person_id, int):
        return None
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        found = records.execute(_PERSON.where(Person.id == person_id)).first()
        over = found is not None and found.seat_state not in AT_WORK and _is_over(now)
        over = over and not _in_a_talk(records, person_id)
    if found is None or not found.active or found.session_epoch != session.get("epoch"):
        close_session()
        return None
    if over:
        close_session()
        return None
    if PASSIVE_HEADER not in request.headers:
        session["seen"] = int(now.timestamp())
    return SignedIn(*found[: len(_COPIED)])


def _in_a_talk(records: Session, person_id: int) -> bool:
    """Who listens to a hard call sits still, and the talk's sound comes through this very page."""
    inside = select(Participation.id).where(
        Participation.person_id == person_id, Participation.state == ParticipationState.IN
    )
    return records.scalars(inside.limit(1)).first() is not None


def _is_over(now: datetime) -> bool:
    limits = parts().settings
    seen = datetime.fromtimestamp(session.get("seen", 0), UTC)
    began = datetime.fromtimestamp(session.get("began", 0), UTC)
    return now - seen > timedelta(seconds=limits.idle_seconds) or now - began > timedelta(
        hours=limits.session_hours
    )
