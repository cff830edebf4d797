"""Issues as tables that leave the page: sums by week and city, or contact rows without text, hour, or a place
below the city. Nobody is named or numbered in them; rows stand in an order that tells nothing of the hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from analytics.place_tree import PlaceTree
from analytics.report.suppression import FEW, is_small
from models.places import UNKNOWN_PLACE, Place
from models.surveillance import Contact, Issue
from models.vocabulary import PlaceLevel

ABOVE_THE_COUNTY = (PlaceLevel.CITY, PlaceLevel.PROVINCE)
SUMS = ("issue_id", "issue", "week_begins", "city_code", "city", "persons", "calls")
CONTACTS = ("issue_id", "issue", "day", "city_code", "city", "population", "problem", "risk_level")
SHEET_COMMANDS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run by a spreadsheet: names are people's words."""


@dataclass(frozen=True, slots=True)
class Cities:
    """The city (or province) that a place is told as; the unknown place stays by itself."""

    codes: dict[str, str]
    names: dict[str, str]

    @classmethod
    def load(cls, session: Session) -> Cities:
        places = {place.code: place for place in session.scalars(select(Place))}
        tree = PlaceTree.load(session)
        codes = {
            code: next((at for at in tree.line(code) if places[at].level in ABOVE_THE_COUNTY), UNKNOWN_PLACE)
            for code in places
        }
        return cls(codes, {code: place.name_zh for code, place in places.items()})

    def of(self, code: str) -> tuple[str, str]:
        city = self.codes.get(code, UNKNOWN_PLACE)
        return city, self.names.get(city, "")


def sums(session: Session, chosen: Sequence[ColumnElement[bool]]) -> Iterator[tuple[str, ...]]:
    """Persons and calls of each issue, week (from Monday) and city; cells under five persons say so."""
    cities = Cities.load(session)
    persons: dict[tuple[int, str, date, str], set[str]] = defaultdict(set)
    calls: dict[tuple[int, str, date, str], int] = defaultdict(int)
    for row in _rows(session, chosen):
        week = row.day - timedelta(days=row.day.weekday())
        key = (row.whole, row.name, week, cities.of(row.place_code)[0])
        persons[key].add(row.person_hash)
        calls[key] += 1
    yield SUMS
    for key in sorted(persons):
        issue_id, name, week, city = key
        few = is_small(len(persons[key]))
        shown = (FEW, FEW) if few else (str(len(persons[key])), str(calls[key]))
        yield (str(issue_id), _cell(name), week.isoformat(), city, cities.names.get(city, ""), *shown)


def contacts(session: Session, chosen: Sequence[ColumnElement[bool]]) -> Iterator[tuple[str, ...]]:
    """One row a contact."""
    cities = Cities.load(session)
    found = [
        (
            str(row.whole),
            _cell(row.name),
            row.day.isoformat(),
            *cities.of(row.place_code),
            row.population or "",
            row.problem or "",
            "" if row.risk_level is None else f"R{row.risk_level}",
        )
        for row in _rows(session, chosen)
    ]
    yield CONTACTS
    yield from sorted(found, key=lambda row: (row[2], *row))


def _rows(session: Session, chosen: Sequence[ColumnElement[bool]]) -> Iterator[Any]:
    whole = func.coalesce(Issue.alias_of_id, Issue.id)
    named = select(Issue.id, Issue.name).subquery()
    return iter(
        session.execute(
            select(
                whole.label("whole"),
                named.c.name,
                Contact.day,
                Contact.place_code,
                Contact.population,
                Contact.problem,
                Contact.risk_level,
                Contact.person_hash,
            )
            .select_from(Contact)
            .join(Issue, Issue.id == Contact.issue_id)
            .join(named, named.c.id == whole)
            .where(*chosen)
        )
    )


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(SHEET_COMMANDS) else text
