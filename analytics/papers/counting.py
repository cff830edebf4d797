"""Counts of a period, not yet suppressed, and what of them the ledger lets out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from analytics.papers.calendar import period_of
from analytics.papers.definitions import BESIDE, BY_KEY, DEFINITIONS, Definition
from analytics.papers.queries import ONE
from analytics.papers.reception import Reception
from analytics.papers.scope import Scope
from analytics.report.cells import Figure
from analytics.report.ledger import Ledger
from analytics.report.suppression import THRESHOLD, suppress_table
from models.vocabulary_alerting import FigureAxis
from models.vocabulary_papers import PaperKind
from models.vocabulary_watch import Ending

RECEPTION = "reception"
CHANNELS = "channels"
ANSWERED = "end:answered"


def count(session: Session, definition: Definition, scope: Scope) -> dict[str, int]:
    """Distinct persons by label; the single figure stands under ONE."""
    persons: dict[str, set[str]] = defaultdict(set)
    for *told, person in session.execute(definition.query(scope)):
        label: Any = told[0] if len(told) == 1 else tuple(told)
        folded = label if definition.fold is None else definition.fold(label, scope)
        if folded is not None:
            persons[folded].add(person)
    return {label: len(found) for label, found in persons.items()}


@dataclass
class Shown:
    """What may be told of one period. None: fewer than five persons, nobody, or not to be told apart."""

    scope: Scope
    scalars: dict[str, int | None] = field(default_factory=dict)
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    has_hidden: set[str] = field(default_factory=set)
    """Tables of which something is not listed."""
    received: int | None = None
    unanswered_few: bool = False
    """Fewer than five calls were not answered, perhaps none: how many exactly is not told."""
    answered: int | None = None
    days_told: int = 0
    """In reports of several days: on how many of them the answered calls are public, and their sums."""
    received_then: int = 0
    answered_then: int = 0
    reception: Reception = field(default_factory=Reception)
    channels: dict[str, int] = field(default_factory=dict)
    outbound: int | None = None


def publish(session: Session, scope: Scope, reception: Reception, ledger: Ledger) -> Shown:
    """Counts every definition and takes into `ledger` what may go out."""
    counts = {
        definition.key: count(session, definition, scope)
        for definition in DEFINITIONS
        if definition.home in (None, scope.kind)
    }
    return publish_counts(scope, counts, reception, ledger)


def publish_counts(
    scope: Scope, counted: Mapping[str, Mapping[str, int]], reception: Reception, ledger: Ledger
) -> Shown:
    """Persons by key of definition and label; pure but for `ledger`. The whole goes before its parts."""
    shown = Shown(scope, reception=reception)
    for definition in DEFINITIONS:
        if definition.home is not scope.kind and definition.home is not None:
            _add_up(definition, shown, ledger)
            continue
        counts = counted.get(definition.key, {})
        if not definition.is_table:
            shown.scalars[definition.key] = _scalar(definition, counts.get(ONE, 0), shown, ledger)
            continue
        total = sum(counts.values()) if definition.whole is None else shown.scalars.get(definition.whole)
        cells = {} if total is None else _table(definition, counts, total, scope, ledger)
        shown.tables[definition.key] = cells
        if len(cells) < sum(1 for persons in counts.values() if persons):
            shown.has_hidden.add(definition.key)
    _reception(shown, ledger)
    return shown


def _add_up(definition: Definition, shown: Shown, ledger: Ledger) -> None:
    """Of a cut that is counted over shorter periods: the sum of what is public of them, nothing new.
    A cut of longer periods is not told."""
    scope = shown.scope
    found: dict[str, int] = {}
    for figure in ledger.figures:
        if not figure.margin or not (scope.first <= figure.first_day and figure.last_day <= scope.last):
            continue
        one = period_of(definition.home, figure.first_day) if definition.home else None
        if one is None or (one.first, one.last) != (figure.first_day, figure.last_day):
            continue
        label = label_of(definition, scope, figure)
        if label is not None:
            found[label] = found.get(label, 0) + figure.persons
    if definition.is_table:
        shown.tables[definition.key] = found
        if found:
            shown.has_hidden.add(definition.key)
    else:
        shown.scalars[definition.key] = found.get(ONE)


def label_of(definition: Definition, scope: Scope, figure: Figure) -> str | None:
    """The label under which a figure of the ledger stands in this definition's table; None: in none."""
    parts = (figure.series.partition(":")[2], (figure.value or "").partition(":")[2])
    cell = (figure.series, figure.place_code, figure.axis, figure.value)
    for label in (ONE, *parts, figure.value, figure.place_code):
        if label and label != scope.place_code and (definition.key != "places" or _is_below(label, scope)):
            own = figure_of(definition, scope, label, 0)
            if (own.series, own.place_code, own.axis, own.value) == cell:
                return label
    return None


def _is_below(label: str, scope: Scope) -> bool:
    return label in BESIDE or label in scope.children


def total_of(session: Session, scope: Scope, ledger: Ledger) -> int | None:
    """Persons of another period, for a line of periods."""
    definition = BY_KEY["persons"]
    counts = count(session, definition, scope)
    return _scalar(definition, counts.get(ONE, 0), Shown(scope), ledger)


def figure_of(definition: Definition, scope: Scope, label: str, persons: int) -> Figure:
    """The cell of a figure in the ledger."""
    place, axis, value = scope.place_code, definition.axis, definition.value
    if definition.key == "places":
        if label in BESIDE:
            axis, value = FigureAxis.MARGIN, f"area:{label}"
        else:
            place = label
    return Figure(
        definition.series.format(label),
        place,
        scope.first,
        scope.last,
        persons,
        axis,
        None if value is None else value.format(label)[:24],
        margin=True,
    )


def _scalar(definition: Definition, persons: int, shown: Shown, ledger: Ledger) -> int | None:
    whole = shown.scalars.get(definition.whole) if definition.whole else None
    if persons < THRESHOLD or (definition.whole and whole is None):
        return None
    admitted = ledger.admit([figure_of(definition, shown.scope, ONE, persons)])
    return admitted[0].persons if admitted else None


def _table(
    definition: Definition, counts: Mapping[str, int], total: int, scope: Scope, ledger: Ledger
) -> dict[str, int]:
    """All open cells together where that is safe, else one by one, the largest first."""
    safe = [cell for cell in suppress_table(counts, total).cells if cell.persons]
    figures = {cell.label: figure_of(definition, scope, cell.label, cell.persons or 0) for cell in safe}
    return _admit(figures, ledger)


def _admit(figures: Mapping[str, Figure], ledger: Ledger) -> dict[str, int]:
    together = ledger.admit(list(figures.values())) if figures else ()
    if together is not None:
        return {label: f.persons for label, f in zip(figures, together, strict=True)}
    found: dict[str, int] = {}
    for label, figure in sorted(figures.items(), key=lambda item: (-item[1].persons, item[0])):
        admitted = ledger.admit([figure])
        if admitted:
            found[label] = admitted[0].persons
    return found


def _calls(scope: Scope, series: str, calls: int, value: str | None = None) -> Figure:
    axis = FigureAxis.TOTAL if value is None else FigureAxis.MARGIN
    return Figure(series, scope.place_code, scope.first, scope.last, calls, axis, value, margin=True)


def _one(ledger: Ledger, figure: Figure, persons: int) -> int | None:
    """A lone figure of calls, with at least five numbers behind it."""
    admitted = ledger.admit([figure]) if persons >= THRESHOLD else None
    return admitted[0].persons if admitted else None


def _reception(shown: Shown, ledger: Ledger) -> None:
    """Calls, each with at least five numbers behind it. How many were not answered is told from five on, so
    that neither a few nor none of them can be worked out."""
    seen, scope = shown.reception, shown.scope
    shown.received = _one(ledger, _calls(scope, RECEPTION, seen.received.calls), seen.received.persons)
    if shown.received is None:
        return
    if scope.kind not in (None, PaperKind.DAILY):
        _answered_by_days(shown, ledger)
        _contacts_by_channel(shown, ledger)
        return
    answered = seen.endings.get(str(Ending.ANSWERED.value))
    missed = seen.received.calls - (answered.calls if answered else 0)
    shown.unanswered_few = missed < THRESHOLD
    if answered is not None and not shown.unanswered_few:
        # Both or neither: the rest of each is the other.
        both = [
            _calls(scope, RECEPTION, answered.calls, ANSWERED),
            _calls(scope, RECEPTION, missed, "end:missed"),
        ]
        admitted = ledger.admit(both) if answered.persons >= THRESHOLD else None
        shown.answered = admitted[0].persons if admitted else None


def _answered_by_days(shown: Shown, ledger: Ledger) -> None:
    """The sum of what daily reports made public: nothing new."""
    scope = shown.scope
    totals = {
        f.first_day: f.persons
        for f in ledger.figures
        if f.margin
        and (f.series, f.place_code) == (RECEPTION, scope.place_code)
        and f.axis is FigureAxis.TOTAL
        and f.first_day == f.last_day
    }
    for figure in ledger.figures:
        if (
            (figure.series, figure.place_code) == (RECEPTION, scope.place_code)
            and figure.value == ANSWERED
            and scope.first <= figure.first_day <= scope.last
        ):
            shown.days_told += 1
            shown.answered_then += figure.persons
            shown.received_then += totals.get(figure.first_day, 0)


def _contacts_by_channel(shown: Shown, ledger: Ledger) -> None:
    seen, scope = shown.reception, shown.scope
    if scope.kind is not PaperKind.MONTH:
        shown.outbound = None
        return
    contacts = sum(n.calls for n in seen.channels.values())
    if (
        _one(ledger, _calls(scope, CHANNELS, contacts), sum(n.persons for n in seen.channels.values()))
        is not None
    ):
        told = {code: n.calls for code, n in seen.channels.items()}
        few = {code for code, n in seen.channels.items() if 0 < n.persons < THRESHOLD}
        safe = [
            c
            for c in suppress_table({k: (1 if k in few else v) for k, v in told.items()}, contacts).cells
            if c.persons and c.label not in few
        ]
        shown.channels = _admit(
            {c.label: _calls(scope, CHANNELS, told[c.label], f"channel:{c.label}") for c in safe}, ledger
        )
    shown.outbound = _one(ledger, _calls(scope, "outbound", seen.outbound.calls), seen.outbound.persons)
