"""Breakdowns by distinct persons: of a population, a place, a sliding window."""

from __future__ import annotations

from collections.abc import Iterable
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
    persons: dict[str, set[str]] = {}
    for contact in contacts:
        persons.setdefault(contact.population or "P99", set()).add(contact.person_hash)
    whole = len({person for group in persons.values() for person in group})
    shares = []
    for code, group in persons.items():
        known = next((member for member in Population if str(member) == code), Population.UNTOLD)
        shares.append(Share(code, known.zh, known.en, len(group), len(group) / whole))
    return tuple(sorted(shares, key=lambda share: (-share.persons, share.code)))


def place_shares(session: Session, contacts: Iterable[Counted]) -> tuple[Share, ...]:
    persons: dict[str, set[str]] = {}
    for contact in contacts:
        persons.setdefault(contact.place_code, set()).add(contact.person_hash)
    whole = len({person for group in persons.values() for person in group})
    names = names_of(session, persons)
    shares = [
        Share(code, *names.get(code, (code, code)), persons=len(group), share=len(group) / whole)
        for code, group in persons.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.persons, share.code)))
