"""Breakdowns by distinct persons: of a population, a place, a sliding window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from agent_console.places import names_of
from models.surveillance import Contact
from models.vocabulary_record import Population

Counted = Contact | Row[*tuple[Any, ...]]
"""A contact, or a row of the columns that are counted: its text and vector stay sealed."""

UNTOLD = str(Population.UNTOLD)


@dataclass(frozen=True)
class Share:
    """One part of a breakdown by distinct persons; `share` is of all persons in the window."""

    code: str
    name_zh: str
    name_en: str
    persons: int
    share: float


def sliding_persons(
    contacts: Iterable[tuple[date, str]], first: date, last: date, window_days: int
) -> dict[date, int]:
    """For each day in [first, last]: distinct persons of the `window_days` days that end on it."""
    by_day: dict[date, set[str]] = {}
    for day, person in contacts:
        by_day.setdefault(day, set()).add(person)
    sums = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        window = (by_day.get(day - timedelta(days=back), set()) for back in range(window_days))
        sums[day] = len(set().union(*window))
    return sums


def population_shares(contacts: Iterable[Counted]) -> tuple[Share, ...]:
    persons, whole = _persons((contact.population or UNTOLD, contact.person_hash) for contact in contacts)
    return shares_of_populations(persons, whole)


def place_shares(session: Session, contacts: Iterable[Counted]) -> tuple[Share, ...]:
    persons, whole = _persons((contact.place_code, contact.person_hash) for contact in contacts)
    return shares_of_places(session, persons, whole)


def shares_of_populations(persons: Mapping[str, int], whole: int) -> tuple[Share, ...]:
    """`persons` by code; a person may be in several parts of the `whole`."""
    known = {str(member): (member.zh, member.en) for member in Population}
    untold = known[UNTOLD]
    return _shares(persons, {code: known.get(code, untold) for code in persons}, whole)


def shares_of_places(session: Session, persons: Mapping[str, int], whole: int) -> tuple[Share, ...]:
    names = names_of(session, persons)
    return _shares(persons, {code: names.get(code, (code, code)) for code in persons}, whole)


def _shares(
    persons: Mapping[str, int], names: Mapping[str, tuple[str, str]], whole: int
) -> tuple[Share, ...]:
    shares = [Share(code, *names[code], persons=n, share=n / whole) for code, n in persons.items()]
    return tuple(sorted(shares, key=lambda share: (-share.persons, share.code)))


def _persons(parts: Iterable[tuple[str, str]]) -> tuple[dict[str, int], int]:
    persons: dict[str, set[str]] = {}
    for code, person in parts:
        persons.setdefault(code, set()).add(person)
    return {code: len(group) for code, group in persons.items()}, len(set().union(*persons.values()))
