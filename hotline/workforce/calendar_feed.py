"""A person's shifts as iCalendar (RFC 5545), for a calendar that knows the secret link; nobody else's name
stands in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.workforce.duty_contacts import hash_of
from models.duty_requests import DutyContact
from models.people import Person
from models.places import Organisation
from models.workforce import Shift

if TYPE_CHECKING:
    from icalendar import Event

BACK, AHEAD = timedelta(days=30), timedelta(days=400)
LEAST_TOKEN = 24
REFRESH = timedelta(hours=1)


def feed_of(session: Session, token: str, now: datetime) -> bytes | None:
    """None: the link is unknown, revoked, or its person is no longer active."""
    if len(token) < LEAST_TOKEN:
        return None
    # Looked up by its hash, so that no comparison of secrets tells by its time how far it went.
    person = session.scalars(
        select(Person)
        .join(DutyContact, DutyContact.person_id == Person.id)
        .where(DutyContact.feed_token_hash == hash_of(token), Person.active.is_(True))
    ).first()
    if person is None:
        return None
    shifts = session.scalars(
        select(Shift)
        .where(Shift.person_id == person.id, Shift.ends_at > now - BACK, Shift.starts_at < now + AHEAD)
        .options(joinedload(Shift.centre), joinedload(Shift.seat))
        .order_by(Shift.starts_at, Shift.id)
    )
    number = session.scalar(select(Organisation.number).order_by(Organisation.id).limit(1)) or ""
    english = person.language == "en"
    from icalendar import Calendar  # hundreds of modules: no start waits for them

    calendar = Calendar()
    calendar.add("prodid", f"-//Psychological aid hotline {number}//roster//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Hotline {number} roster" if english else f"心理援助热线 {number} 班表")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for shift in shifts:
        calendar.add_component(_event(shift, english, now))
    return bytes(calendar.to_ical())


def _event(shift: Shift, english: bool, now: datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"shift-{shift.id}@hotline.invalid")
    event.add("dtstamp", now)
    event.add("dtstart", shift.starts_at)
    event.add("dtend", shift.ends_at)
    event.add("sequence", shift.revision)
    kind, centre = (shift.kind.en, shift.centre.name_en) if english else (shift.kind.zh, shift.centre.name_zh)
    seat = f" · {shift.seat.label}" if shift.seat is not None else ""
    event.add("summary", f"{kind} · {centre}{seat}")
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE")
    return event
