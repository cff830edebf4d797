"""The facts behind a bulletin, read from the contacts themselves: distinct persons, never sums of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.issues.line import newest_of
from analytics.place_tree import PlaceTree
from analytics.report.suppression import PHRASE_PERSONS
from analytics.series import in_places, in_series, is_counted, is_of_the_house, population_of, problem_of
from models.care import FollowUp
from models.notes import Note
from models.places import Place
from models.surveillance import Contact, Issue, Signal
from models.vocabulary import RiskLevel
from models.vocabulary_record import Disposition, Population, Problem
from models.vocabulary_surveillance import SignalKind

CHART_WEEKS = 8
PHRASE_CONTACTS = 1000
"""So many of an issue's newest calls say which of its phrases people still use."""
HANDED_ON = frozenset(
    {
        Disposition.TO_SUPERVISOR,
        Disposition.CONSULTATION,
        Disposition.REFERRAL,
        Disposition.REPORTED,
        Disposition.EMERGENCY,
        Disposition.ADMITTED,
    }
)


@dataclass(frozen=True, slots=True)
class Week:
    """Distinct persons in seven days; both days are counted in."""

    first_day: date
    last_day: date
    persons: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of a signal's window, not yet suppressed: never published as they stand."""

    kind: SignalKind
    place_code: str
    place_name: str
    first_day: date
    last_day: date
    onset_day: date
    window_days: int
    problem: Problem | None
    phrases: tuple[str, ...]
    """Topic phrases that at least PHRASE_PERSONS distinct persons used."""
    persons: int
    calls: int
    all_persons: int
    """Distinct persons of every subject in the same window and place."""
    all_calls: int
    expected: float
    upper: float
    p_value: float
    q_value: float
    history_days: int
    method: str
    method_version: str
    by_place: Mapping[str, int]
    place_names: Mapping[str, str]
    by_population: Mapping[str, int]
    high_risk_persons: int
    handed_on_persons: int
    follow_up_persons: int
    weeks: tuple[Week, ...] = field(default_factory=tuple)
    is_demonstration: bool = False
    population: Population | None = None
    """Set when the signal is of one population."""


def load_facts(
    session: Session,
    signal: Signal,
    first_day: date | None = None,
    last_day: date | None = None,
    *,
    series: str | None = None,
    place_code: str | None = None,
) -> Facts:
    """Counts between two days, both counted in: the signal's own window unless others are given. `series`
    and `place_code` stand in for the signal's where those may not be named outside."""
    tree = PlaceTree.load(session)
    series, place_code = series or signal.series, place_code or signal.place_code
    codes = tree.within(place_code)
    last_day = last_day or signal.last_day
    first_day = first_day or last_day - timedelta(days=signal.window_days - 1)
    window_days = (last_day - first_day).days + 1
    # Blocks of the chart end with the window when it is one of them, else where it begins.
    chart_to = last_day if window_days == 7 else first_day - timedelta(days=1)
    chart_from = chart_to - timedelta(days=7 * CHART_WEEKS - 1)
    rows = session.execute(
        select(
            Contact.call_id,
            Contact.day,
            Contact.person_hash,
            Contact.place_code,
            Contact.population,
            Contact.risk_level,
            Contact.problem,
        ).where(
            in_series(series),
            in_places(codes),
            Contact.day >= min(chart_from, first_day),
            Contact.day <= last_day,
        )
    ).all()
    window = [row for row in rows if row.day >= first_day]
    everybody = session.execute(
        select(Contact.person_hash).where(
            is_counted(), in_places(codes), Contact.day >= first_day, Contact.day <= last_day
        )
    ).all()
    children = tree.children(place_code)
    of_child = {code: child for child in children for code in tree.within(child)}
    call_ids = [row.call_id for row in window]
    named = session.execute(select(Place.code, Place.name_zh).where(Place.code.in_([place_code, *children])))
    names = {row.code: row.name_zh for row in named}
    return Facts(
        kind=signal.kind,
        place_code=place_code,
        place_name=names.get(place_code, place_code),
        first_day=first_day,
        last_day=last_day,
        onset_day=signal.onset_day,
        window_days=window_days,
        problem=problem_of(series) or _commonest_problem(row.problem for row in window),
        population=population_of(series),
        phrases=public_phrases(session, signal.issue) if signal.issue is not None else (),
        persons=len({row.person_hash for row in window}),
        calls=len(window),
        all_persons=len({row.person_hash for row in everybody}),
        all_calls=len(everybody),
        expected=signal.expected,
        upper=signal.upper,
        p_value=signal.p_value,
        q_value=signal.q_value,
        history_days=signal.history_days,
        method=signal.method,
        method_version=signal.method_version,
        by_place=_persons_by((of_child.get(r.place_code, r.place_code), r.person_hash) for r in window)
        if children
        else {},
        place_names=names,
        by_population=_persons_by(
            (r.population or str(Population.UNTOLD.value), r.person_hash) for r in window
        ),
        high_risk_persons=len({r.person_hash for r in window if (r.risk_level or 0) >= RiskLevel.R3}),
        handed_on_persons=_handed_on(session, call_ids),
        follow_up_persons=_followed_up(session, call_ids),
        weeks=_weeks(((row.day, row.person_hash) for row in rows), chart_to),
        is_demonstration=signal.is_demonstration,
    )


def _persons_by(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    persons: dict[str, set[str]] = defaultdict(set)
    for label, person in pairs:
        persons[label].add(person)
    return {label: len(found) for label, found in persons.items()}


def _weeks(contacts: Iterable[tuple[date, str]], last_day: date) -> tuple[Week, ...]:
    """Seven-day blocks that do not overlap: the difference of two sliding sums would be a single day."""
    persons: dict[int, set[str]] = defaultdict(set)
    for day, person in contacts:
        if day <= last_day:
            persons[(last_day - day).days // 7].add(person)
    return tuple(
        Week(
            last_day - timedelta(days=7 * back + 6),
            last_day - timedelta(days=7 * back),
            len(persons.get(back, ())),
        )
        for back in reversed(range(CHART_WEEKS))
    )


def _commonest_problem(codes: Iterable[str | None]) -> Problem | None:
    counts: dict[str, int] = defaultdict(int)
    for code in codes:
        if code is not None:
            counts[code] += 1
    return Problem(max(sorted(counts), key=lambda code: counts[code])) if counts else None


def public_phrases(session: Session, issue: Issue) -> tuple[str, ...]:
    users: dict[str, set[str]] = {word: set() for word in issue.keywords if word}
    ids = [contact_id for _, contact_id in newest_of(session, issue.id, PHRASE_CONTACTS)]
    texts = session.execute(
        select(Contact.person_hash, Contact.text).where(is_of_the_house(), Contact.id.in_(ids))
    )
    for person, text in texts:
        for word, persons in users.items():
            if text is not None and word in text:
                persons.add(person)
    return tuple(word for word, persons in users.items() if len(persons) >= PHRASE_PERSONS)


def _handed_on(session: Session, call_ids: list[int]) -> int:
    return len(
        session.execute(
            select(Contact.person_hash)
            .join(Note, Note.call_id == Contact.call_id)
            .where(Contact.call_id.in_(call_ids), Note.disposition.in_(HANDED_ON))
            .distinct()
        ).all()
    )


def _followed_up(session: Session, call_ids: list[int]) -> int:
    return len(
        session.execute(
            select(Contact.person_hash)
            .join(FollowUp, FollowUp.call_id == Contact.call_id)
            .where(Contact.call_id.in_(call_ids))
            .distinct()
        ).all()
    )
