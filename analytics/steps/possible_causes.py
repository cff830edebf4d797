"""What changed at the hotline itself, and may be all there is to a rise: hours, seats, coding.

The week of the signal against the four weeks before it, from the calls and notes themselves:
  opening_hours   at least 15 % of the answered calls came in hours of the day that had next to none before
  seats           on the last three days a quarter more or fewer seats took calls than before, at least one
  coding          another version of the form; or one person coded most of the signal's contacts who coded few
                  before; or another problem lost, at the same place, half of what this one gained
A cause that is possible is shown beside the figures. It never holds a signal back: a person decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE
from analytics.flag.counts import WINDOW_DAYS
from analytics.series import in_places, in_series, is_counted, problem_of
from models.calls import Call
from models.notes import Note
from models.surveillance import Contact
from models.vocabulary import CallOutcome
from models.vocabulary_record import Channel
from models.vocabulary_surveillance import PossibleCause

BEFORE_DAYS = 28
LEAST_CALLS = 20
NEW_HOURS_SHARE = 0.15
SEATS_CHANGE, SEATS_DAYS = 0.25, 3
ONE_CODER_SHARE, FEW_BEFORE_SHARE, LEAST_CODED = 0.6, 0.2, 5
LOST_SHARE = 0.5


def possible_causes(
    session: Session, series: str, places: Collection[str], day: date, excess: float
) -> tuple[str, ...]:
    """Codes of `PossibleCause`, in their order. `excess`: persons above what was expected."""
    first = day - timedelta(days=WINDOW_DAYS - 1)
    begin = first - timedelta(days=BEFORE_DAYS)
    calls = session.execute(
        select(Call.answered_at, Call.seat_id, Call.person_id, Contact.day)
        .join(Contact, Contact.call_id == Call.id)
        .where(
            is_counted(),
            Contact.day >= begin,
            Contact.day <= day,
            Call.outcome == CallOutcome.ANSWERED,
            Call.channel != Channel.OUTBOUND,
        )
    ).all()
    now = [row for row in calls if row.day >= first]
    past = [row for row in calls if row.day < first]
    found = []
    if min(len(now), len(past)) >= LEAST_CALLS:
        if hours_changed(_hours(now), _hours(past)):
            found.append(PossibleCause.OPENING_HOURS)
        newest = [row for row in now if row.day > day - timedelta(days=SEATS_DAYS)]
        if newest and seats_changed(_seats_a_day(newest), _seats_a_day(past)):
            found.append(PossibleCause.SEATS)
    if _coding_changed(session, series, places, first, day, excess):
        found.append(PossibleCause.CODING)
    return tuple(str(cause) for cause in found)


def _hours(calls: Collection[Any]) -> Counter[int]:
    return Counter(row.answered_at.astimezone(HOTLINE_ZONE).hour for row in calls if row.answered_at)


def hours_changed(now: Counter[int], past: Counter[int]) -> bool:
    """Hours of the day are new when they had under a twentieth of a usual hour's calls before."""
    usual = past.total() / 24
    fresh = sum(number for hour, number in now.items() if past[hour] < usual / 20)
    closed = sum(number for hour, number in past.items() if now[hour] < now.total() / 24 / 20)
    return fresh >= NEW_HOURS_SHARE * now.total() or closed >= NEW_HOURS_SHARE * past.total()


def seats_changed(now: float, past: float) -> bool:
    return abs(now - past) >= max(1.0, SEATS_CHANGE * past)


def _seats_a_day(calls: Collection[Any]) -> float:
    taken: dict[date, set[int | None]] = defaultdict(set)
    for row in calls:
        taken[row.day].add(row.seat_id or row.person_id)
    return sum(len(seats - {None}) for seats in taken.values()) / max(len(taken), 1)


def _coding_changed(
    session: Session, series: str, places: Collection[str], first: date, day: date, excess: float
) -> bool:
    begin = first - timedelta(days=BEFORE_DAYS)
    notes = (
        select(Note.person_id, Note.form_version, Contact.day)
        .join(Contact, Contact.call_id == Note.call_id)
        .where(is_counted(), Contact.day >= begin, Contact.day <= day)
    )
    everywhere = session.execute(notes).all()
    inside = session.execute(notes.where(in_series(series), in_places(places), Contact.day >= first)).all()
    past = [row for row in everywhere if row.day < first]
    if past and {row.form_version for row in inside} - {row.form_version for row in past}:
        return True
    coders = Counter(row.person_id for row in inside if row.person_id is not None)
    if coders.total() >= LEAST_CODED and past:
        coder, number = coders.most_common(1)[0]
        before = sum(row.person_id == coder for row in past) / len(past)
        if number >= ONE_CODER_SHARE * coders.total() and before < FEW_BEFORE_SHARE:
            return True
    return _another_lost(session, series, places, first, day, excess)


def _another_lost(
    session: Session, series: str, places: Collection[str], first: date, day: date, excess: float
) -> bool:
    """Contacts moved from one code into another, the sum of both being as before."""
    problem = problem_of(series)
    if problem is None:
        return False
    rows = session.execute(
        select(Contact.problem, Contact.day, Contact.person_hash).where(
            is_counted(),
            in_places(places),
            Contact.problem.is_not(None),
            Contact.problem != str(problem),
            Contact.day >= first - timedelta(days=BEFORE_DAYS),
            Contact.day <= day,
        )
    ).all()
    now: dict[str, set[str]] = defaultdict(set)
    past: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for row in rows:
        if row.day >= first:
            now[row.problem].add(row.person_hash)
        else:
            past[row.problem].add((((first - row.day).days - 1) // WINDOW_DAYS, row.person_hash))
    weeks = BEFORE_DAYS / WINDOW_DAYS
    lost = [len(persons) / weeks - len(now[code]) for code, persons in past.items()]
    return bool(lost) and max(lost) >= max(LOST_SHARE * excess, 2.0)
