"""The trends explorer: figures that are public already, by subject, place and days. It counts nobody anew.

Every figure stands in the ledger (`PublishedFigure`) under the value it went out with; what was suppressed
is not there. Figures of drafts that nobody has signed are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.report.cells import EVERYBODY
from analytics.report.disclosure import REPORT
from analytics.report.responsibilities import BY_PROBLEM
from analytics.series import problem_of, problem_series
from models.alerting import PublishedFigure
from models.papers import Paper
from models.surveillance import Alert
from models.vocabulary_alerting import FigureAxis
from models.vocabulary_papers import PaperState
from models.vocabulary_surveillance import AlertState

UNSIGNED = (AlertState.AWAITING_SIGNATURE, AlertState.RETURNED)


@dataclass(frozen=True)
class Subject:
    series: str
    name: str
    name_en: str
    figures: int


@dataclass(frozen=True)
class TrendQuery:
    place_code: str
    series: str
    first: date
    last: date
    length: str = ""
    """A key of LENGTHS; empty: whichever has most figures."""


LENGTHS = {"day": "每日", "two": "每两日", "five": "每五日", "week": "每7日", "four": "28日", "month": "每月"}


@dataclass(frozen=True)
class TrendRow:
    """One public figure. `source`: the alert or report that told it first."""

    first: date
    last: date
    persons: int
    source: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def length(self) -> str:
        for most, name in ((1, "day"), (2, "two"), (6, "five"), (7, "week"), (27, ""), (28, "four")):
            if self.days <= most:
                return name
        return "month" if self.days <= 31 else ""

    @property
    def words(self) -> str:
        return f"{self.first:%m-%d}" if self.first == self.last else f"{self.first:%m-%d}–{self.last:%d}"


def subjects(session: Session, place_code: str, first: date, last: date) -> list[Subject]:
    """What has public figures there: all callers first, then subjects by how many figures they have."""
    found: dict[str, set[tuple[date, date]]] = defaultdict(set)
    for row in _rows(session, place_code, first, last):
        found[row.series].add((row.first_day, row.last_day))
    ordered = sorted(found, key=lambda s: (s != EVERYBODY, -len(found[s]), s))
    return [Subject(s, *names_of(s), len(found[s])) for s in ordered if any(names_of(s))]


def trend(session: Session, query: TrendQuery) -> list[TrendRow]:
    """Periods of one length that do not overlap: `query.length`, else the length with most of them."""
    by_length: dict[str, list[TrendRow]] = defaultdict(list)
    for row in sorted(all_rows(session, query), key=lambda r: r.first):
        line = by_length[row.length]
        if not line or line[-1].last < row.first:
            line.append(row)
    if query.length:
        return by_length[query.length]
    return max(by_length.values(), key=lambda line: (len(line), line[-1].last), default=[])


def all_rows(session: Session, query: TrendQuery) -> list[TrendRow]:
    """Every figure of the subject, the newest first, periods of all lengths."""
    rows = [r for r in _rows(session, query.place_code, query.first, query.last) if r.series == query.series]
    rows.sort(key=lambda r: (r.last_day, r.first_day), reverse=True)
    return [TrendRow(r.first_day, r.last_day, r.persons, r.source) for r in rows]


def names_of(series: str) -> tuple[str, str]:
    """Chinese and English words for a subject; empty for what is no subject of callers."""
    if series == EVERYBODY:
        return "全部求助", "All callers"
    problem = problem_of(series)
    return ("", "") if problem is None else (problem.zh, problem.en)


def public_figures(session: Session, first: date, last: date) -> list[PublishedFigure]:
    """Everything that went out whose days lie between the two; nothing of a draft."""
    return _signed(
        session,
        session.scalars(
            select(PublishedFigure)
            .where(PublishedFigure.first_day >= first, PublishedFigure.last_day <= last)
            .order_by(PublishedFigure.last_day, PublishedFigure.id)
        ).all(),
    )


def _rows(session: Session, place_code: str, first: date, last: date) -> list[PublishedFigure]:
    series = [EVERYBODY, *(problem_series(str(p.value)) for p in BY_PROBLEM)]
    rows = session.scalars(
        select(PublishedFigure).where(
            PublishedFigure.place_code == place_code,
            PublishedFigure.axis == FigureAxis.TOTAL,
            PublishedFigure.series.in_(series),
            PublishedFigure.first_day >= first,
            PublishedFigure.last_day <= last,
        )
    )
    return _signed(session, rows.all())


def _signed(session: Session, rows: Sequence[PublishedFigure]) -> list[PublishedFigure]:
    drafts = {
        f"{REPORT}{n}" for n in session.scalars(select(Paper.id).where(Paper.state != PaperState.SIGNED))
    }
    unsigned = set(session.scalars(select(Alert.id).where(Alert.state.in_(UNSIGNED))))
    return [r for r in rows if r.source not in drafts and not _of_draft(r.source, unsigned)]


def _of_draft(source: str, unsigned: set[int]) -> bool:
    kind, _, rest = source.partition(":")
    return kind == "alert" and int(rest.partition(":")[0]) in unsigned
