"""All that a report is written from: its period, the one before, a line of periods, the house itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from sqlalchemy.orm import Session

from analytics.papers.calendar import Period, period_of
from analytics.papers.counting import Shown, publish, total_of
from analytics.papers.house import House, house_of
from analytics.papers.reception import Covered, Ledgers, Trained
from analytics.papers.scope import scope_of
from analytics.report.figures import public_phrases
from analytics.report.ledger import Ledger
from models.surveillance import Issue
from models.vocabulary_papers import PaperKind

LINE_OF: dict[PaperKind, tuple[PaperKind, int | None]] = {
    PaperKind.DAILY: (PaperKind.DAILY, 7),
    PaperKind.TWO_DAY: (PaperKind.TWO_DAY, 6),
    PaperKind.FIVE_DAY: (PaperKind.FIVE_DAY, 6),
    PaperKind.MONTH: (PaperKind.FIVE_DAY, None),
    PaperKind.QUARTER: (PaperKind.MONTH, None),
    PaperKind.HALF_YEAR: (PaperKind.MONTH, None),
}
"""Which periods the line of a report shows, and how many; None: those inside it."""


@dataclass(frozen=True)
class PaperFacts:
    period: Period
    now: Shown
    before: Shown
    line: tuple[tuple[Period, int | None], ...]
    house: House
    trained: Trained
    covered: Covered
    phrases: dict[str, tuple[str, ...]]
    """Issue id -> words that at least ten persons used."""


def gather(
    session: Session,
    place_code: str,
    period: Period,
    ledger: Ledger,
    books: Ledgers,
    zone: tzinfo,
) -> PaperFacts:
    """Counts, and takes into `ledger` what the report will tell."""

    def shown(one: Period) -> Shown:
        scope = scope_of(session, place_code, one, zone)
        seen = books.reception_of(session, scope.since, scope.until, scope.centre_ids)
        return publish(session, scope, seen, ledger)

    now = shown(period)
    before = shown(period.before)
    line = tuple(
        (one, total_of(session, scope_of(session, place_code, one, zone), ledger)) for one in _line(period)
    )
    return PaperFacts(
        period=period,
        now=now,
        before=before,
        line=line,
        house=house_of(session, now.scope),
        trained=books.trained_of(session, now.scope.since, now.scope.until, now.scope.centre_ids),
        covered=books.covered_of(session, now.scope.since, now.scope.until, now.scope.centre_ids)
        if now.scope.answers_calls
        else Covered(),
        phrases=_phrases(session, {*now.tables["issues"], *before.tables["issues"]}),
    )


def _line(period: Period) -> list[Period]:
    kind, number = LINE_OF[period.kind]
    if number is not None:
        found = [period]
        while len(found) < number:
            found.insert(0, found[0].before)
        return found
    found = []
    day: date = period.first
    while day <= period.last:
        one = period_of(kind, day)
        if one is None:
            break
        found.append(one)
        day = one.last + timedelta(days=1)
    return found


def _phrases(session: Session, issue_ids: set[str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for issue_id in sorted(issue_ids):
        issue = session.get(Issue, int(issue_id))
        if issue is not None:
            found[issue_id] = public_phrases(session, issue)
    return found
