"""Alarms into signals: one for each episode of a series at a place, however often it is looked at.

While people have not decided, a signal follows its episode. Once decided it is not touched but for its last
day, so that the same episode raises no second one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from analytics.alerts.watch import ask_signal_clock
from analytics.place_tree import PlaceTree
from analytics.series import issue_of, problem_of, problem_series
from models.events import SignalRaised
from models.surveillance import Alert, Signal
from models.unit_of_work import UnitOfWork
from models.vocabulary_surveillance import SignalKind, SignalState

DUE_HOURS = {SignalKind.STRESS_EVENT: 2, SignalKind.PROMINENT_ISSUE: 24}
UNDECIDED = (SignalState.NEW, SignalState.WATCHED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One alarm. `observed` counts distinct persons in the window that ends on `last_day`."""

    kind: SignalKind
    series: str
    place_code: str
    onset_day: date
    last_day: date
    window_days: int
    observed: int
    calls: int
    expected: float
    upper: float
    p_value: float
    q_value: float
    history_days: int
    method: str
    method_version: str
    is_demonstration: bool
    area: tuple[dict[str, Any], ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()
    possible_causes: tuple[str, ...] = ()


def raise_or_update(unit: UnitOfWork, finding: Finding, tree: PlaceTree, join_days: int) -> Signal:
    """The signal of this episode, new or found. `join_days`: alarms no further apart are one episode.

    An event that spreads or shrinks stays one signal: an undecided one below the finding's place moves up to
    it, and one above it is followed where it is; one of a problem takes its population's name, and back.
    """
    found = _of_the_episode(unit, finding, tree, join_days)
    if found is None:
        found = Signal(
            kind=finding.kind,
            series=finding.series,
            issue_id=issue_of(finding.series),
            place_code=finding.place_code,
            onset_day=finding.onset_day,
            raised_at=unit.now,
            due_at=unit.now + timedelta(hours=DUE_HOURS[finding.kind]),
            is_demonstration=finding.is_demonstration,
        )
        _take_figures(found, finding)
        unit.session.add(found)
        unit.session.flush()
        ask_signal_clock(unit, found)
        unit.tell(SignalRaised(found.id))
    elif (
        found.state in UNDECIDED
        and finding.last_day >= found.last_day
        and (tree.covers(finding.place_code, found.place_code))
    ):
        found.series, found.place_code = finding.series, finding.place_code
        found.onset_day = min(found.onset_day, finding.onset_day)
        _take_figures(found, finding)
    else:
        found.last_day = max(found.last_day, finding.last_day)
        same = (found.series, found.place_code) == (finding.series, finding.place_code)
        if found.state in UNDECIDED and not same:
            found.evidence = _with_evidence(found.evidence, finding)
    return found


def _of_the_episode(unit: UnitOfWork, finding: Finding, tree: PlaceTree, join_days: int) -> Signal | None:
    line = tree.line(finding.place_code)
    signals = unit.session.scalars(
        select(Signal)
        .where(
            Signal.kind == finding.kind,
            _of_one_family(finding.series),
            Signal.place_code.in_({*line, *tree.within(finding.place_code)}),
            Signal.last_day >= finding.onset_day - timedelta(days=join_days),
            Signal.onset_day <= finding.last_day + timedelta(days=join_days),
        )
        .order_by(Signal.id.desc())
        .with_for_update()
    ).all()
    drafted = set(
        unit.session.scalars(select(Alert.signal_id).where(Alert.signal_id.in_([s.id for s in signals])))
    )
    # The same place first, then the nearest above unless people rejected it there; one below only while
    # nothing was decided or drafted on it.
    for code in line:
        for signal in signals:
            rejected_above = signal.state is SignalState.REJECTED and code != finding.place_code
            if (signal.series, signal.place_code) == (finding.series, code) and not rejected_above:
                return signal
    movable = [s for s in signals if s.state in UNDECIDED and s.id not in drafted]
    return next(iter(sorted(movable, key=lambda s: s.series != finding.series)), None)


def _of_one_family(series: str) -> ColumnElement[bool]:
    """The series itself; for a problem its populations too, and for a population its problem."""
    problem = problem_of(series)
    if problem is None:
        return Signal.series == series
    whole = problem_series(str(problem))
    return or_(Signal.series == whole, Signal.series.startswith(f"{whole}:"))


def _with_evidence(known: list[dict[str, Any]], finding: Finding) -> list[dict[str, Any]]:
    alarm = {
        "series": finding.series,
        "place": finding.place_code,
        "observed": finding.observed,
        "expected": round(finding.expected, 3),
        "q": finding.q_value,
    }
    others = [row for row in known if (row["series"], row["place"]) != (alarm["series"], alarm["place"])]
    return [*others, alarm]


def take_the_issues_name(
    unit: UnitOfWork,
    persons: Mapping[tuple[str, str], Collection[str]],
    kept: Collection[tuple[str, str]],
    day: date,
    join_days: int = 7,
) -> None:
    """A rise that was first seen in a problem category becomes the signal of the issue that explains it.

    `persons` holds the alarms by (series, place), `kept` those that raise a signal. Only signals that nobody
    decided on change their name, and only where the issue has none of its own.
    """
    undecided: dict[tuple[str, str], Signal] = {}
    for signal in unit.session.scalars(_undecided(day, join_days)):
        undecided.setdefault((signal.series, signal.place_code), signal)
    coded: dict[str, list[str]] = defaultdict(list)
    for series, place in sorted(undecided):
        if issue_of(series) is None and (series, place) in persons and (series, place) not in kept:
            coded[place].append(series)
    for series, place in sorted(kept):
        if issue_of(series) is None or (series, place) in undecided:
            continue
        for other in coded[place]:
            if set(persons[other, place]) & set(persons[series, place]):
                signal = undecided.pop((other, place))
                signal.series, signal.issue_id = series, issue_of(series)
                undecided[series, place] = signal
                coded[place].remove(other)
                break
    unit.session.flush()


def _undecided(day: date, join_days: int) -> Select[Signal]:
    return (
        select(Signal)
        .where(
            Signal.kind == SignalKind.PROMINENT_ISSUE,
            Signal.state.in_(UNDECIDED),
            Signal.last_day >= day - timedelta(days=join_days),
            Signal.onset_day <= day,
        )
        .order_by(Signal.id)
    )


def _take_figures(signal: Signal, finding: Finding) -> None:
    signal.last_day = finding.last_day
    signal.window_days = finding.window_days
    signal.observed = finding.observed
    signal.calls = finding.calls
    signal.expected = finding.expected
    signal.upper = finding.upper
    signal.p_value = finding.p_value
    signal.q_value = finding.q_value
    signal.history_days = finding.history_days
    signal.method = finding.method
    signal.method_version = finding.method_version
    signal.area = list(finding.area)
    signal.evidence = list(finding.evidence)
    signal.possible_causes = list(finding.possible_causes)
