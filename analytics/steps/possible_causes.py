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
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE
from analytics.flag.counts import WINDOW_DAYS
from analytics.issues.line import roots
from analytics.place_tree import PlaceTree, pooled_codes
from analytics.series import is_counted, problem_of, series_of
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


class HotlineLately:
    """Five weeks of contacts with their calls and notes, read once for all signals of a detection."""

    def __init__(self, session: Session, tree: PlaceTree, day: date) -> None:
        self._tree, self._whole = tree, roots(session)
        self._first = day - timedelta(days=WINDOW_DAYS - 1)
        rows = _rows(session, self._first - timedelta(days=BEFORE_DAYS), day)
        self._everybodys = _of_everybody(rows, self._first, day)
        self._coding = _Coding([row for row in rows if row.coded and row.day < self._first])
        self._coded: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._now: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._past: dict[str, dict[str, set[tuple[int, str]]]] = defaultdict(lambda: defaultdict(set))
        for row in rows:
            self._take(row)

    def _take(self, row: Any) -> None:
        now = row.day >= self._first
        for place in pooled_codes(self._tree, row.place_code):
            if row.problem is not None and now:
                self._now[place][row.problem].add(row.person_hash)
            elif row.problem is not None:
                week = ((self._first - row.day).days - 1) // WINDOW_DAYS
                self._past[place][row.problem].add((week, row.person_hash))
            if row.coded and now:
                issue_id = self._whole.get(row.issue_id, row.issue_id)
                for series in series_of(issue_id, row.problem, row.population):
                    self._coded[series, place].append(row)

    def causes(self, series: str, place: str, excess: float) -> tuple[str, ...]:
        """Codes of `PossibleCause`, in their order. `excess`: persons above what was expected."""
        found = list(self._everybodys)
        if self._coding.changed(self._coded.get((series, place), [])) or self._another_lost(
            series, place, excess
        ):
            found.append(PossibleCause.CODING)
        return tuple(str(cause) for cause in found)

    def _another_lost(self, series: str, place: str, excess: float) -> bool:
        """Contacts moved from one code into another, the sum of both being as before."""
        problem = problem_of(series)
        if problem is None:
            return False
        weeks, now = BEFORE_DAYS / WINDOW_DAYS, self._now[place]
        lost = [
            len(persons) / weeks - len(now.get(code, ()))
            for code, persons in self._past[place].items()
            if code != str(problem)
        ]
        return bool(lost) and max(lost) >= max(LOST_SHARE * excess, 2.0)


def _rows(session: Session, first: date, last: date) -> Sequence[Any]:
    asked = (
        select(
            *(Contact.day, Contact.person_hash, Contact.place_code, Contact.problem, Contact.population),
            *(Contact.issue_id, Call.answered_at, Call.outcome, Call.channel, Call.seat_id, Call.person_id),
            Note.id.label("coded"),
            Note.person_id.label("coder"),
            Note.form_version,
        )
        .join(Call, Call.id == Contact.call_id)
        .outerjoin(Note, Note.call_id == Contact.call_id)
        .where(is_counted(), Contact.day >= first, Contact.day <= last)
    )
    return session.execute(asked).all()


def _of_everybody(rows: Sequence[Any], first: date, day: date) -> list[PossibleCause]:
    """Hours and seats are the whole hotline's, whatever rose."""
    answered = [
        row for row in rows if row.outcome is CallOutcome.ANSWERED and row.channel is not Channel.OUTBOUND
    ]
    now = [row for row in answered if row.day >= first]
    past = [row for row in answered if row.day < first]
    found: list[PossibleCause] = []
    if min(len(now), len(past)) >= LEAST_CALLS:
        if hours_changed(_hours(now), _hours(past)):
            found.append(PossibleCause.OPENING_HOURS)
        newest = [row for row in now if row.day > day - timedelta(days=SEATS_DAYS)]
        if newest and seats_changed(_seats_a_day(newest), _seats_a_day(past)):
            found.append(PossibleCause.SEATS)
    return found


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


class _Coding:
    """How notes were coded in the four weeks before: forms, and how much each person coded."""

    def __init__(self, past: Sequence[Any]) -> None:
        self._forms = {row.form_version for row in past}
        self._coders = Counter(row.coder for row in past)

    def changed(self, inside: Sequence[Any]) -> bool:
        """`inside`: notes of the signal's own week."""
        if self._coders and {row.form_version for row in inside} - self._forms:
            return True
        coders = Counter(row.coder for row in inside if row.coder is not None)
        if coders.total() < LEAST_CODED or not self._coders:
            return False
        coder, number = coders.most_common(1)[0]
        before = self._coders[coder] / self._coders.total()
        return number >= ONE_CODER_SHARE * coders.total() and before < FEW_BEFORE_SHARE
