"""All series of a day against what was to be expected, and what is left after the duplicates are out.

One rise alarms in many series: its issue and its problem category, its county, city and province. The most
telling one is kept: an alarm of a place is dropped when the alarms of the places below it explain it, and
one of a problem category when the issues' alarms at that place explain it (explain: without those persons
the count is within its bound).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.days import day_of
from analytics.flag import Detection, detect
from analytics.flag.detect import WINDOW_DAYS
from analytics.flag.episodes import JOIN_DAYS
from analytics.place_tree import PlaceTree
from analytics.series import in_places, in_series, issue_of
from analytics.steps.registry import BORN
from analytics.steps.signals import Finding, raise_or_update, take_the_issues_name
from models.places import Place
from models.surveillance import Contact, DayCount, Issue, IssueEvent
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import SignalKind

HISTORY_DAYS = 364 * 5
LOOK_BACK_DAYS = 7
"""So many days are judged again each time, since late notes and births of issues change them."""

WARM_UP_DAYS = 28
"""So long a hotline counts before counts are judged: the baseline leaves the last 14 days out, and fewer
than two weeks are no baseline. An issue that was founded or divided off is judged as long after its birth,
since its past was counted elsewhere; one that was lifted out as emerging is judged at once."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Matrix:
    keys: list[Key]
    days: list[date]
    counts: npt.NDArray[np.int32]


class Detect:
    """The job `detect {day}`. Judges no later day; the same counts give the same answer."""

    def __init__(self, work: Work, warm_up_days: int = WARM_UP_DAYS) -> None:
        self._work = work
        self._warm_up_days = warm_up_days

    def __call__(self, day: date) -> list[int]:
        """Gives the ids of the signals that this day's alarms belong to."""
        matrix = self._load(day)
        if matrix is None:
            return []
        answer = detect(matrix.counts, matrix.days, evaluate=LOOK_BACK_DAYS)
        if not answer.alarm[:, -1].any():
            return []
        with self._work() as unit:
            return self._raise(unit, matrix, answer, day)

    def _load(self, day: date) -> _Matrix | None:
        with self._work() as unit:
            unit.only_read()
            session = unit.session
            first = session.scalar(
                select(func.min(DayCount.day)).where(DayCount.day >= day - timedelta(days=HISTORY_DAYS))
            )
            if first is None or (day - first).days < self._warm_up_days:
                return None
            known = set(session.scalars(select(Place.code)))
            rows = session.execute(
                select(DayCount.series, DayCount.place_code, DayCount.day, DayCount.persons).where(
                    DayCount.day >= first, DayCount.day <= day
                )
            ).all()
        rows = [row for row in rows if row.place_code in known]
        keys = sorted({(row.series, row.place_code) for row in rows})
        if not keys:
            return None
        days = [first + timedelta(days=n) for n in range((day - first).days + 1)]
        counts = np.zeros((len(keys), len(days)), np.int32)
        index = {key: row for row, key in enumerate(keys)}
        for row in rows:
            counts[index[row.series, row.place_code], (row.day - first).days] = row.persons
        return _Matrix(keys, days, counts)

    def _raise(self, unit: UnitOfWork, matrix: _Matrix, answer: Detection, day: date) -> list[int]:
        session = unit.session
        tree = PlaceTree.load(session)
        unjudged = _unjudged_issues(session, day - timedelta(days=self._warm_up_days))
        alarms: dict[Key, _Alarm] = {}
        for row in map(int, np.flatnonzero(answer.alarm[:, -1])):
            series, place = matrix.keys[row]
            if issue_of(series) in unjudged:
                continue
            persons = _persons(session, series, tree.within(place), day)
            upper = float(answer.upper[row, -1])
            # One caller each day is seven calls and one person.
            if len(persons) > upper:
                alarms[series, place] = _Alarm(row, persons, upper)
        kept = without_duplicates(alarms, tree)
        take_the_issues_name(unit, {key: alarms[key].persons for key in alarms}, kept, day)
        signals = []
        for series, place in sorted(kept):
            alarm = alarms[series, place]
            row, onset = alarm.row, _onset(answer, alarm.row, day)
            signal = raise_or_update(
                unit,
                Finding(
                    kind=SignalKind.PROMINENT_ISSUE,
                    series=series,
                    place_code=place,
                    onset_day=onset,
                    last_day=day,
                    window_days=WINDOW_DAYS,
                    observed=len(alarm.persons),
                    expected=float(answer.expected[row, -1]),
                    upper=alarm.upper,
                    p_value=float(answer.p[row, -1]),
                    q_value=float(answer.q[row, -1]),
                    history_days=int(answer.history_days[row, -1]),
                    method=answer.method,
                    method_version=answer.version,
                    is_demonstration=_all_demonstration(session, series, tree.within(place), day),
                ),
                join_days=JOIN_DAYS,
            )
            signals.append(signal.id)
        return signals


@dataclass(frozen=True, slots=True)
class _Alarm:
    row: int
    persons: frozenset[str]
    upper: float


def without_duplicates(alarms: dict[Key, _Alarm], tree: PlaceTree) -> set[Key]:
    kept: set[Key] = set()
    # Issues before problems, and places from the leaves up: what is more telling is looked at first.
    for key in sorted(alarms, key=lambda k: (issue_of(k[0]) is None, -len(tree.line(k[1])), k)):
        series, place = key
        explained: set[str] = set()
        for other_series, other_place in kept:
            below = other_place in tree.within(place)
            if below and (other_series == series or issue_of(series) is None):
                explained |= alarms[other_series, other_place].persons
        alarm = alarms[key]
        if not explained or len(alarm.persons - explained) > alarm.upper:
            kept.add(key)
    return kept


def _unjudged_issues(session: Session, judged_if_born_by: date) -> set[int | None]:
    """Muted ones, and those that are too young to have a past of their own."""
    found: set[int | None] = set(session.scalars(select(Issue.id).where(Issue.muted.is_(True))))
    for event in session.scalars(select(IssueEvent).where(IssueEvent.kind == BORN)):
        if not event.data.get("emerging") and day_of(event.at) > judged_if_born_by:
            found.add(event.issue_id)
    return found


def _onset(answer: Detection, row: int, day: date) -> date:
    alarmed = np.flatnonzero(answer.alarm[row])
    return answer.days[int(alarmed[0])] if len(alarmed) else day


def _persons(session: Session, series: str, places: frozenset[str], day: date) -> frozenset[str]:
    first = day - timedelta(days=WINDOW_DAYS - 1)
    return frozenset(
        session.scalars(
            select(Contact.person_hash)
            .where(in_series(series), in_places(places), Contact.day >= first, Contact.day <= day)
            .distinct()
        )
    )


def _all_demonstration(session: Session, series: str, places: frozenset[str], day: date) -> bool:
    first = day - timedelta(days=WINDOW_DAYS - 1)
    real = session.scalars(
        select(Contact.id)
        .where(
            in_series(series),
            in_places(places),
            Contact.day >= first,
            Contact.day <= day,
            Contact.is_demonstration.is_(False),
        )
        .limit(1)
    ).first()
    return real is None
