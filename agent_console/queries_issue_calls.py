"""The calls of an issue, one page at a time, and the redacted texts of its newest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.places import UNKNOWN_NAMES
from agent_console.queries_examples import EXAMPLE_POOL, Example, medoids
from analytics.issues.line import Place as Standing
from analytics.issues.line import newest_of
from models.calls import Call
from models.places import Place
from models.surveillance import Contact, Issue

CALLS_SHOWN = 100
ID_DIGITS = 9
"""More is no number of a contact, and too much for the database."""


@dataclass(frozen=True)
class IssueCall:
    call_id: int
    arrived_at: datetime
    place_zh: str
    place_en: str
    population: str | None
    problem: str | None
    risk_level: int | None
    source: str | None


def issue_examples(session: Session, issue_id: int) -> tuple[Example, ...]:
    """Redacted texts of its newest calls, nearest to its middle first."""
    ids = [contact_id for _, contact_id in newest_of(session, issue_id, EXAMPLE_POOL)]
    contacts = session.scalars(
        select(Contact).where(Contact.id.in_(ids)).order_by(Contact.day.desc(), Contact.id.desc())
    ).all()
    return medoids(contacts, session.get(Issue, issue_id))


def standing_of(before: str) -> Standing | None:
    """`DAY.ID` of an address; None for whatever else stands there."""
    day, _, contact_id = before.partition(".")
    if not contact_id.isdecimal() or len(contact_id) > ID_DIGITS:
        return None
    try:
        return date.fromisoformat(day), int(contact_id)
    except ValueError:
        return None


def page_of_calls(
    session: Session, issue_id: int, before: Standing | None
) -> tuple[tuple[IssueCall, ...], str | None]:
    """A page of calls, newest first, and where the next one begins."""
    standing = newest_of(session, issue_id, CALLS_SHOWN + 1, before)
    older = None
    if len(standing) > CALLS_SHOWN:
        day, contact_id = standing[CALLS_SHOWN - 1]
        older = f"{day.isoformat()}.{contact_id}"
    rows = session.execute(
        select(
            Contact.call_id,
            Contact.population,
            Contact.problem,
            Contact.risk_level,
            Contact.text_source,
            Call.arrived_at,
            Place.name_zh,
            Place.name_en,
        )
        .join(Call, Call.id == Contact.call_id)
        .outerjoin(Place, Place.code == Contact.place_code)
        .where(Contact.id.in_([contact_id for _, contact_id in standing[:CALLS_SHOWN]]))
        .order_by(Contact.day.desc(), Call.arrived_at.desc())
    )
    calls = tuple(
        IssueCall(
            call_id=row.call_id,
            arrived_at=row.arrived_at,
            place_zh=row.name_zh or UNKNOWN_NAMES[0],
            place_en=row.name_en or UNKNOWN_NAMES[1],
            population=row.population,
            problem=row.problem,
            risk_level=row.risk_level,
            source=row.text_source,
        )
        for row in rows
    )
    return calls, older
