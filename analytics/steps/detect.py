"""All series of a day against what was to be expected: one signal for each event, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from analytics.alerts.thresholds import margins
from analytics.days import bounds_of
from analytics.flag import WINDOW_DAYS, Detection, DetectionSettings, detect
from analytics.flag.episodes import JOIN_DAYS
from analytics.place_tree import PlaceTree
from analytics.series import issue_of
from analytics.steps.alarms import Alarm, Choice, Key, choose
from analytics.steps.area import Areas
from analytics.steps.history import CountHistory
from analytics.steps.possible_causes import HotlineLately
from analytics.steps.registry import BORN
from analytics.steps.signals import Finding, raise_or_update, take_the_issues_name
from analytics.steps.window import weeks_of
from models.places import Place
from models.surveillance import Issue, IssueEvent
from models.unit_of_work import Work
from models.vocabulary_surveillance import SignalKind

LOOK_BACK_DAYS = WINDOW_DAYS + 1
"""So many days are judged again each time, since late notes and births of issues change them; the first and
the last end weeks that do not overlap."""

WARM_UP_DAYS = 28
"""So long a hotline counts before counts are judged: the baseline leaves the last 14 days out, and fewer
than two weeks are no baseline. An issue that was founded or divided off is judged as long after its birth,
since its past was counted elsewhere; one that was lifted out as emerging is judged at once."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Every series with a count and what detection says of it; rows are `keys`."""

    keys: list[Key]
    answer: Detection


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be told of a day, and the persons behind every alarm."""

    tree: PlaceTree
    persons: Mapping[Key, frozenset[str]]
    findings: Sequence[Finding]


class Detect:
    """The job `detect {day}`. Judges no later day; the same counts give the same answer."""

    def __init__(
        self, work: Work, warm_up_days: int = WARM_UP_DAYS, settings: DetectionSettings | None = None
    ) -> None:
        self._work = work
        self._warm_up_days = warm_up_days
        self._settings = settings
        self._history = CountHistory()

    def __call__(self, day: date) -> list[int]:
        """Gives the ids of the signals that this day's alarms belong to."""
        loaded = self._load(day)
        if loaded is None:
            return []
        keys, days, counts = loaded
        judged = Judged(keys, detect(counts, days, evaluate=LOOK_BACK_DAYS, settings=self._settings))
        if not judged.answer.alarm[:, -1].any():
            return []
        # All is read before the signals are written: where one writes at a time, calls wait for a writer.
        with self._work() as unit:
            unit.only_read()
            found = self._found(unit.session, judged, day)
        if not found.findings:
            return []
        with self._work() as unit:
            silent = _silent_by_now(unit.session)
            told = [one for one in found.findings if issue_of(one.series) not in silent]
            take_the_issues_name(unit, found.persons, [(one.series, one.place_code) for one in told], day)
            return [raise_or_update(unit, one, found.tree, join_days=JOIN_DAYS).id for one in told]

    def _load(self, day: date) -> tuple[list[Key], list[date], npt.NDArray[np.int32]] | None:
        with self._work() as unit:
            unit.only_read()
            loaded = self._history.load(unit.session, day)
            places = set(unit.session.scalars(select(Place.code)))
        if loaded is None:
            return None
        keys, days, counts = loaded
        if (day - days[0]).days < self._warm_up_days:
            return None
        known = [row for row, (_, place) in enumerate(keys) if place in places]
        if not known:
            return None
        return [keys[row] for row in known], days, counts[known] if len(known) < len(keys) else counts

    def _found(self, session: Session, judged: Judged, day: date) -> Found:
        tree = PlaceTree.load(session)
        alarms = self._alarms(session, judged, tree, day)
        persons = {key: alarm.persons for key, alarm in alarms.items()}
        choices = choose(alarms, tree)
        if not choices:
            return Found(tree, persons, [])
        lately, below = HotlineLately(session, tree, day), Areas(judged.keys, judged.answer, tree)
        findings = [_finding(choice, alarms, judged.answer, day, lately, below) for choice in choices]
        return Found(tree, persons, findings)

    def _alarms(self, session: Session, judged: Judged, tree: PlaceTree, day: date) -> dict[Key, Alarm]:
        unjudged = _unjudged_issues(session, day - timedelta(days=self._warm_up_days))
        learnt = margins(session)
        rows = {judged.keys[row]: row for row in map(int, np.flatnonzero(judged.answer.alarm[:, -1]))}
        rows = {key: row for key, row in rows.items() if issue_of(key[0]) not in unjudged}
        alarms: dict[Key, Alarm] = {}
        for key, week in sorted(weeks_of(session, tree, rows, day).items()):
            row = rows[key]
            upper = float(judged.answer.upper[row, -1]) + week.carried
            expected = float(judged.answer.expected[row, -1]) + week.carried
            # The alarm rests on five and eight days; officials are shown seven: above the bound there too,
            # and above the margin that a person accepted after several such signals were nothing.
            if len(week.persons) > upper + learnt.get(key, 0):
                alarms[key] = Alarm(row, week.persons, upper, expected, week.calls, week.is_demonstration)
        return alarms


def _finding(
    choice: Choice,
    alarms: dict[Key, Alarm],
    answer: Detection,
    day: date,
    lately: HotlineLately,
    below: Areas,
) -> Finding:
    series, place = choice.key
    alarm = alarms[choice.key]
    row = alarm.row
    alarmed = np.flatnonzero(answer.alarm[row])
    return Finding(
        kind=SignalKind.PROMINENT_ISSUE,
        series=series,
        place_code=place,
        onset_day=answer.days[int(alarmed[0])],
        last_day=day,
        window_days=WINDOW_DAYS,
        observed=len(alarm.persons),
        calls=alarm.calls,
        expected=alarm.expected,
        upper=alarm.upper,
        p_value=float(answer.p[row, -1]),
        q_value=float(answer.q[row, -1]),
        history_days=int(answer.history_days[row, -1]),
        method=answer.method,
        method_version=answer.version,
        is_demonstration=alarm.is_demonstration,
        area=below.of(choice.key),
        evidence=tuple(
            {
                "series": key[0],
                "place": key[1],
                "observed": len(alarms[key].persons),
                "expected": round(alarms[key].expected, 3),
                "q": float(answer.q[alarms[key].row, -1]),
            }
            for key in choice.explains
        ),
        possible_causes=lately.causes(series, place, excess=len(alarm.persons) - alarm.expected),
    )


def _silent_by_now(session: Session) -> set[int | None]:
    """What people merged or muted while the contacts were read."""
    silent = or_(Issue.muted.is_(True), Issue.alias_of_id.is_not(None))
    return set(session.scalars(select(Issue.id).where(silent)))


def _unjudged_issues(session: Session, judged_if_born_by: date) -> set[int | None]:
    """Muted ones, and those that are too young to have a past of their own."""
    found: set[int | None] = set(session.scalars(select(Issue.id).where(Issue.muted.is_(True))))
    _, after = bounds_of(judged_if_born_by)
    for event in session.scalars(select(IssueEvent).where(IssueEvent.kind == BORN, IssueEvent.at >= after)):
        if not event.data.get("emerging"):
            found.add(event.issue_id)
    return found
