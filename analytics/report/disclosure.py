"""From the counts of a signal to what of them may go out: the ledger decides, cut by cut.

Where the seven days of the signal would let an earlier figure be subtracted, or are too few persons, other
days are tried: days joined to those of the earlier figure, the days after it, 28 days. Where no days pass,
the alert goes out without a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.place_tree import PlaceTree
from analytics.report.cells import Figure, figure_series, may_share
from analytics.report.figures import Facts
from analytics.report.ledger import Ledger
from analytics.report.suppression import THRESHOLD, suppress_table
from models.alerting import PublishedFigure
from models.vocabulary_alerting import FigureAxis
from models.vocabulary_record import ONLY_WHEN_SAID
from models.vocabulary_surveillance import SignalKind

LONGEST_DAYS = 28
REPORT = "report:"
"""Sources of figures that reports published begin so."""
OTHERS = "others"
WITHHELD = frozenset(str(population.value) for population in ONLY_WHEN_SAID)
"""P16-P18 and P21 are counted among the others."""
SHARE_BANDS = ((0.1, "不足一成"), (0.3, "一成至三成"), (0.5, "三成至五成"), (2.0, "五成以上"))
"""A share is told in wide bands, and once for a line of places, so that it dates no total of all callers."""

FactsOf = Callable[[date, date], Facts]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What may go out of `facts`. None where a figure may not."""

    facts: Facts
    persons: int | None
    calls: int | None
    share: str | None
    by_place: Mapping[str, int]
    """The open cells alone: what is hidden is not told from what is empty."""
    by_population: Mapping[str, int]
    weeks: tuple[int | None, ...]
    high_risk: int | None
    handed_on: int | None
    follow_up: int | None
    has_hidden_places: bool = False
    has_hidden_populations: bool = False


def nothing_of(facts: Facts) -> Disclosed:
    return Disclosed(facts, None, None, None, {}, {}, tuple(None for _ in facts.weeks), None, None, None)


def disclose(series: str, facts_of: FactsOf, first: date, last: date, ledger: Ledger) -> Disclosed:
    """Takes what is published into `ledger`. `facts_of` counts distinct persons between two days."""
    usual = facts_of(first, last)
    for start, end in _windows(series, usual, ledger):
        facts = usual if (start, end) == (first, last) else facts_of(start, end)
        total = _total(series, facts)
        admitted = ledger.admit([total])
        if admitted is not None:
            return _cuts(total, replace(facts, persons=admitted[0].persons), ledger)
    return nothing_of(usual)


def disclose_alone(facts: Facts) -> Disclosed:
    """What could go out if nothing else was ever published."""
    parents: dict[str, str | None] = dict.fromkeys(facts.by_place, facts.place_code)
    parents[facts.place_code] = None
    ledger = Ledger((), PlaceTree(parents))
    total = _total("one series", facts)
    return _cuts(total, facts, ledger) if ledger.admit([total]) is not None else nothing_of(facts)


def _total(series: str, facts: Facts) -> Figure:
    name, population = figure_series(series)
    return Figure(
        name,
        facts.place_code,
        facts.first_day,
        facts.last_day,
        facts.persons,
        FigureAxis.TOTAL if population is None else FigureAxis.POPULATION,
        population,
    )


def _windows(series: str, facts: Facts, ledger: Ledger) -> Iterable[tuple[date, date]]:
    """The signal's own days first, then others by how near they come to them."""
    first, last = facts.first_day, facts.last_day
    if facts.kind is SignalKind.STRESS_EVENT:
        # An event of hours is not told by the calls of weeks.
        return [(first, last)]
    oldest = last - timedelta(days=LONGEST_DAYS - 1)
    name, _ = figure_series(series)
    near = [
        f
        for f in ledger.figures
        if may_share(f.series, name)
        and f.last_day >= oldest
        and f.axis is FigureAxis.TOTAL
        and (not f.margin or (f.series, f.place_code) == (name, facts.place_code))
    ]
    starts = {first, oldest, *(f.first_day for f in near), *(f.last_day + timedelta(days=1) for f in near)}
    ends = {last, *(f.last_day for f in near)}
    found = [(s, e) for s in starts for e in ends if oldest <= s <= e <= last and e >= first]
    return sorted(found, key=lambda w: ((last - w[1]).days, abs((w[0] - first).days), w[0]))


def _cuts(total: Figure, facts: Facts, ledger: Ledger) -> Disclosed:
    def one(persons: int, axis: FigureAxis) -> int | None:
        rest = facts.persons - persons
        if persons < THRESHOLD or 0 < rest < THRESHOLD or total.axis is not FigureAxis.TOTAL:
            return None
        figure = replace(total, persons=persons, axis=axis, value="yes")
        return persons if ledger.admit([figure]) is not None else None

    places = _places(total, facts, ledger)
    populations = _populations(total, facts, ledger)
    repeats = facts.calls - facts.persons
    return Disclosed(
        facts=facts,
        persons=facts.persons,
        calls=facts.calls if repeats == 0 or repeats >= THRESHOLD else None,
        share=_share(total, facts, ledger),
        by_place=places,
        by_population=populations,
        weeks=_weeks(total, facts, ledger),
        high_risk=one(facts.high_risk_persons, FigureAxis.RISK),
        handed_on=one(facts.handed_on_persons, FigureAxis.HANDED_ON),
        follow_up=one(facts.follow_up_persons, FigureAxis.FOLLOW_UP),
        has_hidden_places=bool(places) and len(places) < len(facts.by_place),
        has_hidden_populations=bool(populations)
        and len(populations) < len(merged_populations(facts.by_population)),
    )


def _places(total: Figure, facts: Facts, ledger: Ledger) -> Mapping[str, int]:
    if total.axis is not FigureAxis.TOTAL:
        return {}
    cells = _open_cells(facts.by_place, facts.persons)
    figures = [replace(total, place_code=code, persons=persons) for code, persons in cells.items()]
    figures = [figure for figure in figures if figure.key != total.key]
    admitted = ledger.admit(figures) if figures else None
    return {figure.place_code: figure.persons for figure in admitted or ()}


def _populations(total: Figure, facts: Facts, ledger: Ledger) -> Mapping[str, int]:
    if total.axis is not FigureAxis.TOTAL:
        return {}
    cells = _open_cells(merged_populations(facts.by_population), facts.persons)
    figures = [
        replace(total, axis=FigureAxis.POPULATION, value=code, persons=persons)
        for code, persons in cells.items()
    ]
    admitted = ledger.admit(figures) if figures else None
    return {str(figure.value): figure.persons for figure in admitted or ()}


def merged_populations(counts: Mapping[str, int]) -> dict[str, int]:
    merged: dict[str, int] = {}
    for code, persons in counts.items():
        label = OTHERS if code in WITHHELD else code
        merged[label] = merged.get(label, 0) + persons
    return merged


def public_series(series: str) -> str:
    """The series as it may be named outside: a withheld population is told as its whole problem."""
    name, population = figure_series(series)
    return name if population in WITHHELD else series


def _open_cells(counts: Mapping[str, int], total: int) -> dict[str, int]:
    return {cell.label: cell.persons for cell in suppress_table(counts, total).cells if cell.persons}


def _weeks(total: Figure, facts: Facts, ledger: Ledger) -> tuple[int | None, ...]:
    """Newest first into the ledger: of what can't all be shown, the latest is."""
    shown: list[int | None] = []
    for week in reversed(facts.weeks):
        figure = replace(total, first_day=week.first_day, last_day=week.last_day, persons=week.persons)
        admitted = ledger.admit([figure])
        shown.append(admitted[0].persons if admitted else None)
    return tuple(reversed(shown))


def _share(total: Figure, facts: Facts, ledger: Ledger) -> str | None:
    if total.axis is not FigureAxis.TOTAL or facts.all_persons < THRESHOLD:
        return None
    share = facts.persons / facts.all_persons
    band = next(words for limit, words in SHARE_BANDS if share < limit)
    figure = replace(total, series="all", persons=0, axis=FigureAxis.SHARE, value=total.series)
    return band if ledger.admit([figure]) is not None else None


def load_ledger(session: Session, since: date, without: str = "") -> Ledger:
    """Everything published whose days reach into `since` or later. Real and demonstration figures alike.
    `without`: a source that is about to be written anew."""
    rows = session.scalars(
        select(PublishedFigure).where(PublishedFigure.last_day >= since, PublishedFigure.source != without)
    )
    return Ledger(
        [
            Figure(
                r.series,
                r.place_code,
                r.first_day,
                r.last_day,
                r.persons,
                r.axis,
                r.value,
                margin=r.source.startswith(REPORT),
            )
            for r in rows.all()
        ],
        PlaceTree.load(session),
    )


def remember(
    session: Session, source: str, fresh: Iterable[Figure], at: datetime, demonstration: bool
) -> None:
    for figure in fresh:
        session.add(
            PublishedFigure(
                source=source,
                series=figure.series,
                place_code=figure.place_code,
                first_day=figure.first_day,
                last_day=figure.last_day,
                axis=figure.axis,
                value=figure.value,
                persons=figure.persons,
                published_at=at,
                is_demonstration=demonstration,
            )
        )
